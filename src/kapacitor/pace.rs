//! One write at a time to each Kapacitor, and the pause between a start and the next stop.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync;
use tokio::time::Instant;

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

/// When the last start ended.
#[derive(Debug, Clone, Default)]
pub(super) struct Pace {
    last_start: Option<Instant>,
}

impl Pace {
    /// Waits until a write with this effect may begin.
    pub async fn before(&self, effect: Effect) {
        if let (Effect::Stops, Some(last_start)) = (effect, self.last_start) {
            tokio::time::sleep_until(last_start + PAUSE).await;
        }
    }

    /// Notes that a write with this effect has ended, whether it was answered or not.
    pub fn after(&mut self, effect: Effect) {
        if effect == Effect::Starts {
            self.last_start = Some(Instant::now());
        }
    }
}

/// The lock of the server with this key: the same one for everybody in the process.
pub(super) fn lock_of(key: &str) -> WriteLock {
    static LOCKS: LazyLock<Mutex<HashMap<String, WriteLock>>> = LazyLock::new(Mutex::default);
    let mut locks = LOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    locks.entry(key.to_owned()).or_default().clone()
}
