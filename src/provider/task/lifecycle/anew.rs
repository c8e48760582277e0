//! How a task is made anew, and put back if what it was changed to does not run.

use super::carried_out::carried_out;
use super::delete::delete_task;
use super::failure::{Failure, Left};
use super::running::{bring_to_status, not_written, Cause, Past};
use super::stop::stop_task;
use super::wanted::WantedTask;
use crate::kapacitor::models::{Status, Task};
use crate::kapacitor::{Error, Writer};

/// Deletes the disabled task and creates it again. The alerts keep their state: Kapacitor deletes it only with a task that is
/// enabled.
pub(super) async fn make_anew(
    writes: &mut Writer,
    former: &WantedTask,
    wanted: &WantedTask,
    disabled: Task,
) -> Result<Task, Failure> {
    let past = Past::of(&disabled);
    if let Err(error) = delete_task(writes, &disabled.id).await {
        return Err(put_back(writes, former, (disabled, past), not_written(&error)).await);
    }
    let error = match writes.create_task(&wanted.to_create(Status::Disabled)).await {
        Ok(task) => return Ok(task),
        Err(error) => error,
    };
    match carried_out(writes, wanted, error.clone()).await {
        Ok(task) => Ok(task),
        Err(_) => Err(create_again(writes, former, past, not_written(&error)).await),
    }
}

/// Puts back a task that was deleted to be made anew.
async fn create_again(writes: &mut Writer, former: &WantedTask, past: Past, cause: Cause) -> Failure {
    let outcome = match writes.create_task(&former.to_create(Status::Disabled)).await {
        Ok(task) => match bring_to_status(writes, former, &task, past).await {
            Ok(_) => "The task is as it was before.".to_owned(),
            Err(again) => format!("The former task was put back, but does not run. {}", again.detail),
        },
        Err(error) => format!(
            "The task had been deleted, to be made anew, and could not be put back ({error}). Apply again: the task will be \
             created, and its alerts still have their state."
        ),
    };
    cause.left(Left::AsBefore, &outcome)
}

/// Puts back what a change came from whose task does not run.
pub(super) async fn put_back(
    writes: &mut Writer,
    former: &WantedTask,
    (changed, past): (Task, Past),
    cause: Cause,
) -> Failure {
    if former.must_replace(&changed) {
        return match delete_keeping_alerts(writes, &changed).await {
            Ok(()) => create_again(writes, former, past, cause).await,
            Err(error) => not_put_back(cause, changed, &error),
        };
    }
    let change = former.disabled_in_place_of(&changed.id, &changed.template_id);
    let answer = match writes.update_task(&changed.id, &change).await {
        Err(error) => carried_out(writes, former, error.clone()).await.map_err(|_| error),
        answer => answer,
    };
    let (left, outcome) = match answer {
        Err(error) => return not_put_back(cause, changed, &error),
        Ok(task) => match bring_to_status(writes, former, &task, past).await {
            Ok(_) if former.enabled => (Left::AsBefore, "The task as it was before runs again.".to_owned()),
            Ok(_) => (
                Left::AsBefore,
                "The task is disabled with its former script, as it was before.".to_owned(),
            ),
            Err(again) => (
                Left::HalfMade(again.seen.unwrap_or(Box::new(task))),
                format!(
                    "The former task was put back, but does not run either. {}",
                    again.detail
                ),
            ),
        },
    };
    cause.left(left, &outcome)
}

fn not_put_back(mut cause: Cause, changed: Task, error: &Error) -> Failure {
    let left = Left::HalfMade(cause.seen.take().unwrap_or(Box::new(changed)));
    cause.left(
        left,
        &format!(
            "The former task could not be put back ({error}): until the next apply succeeds, the task may not run."
        ),
    )
}

/// Kapacitor deletes the state of alerts together with a task that is enabled.
async fn delete_keeping_alerts(writes: &mut Writer, task: &Task) -> Result<(), Error> {
    stop_task(writes, &task.id).await?;
    delete_task(writes, &task.id).await
}

/// Makes a task anew that no change makes into `wanted`, such as one that Kapacitor no longer takes for one of its template.
pub(crate) async fn make_again(writes: &mut Writer, former: WantedTask, wanted: WantedTask) -> Result<Task, Failure> {
    let disabled = match stop_task(writes, &former.id).await {
        Ok(task) => task,
        Err(error) if error.is_not_found() => return Err(Failure::gone(&former.id)),
        Err(error) => return Err(error.into()),
    };
    let past = Past::of(&disabled);
    let task = make_anew(writes, &former, &wanted, disabled).await?;
    match bring_to_status(writes, &wanted, &task, past).await {
        Ok(task) => Ok(task),
        Err(cause) => Err(put_back(writes, &former, (task, past), cause).await),
    }
}
