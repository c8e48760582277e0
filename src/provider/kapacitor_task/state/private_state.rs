//! What the resource has to remember of a task and no attribute says.

use super::write_only::WriteOnlySecrets;
use crate::provider::ownership::OwnerMemory;
use crate::secret::Key;
use serde::{Deserialize, Serialize};

/// What is remembered of a task.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PrivateState {
    /// What the fingerprints in the state are keyed with.
    pub fingerprint_key: Option<Key>,
    /// The fingerprints of the secrets that only the configuration has, as they were written last.
    pub write_only: WriteOnlySecrets,
    /// Who else has the task, and what the plan of its destroy has seen.
    pub owner: OwnerMemory,
}

impl PrivateState {
    /// The key of the state's fingerprints: a new one, which is kept from now on, if there is none yet.
    pub(crate) fn key(&mut self) -> Key {
        self.fingerprint_key.get_or_insert_with(Key::random).clone()
    }
}
