//! How a task comes into being: created enabled in one request, which either starts it or says why not.
//!
//! Kapacitor refuses a second task of the same id, so that a creation never writes over one that is there. One that cannot
//! start is stored all the same, and is taken back; but only if it is still what was created, since somebody else may have
//! changed it meanwhile.

use super::delete::delete_task;
use super::failure::{Failure, Left};
use super::running::{bring_to_status, not_written, settled, Cause, Past};
use super::wanted::WantedTask;
use crate::kapacitor::models::{Status, Task, UpdateTask};
use crate::kapacitor::{Error, Writer};

/// A task that a creation came to.
#[derive(Debug)]
pub(crate) struct Created {
    /// The task, as it is to be.
    pub task: Task,
    /// Whether it was there before.
    pub was_there: bool,
}

impl Created {
    fn new(task: Task) -> Self {
        Created { task, was_there: false }
    }
}

/// Creates a task, and makes sure that it runs if it is to. One that cannot start is removed again.
///
/// A task of the same id is taken for this one where it has the same script and reads the same data, as after an apply that
/// was killed half-way.
pub(crate) async fn create(writes: Writer, wanted: WantedTask) -> Result<Created, Failure> {
    let mut writes = writes;
    match writes.create_task(&wanted.to_create(wanted.status())).await {
        Ok(task) if !wanted.enabled => Ok(Created::new(task)),
        Ok(task) => verified(writes, wanted, task).await,
        Err(error) if error.says_it_exists() => adopt(writes, wanted).await,
        Err(error) => found_out(writes, wanted, error).await,
    }
}

/// The task that was created, once a look shows that it runs. The answer to the creation proves nothing: it may be that of a
/// task which an earlier try has made, and which did not start.
///
/// Others may write meanwhile, and looks that come together share a list.
async fn verified(writes: Writer, wanted: WantedTask, created: Task) -> Result<Created, Failure> {
    let client = writes.client().clone();
    drop(writes);
    let cause = match client.tasks().find_coalesced(&wanted.id).await {
        Ok(Some(task)) if task.is_running() => return Ok(Created::new(task)),
        Ok(Some(task)) => Cause::not_started(None, task),
        Ok(None) => return Err(Cause::gone(&wanted.id).left(Left::AsBefore, "")),
        Err(error) => Cause {
            seen: Some(Box::new(created)),
            ..not_written(&error)
        },
    };
    match client.writes_to_go_on().await {
        Ok(writes) => take_back(writes, &wanted, cause).await,
        Err(error) => Err(not_taken_back(cause, &error)),
    }
}

/// What became of a creation that was answered with an error other than that there is such a task: a failed start, or an
/// answer that was lost.
async fn found_out(writes: Writer, wanted: WantedTask, error: Error) -> Result<Created, Failure> {
    if !error.may_have_acted() || error.is_stalled() {
        return Err(error.into());
    }
    match settled(writes.client(), &wanted.id).await {
        Ok(Some(task)) if !wanted.is_written_in(&task) || task.status != wanted.status() => Err(error.into()),
        Ok(Some(task)) if !wanted.enabled || task.is_running() => Ok(Created::new(task)),
        Ok(Some(task)) => take_back(writes, &wanted, Cause::not_started(Some(&error), task)).await,
        // Kapacitor has spoken, and stores a task before it starts it.
        Err(_) if error.kapacitor_message().is_some() => {
            let unseen = unseen(&wanted, &error);
            take_back(writes, &wanted, Cause::not_started(Some(&error), unseen)).await
        }
        Ok(None) | Err(_) => Err(error.into()),
    }
}

/// The task as a start that failed leaves it.
fn unseen(wanted: &WantedTask, error: &Error) -> Task {
    Task {
        id: wanted.id.clone(),
        task_type: wanted.task_type,
        dbrps: wanted.dbrps.clone(),
        script: wanted.printed.clone(),
        vars: wanted.vars.clone(),
        template_id: wanted.template_id.clone(),
        status: wanted.status(),
        executing: false,
        error: error.kapacitor_message().unwrap_or_default().to_owned(),
    }
}

