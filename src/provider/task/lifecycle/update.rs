//! How a task is changed, and put back where the change fails.

use super::anew::{make_anew, put_back};
use super::carried_out::carried_out;
use super::failure::{Failure, Left};
use super::running::{bring_to_status, Past};
use super::wanted::WantedTask;
use crate::kapacitor::models::Task;
use crate::kapacitor::{Error, Writer};
use crate::provider::diagnostics::explain;

/// Changes a task: everything and `disabled` in one request, then enabled, then read until it runs. One that has vars or a
/// template, which no change takes away, is made anew in between. Where the task does not run, it is put back to `former`.
pub(crate) async fn update(mut writes: Writer, former: WantedTask, wanted: WantedTask) -> Result<Task, Failure> {
    update_with(&mut writes, former, wanted).await
}

/// The same for who goes on to write.
pub(crate) async fn update_with(writes: &mut Writer, former: WantedTask, wanted: WantedTask) -> Result<Task, Failure> {
    let change = wanted.disabled_in_place_of(&former.id, &former.template_id);
    let task = match writes.update_task(&former.id, &change).await {
        Ok(task) => task,
        Err(error) if error.is_not_found() => return Err(Failure::gone(&former.id)),
        Err(error) if former.id != wanted.id && error.says_it_exists() => {
            return Err(id_is_taken(&former.id, &wanted.id))
        }
        Err(error) if error.is_stalled() => return Err(still_stopping(&error, &wanted)),
        Err(error) => carried_out(writes, &sent(&former, &wanted), error).await?,
    };
    let past = Past::of(&task);
    let (former, task) = match wanted.must_replace(&task) {
        false => (former, task),
        true => {
            let former = former.with_extras_of(&task);
            let task = make_anew(writes, &former, &wanted, task).await?;
            (former, task)
        }
    };
    match bring_to_status(writes, &wanted, &task, past).await {
        Ok(task) => Ok(task),
        Err(cause) => Err(put_back(writes, &former, (task, past), cause).await),
    }
}

/// The task after the first request of a change.
fn sent(former: &WantedTask, wanted: &WantedTask) -> WantedTask {
    match wanted.template_id == former.template_id {
        true => wanted.clone(),
        false => WantedTask {
            id: wanted.id.clone(),
            ..former.clone()
        },
    }
}

/// A task cannot be renamed to another one's id. Two that are to exchange theirs are changed one after the other.
fn id_is_taken(from: &str, to: &str) -> Failure {
    Failure {
        summary: "Another task has the id",
        detail: format!(
            "The task {from:?} is to be renamed to {to:?}, and Kapacitor has a task of that id. It is as it was before.\n\nChoose \
             another id, or remove the other task first. If two tasks are to exchange their ids, give one of them a third id \
             by an apply of its own."
        ),
        left: Left::AsBefore,
    }
}

/// A stop that takes longer than it is waited for. Kapacitor stores the change before it stops the task.
fn still_stopping(error: &Error, wanted: &WantedTask) -> Failure {
    let left = match wanted.enabled {
        true => {
            "What is left: Kapacitor stores a change before it stops the task, so that the task most likely has its new script \
             and is disabled. It does not run until an apply starts it: apply again, once Kapacitor answers."
        }
        false => {
            "What is left: Kapacitor stores a change before it stops the task, so that the task most likely has its new script \
             and is disabled, as it is to be. The next plan shows it, once Kapacitor answers."
        }
    };
    Failure {
        summary: "Kapacitor has not stopped the task yet",
        detail: format!("{}\n\n{left}", explain("stopping the task to change it", error)),
        left: Left::AsBefore,
    }
}
