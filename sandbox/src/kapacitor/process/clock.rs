//! The clock that deadman's switches go by. Tests put it forward instead of waiting.

use crate::go::time;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// In nanoseconds.
const SECOND: i64 = 1_000_000_000;

/// In nanoseconds.
const TEN_SECONDS: i64 = 10 * SECOND;

/// The time of day, put forward, or stopped; clones share it.
#[derive(Clone, Default)]
pub struct Clock {
    ahead: Arc<AtomicI64>,
    /// When it was stopped, in nanoseconds since 1970; 0 if it runs.
    stopped_at: Arc<AtomicI64>,
    changed: Arc<Notify>,
}

impl Clock {
    /// Nanoseconds since 1970.
    pub fn now(&self) -> i64 {
        let time_of_day = match self.stopped_at.load(Ordering::SeqCst) {
            0 => time::nanos_now(),
            stopped_at => stopped_at,
        };
        time_of_day.saturating_add(self.ahead.load(Ordering::SeqCst))
    }

    /// Stops a second after a full ten, so that the periods of deadman's switches end at the same moments in every run: those
    /// of `14-deadman-without-data`.
    pub fn stop(&self) {
        let now = time::nanos_now();
        self.stopped_at
            .store(now - now % TEN_SECONDS + SECOND, Ordering::SeqCst);
        self.wake();
    }

    pub fn put_forward(&self, by: Duration) {
        let nanos = i64::try_from(by.as_nanos()).unwrap_or(i64::MAX);
        self.ahead.fetch_add(nanos, Ordering::SeqCst);
        self.wake();
    }

    /// Makes whoever waits look again at what is due.
    pub fn wake(&self) {
        self.changed.notify_one();
    }

    /// Waits for as long, or until something changes.
    pub async fn wait(&self, patience: Option<Duration>) {
        let changed = self.changed.notified();
        match patience {
            None => changed.await,
            Some(patience) => drop(tokio::time::timeout(patience, changed).await),
        }
    }
}
