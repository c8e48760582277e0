//! How a task is deleted.

use super::failure::{Failure, Left};
use super::running::look_until;
use crate::kapacitor::{Error, Writer};
use crate::provider::diagnostics::{explain, summary_of_write};

/// Deletes a task; there need not be one.
///
/// Kapacitor forgets the alerts of a task only if it is enabled. Those of one that is disabled are deleted first: a task that is
/// created later under the same id would not tell of what is still critical.
pub(crate) async fn delete(mut writes: Writer, id: String, is_disabled: bool) -> Result<(), Failure> {
    let deleted = match is_disabled {
        true => delete_disabled(&mut writes, &id).await,
        false => delete_task(&mut writes, &id).await,
    };
    deleted.map_err(|error| {
        let mut detail = explain("deleting the task", &error);
        if error.is_stalled() {
            detail.push_str(
                "\n\nWhat is left: Kapacitor deletes the task as soon as it has stopped it. The next plan shows whether it is \
                 gone, once Kapacitor answers.",
            );
        }
        Failure {
            summary: summary_of_write("The task could not be deleted", &error),
            detail,
            left: Left::AsBefore,
        }
    })
}

async fn delete_disabled(writes: &mut Writer, id: &str) -> Result<(), Error> {
    for topic in writes.client().tasks().topics(id).await? {
        writes.delete_topic(&topic).await?;
    }
    delete_task(writes, id).await
}

/// Deletes a task; where the answer is lost, a look decides.
pub(crate) async fn delete_task(writes: &mut Writer, id: &str) -> Result<(), Error> {
    let error = match writes.delete_task(id).await {
        Err(error) if error.may_have_acted() && !error.is_stalled() => error,
        answer => return answer,
    };
    // Kapacitor answers others as soon as the task is stopped, and takes it out of its database a moment later.
    let looks = if error.stall().is_some() { LOOKS_AFTER_STALL } else { 1 };
    match look_until(writes.client(), id, looks, |task| task.is_none()).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) | Err(_) => Err(error),
    }
}

/// How often a look tells whether a deletion that waited for a webhook is done.
const LOOKS_AFTER_STALL: u32 = 60;
