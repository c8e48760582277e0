//! Which resource a handler belongs to, so that no two have it.

use super::state::model::TopicHandlerState;
use crate::provider::ownership::{Holder, OwnerMemory, Ownership, Words};
use tf_provider::value::ValueAny;
use tf_provider::{AttributePath, Diagnostics};

/// What a handler is called.
pub(super) const WORDS: Words = Words {
    resource: "squadcast_kapacitor_topic_handler",
    object: "the handler",
    told_apart_by: "handler one resource",
};

/// Plans a creation.
pub(super) fn plan_creation(diags: &mut Diagnostics, ownership: &Ownership, planned: &TopicHandlerState) {
    let Some(id) = planned.id() else { return };
    if let Err(conflict) = ownership.plan_creation(&id, &Holder::fixed(&id)) {
        WORDS.report(diags, conflict, &id, &id, AttributePath::new("handler_id"));
    }
}

/// Plans which handler a resource has that stays. One that another entry of the state has too is written again.
pub(super) fn plan_keeping(diags: &mut Diagnostics, ownership: &Ownership, planned: &mut TopicHandlerState) {
    use crate::provider::ownership::Keeping;
    let Some(id) = planned.id() else { return };
    match ownership.plan_keeping(&id, Some(&id), &Holder::fixed(&id), false) {
        Ok(Keeping::Disputed) => planned.set("live", ValueAny::Unknown),
        Ok(_) => {}
        Err(conflict) => WORDS.report(diags, conflict, &id, &id, AttributePath::new("handler_id")),
    }
}

/// Plans a destroy.
pub(super) fn plan_destruction(
    diags: &mut Diagnostics,
    ownership: &Ownership,
    prior: &TopicHandlerState,
    memory: &mut OwnerMemory,
) {
    let id = prior.id().unwrap_or_default();
    if let Err(conflict) = ownership.plan_destruction_of(&id, &Holder::fixed(&id), memory) {
        WORDS.report(diags, conflict, &id, &id, AttributePath::root());
    }
}
