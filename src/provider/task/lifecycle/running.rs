//! How a task is brought to run, so that a look shows that it does.

use super::failure::{Failure, Left};
use super::stop::stop_task;
use super::wanted::WantedTask;
use crate::kapacitor::models::{Status, Task, UpdateTask};
use crate::kapacitor::{Client, Error, Writer};
use crate::provider::diagnostics::{explain, summary_of_write};
use std::time::Duration;

/// Why a task does not run as it is to.
pub(super) struct Cause {
    /// The summary, without any value.
    pub summary: &'static str,
    /// What happened, in Kapacitor's words.
    pub detail: String,
    /// The task as the server last showed it, where it did since the start began.
    pub seen: Option<Box<Task>>,
}

impl Cause {
    /// Somebody took the task away.
    pub(super) fn gone(id: &str) -> Self {
        Cause {
            summary: "The task is gone",
            detail: format!("Somebody deleted the task {id:?} while it was being started. Apply again."),
            seen: None,
        }
    }

    /// A task that a look shows not to run; `error` is the answer to its start, if that was one.
    pub(super) fn not_started(error: Option<&Error>, task: Task) -> Self {
        let detail = match error {
            Some(error) => explain("starting the task", error),
            None if task.error.is_empty() => {
                "Kapacitor accepted the task but does not execute it, and gives no reason. Its log may have one."
                    .to_owned()
            }
            None => format!(
                "Kapacitor accepted the task but does not execute it. It said: {}",
                task.error
            ),
        };
        Cause {
            summary: "Kapacitor could not start the task",
            detail,
            seen: Some(Box::new(task)),
        }
    }

    /// The failure that it comes to where the task is left as it was last seen.
    pub(super) fn left_as_seen(mut self, outcome: &str) -> Failure {
        let left = self.seen.take().map_or(Left::AsBefore, Left::HalfMade);
        self.left(left, outcome)
    }

    /// The failure that it comes to, with what was left and the words for that.
    pub(super) fn left(self, left: Left, outcome: &str) -> Failure {
        let detail = match outcome {
            "" => self.detail,
            outcome => format!("{}\n\n{outcome}", self.detail),
        };
        Failure {
            summary: self.summary,
            detail,
            left,
        }
    }
}

/// A request that did not do what it should.
pub(super) fn not_written(error: &Error) -> Cause {
    Cause {
        summary: summary_of_write("The task could not be written", error),
        detail: explain("starting the task", error),
        seen: None,
    }
}

/// What a task did before it is started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Past {
    /// It ran, or was to run and could not be started.
    Clean,
    /// It ran and ended with an error.
    Failed,
}

impl Past {
    /// What a task that shows this has done.
    pub(super) fn of(task: &Task) -> Self {
        match task.error.is_empty() {
            true => Past::Clean,
            false => Past::Failed,
        }
    }
}

/// Starts or stops the task as wanted, from what `is` shows.
///
/// A task that had failed is started twice: when an alert fails, Kapacitor ends the task and leaves its handlers on their topic,
/// so that each alert would be posted twice, also to where the task posted before. Only the stop of a task that runs takes them
/// off.
pub(super) async fn bring_to_status(
    writes: &mut Writer,
    wanted: &WantedTask,
    is: &Task,
    past: Past,
) -> Result<Task, Cause> {
    let stop_first = is.status == Status::Enabled && !(wanted.enabled && is.is_running());
    let mut task = is.clone();
    if stop_first {
        task = stop_task(writes, &wanted.id)
            .await
            .map_err(|error| not_written(&error))?;
    }
    if !wanted.enabled || task.is_running() {
        return Ok(task);
    }
    let start = UpdateTask {
        secrets: wanted.secrets.clone(),
        ..UpdateTask::status(Status::Enabled)
    };
    let answer = writes.update_task(&wanted.id, &start).await;
    let task = running(writes.client(), &wanted.id, answer).await?;
    match past {
        Past::Clean => Ok(task),
        Past::Failed => restarted(writes, task).await,
    }
}

/// Stops and starts a task that runs.
pub(super) async fn restarted(writes: &mut Writer, runs: Task) -> Result<Task, Cause> {
    if let Err(error) = stop_task(writes, &runs.id).await {
        return Err(Cause {
            summary: "The task could not be restarted",
            detail: explain("restarting the task, which had failed", &error),
            seen: Some(Box::new(runs)),
        });
    }
    let answer = writes.update_task(&runs.id, &UpdateTask::status(Status::Enabled)).await;
    running(writes.client(), &runs.id, answer).await
}

/// The task where a fresh look shows that it runs. The answer to the start proves nothing: Kapacitor stores a task that it
/// could not start as enabled, and answers a second start with success.
pub(super) async fn running(client: &Client, id: &str, answer: Result<Task, Error>) -> Result<Task, Cause> {
    let task = match settled(client, id).await {
        Ok(Some(task)) => task,
        Ok(None) => return Err(Cause::gone(id)),
        Err(error) => {
            return Err(match answer {
                Ok(task) => Cause {
                    seen: Some(Box::new(task)),
                    ..not_written(&error)
                },
                Err(answered) => not_written(&answered),
            })
        }
    };
    if task.is_running() {
        return Ok(task);
    }
    Err(Cause::not_started(answer.err().as_ref(), task))
}

/// The task, once it shows whether it has started. A start whose answer was lost may still be under way, and a task that is
/// deleted meanwhile would run on without being shown.
pub(super) async fn settled(client: &Client, id: &str) -> Result<Option<Task>, Error> {
    let has_started = |task: Option<&Task>| !task.is_some_and(may_be_starting);
    look_until(client, id, LOOKS_AT_START, has_started).await
}

/// The task, looked at again and again until it is as it is waited for, or was looked at so often.
pub(super) async fn look_until(
    client: &Client,
    id: &str,
    mut looks: u32,
    is_awaited: impl Fn(Option<&Task>) -> bool,
) -> Result<Option<Task>, Error> {
    loop {
        let task = client.tasks().find(id).await?;
        looks = looks.saturating_sub(1);
        if looks == 0 || is_awaited(task.as_ref()) {
            return Ok(task);
        }
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}

fn may_be_starting(task: &Task) -> bool {
    task.status == Status::Enabled && !task.executing && task.error.is_empty()
}

/// How often a look tells whether a task has started.
const LOOKS_AT_START: u32 = 20;

/// The pause between two looks at one task.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
