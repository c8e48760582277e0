//! One write at a time to each Kapacitor, and the pause between a start and the next stop.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::{self, OwnedMutexGuard};
use tokio::time::Instant;

use crate::kapacitor::machine::MachineLock;

/// The pause that Kapacitor 1.8.3 needs between the start of a task and the stop of one: with it, thousands of cycles ran
/// clean; without it, even two clients made it hang for good.
pub(super) const PAUSE: Duration = Duration::from_millis(20);

/// The right to write to one server. Waiting for it is first come, first served.
pub(super) type WriteLock = Arc<sync::Mutex<Pace>>;

/// What a write does to running tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Effect {
    /// It may start a task.
    Starts,
    /// It may stop a task.
    Stops,
    /// Neither.
    None,
}

/// When the last start of this process ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    last_start: Option<Instant>,
}

/// The right to write to one server, taken: in this process and, where that can be, on this machine.
#[derive(Debug)]
pub(super) struct Turn {
    // The first field is dropped first: other processes get the right before it goes to the next one in this process.
    machine: Option<MachineLock>,
    pace: OwnedMutexGuard<Pace>,
}

impl Turn {
    /// Waits for the right to write to the server with this key.
    pub async fn wait_for(key: &str) -> Self {
        let pace = lock_of(key).lock_owned().await;
        let machine = MachineLock::wait_for(key).await;
        Turn { machine, pace }
    }

    /// The right to write to a server that nobody else knows of.
    #[cfg(test)]
    pub async fn alone() -> Self {
        Turn {
            machine: None,
            pace: WriteLock::default().lock_owned().await,
        }
    }

    /// Waits until a write with this effect may begin.
    pub async fn before(&self, effect: Effect) {
        if effect == Effect::Stops {
            tokio::time::sleep(self.rest_of_pause()).await;
        }
    }

    /// Notes that a write with this effect has ended, whether it was answered or not.
    pub fn after(&mut self, effect: Effect) {
        if effect == Effect::Starts {
            self.pace.last_start = Some(Instant::now());
            self.machine.iter().for_each(MachineLock::note_start);
        }
    }

    fn rest_of_pause(&self) -> Duration {
        let here = self.pace.last_start.map(|last_start| last_start.elapsed());
        let elsewhere = self.machine.as_ref().and_then(MachineLock::since_last_start);
        let since = here.into_iter().chain(elsewhere).min();
        since.map_or(Duration::ZERO, |since| PAUSE.saturating_sub(since))
    }
}

/// The lock of the server with this key: the same one for everybody in the process.
fn lock_of(key: &str) -> WriteLock {
    static LOCKS: LazyLock<Mutex<HashMap<String, WriteLock>>> = LazyLock::new(Mutex::default);
    let mut locks = LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    locks.entry(key.to_owned()).or_default().clone()
}
