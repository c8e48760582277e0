//! Starts and stops of tasks, as the requests that change tasks and templates need them.

use crate::kapacitor::process::lifecycle::Hung;
use crate::kapacitor::stored::Task;
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};

/// Why a request ends early.
pub enum Stop {
    Refused(Answer),
    Hung,
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Stop::Refused(answer)
    }
}

impl From<Hung> for Stop {
    fn from(_: Hung) -> Self {
        Stop::Hung
    }
}

/// The reply to a request, ended early or not.
pub fn reply(result: Result<Answer, Stop>) -> Reply {
    match result {
        Ok(answer) | Err(Stop::Refused(answer)) => answer.into(),
        Err(Stop::Hung) => Reply::Hang,
    }
}

impl Kapacitor {
    /// Starts a task as the request knows it, whatever has become of the stored one meanwhile. One that cannot start stays as
    /// it is, with the error set.
    pub async fn start_task(&self, request: &Request, task: &Task) -> Result<(), Stop> {
        let started = self
            .lifecycle
            .start(request, &task.id, || {
                let mut state = self.state();
                let started = state.start_task(task, &self.poster);
                self.save(&state);
                started
            })
            .await?;
        started.map_err(|message| Answer::error(500, &message).into())
    }

    /// Stops a task, which takes until all that it has queued is posted. Points that come meanwhile wait too.
    pub async fn stop_task(&self, request: &Request, id: &str) -> Result<(), Hung> {
        let runs = self.state().memory.running.contains_key(id);
        let stop = || {
            let mut state = self.state();
            state.memory.stops += 1;
            state.stop_task(id)
        };
        self.lifecycle.stop(request, id, runs, stop).await?;
        self.go_on();
        Ok(())
    }

    /// Ends what held back points, and hands them on.
    pub fn go_on(&self) {
        let mut state = self.state();
        state.memory.stops = state.memory.stops.saturating_sub(1);
        state.go_on();
        self.save(&state);
    }
}
