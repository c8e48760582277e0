//! Import of a template by its id.

use super::state::model::KapacitorTemplateState;
use super::state::private_state::PrivateState;
use crate::kapacitor::models::{Task, Template};
use crate::kapacitor::Client;
use crate::provider::diagnostics::server_error;
use crate::provider::task::task_id;
use tf_provider::{AttributePath, Diagnostics};

/// The state of the template with this id, and what is to be remembered of it.
pub(super) async fn import(
    diags: &mut Diagnostics,
    client: &Client,
    id: &str,
) -> Option<(KapacitorTemplateState, PrivateState)> {
    let found = match task_id::can_be(id) {
        true => client.templates().get(id).await,
        false => Ok(None),
    };
    match found {
        Ok(Some(template)) => Some(imported(&template, &[])),
        Ok(None) => {
            diags.root_error(
                "There is no such template",
                format!("Kapacitor has no template with the id {id:?}. `kapacitor list templates` shows all."),
            );
            None
        }
        Err(error) => {
            server_error(diags, "looking for the template", AttributePath::root(), &error);
            None
        }
    }
}

/// The state of a template that nothing managed so far.
pub(super) fn imported(template: &Template, tasks: &[Task]) -> (KapacitorTemplateState, PrivateState) {
    let mut private = PrivateState::default();
    let mut state = KapacitorTemplateState::default();
    state.refresh(template, tasks, &private.key());
    (state, private)
}
