//! What the resource has to remember of a template and no attribute says.

use crate::provider::ownership::OwnerMemory;
use crate::secret::Key;
use serde::{Deserialize, Serialize};

/// What is remembered of a template.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PrivateState {
    /// What the fingerprints in the state are keyed with.
    pub fingerprint_key: Option<Key>,
    /// Who else has the template.
    pub owner: OwnerMemory,
}

impl PrivateState {
    /// The key of the state's fingerprints: a new one, which is kept from now on, if there is none yet.
    pub(crate) fn key(&mut self) -> Key {
        self.fingerprint_key.get_or_insert_with(Key::random).clone()
    }

    /// The same after the template was written.
    pub(crate) fn after_write(self) -> Self {
        PrivateState {
            owner: OwnerMemory::default(),
            ..self
        }
    }
}
