//! The walks that come before an apply: the check of the configuration, the refresh, and the plan.

use super::configuration::{address, inside, Configuration, Node};
use super::language::Parsed;
use super::provider::{Private, Process, Resource, Wish};
use super::report::{Report, Subject};
use super::shape::Shape;
use super::state::{Instance, State};
use super::value::Value;
use serde_json::{json, Value as Json};
use squadcast_kapacitor::protocol::messages::{AttributePath, Selector};
use std::collections::{BTreeMap, BTreeSet};
use tf_provider::Diagnostics;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Mode {
    Normal,
    RefreshOnly,
    Destroy,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    Nothing,
    Read,
    Create,
    Update,
    Replace,
    Delete,
}

/// What is to be done to one resource.
#[derive(Clone, Debug)]
pub struct Change {
    pub address: String,
    pub action: Action,
    pub before: Value,
    pub after: Value,
    pub private: Private,
    is_import: bool,
}

/// A plan that may be applied.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// The state after the refresh.
    pub state: State,
    pub changes: Vec<Change>,
    pub outputs_change: bool,
    /// The source of the configuration that was planned.
    pub source: String,
    pub is_destroy: bool,
    pub is_refresh_only: bool,
}

impl Action {
    fn name(self) -> &'static str {
        match self {
            Action::Nothing => "noop",
            Action::Read => "read",
            Action::Create => "create",
            Action::Update => "update",
            Action::Replace => "replace",
            Action::Delete => "delete",
        }
    }
}

impl Plan {
    pub fn is_empty(&self) -> bool {
        let is_nothing = |change: &Change| change.action == Action::Nothing && !change.is_import;
        self.changes.iter().all(is_nothing) && !self.outputs_change
    }

    /// As `terraform show -json` tells it.
    pub fn to_json(&self) -> Json {
        let changes = self.changes.iter().map(|change| {
            json!({
                "address": change.address,
                "change": { "before": change.before.to_json(), "after": change.after.to_json() },
            })
        });
        json!({ "resource_changes": changes.collect::<Vec<_>>() })
    }
}

/// One walk over a configuration, with a provider of its own.
pub struct Walk<'a> {
    pub config: &'a Configuration,
    pub process: Process,
    pub report: &'a mut Report,
    /// What is known of each resource so far.
    pub values: BTreeMap<String, Value>,
    /// What failed, or was left out because something else did.
    pub failed: BTreeSet<String>,
}

/// Checks the configuration with a provider that was told nothing; returns whether it may be planned.
pub async fn validate(config: &Configuration, report: &mut Report) -> bool {
    let mut walk = Walk::new(config, report);
    for node in &config.nodes {
        let value = config.value(node, &|parts| config.unknown(parts));
        let value = value.expect("the configuration was checked");
        walk.validated(node, &value).await;
    }
    walk.failed.is_empty()
}

/// Refreshes and plans.
pub async fn plan(
    config: &Configuration,
    state: &State,
    mode: Mode,
    refreshes: bool,
    report: &mut Report,
) -> Option<Plan> {
    let mut plan = Plan {
        state: state.clone(),
        source: config.source.clone(),
        is_destroy: mode == Mode::Destroy,
        is_refresh_only: mode == Mode::RefreshOnly,
        ..Plan::default()
    };
    if mode != Mode::Destroy || refreshes {
        Walk::new(config, report).plan(&mut plan, mode, refreshes).await?;
    }
    if mode == Mode::Destroy {
        // A destroy refreshes in a plan of its own, of which only the state is kept.
        plan.changes.clear();
        report.messages.clear();
        Walk::new(config, report).plan_destruction(&mut plan).await?;
    }
    for change in &plan.changes {
        match (change.action, change.is_import) {
            (Action::Nothing, false) => {}
            (Action::Nothing, true) => report.change("planned_change", &change.address, "import"),
            (action, _) => report.change("planned_change", &change.address, action.name()),
        }
    }
    Some(plan)
}

impl<'a> Walk<'a> {
    pub fn new(config: &'a Configuration, report: &'a mut Report) -> Self {
        Walk {
            config,
            process: Process::start(),
            report,
            values: BTreeMap::new(),
            failed: BTreeSet::new(),
        }
    }

