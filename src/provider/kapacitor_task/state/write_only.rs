//! Secrets of a task that only the configuration has.
//!
//! No state holds them. A refresh and a destroy take them from the vars of the server's task, for as long as they last; a plan
//! and an apply take them from the configuration. What was written last is remembered by keyed fingerprints, beside the state.

use crate::kapacitor::models::Vars;
use crate::provider::kapacitor_task::vars;
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fingerprint of each var, by its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct WriteOnlySecrets(BTreeMap<String, String>);

impl WriteOnlySecrets {
    /// Those of the vars that were just written.
    pub(crate) fn of(vars: &Vars, key: &Key) -> Self {
        let fingerprints = vars.iter().map(|(name, var)| (name.clone(), fingerprint(var, key)));
        WriteOnlySecrets(fingerprints.collect())
    }

    /// Whether a var is one of them.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// Whether there are none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether the server's task has another value of one of them, or none.
    pub(crate) fn differ(&self, found: &Vars, key: Option<&Key>) -> bool {
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
