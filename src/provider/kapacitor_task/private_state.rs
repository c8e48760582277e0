//! What the resource has to remember of a task and no attribute says.

use super::model::KapacitorTaskState;
use super::write_only::WriteOnlySecrets;
use crate::provider::ownership::OwnerMemory;
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// What is remembered of a task.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrivateState {
    /// What the fingerprints in the state are keyed with.
    pub fingerprint_key: Option<Key>,
    /// The fingerprints of the secrets that only the configuration has, as they were written last.
    pub write_only: WriteOnlySecrets,
    /// Who else has the task, and what the plan of its destroy has seen.
    pub owner: OwnerMemory,
}

impl PrivateState {
    /// What Terraform kept; nothing for a task of which nothing was remembered yet.
    pub fn of(kept: Value<PrivateState>) -> Self {
        match kept {
            Value::Value(private) => private,
            Value::Null | Value::Unknown => PrivateState::default(),
        }
    }

    /// The key of the state's fingerprints: a new one, which is kept from now on, if there is none yet.
    pub fn key(&mut self) -> Key {
        self.fingerprint_key.get_or_insert_with(Key::random).clone()
    }

    /// The same after the task was written.
    pub fn after_write(mut self, state: &KapacitorTaskState) -> Self {
        PrivateState {
            write_only: WriteOnlySecrets::written(state, &self.key()),
            owner: OwnerMemory::default(),
            ..self
        }
    }
}
