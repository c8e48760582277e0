//! A rule's way from configuration to plan, state and back, without a server: its script stands for the server.

mod kept_secrets;
#[cfg(test)]
mod list;
#[cfg(test)]
mod owner;
mod read_secrets;
mod write_only;

use super::handlers::block::HandlerBlock;
use super::import::imported;
use super::plan::{plan_create, plan_update};
use super::refresh::examination::Examinations;
use super::refresh::refresh;
use super::state::model::AlertRuleState;
use super::state::post::PostBlock;
use super::state::preserve::former::Prior;
use super::state::private_state::PrivateState;
use super::state::write_only_memory::WriteOnlyMemory;
use crate::kapacitor::models::Task;
use crate::provider::rule_attributes::RuleAttributes;
use crate::provider::values::known_list;
use crate::provider::values::{text_map, Text, TextMap};
use crate::rule::Rule;
use serde_json::json;
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// A rule as Terraform keeps it.
#[derive(Clone)]
struct Kept {
    state: AlertRuleState,
    private: PrivateState,
}

fn text(value: &str) -> Text {
    Value::Value(value.to_owned())
}

fn map(entries: &[(&str, &str)]) -> TextMap {
    let entries = entries
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    text_map(entries.collect::<BTreeMap<_, _>>())
}

/// The configuration of a rule with these blocks.
fn configuration(post: Vec<PostBlock>, handler: Vec<HandlerBlock>) -> AlertRuleState {
    AlertRuleState {
        attributes: RuleAttributes {
            name: text("cpu"),
            database: text("telegraf"),
            measurement: text("cpu"),
            field: text("usage_user"),
            trigger: text("threshold"),
            operator: text(">"),
            value: text("90"),
            ..RuleAttributes::default()
        },
        post: Value::Value(post),
        handlers: Value::Value(handler.into()),
        ..AlertRuleState::default()
    }
}

/// What Kapacitor has of a rule whose blocks are these, secrets and all.
fn script_of(state: &AlertRuleState) -> String {
    Rule::try_from(state.spec()).unwrap().to_tickscript()
}

fn task(script: &str) -> Task {
    let task = json!({
        "id": "rule",
        "type": "stream",
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "script": script,
        "status": "enabled",
        "executing": true,
        "error": "",
    });
    serde_json::from_value(task).unwrap()
}

/// The rule after an apply that created it.
fn created(config: &AlertRuleState) -> Kept {
    let mut diags = Diagnostics::default();
    let (planned, private) = plan_create(&mut diags, config.clone(), config);
    assert_eq!(diags.errors, []);
    applied(planned, private)
}

fn applied(planned: AlertRuleState, private: PrivateState) -> Kept {
    let mut state = planned;
    let script = script_of(&state);
    let mut keyed = PrivateState::default().keyed(private.fingerprint_key.clone());
    let _ = refresh(&mut state, &mut keyed, &task(&script));
    let mut private = private.after_write(&state);
    if let Some(key) = private.fingerprint_key.clone() {
        private.write_only = WriteOnlyMemory::of(&state, &key);
    }
    let state = as_stored(&state);
    Kept { state, private }
}

/// A state without what only a configuration has.
fn as_stored(state: &AlertRuleState) -> AlertRuleState {
    serde_json::from_value(serde_json::to_value(state).unwrap()).unwrap()
}

/// The rule after it was imported.
fn imported_from(script: &str) -> Kept {
    let (state, private) = imported(&mut Diagnostics::default(), &task(script)).unwrap();
    Kept { state, private }
}

impl Kept {
    /// The rule after a refresh.
    fn read(&self, script: &str) -> Kept {
        let Kept { mut state, mut private } = self.clone();
        private.remember_variables(&state);
        state.take_from_script(&private, script);
        let _ = refresh(&mut state, &mut private, &task(script));
        let state = as_stored(&state);
        Kept { state, private }
    }

    /// The plan of a change, and its errors as the attributes that they are about.
    fn plan(&self, config: &AlertRuleState) -> (AlertRuleState, PrivateState, Vec<String>) {
        let mut diags = Diagnostics::default();
        let prior = Prior {
            state: &self.state,
            private: &self.private,
        };
        // Terraform proposes what the configuration says, and for what it leaves out the state's value of the same place.
        // The provider must not build on the latter.
        let proposed = self.proposed(config);
        let (planned, private) = plan_update(&mut diags, &Examinations::default(), prior, proposed, config);
        let errors = diags.errors.iter().map(|error| error.attribute.to_string()).collect();
        (planned, private, errors)
    }

    fn proposed(&self, config: &AlertRuleState) -> AlertRuleState {
        let mut proposed = config.clone();
        if let (Value::Value(posts), Value::Value(former)) = (&mut proposed.post, &self.state.post) {
            for (post, former) in posts.iter_mut().zip(former) {
                fill_in(&mut post.url, &former.url);
                fill_in(&mut post.sensitive_headers, &former.sensitive_headers);
            }
        }
        if let (Value::Value(handlers), Value::Value(former)) = (&mut proposed.handlers, &self.state.handlers) {
            for (handler, former) in handlers.iter_mut().zip(former.iter()) {
                fill_in(&mut handler.secrets, &former.secrets);
            }
        }
        proposed
    }

    /// Everything that Terraform keeps, as text to search.
    fn everything(&self) -> String {
        [
            serde_json::to_string(&self.state).unwrap(),
            serde_json::to_string(&self.private).unwrap(),
        ]
        .concat()
    }
}

fn fill_in<T: Clone>(value: &mut Value<T>, former: &Value<T>) {
    if value.is_null() {
        *value = former.clone();
    }
}
