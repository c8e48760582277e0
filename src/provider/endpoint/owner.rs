//! Which resource an endpoint belongs to, so that no two have it.
//!
//! Kapacitor does not show whether an option of an endpoint was overridden, so that an endpoint which another configuration
//! manages cannot be told from one that kapacitor.conf alone describes.

use super::state::model::EndpointState;
use crate::provider::ownership::{Holder, Keeping, OwnerMemory, Ownership, Words};
use crate::provider::values::known;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// What an endpoint is called.
pub(super) const WORDS: Words = Words {
    resource: "squadcast_kapacitor_endpoint",
    object: "the endpoint",
    told_apart_by: "endpoint one resource",
};

/// Notes which endpoint a validated configuration wants.
pub(super) fn announce(ownership: &Ownership, config: &EndpointState) {
    if let Some(name) = known(&config.name) {
        ownership.announce(name);
    }
}

/// Plans a creation.
pub(super) fn plan_creation(diags: &mut Diagnostics, ownership: &Ownership, planned: &EndpointState) {
    let Some(name) = known(&planned.name) else {
        return;
    };
    if let Err(conflict) = ownership.plan_creation(name, &Holder::fixed(name)) {
        WORDS.report(diags, conflict, name, name, AttributePath::new("name"));
    }
}

/// Plans which endpoint a resource has that stays. One that another entry of the state has too is set again.
pub(super) fn plan_keeping(diags: &mut Diagnostics, ownership: &Ownership, planned: &mut EndpointState) {
    let Some(name) = known(&planned.name) else {
        return;
    };
    match ownership.plan_keeping(name, Some(name), &Holder::fixed(name), false) {
        Ok(Keeping::Disputed) if planned.is_live() => planned.live = Value::Unknown,
        Ok(_) => {}
        Err(conflict) => WORDS.report(diags, conflict, name, name, AttributePath::new("name")),
    }
}

/// Plans that a resource leaves its endpoint for another one.
pub(super) fn plan_giving_up(ownership: &Ownership, prior: &EndpointState, planned: &EndpointState) {
    ownership.plan_giving_up(prior.name(), known(&planned.name));
}

/// Plans a destroy.
pub(super) fn plan_destruction(
    diags: &mut Diagnostics,
    ownership: &Ownership,
    prior: &EndpointState,
    memory: &mut OwnerMemory,
) {
    let name = prior.name();
    if let Err(conflict) = ownership.plan_destruction_of(name, &Holder::fixed(name), memory) {
        WORDS.report(diags, conflict, name, name, AttributePath::root());
    }
}

/// Notes how a creation ended.
pub(super) fn created(ownership: &Ownership, name: &str, has_it: bool) {
    ownership.created(name, has_it.then_some(name), &Holder::fixed(name));
}