    pub async fn configured(&mut self) -> bool {
        let mut diags = Diagnostics::default();
        let settings = self.config.settings();
        self.process.configure(&mut diags, &settings).await;
        let address = format!(
            "provider[\"{}/squadcast-kapacitor/squadcast\"]",
            super::state::registry()
        );
        let subject = Subject {
            address: &address,
            body: Some(self.config.provider()),
            source: &self.config.source,
        };
        self.report.take(diags, &subject)
    }

    /// Takes in what a call about this address said; returns whether it succeeded.
    pub fn took(&mut self, diags: Diagnostics, address: &str) -> bool {
        let succeeds = self.report.take(diags, &self.config.subject(address));
        if !succeeds {
            self.failed.insert(address.to_owned());
        }
        succeeds
    }

    /// Reports what the provider did against the protocol.
    pub fn bug(&mut self, summary: &str, detail: &str, address: &str) {
        self.report.bug(summary, detail, &self.config.subject(address));
        self.failed.insert(address.to_owned());
    }

    pub fn resource<'b>(&'b self, address: &'b str) -> Resource<'b> {
        let (kind, _) = address.split_once('.').expect("an address has a type");
        self.process.resource(kind)
    }

    pub fn refer(&self, parts: &[String]) -> Parsed<Value> {
        let value = self.values.get(&address(parts)?).unwrap_or(&Value::Unknown);
        Ok(inside(parts, value))
    }

    pub fn value(&self, node: &Node) -> Value {
        let value = self.config.value(node, &|parts| self.refer(parts));
        value.expect("the configuration was checked")
    }

    /// Whether it may be walked: nothing that it refers to has failed.
    pub fn is_reached(&mut self, node: &Node) -> bool {
        let reached = !node.dependencies.iter().any(|address| self.failed.contains(address));
        if !reached {
            self.failed.insert(node.address.clone());
        }
        reached
    }

    pub async fn validated(&mut self, node: &Node, config: &Value) -> bool {
        let mut diags = Diagnostics::default();
        match node.is_data {
            true => self.process.data(&node.kind).validate(&mut diags, config).await,
            false => self.resource(&node.address).validate(&mut diags, config).await,
        }
        self.took(diags, &node.address)
    }

    async fn plan(mut self, plan: &mut Plan, mode: Mode, refreshes: bool) -> Option<()> {
        if !self.configured().await {
            return None;
        }
        let orphans: Vec<String> = plan.state.managed.keys().cloned().collect();
        for address in orphans.iter().filter(|address| self.config.node(address).is_none()) {
            self.plan_orphan(plan, address, mode, refreshes).await;
        }
        plan.state.data.retain(|address, _| self.config.node(address).is_some());
        for node in &self.config.nodes {
            if !self.is_reached(node) {
                continue;
            }
            match node.is_data {
                true => self.plan_data(plan, node).await,
                false => self.plan_managed(plan, node, mode, refreshes).await,
            }
        }
        self.plan_outputs(plan);
        self.failed.is_empty().then_some(())
    }

    fn plan_outputs(&mut self, plan: &mut Plan) {
        let mut outputs = BTreeMap::new();
        for (name, expression) in &self.config.outputs {
            let value = expression.value(&|parts| self.refer(parts));
            outputs.insert(name.clone(), value.expect("the configuration was checked"));
        }
        plan.outputs_change = plan.state.outputs != outputs;
    }

    async fn plan_orphan(&mut self, plan: &mut Plan, address: &str, mode: Mode, refreshes: bool) {
        if refreshes && !self.refreshed(plan, address).await {
            return;
        }
        if mode != Mode::RefreshOnly {
            self.plan_deletion(plan, address).await;
        }
    }

    async fn plan_destruction(mut self, plan: &mut Plan) -> Option<()> {
        if !self.configured().await {
            return None;
        }
        let addresses: Vec<String> = plan.state.managed.keys().cloned().collect();
        for address in addresses {
            self.plan_deletion(plan, &address).await;
        }
        plan.outputs_change = !plan.state.outputs.is_empty();
        self.failed.is_empty().then_some(())
    }

