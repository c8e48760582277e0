//! How a task is started that was disabled.

use super::failure::{Failure, Left};
use super::running::{restarted, running, Past};
use super::stop::stop_task;
use crate::kapacitor::models::{Status, Task, UpdateTask};
use crate::kapacitor::{Error, Writer};

/// Starts a task whose script is as it should be. One that does not start is disabled again.
pub(crate) async fn start(mut writes: Writer, id: String) -> Result<Task, Failure> {
    let answer = writes.update_task(&id, &UpdateTask::status(Status::Enabled)).await;
    if answer.as_ref().is_err_and(Error::is_not_found) {
        return Err(Failure::gone(&id));
    }
    // The answer to a start still shows the error of before.
    let past = answer.as_ref().map_or(Past::Clean, Past::of);
    let started = match running(writes.client(), &id, answer).await {
        Ok(task) if past == Past::Failed => restarted(&mut writes, task).await,
        started => started,
    };
    let cause = match started {
        Ok(task) => return Ok(task),
        Err(cause) => cause,
    };
    // An enabled task that does not run would be started by nothing but a change of its status.
    Err(match stop_task(&mut writes, &id).await {
        Ok(_) => cause.left(Left::AsBefore, "The task is disabled, as it was before."),
        Err(error) => cause.left_as_seen(&format!("The task could not be disabled again: {error}.")),
    })
}
