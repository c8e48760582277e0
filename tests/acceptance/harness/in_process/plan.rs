//! The walks that come before an apply: the check of the configuration, the refresh, and the plan.

use super::configuration::{Configuration, Node};
use super::graph::{self, Step};
use super::provider::{Private, Wish};
use super::report::Report;
use super::state::{Instance, State};
use super::value::Value;
use super::walk::Walk;
use serde_json::{json, Value as Json};
use std::cell::RefCell;
use tf_provider::Diagnostics;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Mode {
    Normal,
    RefreshOnly,
    Destroy,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Action {
    Nothing,
    Read,
    Create,
    Update,
    Replace,
    Delete,
}

/// What is to be done to one resource.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub address: String,
    pub action: Action,
    pub before: Value,
    pub after: Value,
    pub private: Private,
    pub is_import: bool,
}

/// A plan that may be applied.
#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
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

impl Change {
    /// Whether the provider creates, updates or reads it in an apply.
    pub(super) fn is_written(&self) -> bool {
        !matches!(self.action, Action::Nothing | Action::Delete)
    }

    /// Whether what is there goes, perhaps to come back.
    pub(super) fn is_deleted(&self) -> bool {
        matches!(self.action, Action::Delete | Action::Replace)
    }
}

impl Plan {
    pub(super) fn is_empty(&self) -> bool {
        let is_nothing = |change: &Change| change.action == Action::Nothing && !change.is_import;
        self.changes.iter().all(is_nothing) && !self.outputs_change
    }

    /// As `terraform show -json` tells it.
    pub(super) fn to_json(&self) -> Json {
        let changes = self.changes.iter().map(|change| {
            json!({
                "address": change.address,
                "change": { "before": change.before.to_json(), "after": change.after.to_json() },
            })
        });
        json!({ "resource_changes": changes.collect::<Vec<_>>() })
    }
}

/// How a plan is made.
#[derive(Clone, Copy)]
pub(super) struct Way {
    pub mode: Mode,
    pub refreshes: bool,
    /// How many resources are worked on at the same time.
    pub parallelism: usize,
}

/// Checks the configuration with a provider that was told nothing; returns whether it may be planned.
pub(super) async fn validate(config: &Configuration, parallelism: usize, report: &mut Report) -> bool {
    let walk = Walk::new(config, report);
    let check = |node| {
        let value = config.value(node, &|parts| config.unknown(parts));
        let value = value.expect("the configuration was checked");
        let walk = &walk;
        async move {
            walk.validated(node, &value).await;
        }
    };
    graph::walk(parallelism, config.steps(), check).await;
    walk.succeeds()
}

/// Refreshes and plans.
pub(super) async fn plan(config: &Configuration, state: &State, way: Way, report: &mut Report) -> Option<Plan> {
    let mut plan = Plan {
        state: state.clone(),
        source: config.source.clone(),
        is_destroy: way.mode == Mode::Destroy,
        is_refresh_only: way.mode == Mode::RefreshOnly,
        ..Plan::default()
    };
    if way.mode != Mode::Destroy || way.refreshes {
        plan = Planning::new(config, plan, way, report).of_configuration().await?;
    }
    if way.mode == Mode::Destroy {
        // A destroy refreshes in a plan of its own, of which only the state is kept.
        plan.changes.clear();
        report.messages.clear();
        plan = Planning::new(config, plan, way, report).of_destruction().await?;
    }
    plan.changes.sort_by(|one, other| one.address.cmp(&other.address));
    for change in &plan.changes {
        match (change.action, change.is_import) {
            (Action::Nothing, false) => {}
            (Action::Nothing, true) => report.change("planned_change", &change.address, "import"),
            (action, _) => report.change("planned_change", &change.address, action.name()),
        }
    }
    Some(plan)
}

/// A walk that fills a plan.
struct Planning<'a> {
    walk: Walk<'a>,
    plan: RefCell<Plan>,
    way: Way,
}

/// What a planning visits.
enum Visit<'a> {
    Configured(&'a Node),
    /// What the state has at this address, and the configuration has not.
    Orphan(String),
}

impl<'a> Planning<'a> {
    fn new(config: &'a Configuration, plan: Plan, way: Way, report: &'a mut Report) -> Self {
        Planning {
            walk: Walk::new(config, report),
            plan: RefCell::new(plan),
            way,
        }
    }

    async fn of_configuration(self) -> Option<Plan> {
        if !self.walk.configured().await {
            return None;
        }
        let config = self.walk.config;
        let is_orphan = |address: &&String| config.node(address).is_none();
        let mut steps = config
            .steps()
            .into_iter()
            .map(|step| step.map(Visit::Configured))
            .collect::<Vec<_>>();
        for address in self.plan.borrow().state.managed.keys().filter(is_orphan) {
            steps.push(Step::new(address, Visit::Orphan(address.clone())));
        }
        self.plan
            .borrow_mut()
            .state
            .data
            .retain(|address, _| config.node(address).is_some());
        graph::walk(self.way.parallelism, steps, |visit| self.visit(visit)).await;
        let outputs = self.walk.outputs();
        self.done(|plan| plan.outputs_change = plan.state.outputs != outputs)
    }

