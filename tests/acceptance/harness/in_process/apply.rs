//! The walk that carries a plan out.

use super::configuration::{Configuration, Node};
use super::graph::{self, Step};
use super::plan::{Action, Change, Plan};
use super::provider::Wish;
use super::report::Report;
use super::shape::disagreement;
use super::state::{Instance, State};
use super::value::Value;
use super::walk::Walk;
use std::cell::RefCell;
use tf_provider::Diagnostics;

/// Carries the plan out, as far as that goes, and returns the state that is left.
pub(super) async fn apply(config: &Configuration, plan: &Plan, parallelism: usize, report: &mut Report) -> State {
    let applying = Applying {
        walk: Walk::new(config, report),
        state: RefCell::new(plan.state.clone()),
    };
    let is_needed = plan.changes.iter().any(|change| change.action != Action::Nothing);
    if is_needed && !applying.walk.configured().await {
        return applying.state.into_inner();
    }
    applying.learn(plan);
    let steps = steps(config, plan);
    graph::walk(parallelism, steps, |visit| applying.visit(visit)).await;
    let mut state = applying.state.into_inner();
    if plan.is_destroy {
        state.outputs.clear();
        state.data.clear();
    } else if applying.walk.succeeds() {
        state.outputs = applying.walk.outputs();
    }
    state
}

enum Visit<'a> {
    Write(&'a Node, &'a Change),
    Delete(&'a Change),
}

/// What is written after what it refers to; what goes, after whatever depended on it has gone, or depends on it no more.
fn steps<'a>(config: &'a Configuration, plan: &'a Plan) -> Vec<Step<Visit<'a>>> {
    let mut steps = Vec::new();
    for change in &plan.changes {
        let address = &change.address;
        if let Some(node) = config.node(address).filter(|_| change.is_written()) {
            let mut after = node.dependencies.clone();
            after.push(deletion(address));
            steps.push(Step {
                item: Visit::Write(node, change),
                name: address.clone(),
                after,
            });
        }
        if change.is_deleted() {
            steps.push(Step {
                item: Visit::Delete(change),
                name: deletion(address),
                after: users(plan, change),
            });
        }
    }
    steps
}

/// How the steps name a deletion.
fn deletion(address: &str) -> String {
    format!("the deletion of {address}")
}

/// The steps for which a deletion waits.
fn users(plan: &Plan, deleted: &Change) -> Vec<String> {
    let used = |change: &&Change| match plan.state.managed.get(&change.address) {
        Some(instance) => instance.dependencies.contains(&deleted.address),
        None => false,
    };
    let users = plan.changes.iter().filter(used).filter_map(|change| {
        if change.is_deleted() {
            return Some(deletion(&change.address));
        }
        // What is replaced comes back before its users are written.
        (deleted.action == Action::Delete).then(|| change.address.clone())
    });
    users.collect()
}

struct Applying<'a> {
    walk: Walk<'a>,
    state: RefCell<State>,
}

impl Applying<'_> {
    /// Takes in what is known before anything is done.
    fn learn(&self, plan: &Plan) {
        for (address, value) in &plan.state.data {
            self.walk.learns(address, value.clone());
        }
        for (address, instance) in &plan.state.managed {
            let is_deleted = |change: &Change| change.address == *address && change.is_deleted();
            if !plan.changes.iter().any(is_deleted) {
                self.walk.learns(address, instance.value.clone());
            }
        }
    }

    async fn visit(&self, visit: Visit<'_>) {
        match visit {
            Visit::Delete(change) => self.delete(change).await,
            Visit::Write(node, _) if !self.walk.is_reached(node) || self.walk.has_failed(&node.address) => {}
            Visit::Write(node, change) if change.action == Action::Read => self.read(node).await,
            Visit::Write(node, change) => self.write(node, change).await,
        }
    }

    async fn read(&self, node: &Node) {
        let config = self.walk.value(node);
        if let Some(found) = self.walk.read_data(node, &config).await {
            self.state.borrow_mut().data.insert(node.address.clone(), found);
        }
    }

    fn instance(&self, address: &str) -> Option<Instance> {
        self.state.borrow().managed.get(address).cloned()
    }

    /// Whether something that could not be taken away, or changed, depends on it.
    fn is_held(&self, address: &str) -> bool {
        let holds = |(other, instance): (&String, &Instance)| {
            self.walk.has_failed(other) && instance.dependencies.iter().any(|one| one == address)
        };
        self.state.borrow().managed.iter().any(holds)
    }

    async fn delete(&self, change: &Change) {
        let address = &change.address;
        if self.is_held(address) {
            return self.walk.fails(address);
        }
        let instance = self.instance(address).expect("what goes is there");
        let mut diags = Diagnostics::default();
        let wish = Wish {
            prior: &instance.value,
            proposed: &Value::Null,
            config: &Value::Null,
            private: &change.private,
        };
        self.walk.resource(address).apply(&mut diags, wish).await;
        if self.walk.took(diags, address) {
            self.state.borrow_mut().managed.remove(address);
        }
    }

    /// Terraform plans again, with what has become known meanwhile, and has the provider do that.
    async fn write(&self, node: &Node, change: &Change) {
        let address = &node.address;
        let prior = self.instance(address);
        let Some((planned, config)) = self.walk.planned(node, prior.clone()).await else {
            return;
        };
        if let Some(difference) = disagreement(&change.after, &planned.after) {
            return self
                .walk
                .bug("Provider produced inconsistent final plan", &difference, address);
        }
        let mut diags = Diagnostics::default();
        let resource = self.walk.resource(address);
        let shape = resource.shape();
        let before = prior.as_ref().map(|prior| prior.value.clone()).unwrap_or_default();
        let wish = Wish {
            prior: &before,
            proposed: &planned.after,
            config: &config,
            private: &planned.private,
        };
        let written = resource.apply(&mut diags, wish).await;
        let succeeds = self.walk.took(diags, address);
        let Some((value, private)) = written else {
            assert!(!succeeds, "{address}: an apply without an error has a result");
            return;
        };
        let instance = Instance {
            tainted: match &prior {
                None => !succeeds,
                Some(prior) => prior.tainted,
            },
            value: known(&value),
            private,
            dependencies: node.dependencies.clone(),
        };
        self.walk.learns(address, instance.value.clone());
        self.state.borrow_mut().managed.insert(address.clone(), instance);
        if !succeeds {
            return;
        }
        let difference = disagreement(&planned.after, &value);
        if let Some(difference) = difference.or_else(|| shape.holds_write_only(&value)) {
            self.walk.bug(
                "Provider produced inconsistent result after apply",
                &difference,
                address,
            );
        } else if !value.is_known() {
            self.walk.bug(
                "Provider returned invalid result object after apply",
                &format!("{value:?}"),
                address,
            );
        }
    }
}

/// The same with null for what is unknown.
fn known(value: &Value) -> Value {
    Value::from_json(&value.to_json())
}
