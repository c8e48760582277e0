//! What the resource has to remember of a handler and no attribute says.

use super::definition::twin;
use super::model::{get, TopicHandlerState, SENSITIVE_HEADERS};
use crate::provider::ownership::OwnerMemory;
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeMap;
use tf_provider::value::{Value, ValueAny};

/// What is remembered of a handler.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrivateState {
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
    /// What Terraform kept.
    pub fn of(kept: Value<PrivateState>) -> Self {
        match kept {
            Value::Value(private) => private,
            Value::Null | Value::Unknown => PrivateState::default(),
        }
    }

    /// What is to be remembered of a handler that was just written.
    pub fn written(state: &TopicHandlerState) -> Self {
        let mut private = PrivateState::default();
        let Some((kind, options)) = state.kind() else {
            return private;
        };
        for option in kind.options.iter().filter(|option| option.secret) {
            let value = get(options, &twin(option.name));
            if matches!(value, ValueAny::Null | ValueAny::Unknown) {
                continue;
            }
            if let (SENSITIVE_HEADERS, ValueAny::Map(headers)) = (option.name, value) {
                private.headers = headers.keys().cloned().collect();
            }
            let key = private.key.get_or_insert_with(Key::random).clone();
            let value = serde_json::to_value(value).unwrap_or_default();
            private
                .written
                .insert(option.name.to_owned(), key.fingerprint(&value.to_string()));
        }
        private
    }

    /// Whether the server has just what was written of an option that only the configuration has.
    pub fn is_as_written(&self, option: &str, found: &Json) -> bool {
        let fingerprint = self.key.as_ref().map(|key| key.fingerprint(&found.to_string()));
        fingerprint.is_some() && fingerprint.as_ref() == self.written.get(option)
    }

    /// Whether a header is one that only the configuration has.
    pub fn is_write_only_header(&self, name: &str) -> bool {
        self.headers.iter().any(|header| header.eq_ignore_ascii_case(name))
    }
}