    async fn plan_deletion(&mut self, plan: &mut Plan, address: &str) {
        let Some(instance) = plan.state.managed.get(address) else {
            return;
        };
        let mut diags = Diagnostics::default();
        let resource = self.resource(address);
        let wish = Wish {
            prior: &instance.value,
            proposed: &Value::Null,
            config: &Value::Null,
            private: &instance.private,
        };
        let planned = resource.plan(&mut diags, wish).await;
        if self.took(diags, address) {
            let planned = planned.expect("a plan without an error has a result");
            plan.changes.push(Change {
                address: address.to_owned(),
                action: Action::Delete,
                before: instance.value.clone(),
                after: Value::Null,
                private: planned.private,
                is_import: false,
            });
        }
    }

    /// Reads what the state has of a resource; returns whether that went well.
    async fn refreshed(&mut self, plan: &mut Plan, address: &str) -> bool {
        let Some(instance) = plan.state.managed.get_mut(address) else {
            return true;
        };
        let mut diags = Diagnostics::default();
        let resource = self.resource(address);
        let read = resource.read(&mut diags, &instance.value, &instance.private).await;
        if !self.took(diags, address) {
            return false;
        }
        match read {
            Some((value, private)) => {
                if value != instance.value {
                    self.report.change("resource_drift", address, "update");
                }
                instance.value = value;
                instance.private = private;
            }
            None => {
                self.report.change("resource_drift", address, "delete");
                plan.state.managed.remove(address);
            }
        }
        true
    }

    async fn plan_data(&mut self, plan: &mut Plan, node: &Node) {
        let config = self.value(node);
        if !self.validated(node, &config).await {
            return;
        }
        if !config.is_known() {
            self.values.insert(node.address.clone(), Value::Unknown);
            let before = plan.state.data.remove(&node.address).unwrap_or_default();
            plan.changes.push(Change {
                address: node.address.clone(),
                action: Action::Read,
                before,
                after: Value::Unknown,
                private: Private::default(),
                is_import: false,
            });
            return;
        }
        if let Some(found) = self.read_data(node, &config).await {
            plan.state.data.insert(node.address.clone(), found);
        }
    }

    pub async fn read_data(&mut self, node: &Node, config: &Value) -> Option<Value> {
        let mut diags = Diagnostics::default();
        let found = self.process.data(&node.kind).read(&mut diags, config).await;
        if !self.took(diags, &node.address) {
            return None;
        }
        let found = found.expect("a data source that reports no error finds something");
        self.values.insert(node.address.clone(), found.clone());
        Some(found)
    }

    async fn plan_managed(&mut self, plan: &mut Plan, node: &Node, mode: Mode, refreshes: bool) {
        let address = &node.address;
        let id = self.config.imports.get(address);
        let id = id.filter(|_| !plan.state.managed.contains_key(address));
        if let Some(id) = id {
            let Some(mut instance) = self.imported(address, id).await else {
                return;
            };
            instance.dependencies = node.dependencies.clone();
            plan.state.managed.insert(address.clone(), instance);
        } else if refreshes && !self.refreshed(plan, address).await {
            return;
        }
        let prior = plan.state.managed.get(address).cloned();
        if mode == Mode::RefreshOnly {
            let value = prior.map_or(Value::Unknown, |instance| instance.value);
            self.values.insert(address.clone(), value);
            return;
        }
        let Some((mut change, _)) = self.planned(node, prior).await else {
            return;
        };
        change.is_import = id.is_some();
        self.values.insert(address.clone(), change.after.clone());
        plan.changes.push(change);
    }

