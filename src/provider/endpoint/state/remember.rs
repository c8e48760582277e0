//! What is taken from an endpoint to be remembered of it.

use super::model::EndpointState;
use super::private_state::PrivateState;
use super::write_only::WriteOnlyHeaders;
use crate::provider::attributes::write_only::fingerprints;
use crate::provider::environment::RememberedVariables;
use crate::provider::ownership::OwnerMemory;
use crate::secret::Key;

impl PrivateState {
    /// Sets the fingerprint of the planned URL, and keeps its key.
    pub(crate) fn set_fingerprint(&mut self, planned: &mut EndpointState) {
        let key = planned.set_planned_fingerprint(self.fingerprint_key.as_ref());
        self.fingerprint_key = key;
    }

    /// The same after the endpoint was written.
    pub(crate) fn after_write(mut self, state: &EndpointState) -> Self {
        self.write_only = WriteOnlyHeaders::written(state, self.fingerprint_key.as_ref());
        self.remember_variables(state);
        self.owner = OwnerMemory::default();
        self
    }

    /// Remembers what the variable holds now.
    pub(crate) fn remember_variables(&mut self, state: &EndpointState) {
        self.url_variables = RememberedVariables::of_now([&state.url_env]);
    }
}

impl WriteOnlyHeaders {
    /// Those that were just written.
    pub(crate) fn written(state: &EndpointState, key: Option<&Key>) -> Self {
        let fingerprints = key.map(|key| fingerprints(&state.sensitive_headers_wo.0, key));
        WriteOnlyHeaders::of(fingerprints.unwrap_or_default())
    }
}
