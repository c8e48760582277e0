//! Which resource a template belongs to, so that no two have it.

use super::state::model::KapacitorTemplateState;
use crate::provider::ownership::{Holder, Keeping, OwnerMemory, Ownership, Words};
use crate::provider::values::known;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// What a template is called.
pub(super) const WORDS: Words = Words {
    resource: "squadcast_kapacitor_template",
    object: "the template",
    told_apart_by: "template a `template_id` of its own",
};

/// Plans a creation.
pub(super) fn plan_creation(diags: &mut Diagnostics, ownership: &Ownership, planned: &KapacitorTemplateState) {
    let Some(id) = known(&planned.id) else { return };
    if let Err(conflict) = ownership.plan_creation(id, &Holder::fixed(id)) {
        WORDS.report(diags, conflict, id, id, AttributePath::new("template_id"));
    }
}

/// Plans which template a resource has that stays. One that another entry of the state has too is written again.
pub(super) fn plan_keeping(
    diags: &mut Diagnostics,
    ownership: &Ownership,
    prior: &KapacitorTemplateState,
    planned: &mut KapacitorTemplateState,
) {
    let Some(id) = known(&planned.id).map(str::to_owned) else {
        return ownership.plan_giving_up(prior.id(), None);
    };
    if id != prior.id() {
        ownership.plan_giving_up(prior.id(), None);
    }
    match ownership.plan_keeping(&id, Some(&id), &Holder::fixed(&id), false) {
        Ok(Keeping::Disputed) => planned.outdated_tasks = Value::Unknown,
        Ok(_) => {}
        Err(conflict) => WORDS.report(diags, conflict, &id, &id, AttributePath::new("template_id")),
    }
}

/// Plans a destroy.
pub(super) fn plan_destruction(
    diags: &mut Diagnostics,
    ownership: &Ownership,
    prior: &KapacitorTemplateState,
    memory: &mut OwnerMemory,
) {
    let id = prior.id();
    if let Err(conflict) = ownership.plan_destruction_of(id, &Holder::fixed(id), memory) {
        WORDS.report(diags, conflict, id, id, AttributePath::root());
    }
}