/// Removes a task that was created and does not run, unless somebody else has changed it since, or it runs by now.
async fn take_back(mut writes: Writer, wanted: &WantedTask, cause: Cause) -> Result<Created, Failure> {
    let is = match settled(writes.client(), &wanted.id).await {
        Ok(Some(task)) => task,
        Ok(None) => return Err(cause.left(Left::AsBefore, "The task is gone.")),
        Err(error) => return Err(not_taken_back(cause, &error)),
    };
    if !wanted.is_done_by(&is) || is.status != wanted.status() {
        return Err(cause.left(Left::AsBefore, CHANGED_BY_OTHERS));
    }
    if is.is_running() {
        return Ok(Created::new(is));
    }
    match delete_task(&mut writes, &is.id).await {
        Ok(()) => Err(cause.left(Left::AsBefore, "The task was removed again.")),
        Err(error) => Err(not_taken_back(cause, &error)),
    }
}

const CHANGED_BY_OTHERS: &str =
    "Somebody else has changed the task since it was created, so that it was left as it is. Terraform does not manage it: \
     delete it, or bring it under Terraform's control with `terraform import`.";

fn not_taken_back(cause: Cause, error: &Error) -> Failure {
    cause.left_as_seen(&format!(
        "The task could not be removed again ({error}); the next apply replaces it."
    ))
}

/// Takes over a task that was there before, if it is this one.
async fn adopt(mut writes: Writer, wanted: WantedTask) -> Result<Created, Failure> {
    let found = match writes.client().tasks().find(&wanted.id).await? {
        Some(task) if wanted.is_done_by(&task) => task,
        _ => return Err(taken(&wanted.id)),
    };
    match bring_to_status(&mut writes, &wanted, &found, Past::of(&found)).await {
        Ok(task) => Ok(Created { task, was_there: true }),
        Err(cause) => Err(leave_adopted(&mut writes, &wanted, found.status, cause).await),
    }
}

fn taken(id: &str) -> Failure {
    Failure {
        summary: "Another task has the id",
        detail: format!(
            "Kapacitor has a task {id:?} already, and it is not this task as it is configured. If it is the same, bring \
             it under Terraform's control with `terraform import ADDRESS {id}`; otherwise give one of the two another name or \
             `task_id`. If this apply replaces the task and changes its script as well, that cannot be done with \
             create_before_destroy, since the old task still has the id."
        ),
        left: Left::Taken,
    }
}

/// A task that was there before this apply is not deleted; it gets the status back that it had, unless somebody else has
/// changed it since.
async fn leave_adopted(writes: &mut Writer, wanted: &WantedTask, status: Status, cause: Cause) -> Failure {
    let outcome = match writes.client().tasks().find(&wanted.id).await {
        Ok(Some(task)) if wanted.is_done_by(&task) && !task.is_running() => {
            give_status_back(writes, &task, status).await
        }
        Ok(_) => {
            "The task was there before. Somebody else has changed it since, so that it was left as it is.".to_owned()
        }
        Err(error) => not_given_back(&error),
    };
    cause.left(Left::AsBefore, &outcome)
}

async fn give_status_back(writes: &mut Writer, task: &Task, status: Status) -> String {
    if task.status == status {
        return LEFT_AS_IT_WAS.to_owned();
    }
    match writes.update_task(&task.id, &UpdateTask::status(status)).await {
        Ok(_) => LEFT_AS_IT_WAS.to_owned(),
        Err(error) => not_given_back(&error),
    }
}

const LEFT_AS_IT_WAS: &str = "The task was there before, and was left as it was.";

fn not_given_back(error: &Error) -> String {
    format!("The task was there before; its status could not be put back: {error}.")
}
