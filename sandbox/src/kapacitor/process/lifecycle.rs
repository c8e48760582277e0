//! Starts and stops of tasks, and how they hang Kapacitor for good.
//!
//! Recorded in `08-deadlock` and tried by hand: clients that start and stop tasks at the same time hang the server within a
//! few rounds. Many stops at once or many starts at once do not (`08-limits`), nor does one client that takes turns, nor do
//! clients that keep some 20 ms between the start and the stop of a task. The real server hangs by chance; this one hangs
//! as soon as a stop begins while another start or stop is under way and a start is under way or has just ended.
//!
//! A stop that waits for a webhook is another thing, and ends by itself (`15-slow-webhook`): it holds Kapacitor's lock of its
//! tasks until every post that is queued has been answered or given up.

use crate::kapacitor::process::poster::Queue;
use crate::kapacitor::process::steps::{Step, Steps};
use crate::kapacitor::process::waiting::waiting;
use crate::server::exchange::Request;
use serde::Serialize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// How long a start or a stop takes, so that those of careless clients do overlap.
const WORK: Duration = Duration::from_millis(3);
/// How long a change takes from reading to storing, so that those of clients at the same time do overlap.
const READ_TO_STORE: Duration = Duration::from_millis(2);
/// How long after a start a stop is dangerous. Less than the 20 ms that ran clean, so that a pause of 20 ms is always safe.
const DANGER: Duration = Duration::from_millis(15);

/// How a client paced its starts and stops of tasks.
#[derive(Clone, Copy, Debug, Default, Serialize, PartialEq)]
pub struct Pace {
    /// The greatest number of starts and stops that were under way at one time; 1 where they were serialised.
    pub most_at_once: usize,
    /// The shortest time between the end of a task's start and the beginning of its next stop.
    pub shortest_start_to_stop: Option<Duration>,
}

/// What is done to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Change {
    Start,
    Stop,
}

/// The server has hung, or was restarted meanwhile; the request gets no answer.
#[derive(Debug)]
pub struct Hung;

/// Starts and stops, and the locks that they hold.
#[derive(Default)]
pub struct Lifecycle {
    inner: Mutex<Inner>,
    strict: bool,
    pub steps: Steps,
}

#[derive(Default)]
struct Inner {
    hung: bool,
    under_way: Vec<(u64, Change)>,
    next: u64,
    /// When tasks last finished starting.
    started: Vec<(String, Instant)>,
    pace: Pace,
    process: Arc<Process>,
}

/// The locks of one process of Kapacitor.
#[derive(Default)]
struct Process {
    /// That of the running tasks: each start and stop takes it, and so does whoever shows a task.
    tasks: RwLock<()>,
    /// That of the alerts' handlers.
    handlers: RwLock<()>,
    /// That of the topics, which only the end of a handler that the API made holds.
    topics: RwLock<()>,
}

/// A start or stop that is under way.
struct UnderWay {
    id: u64,
    process: Arc<Process>,
}

