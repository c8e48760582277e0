//! Import of a task by its id.

use super::state::model::KapacitorTaskState;
use super::state::private_state::PrivateState;
use crate::kapacitor::models::Task;
use crate::kapacitor::Client;
use crate::provider::diagnostics::server_error;
use crate::provider::task::task_id;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The state of the task with this id, and what is to be remembered of it.
pub(super) async fn import(
    diags: &mut Diagnostics,
    client: &Client,
    id: &str,
) -> Option<(KapacitorTaskState, PrivateState)> {
    let found = match task_id::can_be(id) {
        true => client.tasks().find(id).await,
        false => Ok(None),
    };
    match found {
        Ok(Some(task)) => Some(imported(&task)),
        Ok(None) => {
            diags.root_error(
                "There is no such task",
                format!("Kapacitor has no task with the id {id:?}. `kapacitor list tasks` shows all."),
            );
            None
        }
        Err(error) => {
            server_error(diags, "looking for the task", AttributePath::root(), &error);
            None
        }
    }
}

/// The state of a task that nothing managed so far.
pub(super) fn imported(task: &Task) -> (KapacitorTaskState, PrivateState) {
    let mut private = PrivateState::default();
    let mut state = KapacitorTaskState::default();
    state.task.resolve_on_destroy = Value::Value(false);
    state.refresh(task, &private.key());
    (state, private)
}