    async fn of_destruction(self) -> Option<Plan> {
        if !self.walk.configured().await {
            return None;
        }
        let addresses: Vec<String> = self.plan.borrow().state.managed.keys().cloned().collect();
        let steps = addresses
            .into_iter()
            .map(|address| Step::new(&address.clone(), address));
        let visit = |address: String| {
            let planning = &self;
            async move { planning.deletion(&address).await }
        };
        graph::walk(self.way.parallelism, steps.collect(), visit).await;
        self.done(|plan| plan.outputs_change = !plan.state.outputs.is_empty())
    }

    fn done(self, finish: impl FnOnce(&mut Plan)) -> Option<Plan> {
        let mut plan = self.plan.into_inner();
        finish(&mut plan);
        self.walk.succeeds().then_some(plan)
    }

    async fn visit(&self, visit: Visit<'_>) {
        match visit {
            Visit::Orphan(address) => self.orphan(&address).await,
            Visit::Configured(node) if !self.walk.is_reached(node) => {}
            Visit::Configured(node) if node.is_data => self.data(node).await,
            Visit::Configured(node) => self.managed(node).await,
        }
    }

    fn changes(&self, change: Change) {
        self.plan.borrow_mut().changes.push(change);
    }

    fn instance(&self, address: &str) -> Option<Instance> {
        self.plan.borrow().state.managed.get(address).cloned()
    }

    async fn orphan(&self, address: &str) {
        if self.way.refreshes && !self.refreshed(address).await {
            return;
        }
        if self.way.mode != Mode::RefreshOnly {
            self.deletion(address).await;
        }
    }

    async fn deletion(&self, address: &str) {
        let Some(instance) = self.instance(address) else {
            return;
        };
        let mut diags = Diagnostics::default();
        let wish = Wish {
            prior: &instance.value,
            proposed: &Value::Null,
            config: &Value::Null,
            private: &instance.private,
        };
        let planned = self.walk.resource(address).plan(&mut diags, wish).await;
        if self.walk.took(diags, address) {
            let planned = planned.expect("a plan without an error has a result");
            self.changes(Change {
                address: address.to_owned(),
                action: Action::Delete,
                before: instance.value,
                after: Value::Null,
                private: planned.private,
                is_import: false,
            });
        }
    }

    /// Reads what the state has of a resource; returns whether that went well.
    async fn refreshed(&self, address: &str) -> bool {
        let Some(mut instance) = self.instance(address) else {
            return true;
        };
        let mut diags = Diagnostics::default();
        let resource = self.walk.resource(address);
        let read = resource.read(&mut diags, &instance.value, &instance.private).await;
        if !self.walk.took(diags, address) {
            return false;
        }
        let managed = &mut self.plan.borrow_mut().state.managed;
        match read {
            Some((value, private)) => {
                if value != instance.value {
                    self.walk.drifted(address, "update");
                }
                (instance.value, instance.private) = (value, private);
                managed.insert(address.to_owned(), instance);
            }
            None => {
                self.walk.drifted(address, "delete");
                managed.remove(address);
            }
        }
        true
    }

    async fn data(&self, node: &Node) {
        let config = self.walk.value(node);
        if !self.walk.validated(node, &config).await {
            return;
        }
        if !config.is_known() || self.is_pending(&node.direct) {
            self.walk.learns(&node.address, Value::Unknown);
            let before = self.plan.borrow_mut().state.data.remove(&node.address);
            self.changes(Change {
                address: node.address.clone(),
                action: Action::Read,
                before: before.unwrap_or_default(),
                after: Value::Unknown,
                private: Private::default(),
                is_import: false,
            });
            return;
        }
        if let Some(found) = self.walk.read_data(node, &config).await {
            self.plan.borrow_mut().state.data.insert(node.address.clone(), found);
        }
    }

    /// Whether one of these is still to be changed. Terraform puts off a data source that names such a one.
    fn is_pending(&self, addresses: &[String]) -> bool {
        let plan = self.plan.borrow();
        let mut changes = plan.changes.iter().filter(|change| addresses.contains(&change.address));
        changes.any(|change| change.action != Action::Nothing)
    }

    async fn managed(&self, node: &Node) {
        let address = &node.address;
        let id = self.walk.config.imports.get(address);
        let id = id.filter(|_| self.instance(address).is_none());
        if let Some(id) = id {
            let Some(mut instance) = self.walk.imported(address, id).await else {
                return;
            };
            instance.dependencies = node.dependencies.clone();
            self.plan.borrow_mut().state.managed.insert(address.clone(), instance);
        } else if self.way.refreshes && !self.refreshed(address).await {
            return;
        }
        let prior = self.instance(address);
        if self.way.mode == Mode::RefreshOnly {
            let value = prior.map_or(Value::Unknown, |instance| instance.value);
            self.walk.learns(address, value);
            return;
        }
        let Some((mut change, _)) = self.walk.planned(node, prior).await else {
            return;
        };
        change.is_import = id.is_some();
        self.walk.learns(address, change.after.clone());
        self.changes(change);
    }
}
