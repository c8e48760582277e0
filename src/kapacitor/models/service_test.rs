//! A test of one of Kapacitor's services.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::httppost::{expose, expose_values};
use crate::secret::Secret;

/// A test POST that Kapacitor itself should send. Kapacitor adds a header `Auth: secret` of its own; headers and
/// credentials of a configured endpoint are not used.
#[derive(Debug, Clone, Serialize)]
pub struct HttpPostTest {
    /// Where to post to; must not be empty.
    #[serde(serialize_with = "expose")]
    pub url: Secret,
    /// Headers that are sent along.
    #[serde(serialize_with = "expose_values", skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, Secret>,
}

impl HttpPostTest {
    /// Every value that no message may show.
    pub(in crate::kapacitor) fn secrets(&self) -> Vec<Secret> {
        let headers = self.headers.values().cloned();
        headers.chain([self.url.clone()]).collect()
    }
}

/// What became of a test.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TestOutcome {
    /// Whether Kapacitor reached the host and got an HTTP answer, whatever its status.
    pub success: bool,
    /// Why not, in Kapacitor's words, with the secrets of the test masked.
    #[serde(default)]
    pub message: String,
}
