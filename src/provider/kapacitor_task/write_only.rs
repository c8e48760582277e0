//! Secrets of a task that only the configuration has.
//!
//! No state holds them. A refresh and a destroy take them from the vars of the server's task, for as long as they last; a plan
//! and an apply take them from the configuration. What was written last is remembered by keyed fingerprints, beside the state.

use super::model::KapacitorTaskState;
use super::private_state::PrivateState;
use super::vars;
use crate::kapacitor::models::{Task, Vars};
use crate::provider::values::{known_entries, text_map};
use crate::secret::Key;
use crate::tickscript::Program;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// The fingerprint of each var, by its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct WriteOnlySecrets(BTreeMap<String, String>);

impl WriteOnlySecrets {
    /// Those of a state that was just written.
    pub fn written(state: &KapacitorTaskState, key: &Key) -> Self {
        let given = known_entries(&state.secrets_wo.0);
        let vars = vars::encode(&state.program().unwrap_or_default(), &given).unwrap_or_default();
        WriteOnlySecrets(
            vars.iter()
                .map(|(name, var)| (name.clone(), fingerprint(var, key)))
                .collect(),
        )
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the server's task has another value of one of them, or none.
    fn differ(&self, found: &Vars, key: Option<&Key>) -> bool {
        let is_there = |(name, written): (&String, &String)| {
            let found = found.get(name).zip(key).map(|(var, key)| fingerprint(var, key));
            found.as_ref() == Some(written)
        };
        !self.0.iter().all(is_there)
    }
}

/// Of the value as it is read back, since a duration, for one, may be written in several ways.
fn fingerprint(var: &serde_json::Value, key: &Key) -> String {
    key.fingerprint(&vars::decode(var))
}

impl KapacitorTaskState {
    /// Takes over what only the configuration has.
    pub fn take_write_only(&mut self, config: &Self) {
        self.secrets_wo = config.secrets_wo.clone();
    }

    /// Takes over from the server's task what the configuration would have. Another version than the configuration's has the
    /// plan write what the server has otherwise.
    pub fn take_from_server(&mut self, task: &Task, private: &PrivateState) {
        let written = &private.write_only;
        if written.is_empty() {
            return;
        }
        let found = task.vars.iter().filter(|(name, _)| written.0.contains_key(*name));
        let found: BTreeMap<String, String> = found.map(|(name, var)| (name.clone(), vars::decode(var))).collect();
        self.secrets_wo.0 = text_map(found);
        if written.differ(&task.vars, private.fingerprint_key.as_ref()) {
            self.secrets_wo_version = Value::Null;
        }
    }
}

/// Whether a text is the value of a var of the server's task.
pub fn is_value_of(program: &Program, name: &str, text: &str, var: &serde_json::Value) -> bool {
    let one = BTreeMap::from([(name.to_owned(), text.to_owned())]);
    let found = Vars::from_iter([(name.to_owned(), var.clone())]);
    vars::encode(program, &one).is_ok_and(|one| crate::provider::task::same_vars(&one, &found))
}
