//! What is remembered of headers that only the configuration has, so that a refresh can tell whether the server still has them.

use crate::kapacitor::models::Endpoint;
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The fingerprint of each header, by its name.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct WriteOnlyHeaders(BTreeMap<String, String>);

impl WriteOnlyHeaders {
    /// Those of these fingerprints, by the headers' names.
    pub(crate) fn of(fingerprints: BTreeMap<String, String>) -> Self {
        WriteOnlyHeaders(fingerprints)
    }

    /// Whether a header is one of them.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.keys().any(|known| known.eq_ignore_ascii_case(name))
    }

    /// Whether the server has others, or none.
    pub(crate) fn differs(&self, endpoint: &Endpoint, key: Option<&Key>) -> bool {
        let is_there = |(name, written): (&String, &String)| {
            let mut headers = endpoint.headers.iter();
            let found = headers.find(|(other, _)| other.eq_ignore_ascii_case(name));
            let found = found.zip(key).map(|((_, value), key)| key.fingerprint(value.expose()));
            found.as_ref() == Some(written)
        };
        !self.0.iter().all(is_there)
    }
}
