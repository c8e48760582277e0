//! An endpoint that an import or a list takes over.

use super::conf;
use super::state::model::EndpointState;
use super::state::private_state::PrivateState;
use crate::kapacitor::models::Endpoint;
use crate::secret::Key;

/// The state of a declared endpoint that nothing managed so far, and what is to be remembered of it.
pub(super) fn imported(endpoint: &Endpoint) -> (EndpointState, PrivateState) {
    let key = Key::random();
    let mut state = EndpointState::imported(endpoint, &key);
    state.set_presence(true, true);
    state.kapacitor_conf = conf::kapacitor_conf(&state);
    let private = PrivateState {
        headers_are_imported: true,
        fingerprint_key: Some(key),
        ..PrivateState::default()
    };
    (state, private)
}
