//! Writes whose answer was lost.

use super::failure::Failure;
use super::wanted::WantedTask;
use crate::kapacitor::models::{Status, Task};
use crate::kapacitor::{Error, Writer};

/// The task after a write whose answer was lost, where a look shows that it was carried out: a disabled task with what was
/// sent. Otherwise the write's own error.
pub(super) async fn carried_out(writes: &Writer, wanted: &WantedTask, error: Error) -> Result<Task, Failure> {
    if !error.may_have_acted() || error.is_stalled() {
        return Err(error.into());
    }
    match writes.client().tasks().find(&wanted.id).await {
        Ok(Some(task)) if task.status == Status::Disabled && wanted.is_written_in(&task) => Ok(task),
        _ => Err(error.into()),
    }
}