impl Lifecycle {
    pub fn new(strict: bool) -> Self {
        Lifecycle {
            strict,
            ..Lifecycle::default()
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

    /// Takes the time that a change takes from reading a task or template to storing it. Whoever comes in between has read the
    /// same.
    pub async fn before_store(&self, request: &Request) {
        tokio::time::sleep(READ_TO_STORE).await;
        self.steps.pass(Step::Store, request).await;
    }

    /// Starts a task, taking the time that it takes. `work` does it, unless the server hangs.
    pub async fn start<T>(&self, request: &Request, task: &str, work: impl FnOnce() -> T) -> Result<T, Hung> {
        let start = self.begin(Change::Start, task, true, request)?;
        tokio::time::sleep(WORK).await;
        self.steps.pass(Step::Start, request).await;
        let _tasks = exclusive(&start.process.tasks, request).await;
        self.check(&start.process)?;
        let done = work();
        self.end(start.id, Change::Start, task);
        Ok(done)
    }

    /// Stops a task. `work` does it and returns what is still to be posted; the stop holds its locks until that is done. A
    /// task that does not run, e.g. since its start is still under way, has nothing to wait for.
    pub async fn stop(
        &self,
        request: &Request,
        task: &str,
        runs: bool,
        work: impl FnOnce() -> Vec<Queue>,
    ) -> Result<(), Hung> {
        let stop = self.begin(Change::Stop, task, runs, request)?;
        if runs {
            tokio::time::sleep(WORK).await;
        }
        let _tasks = exclusive(&stop.process.tasks, request).await;
        self.check(&stop.process)?;
        let _handlers = exclusive(&stop.process.handlers, request).await;
        drain(request, work()).await;
        self.check(&stop.process)?;
        self.end(stop.id, Change::Stop, task);
        Ok(())
    }

    /// Waits for the stop that holds the tasks, as whoever shows one does.
    pub async fn turn(&self, request: &Request) -> Result<(), Hung> {
        let process = self.process();
        drop(shared(&process.tasks, request).await);
        self.check(&process)
    }

    /// Waits for the stop that holds the handlers. Those that hang do not hold them.
    pub async fn handlers_turn(&self, request: &Request) {
        let process = self.process();
        drop(shared(&process.handlers, request).await);
    }

    /// Waits for the end of a handler that holds the topics.
    pub async fn topics_turn(&self, request: &Request) {
        let process = self.process();
        drop(shared(&process.topics, request).await);
    }

    /// Changes handlers, and holds them until what those that are gone have queued is posted; and with them all topics,
    /// unless it is a whole topic that goes.
    pub async fn change_handlers<T>(
        &self,
        request: &Request,
        whole_topic: bool,
        work: impl FnOnce() -> (T, Vec<Queue>),
    ) -> T {
        let process = self.process();
        let _handlers = exclusive(&process.handlers, request).await;
        let _topics = match whole_topic {
            true => None,
            false => Some(exclusive(&process.topics, request).await),
        };
        let (done, queues) = work();
        drain(request, queues).await;
        done
    }

    fn process(&self) -> Arc<Process> {
        Arc::clone(&self.lock().process)
    }

    /// Whether the server still answers, and is still the one that was asked.
    fn check(&self, process: &Arc<Process>) -> Result<(), Hung> {
        let inner = self.lock();
        match inner.hung || !Arc::ptr_eq(&inner.process, process) {
            true => Err(Hung),
            false => Ok(()),
        }
    }

    fn begin(&self, change: Change, task: &str, runs: bool, request: &Request) -> Result<UnderWay, Hung> {
        let mut inner = self.lock();
        inner.note_pace(change, task, request.arrived);
        inner.hung |= change == Change::Stop && runs && inner.stop_hangs(task, request.arrived, self.strict);
        if inner.hung {
            return Err(Hung);
        }
        let id = inner.next;
        inner.next += 1;
        inner.under_way.push((id, change));
        let process = Arc::clone(&inner.process);
        Ok(UnderWay { id, process })
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
    /// Whether a stop hangs the server. What counts is when the client asked for it, not when the change was stored.
    fn stop_hangs(&self, task: &str, asked: Instant, strict: bool) -> bool {
        let lately = |ended: &Instant| asked.saturating_duration_since(*ended) < DANGER;
        let starting = self.under_way.iter().any(|(_, change)| *change == Change::Start);
        let just_started = self.started.iter().any(|(_, ended)| lately(ended));
        let just_started_itself = self.started.iter().any(|(id, ended)| id == task && lately(ended));
        starting || (just_started && !self.under_way.is_empty()) || (strict && just_started_itself)
    }

    fn note_pace(&mut self, change: Change, task: &str, asked: Instant) {
        self.pace.most_at_once = self.pace.most_at_once.max(self.under_way.len() + 1);
        if change == Change::Start {
            return;
        }
        if let Some(place) = self.started.iter().position(|(id, _)| id == task) {
            let ended = self.started[place].1;
            let elapsed = asked.saturating_duration_since(ended);
            let shortest = self.pace.shortest_start_to_stop;
            self.pace.shortest_start_to_stop = Some(shortest.map_or(elapsed, |shortest| shortest.min(elapsed)));
        }
    }
}

/// Waits until all is posted.
async fn drain(request: &Request, queues: Vec<Queue>) {
    let busy = queues.iter().any(Queue::is_busy);
    let drained = async {
        for queue in &queues {
            queue.drained().await;
        }
    };
    waiting(request, busy, drained).await;
}

/// Takes a lock alone.
async fn exclusive<'a>(lock: &'a RwLock<()>, request: &Request) -> RwLockWriteGuard<'a, ()> {
    match lock.try_write() {
        Ok(guard) => guard,
        Err(_) => waiting(request, true, lock.write()).await,
    }
}

/// Takes a lock beside others who only look.
async fn shared<'a>(lock: &'a RwLock<()>, request: &Request) -> RwLockReadGuard<'a, ()> {
    match lock.try_read() {
        Ok(guard) => guard,
        Err(_) => waiting(request, true, lock.read()).await,
    }
}
