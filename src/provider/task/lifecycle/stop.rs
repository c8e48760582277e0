//! How a task is stopped.

use super::failure::{Failure, Left};
use crate::kapacitor::models::{Status, Task, UpdateTask};
use crate::kapacitor::{Error, Writer};
use crate::provider::diagnostics::{explain, summary_of_write};

/// Stops a task whose script is as it should be.
pub(crate) async fn stop(mut writes: Writer, id: String) -> Result<Task, Failure> {
    match stop_task(&mut writes, &id).await {
        Err(error) if error.is_not_found() => Err(Failure::gone(&id)),
        Err(error) => {
            let mut detail = explain("stopping the task", &error);
            if error.is_stalled() {
                detail.push_str(
                    "\n\nWhat is left: Kapacitor stores that a task is disabled before it stops it, so that the task most \
                     likely is. The next plan shows it, once Kapacitor answers.",
                );
            }
            Err(Failure {
                summary: summary_of_write("The task could not be stopped", &error),
                detail,
                left: Left::AsBefore,
            })
        }
        Ok(task) => Ok(task),
    }
}

/// Disables a task; where the answer is lost, a look decides.
pub(crate) async fn stop_task(writes: &mut Writer, id: &str) -> Result<Task, Error> {
    let error = match writes.update_task(id, &UpdateTask::status(Status::Disabled)).await {
        Err(error) if error.may_have_acted() && !error.is_stalled() => error,
        answer => return answer,
    };
    match writes.client().tasks().find(id).await {
        Ok(Some(task)) if task.status == Status::Disabled => Ok(task),
        _ => Err(error),
    }
}
