//! What the resource has to remember of a handler and no attribute says.

use crate::provider::ownership::OwnerMemory;
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;

/// What is remembered of a handler.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PrivateState {
    /// What the fingerprints are keyed with.
    pub key: Option<Key>,
    /// The fingerprints of what only the configuration has, as it was written last, by the option's name.
    pub written: BTreeMap<String, String>,
    /// The names of the headers that only the configuration has.
    pub headers: Vec<String>,
    /// Who else has the object.
    pub owner: OwnerMemory,
}

impl PrivateState {
    /// Whether the server has just what was written of an option that only the configuration has.
    pub(crate) fn is_as_written(&self, option: &str, found: &Json) -> bool {
        let fingerprint = self.key.as_ref().map(|key| key.fingerprint(&found.to_string()));
        fingerprint.is_some() && fingerprint.as_ref() == self.written.get(option)
    }

    /// Whether a header is one that only the configuration has.
    pub(crate) fn is_write_only_header(&self, name: &str) -> bool {
        self.headers.iter().any(|header| header.eq_ignore_ascii_case(name))
    }
}
