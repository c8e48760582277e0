//! One write at a time to each Kapacitor, and the pause between a start and the next stop.
//!
//! Writes of this process wait in a queue, first come, first served. The queue holds the lease while it has writes, and for a
//! moment longer, so that an apply of many rules takes it once.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{self, OwnedMutexGuard};
use tokio::time::{sleep, Instant};

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::writing::lease::{Asked, Lease};
use crate::kapacitor::writing::process_lock::ProcessLock;

/// The pause that Kapacitor 1.8.3 needs between the start of a task and the stop of one: with it, thousands of cycles ran
/// clean; without it, even two clients made it hang for good.
pub(in crate::kapacitor) const PAUSE: Duration = Duration::from_millis(20);

/// How long the lease is kept after the last write: longer than an apply takes to go on to the next object, also on a
/// machine that does other work.
const LINGER: Duration = Duration::from_secs(1);

/// What a write does to running tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kapacitor) enum Effect {
    /// It may start a task.
    Starts,
    /// It may stop a task.
    Stops,
    /// It may stop tasks and start them again.
    Restarts,
    /// Neither.
    None,
}

/// The writes of this process to one Kapacitor.
#[derive(Debug, Default)]
struct WriteQueue {
    state: Arc<sync::Mutex<QueueState>>,
    /// How many turns there were; it tells whether somebody came after a turn had ended.
    turns: AtomicU64,
}

/// What goes from one write to the next.
#[derive(Debug, Default)]
struct QueueState {
    last_start: Option<Instant>,
    hold: Hold,
}

/// What keeps everybody else from writing.
#[derive(Debug, Default)]
enum Hold {
    #[default]
    Nothing,
    Lease(Lease),
    /// Kapacitor takes no templates from this client. `None` if there is no place for the lock either.
    Process {
        _lock: Option<ProcessLock>,
    },
}

/// The right to write to one Kapacitor.
#[derive(Debug)]
pub(in crate::kapacitor) struct WriteGuard {
    queue: Arc<WriteQueue>,
    key: String,
    state: OwnedMutexGuard<QueueState>,
    reach: Reach,
}

/// Who is kept from writing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reach {
    ThisProcess,
    Everybody,
}

impl WriteGuard {
    /// Waits for the right to write to the server with this key: within this process, and among all machines.
    pub(crate) async fn wait_for(client: &Client, key: &str) -> Result<Self, Error> {
        let mut guard = WriteGuard::within_this_process(key).await;
        guard.reach = Reach::Everybody;
        guard.keep(client).await?;
        Ok(guard)
    }

    /// Waits for the right to send what changes nothing on the server, and so needs no lease.
    pub(crate) async fn within_this_process(key: &str) -> Self {
        let queue = queue_of(key);
        queue.turns.fetch_add(1, Ordering::Relaxed);
        let state = queue.state.clone().lock_owned().await;
        WriteGuard {
            queue,
            key: key.to_owned(),
            state,
            reach: Reach::ThisProcess,
        }
    }

    /// Makes sure that nobody else writes; to be called before each write, since a lease that could not be renewed is lost.
    pub(crate) async fn keep(&mut self, client: &Client) -> Result<(), Error> {
        let Some(terms) = client.lease_terms().filter(|_| self.reach == Reach::Everybody) else {
            return Ok(());
        };
        match &self.state.hold {
            Hold::Lease(lease) if lease.is_ours().await? => return Ok(()),
            Hold::Process { .. } => return Ok(()),
            Hold::Lease(_) | Hold::Nothing => {}
        }
        self.state.hold = Hold::Nothing;
        self.state.hold = match Lease::wait_for(client, terms).await? {
            Asked::Held(lease) => Hold::Lease(lease),
            Asked::Refused(error) => {
                let (failure, status) = (error.kind().name(), error.status());
                tracing::warn!(
                    failure,
                    status,
                    "Kapacitor takes no template for the write lease, so that nothing keeps other machines from writing at \
                     the same time"
                );
                Hold::Process {
                    _lock: ProcessLock::wait_for(client, &self.lock_key(client).await, terms.wait).await?,
                }
            }
        };
        // The former holder may have started a task just now.
        self.state.last_start = Some(Instant::now());
        Ok(())
    }

    /// What the lock of this machine is called: by the server's own id, so that processes which reach it by different URLs
    /// share the lock, or by its URL if it does not tell.
    async fn lock_key(&self, client: &Client) -> String {
        match client.server_id().await {
            Ok(Some(id)) => id,
            Ok(None) | Err(_) => self.key.clone(),
        }
    }

    /// The right to write to a server that nobody else knows of.
    #[cfg(test)]
    pub(crate) async fn alone() -> Self {
        let queue = Arc::<WriteQueue>::default();
        let state = queue.state.clone().lock_owned().await;
        WriteGuard {
            queue,
            key: String::new(),
            state,
            reach: Reach::ThisProcess,
        }
    }

    /// Waits until a write with this effect may begin.
    pub(crate) async fn before(&self, effect: Effect) {
        if matches!(effect, Effect::Stops | Effect::Restarts) {
            sleep(self.rest_of_pause()).await;
        }
    }

    /// Notes that a write with this effect has ended, whether it was answered or not.
    pub(crate) fn after(&mut self, effect: Effect) {
        if matches!(effect, Effect::Starts | Effect::Restarts) {
            self.state.last_start = Some(Instant::now());
        }
    }

    fn rest_of_pause(&self) -> Duration {
        let since = self.state.last_start.map(|last_start| last_start.elapsed());
        since.map_or(Duration::ZERO, |since| PAUSE.saturating_sub(since))
    }
}

impl Drop for WriteGuard {
    fn drop(&mut self) {
        if matches!(self.state.hold, Hold::Nothing) {
            return;
        }
        let Ok(runtime) = Handle::try_current() else {
            return;
        };
        let queue = self.queue.clone();
        let turns = queue.turns.load(Ordering::Relaxed);
        runtime.spawn(async move {
            sleep(LINGER).await;
            if queue.turns.load(Ordering::Relaxed) == turns {
                queue.give_back().await;
            }
        });
    }
}

impl WriteQueue {
    async fn give_back(&self) {
        let mut state = self.state.lock().await;
        if let Hold::Lease(lease) = std::mem::take(&mut state.hold) {
            lease.give_back().await;
        }
    }
}

/// Gives back every lease of this process; to be awaited before it ends.
pub async fn give_back_leases() {
    let queues: Vec<Arc<WriteQueue>> = queues().values().cloned().collect();
    for queue in queues {
        queue.give_back().await;
    }
}

type Queues = HashMap<String, Arc<WriteQueue>>;

fn queues() -> std::sync::MutexGuard<'static, Queues> {
    static QUEUES: LazyLock<Mutex<Queues>> = LazyLock::new(Mutex::default);
    QUEUES.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The queue of the server with this key: the same one for everybody in the process.
fn queue_of(key: &str) -> Arc<WriteQueue> {
    queues().entry(key.to_owned()).or_default().clone()
}
