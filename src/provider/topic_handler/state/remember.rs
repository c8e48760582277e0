//! What is taken from a handler to be remembered of it.

use super::model::{get, TopicHandlerState, SENSITIVE_HEADERS};
use super::private_state::PrivateState;
use crate::provider::topic_handler::definition::twin;
use crate::secret::Key;
use tf_provider::value::ValueAny;

impl PrivateState {
    /// What is to be remembered of a handler that was just written.
    pub(crate) fn written(state: &TopicHandlerState) -> Self {
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
}
