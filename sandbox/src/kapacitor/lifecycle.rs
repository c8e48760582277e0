//! Starts and stops of tasks, and how they hang Kapacitor for good.
//!
//! Recorded in `08-deadlock` and tried by hand: clients that start and stop tasks at the same time hang the server within a
//! few rounds. Many stops at once or many starts at once do not (`08-limits`), nor does one client that takes turns, nor do
//! clients that keep some 20 ms between the start and the stop of a task. The real server hangs by chance; this one hangs
//! as soon as a stop begins while another start or stop is under way and a start is under way or has just ended.

use crate::sandbox::Pace;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a start or a stop takes, so that those of careless clients do overlap.
const WORK: Duration = Duration::from_millis(3);
/// How long after a start a stop is dangerous. Less than the 20 ms that ran clean, so that a pause of 20 ms is always safe.
const DANGER: Duration = Duration::from_millis(15);

/// What is done to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    Start,
    Stop,
}

/// The server has hung; the request gets no answer.
#[derive(Debug)]
pub struct Hung;

#[derive(Default)]
pub struct Lifecycle {
    inner: Mutex<Inner>,
    strict: bool,
}

#[derive(Default)]
struct Inner {
    hung: bool,
    under_way: Vec<(u64, Change)>,
    next: u64,
    /// When tasks last finished starting.
    started: Vec<(String, Instant)>,
    pace: Pace,
}

impl Lifecycle {
    pub fn new(strict: bool) -> Self {
        Lifecycle {
            inner: Mutex::default(),
            strict,
        }
    }

    pub fn is_hung(&self) -> bool {
        self.lock().hung
    }

    pub fn pace(&self) -> Pace {
        self.lock().pace
    }

    /// A new process: nothing is under way and nothing hangs. What was noted of the client's pace stays.
    pub fn restart(&self) {
        let mut inner = self.lock();
        let pace = inner.pace;
        let next = inner.next;
        *inner = Inner {
            pace,
            next,
            ..Inner::default()
        };
    }

    /// Starts or stops a task, taking the time that it takes. `work` does it, unless the server hangs.
    pub async fn change<T>(&self, change: Change, task: &str, work: impl FnOnce() -> T) -> Result<T, Hung> {
        let id = self.begin(change, task)?;
        tokio::time::sleep(WORK).await;
        if self.is_hung() {
            return Err(Hung);
        }
        let done = work();
        self.end(id, change, task);
        Ok(done)
    }

    fn begin(&self, change: Change, task: &str) -> Result<u64, Hung> {
        let mut inner = self.lock();
        inner.note_pace(change, task);
        inner.hung |= change == Change::Stop && inner.stop_hangs(task, self.strict);
        if inner.hung {
            return Err(Hung);
        }
        let id = inner.next;
        inner.next += 1;
        inner.under_way.push((id, change));
        Ok(id)
    }

    fn end(&self, id: u64, change: Change, task: &str) {
        let mut inner = self.lock();
        inner.under_way.retain(|(other, _)| *other != id);
        if change == Change::Start {
            inner.started.retain(|(other, _)| other != task);
            inner.started.push((task.to_owned(), Instant::now()));
        }
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn stop_hangs(&self, task: &str, strict: bool) -> bool {
        let starting = self.under_way.iter().any(|(_, change)| *change == Change::Start);
        let just_started = self.started.iter().any(|(_, ended)| ended.elapsed() < DANGER);
        let just_started_itself = self
            .started
            .iter()
            .any(|(id, ended)| id == task && ended.elapsed() < DANGER);
        starting || (just_started && !self.under_way.is_empty()) || (strict && just_started_itself)
    }

    fn note_pace(&mut self, change: Change, task: &str) {
        self.pace.most_at_once = self.pace.most_at_once.max(self.under_way.len() + 1);
        if change == Change::Start {
            return;
        }
        if let Some(place) = self.started.iter().position(|(id, _)| id == task) {
            let ended = self.started[place].1;
            let (elapsed, shortest) = (ended.elapsed(), self.pace.shortest_start_to_stop);
            self.pace.shortest_start_to_stop = Some(shortest.map_or(elapsed, |shortest| shortest.min(elapsed)));
        }
    }
}
