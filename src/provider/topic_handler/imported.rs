//! A handler that an import or a list takes over.

use super::state::model::text;
use super::state::model::TopicHandlerState;
use super::state::private_state::PrivateState;
use crate::kapacitor::models::TopicHandler;
use tf_provider::value::ValueAny;

/// The state of a handler that nothing managed so far.
pub(super) fn imported(topic: &str, handler: &TopicHandler) -> TopicHandlerState {
    let mut state = TopicHandlerState::default();
    state.set("topic", text(topic));
    state.set("handler_id", text(handler.id.as_str()));
    state.set("id", text(format!("{topic}/{}", handler.id)));
    state.set("match", ValueAny::Null);
    state.refresh(handler, &PrivateState::default());
    state.set("live", ValueAny::Bool(true));
    state
}
