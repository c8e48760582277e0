//! Why a sequence failed, and what it left on the server.

use super::refusal;
use crate::kapacitor::models::Task;
use crate::kapacitor::Error;
use crate::provider::diagnostics::{explain, summary_of_write};

/// Why a task is not as it should be, and what is left.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The summary, without any value.
    pub summary: &'static str,
    /// What happened, in Kapacitor's words, and what to do.
    pub detail: String,
    /// What the server has now.
    pub left: Left,
}

/// What a failed sequence leaves on the server.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Left {
    /// What was there before.
    AsBefore,
    /// Another task has the id that was wanted.
    Taken,
    /// The task as it was last seen, which is neither as before nor as it should be.
    HalfMade(Box<Task>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut detail = explain("writing the task", &error);
        if let Some(reason) = refusal::explanation(&error) {
            detail.push_str(&format!("\n\n{reason}"));
        }
        if error.is_stalled() {
            detail.push_str(
                "\n\nWhat was asked for may be done all the same. The next apply goes on from what is there.",
            );
        }
        Failure {
            summary: summary_of_write("The task could not be written", &error),
            detail,
            left: Left::AsBefore,
        }
    }
}

impl Failure {
    /// Somebody took the task away.
    pub(super) fn gone(id: &str) -> Self {
        Failure {
            summary: "The task is gone",
            detail: format!(
                "Somebody deleted the task {id:?} after the plan was made. Plan and apply again: the task will be created."
            ),
            left: Left::AsBefore,
        }
    }
}
