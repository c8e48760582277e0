//! Steps of a change at which a test can hold it, to let another request come in between.

use crate::kapacitor::process::waiting::waiting;
use crate::server::exchange::Request;
use std::sync::Arc;
use tokio::sync::watch;

/// A step of a change of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The task, or template, has been read, and what has been made of it is not stored yet.
    Store,
    /// The task is stored as enabled, and not started yet.
    Start,
}

/// Which steps are held, each by a number of its own.
#[derive(Default)]
pub struct Steps {
    held: Arc<watch::Sender<Vec<(u64, Step)>>>,
}

impl Steps {
    pub fn hold(&self, step: Step) -> HeldStep {
        let mut number = 0;
        self.held.send_modify(|held| {
            number = held.last().map_or(0, |(last, _)| last + 1);
            held.push((number, step));
        });
        HeldStep {
            held: Arc::clone(&self.held),
            number,
        }
    }

    /// Waits until the step is not held.
    pub async fn pass(&self, step: Step, request: &Request) {
        let mut held = self.held.subscribe();
        let free = |held: &Vec<(u64, Step)>| held.iter().all(|(_, other)| *other != step);
        let now = free(&held.borrow());
        waiting(request, !now, async { drop(held.wait_for(free).await) }).await;
    }
}

/// Changes wait at the step for as long as it lives.
#[must_use = "the changes go on when this is dropped"]
pub struct HeldStep {
    held: Arc<watch::Sender<Vec<(u64, Step)>>>,
    number: u64,
}

impl Drop for HeldStep {
    fn drop(&mut self) {
        self.held
            .send_modify(|held| held.retain(|(number, _)| *number != self.number));
    }
}
