//! What the resource has to remember of an endpoint and no attribute says. Terraform keeps it beside the state, and hands it
//! to the next refresh and plan.

use super::write_only::WriteOnlyHeaders;
use crate::provider::environment::RememberedVariables;
use crate::provider::ownership::OwnerMemory;
use crate::secret::Key;
use serde::{Deserialize, Serialize};

/// What is remembered of an endpoint.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PrivateState {
    /// Whether the secret headers were imported, and no configuration has set or removed them since.
    pub headers_are_imported: bool,
    /// The names of the secret headers that somebody added on the server.
    pub added: Vec<String>,
    /// What the element sends along that the resource does not set.
    pub unmanaged: Vec<Credentials>,
    /// What the environment variable holds that the URL is taken from.
    pub url_variables: RememberedVariables,
    /// What the fingerprint of the URL is keyed with.
    pub fingerprint_key: Option<Key>,
    /// The fingerprints of the headers that only the configuration has, as they were written last.
    pub write_only: WriteOnlyHeaders,
    /// Who else has the object, and what the plan of its destroy has seen.
    pub owner: OwnerMemory,
}

/// Credentials that an element sends along.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Credentials {
    /// In headers.
    Headers,
    /// A user and password.
    BasicAuth,
}

impl PrivateState {
    /// The key of the state's fingerprints: a new one, which is kept from now on, if there is none yet.
    pub(crate) fn key(&mut self) -> Key {
        self.fingerprint_key.get_or_insert_with(Key::random).clone()
    }
}
