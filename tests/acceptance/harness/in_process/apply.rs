//! The walk that carries a plan out.

use super::configuration::{Configuration, Node};
use super::plan::{Action, Change, Plan, Walk};
use super::provider::Wish;
use super::report::Report;
use super::shape::disagreement;
use super::state::{Instance, State};
use super::value::Value;
use std::collections::BTreeMap;
use tf_provider::Diagnostics;

/// Carries the plan out, as far as that goes, and returns the state that is left.
pub async fn apply(config: &Configuration, plan: &Plan, report: &mut Report) -> State {
    let mut state = plan.state.clone();
    let mut walk = Walk::new(config, report);
    let is_needed = plan.changes.iter().any(|change| change.action != Action::Nothing);
    if is_needed && !walk.configured().await {
        return state;
    }
    for (address, value) in &state.data {
        walk.values.insert(address.clone(), value.clone());
    }
    for change in deletions(plan) {
        walk.delete(&mut state, change).await;
    }
    for (address, instance) in &state.managed {
        walk.values.insert(address.clone(), instance.value.clone());
    }
    if plan.is_destroy {
        state.outputs.clear();
        state.data.clear();
        return state;
    }
    for node in &config.nodes {
        let Some(change) = plan.changes.iter().find(|change| change.address == node.address) else {
            continue;
        };
        if walk.is_reached(node) && !walk.failed.contains(&node.address) {
            walk.carry_out(&mut state, node, change).await;
        }
    }
    if walk.failed.is_empty() {
        state.outputs = walk.outputs();
    }
    state
}

/// What goes, each before what it depended on.
fn deletions(plan: &Plan) -> Vec<&Change> {
    let goes = |change: &&Change| matches!(change.action, Action::Delete | Action::Replace);
    let mut left: Vec<&Change> = plan.changes.iter().filter(goes).collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let is_needed = |wanted: &Change| {
            left.iter().any(|other| {
                plan.state.managed[&other.address]
                    .dependencies
                    .contains(&wanted.address)
            })
        };
        let next = left.iter().position(|change| !is_needed(change)).unwrap_or_default();
        ordered.push(left.remove(next));
    }
    ordered
}

impl Walk<'_> {
    fn outputs(&self) -> BTreeMap<String, Value> {
        let outputs = self.config.outputs.iter().map(|(name, expression)| {
            let value = expression.value(&|parts| self.refer(parts));
            (name.clone(), value.expect("the configuration was checked"))
        });
        outputs.collect()
    }

    async fn delete(&mut self, state: &mut State, change: &Change) {
        let address = &change.address;
        let depends = |(other, instance): (&String, &Instance)| {
            self.failed.contains(other) && instance.dependencies.contains(address)
        };
        if state.managed.iter().any(depends) {
            self.failed.insert(address.clone());
            return;
        }
        let instance = &state.managed[address];
        let mut diags = Diagnostics::default();
        let resource = self.resource(address);
        let wish = Wish {
            prior: &instance.value,
            proposed: &Value::Null,
            config: &Value::Null,
            private: &change.private,
        };
        resource.apply(&mut diags, wish).await;
        if self.took(diags, address) {
            state.managed.remove(address);
        }
    }

    async fn carry_out(&mut self, state: &mut State, node: &Node, change: &Change) {
        match change.action {
            Action::Nothing | Action::Delete => {}
            Action::Read => {
                let config = self.value(node);
                if let Some(found) = self.read_data(node, &config).await {
                    state.data.insert(node.address.clone(), found);
                }
            }
            Action::Create | Action::Update | Action::Replace => self.write(state, node, change).await,
        }
    }

    /// Terraform plans again, with what has become known meanwhile, and has the provider do that.
    async fn write(&mut self, state: &mut State, node: &Node, change: &Change) {
        let address = &node.address;
        let prior = state.managed.get(address).cloned();
        let Some((planned, config)) = self.planned(node, prior.clone()).await else {
            return;
        };
        if let Some(difference) = disagreement(&change.after, &planned.after) {
            return self.bug("Provider produced inconsistent final plan", &difference, address);
        }
        let mut diags = Diagnostics::default();
        let resource = self.resource(address);
        let shape = resource.shape();
        let before = prior.as_ref().map(|prior| prior.value.clone()).unwrap_or_default();
        let wish = Wish {
            prior: &before,
            proposed: &planned.after,
            config: &config,
            private: &planned.private,
        };
        let written = resource.apply(&mut diags, wish).await;
        let succeeds = self.took(diags, address);
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
        self.values.insert(address.clone(), instance.value.clone());
        state.managed.insert(address.clone(), instance);
        if !succeeds {
            return;
        }
        let difference = disagreement(&planned.after, &value);
        if let Some(difference) = difference.or_else(|| shape.holds_write_only(&value)) {
            self.bug(
                "Provider produced inconsistent result after apply",
                &difference,
                address,
            );
        } else if !value.is_known() {
            self.bug(
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
