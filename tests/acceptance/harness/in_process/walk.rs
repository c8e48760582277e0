//! One walk over a configuration: what is known so far, and what the provider says when it is asked.

use super::configuration::{address, inside, Configuration, Node};
use super::language::Parsed;
use super::plan::{Action, Change};
use super::provider::{Private, Process, Resource, Wish};
use super::report::{Report, Subject};
use super::shape::Shape;
use super::state::Instance;
use super::value::Value;
use squadcast_kapacitor::protocol::messages::{AttributePath, Selector};
use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use tf_provider::Diagnostics;

/// A walk, with a provider of its own. Its steps go on beside each other on one thread.
pub(super) struct Walk<'a> {
    pub config: &'a Configuration,
    process: Process,
    report: RefCell<&'a mut Report>,
    /// What is known of each resource so far.
    values: RefCell<BTreeMap<String, Value>>,
    /// What failed, or was left out because something else did.
    failed: RefCell<BTreeSet<String>>,
}

impl<'a> Walk<'a> {
    pub(super) fn new(config: &'a Configuration, report: &'a mut Report) -> Self {
        Walk {
            config,
            process: Process::start(),
            report: RefCell::new(report),
            values: RefCell::default(),
            failed: RefCell::default(),
        }
    }

    pub(super) async fn configured(&self) -> bool {
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
        self.report.borrow_mut().take(diags, &subject)
    }

    /// Takes in what a call about this address said; returns whether it succeeded.
    pub(super) fn took(&self, diags: Diagnostics, address: &str) -> bool {
        let succeeds = self.report.borrow_mut().take(diags, &self.config.subject(address));
        if !succeeds {
            self.fails(address);
        }
        succeeds
    }

    /// Reports what the provider did against the protocol.
    pub(super) fn bug(&self, summary: &str, detail: &str, address: &str) {
        let mut report = self.report.borrow_mut();
        report.bug(summary, detail, &self.config.subject(address));
        self.fails(address);
    }

    /// Says that a resource is not as the state had it.
    pub(super) fn drifted(&self, address: &str, action: &str) {
        self.report.borrow_mut().change("resource_drift", address, action);
    }

    pub(super) fn fails(&self, address: &str) {
        self.failed.borrow_mut().insert(address.to_owned());
    }

    pub(super) fn has_failed(&self, address: &str) -> bool {
        self.failed.borrow().contains(address)
    }

    pub(super) fn succeeds(&self) -> bool {
        self.failed.borrow().is_empty()
    }

    /// From here on this is what references to a resource lead to.
    pub(super) fn learns(&self, address: &str, value: Value) {
        self.values.borrow_mut().insert(address.to_owned(), value);
    }

    /// What the outputs come to.
    pub(super) fn outputs(&self) -> BTreeMap<String, Value> {
        let outputs = self.config.outputs.iter().map(|(name, expression)| {
            let value = expression.value(&|parts| self.refer(parts));
            (name.clone(), value.expect("the configuration was checked"))
        });
        outputs.collect()
    }

    pub(super) fn resource<'b>(&'b self, address: &'b str) -> Resource<'b> {
        let (kind, _) = address.split_once('.').expect("an address has a type");
        self.process.resource(kind)
    }

    fn refer(&self, parts: &[String]) -> Parsed<Value> {
        let values = self.values.borrow();
        let value = values.get(&address(parts)?).unwrap_or(&Value::Unknown);
        Ok(inside(parts, value))
    }

    pub(super) fn value(&self, node: &Node) -> Value {
        let value = self.config.value(node, &|parts| self.refer(parts));
        value.expect("the configuration was checked")
    }

    /// Whether it may be walked: nothing that it refers to has failed.
    pub(super) fn is_reached(&self, node: &Node) -> bool {
        let reached = !node.dependencies.iter().any(|address| self.has_failed(address));
        if !reached {
            self.fails(&node.address);
        }
        reached
    }

    pub(super) async fn validated(&self, node: &Node, config: &Value) -> bool {
        let mut diags = Diagnostics::default();
        match node.is_data {
            true => self.process.data(&node.kind).validate(&mut diags, config).await,
            false => self.resource(&node.address).validate(&mut diags, config).await,
        }
        self.took(diags, &node.address)
    }

    pub(super) async fn read_data(&self, node: &Node, config: &Value) -> Option<Value> {
        let mut diags = Diagnostics::default();
        let found = self.process.data(&node.kind).read(&mut diags, config).await;
        if !self.took(diags, &node.address) {
            return None;
        }
        let found = found.expect("a data source that reports no error finds something");
        self.learns(&node.address, found.clone());
        Some(found)
    }

    /// What the provider plans for a resource, and the configuration that it planned for.
    pub(super) async fn planned(&self, node: &Node, prior: Option<Instance>) -> Option<(Change, Value)> {
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
    async fn plan_creation(&self, address: &str, config: &Value, warns: bool) -> Option<(Value, Private)> {
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

    pub(super) async fn imported(&self, address: &str, id: &str) -> Option<Instance> {
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
    pub(super) fn subject<'a>(&'a self, address: &'a str) -> Subject<'a> {
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