    /// What the provider plans for a resource, and the configuration that it planned for.
    pub async fn planned(&mut self, node: &Node, prior: Option<Instance>) -> Option<(Change, Value)> {
        let address = &node.address;
        let config = self.value(node);
        if !self.validated(node, &config).await {
            return None;
        }
        let tainted = prior.as_ref().is_some_and(|prior| prior.tainted);
        let before = prior.as_ref().map(|prior| prior.value.clone()).unwrap_or_default();
        let change = |action, (after, private)| Change {
            address: address.clone(),
            action,
            before: before.clone(),
            after,
            private,
            is_import: false,
        };
        let Some(prior) = prior.filter(|prior| !prior.tainted) else {
            let created = self.plan_creation(address, &config, true).await?;
            let action = if tainted { Action::Replace } else { Action::Create };
            return Some((change(action, created), config));
        };
        let mut diags = Diagnostics::default();
        let resource = self.resource(address);
        let shape = resource.shape();
        let proposed = shape.proposed(&prior.value, &config);
        let wish = Wish {
            prior: &prior.value,
            proposed: &proposed,
            config: &config,
            private: &prior.private,
        };
        let planned = resource.plan(&mut diags, wish).await;
        if !self.took(diags, address) {
            return None;
        }
        let planned = planned.expect("a plan without an error has a result");
        let (after, private) = (planned.value, planned.private);
        if let Some(wrong) = wrong_plan(shape, &prior.value, &config, &after) {
            self.bug("Provider produced invalid plan", &wrong, address);
            return None;
        }
        let mut triggers = planned.requires_replace.iter();
        if triggers.any(|path| at(path, &prior.value) != at(path, &after)) {
            let created = self.plan_creation(address, &config, false).await?;
            return Some((change(Action::Replace, created), config));
        }
        let action = match after == prior.value {
            true => Action::Nothing,
            false => Action::Update,
        };
        Some((change(action, (after, private)), config))
    }

    /// Terraform drops the warnings of the second planning of what is replaced.
    async fn plan_creation(&mut self, address: &str, config: &Value, warns: bool) -> Option<(Value, Private)> {
        let mut diags = Diagnostics::default();
        let resource = self.resource(address);
        let shape = resource.shape();
        let proposed = shape.proposed(&Value::Null, config);
        let wish = Wish {
            prior: &Value::Null,
            proposed: &proposed,
            config,
            private: &[],
        };
        let planned = resource.plan(&mut diags, wish).await;
        if !warns && diags.errors.is_empty() {
            diags.warnings.clear();
        }
        if !self.took(diags, address) {
            return None;
        }
        let planned = planned.expect("a plan without an error has a result");
        let (after, private) = (planned.value, planned.private);
        if let Some(wrong) = wrong_plan(shape, &Value::Null, config, &after) {
            self.bug("Provider produced invalid plan", &wrong, address);
            return None;
        }
        Some((after, private))
    }

    pub async fn imported(&mut self, address: &str, id: &str) -> Option<Instance> {
        let mut diags = Diagnostics::default();
        let imported = self.resource(address).import(&mut diags, id).await;
        if !self.took(diags, address) {
            return None;
        }
        let (value, private) = imported.expect("an import without an error has a result");
        let mut diags = Diagnostics::default();
        let read = self.resource(address).read(&mut diags, &value, &private).await;
        if !self.took(diags, address) {
            return None;
        }
        let Some((value, private)) = read else {
            self.bug("Cannot import non-existent remote object", id, address);
            return None;
        };
        Some(Instance {
            value,
            private,
            tainted: false,
            dependencies: Vec::new(),
        })
    }
}

impl Configuration {
    pub fn subject<'a>(&'a self, address: &'a str) -> Subject<'a> {
        Subject {
            address,
            body: self.node(address).map(|node| &node.body),
            source: &self.source,
        }
    }
}

/// What is wrong with a plan.
fn wrong_plan(shape: &Shape, prior: &Value, config: &Value, planned: &Value) -> Option<String> {
    let wrong = shape.wrong_plan(prior, config, planned);
    wrong.or_else(|| shape.holds_write_only(planned))
}

/// What stands at a path.
fn at<'a>(path: &AttributePath, value: &'a Value) -> Option<&'a Value> {
    let steps = path.steps.iter().map(|step| step.selector.as_ref());
    steps.flatten().try_fold(value, |value, step| match step {
        Selector::AttributeName(key) | Selector::ElementKeyString(key) => value.get(key),
        Selector::ElementKeyInt(index) => value.get(&index.to_string()),
    })
}
