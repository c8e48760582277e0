//! A Kapacitor that answers a ping, and nothing about tasks.
//!
//! From outside this has two causes that look the same. While Kapacitor stops a task it posts all that the task's alerts have
//! queued, up to 30 s for each post if the webhook does not answer, and every read and write of any task waits for it
//! (recorded in `15-slow-webhook`). That ends by itself. But tasks that were started and stopped at the same time hang it for
//! good (`08-deadlock`). So a request about tasks that ran into its timeout is waited for, up to a limit, and only then it is
//! an error.

use std::future::Future;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{interval_at, Instant};

use crate::kapacitor::error::{is_transient, Error, ErrorKind, Stall};
use crate::kapacitor::stop_signal::stopped;
use crate::kapacitor::transport::connection::Connection;
use crate::kapacitor::transport::ping::ping;
use crate::kapacitor::transport::request::{Request, TASKS};

/// How often the log says that Kapacitor is waited for; oftener in tests, which would take seconds.
const NEWS: Duration = Duration::from_millis(if cfg!(test) { 50 } else { 5_000 });

/// The pause after a proxy answered in the place of Kapacitor.
const PAUSE: Duration = Duration::from_secs(1);

/// How often a read is repeated after Kapacitor answered about tasks again.
const REPEATS: u32 = 2;

/// What is known of the server's stall; shared by all that wait for its end.
#[derive(Default)]
pub(in crate::kapacitor) struct Stalls {
    /// Held by the one that looks whether it is over.
    looking: tokio::sync::Mutex<()>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    /// When the request began that first got no answer; none while there is no stall.
    since: Option<Instant>,
    /// What the last one that looked has found, and when.
    found: Option<(Instant, Option<Stall>)>,
}

impl Stalls {
    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a request that began then and got no answer, and returns when the stall began.
    fn note_no_answer(&self, began: Instant) -> Instant {
        *self.lock().since.get_or_insert(began)
    }

    fn note(&self, found: Option<Stall>) {
        let mut known = self.lock();
        if !found.is_some_and(Stall::goes_on) {
            known.since = None;
        }
        known.found = Some((Instant::now(), found));
    }

    /// What somebody else has found since then.
    fn found_since(&self, began: Instant) -> Option<Option<Stall>> {
        let (at, found) = self.lock().found?;
        (at >= began).then_some(found)
    }
}

/// What a look at a server that gave no answer shows.
enum Look {
    Answers,
    NoAnswer,
    /// It does not answer a ping either, or cannot be reached.
    IsDown,
}

impl Stalls {
    /// Does a read of tasks, and again if it got no answer because of a stall that then ended.
    pub(crate) async fn past<T, F>(&self, connection: &Connection, read: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let outage = connection.outage();
        let mut repeats = 0;
        loop {
            let (began, round) = (Instant::now(), outage.round());
            let error = match read().await {
                Err(error) if error.is_timeout() => error,
                result => return result,
            };
            // The one more try of an outage does not wait again for what was waited for in vain.
            let stall = match outage.waited_in_vain() {
                Some(stall) => stall,
                None => self.wait_for_end(connection, began).await,
            };
            match stall {
                Some(Stall::Ended(_)) if repeats < REPEATS => repeats += 1,
                stall => {
                    let failed = Err(error.with_stall(stall));
                    outage.note(round, &failed);
                    return failed;
                }
            }
        }
    }

    /// Waits, after a request that began then got no answer in time, until Kapacitor answers about tasks, the limit is over, or
    /// the program is asked to stop. None if it does not answer a ping: that is not a stall.
    pub(crate) async fn wait_for_end(&self, connection: &Connection, began: Instant) -> Option<Stall> {
        let limit = connection.stop_timeout();
        if limit.is_zero() {
            return None;
        }
        let _alone = self.looking.lock().await;
        if let Some(found) = self.found_since(began) {
            return found;
        }
        let found = look_until(connection, self.note_no_answer(began), limit).await;
        self.note(found);
        found
    }
}

async fn look_until(connection: &Connection, since: Instant, limit: Duration) -> Option<Stall> {
    let mut news = interval_at(Instant::now() + NEWS, NEWS);
    loop {
        let look = look(connection);
        tokio::pin!(look);
        let look = loop {
            tokio::select! {
                look = &mut look => break look,
                _ = news.tick() => tell(since, limit),
                () = stopped() => return Some(Stall::Left(since.elapsed())),
            }
        };
        match look {
            Look::Answers => return Some(Stall::Ended(since.elapsed())),
            Look::IsDown => return None,
            Look::NoAnswer if since.elapsed() >= limit => return Some(Stall::Lasts(since.elapsed())),
            Look::NoAnswer => {}
        }
    }
}

/// Whether Kapacitor answers about tasks now. A list of one task waits for a stop as any other read does, and is the
/// cheapest one.
async fn look(connection: &Connection) -> Look {
    if ping(connection).await.is_err() {
        return Look::IsDown;
    }
    let one = Request::get(TASKS).with("limit", "1").with("fields", "id");
    match connection.send(&one).await {
        Ok(_) => Look::Answers,
        Err(error) => match error.kind() {
            ErrorKind::TimedOut { .. } => Look::NoAnswer,
            ErrorKind::Status { status, .. } | ErrorKind::NotUnderstood { status, .. } if is_transient(*status) => {
                tokio::time::sleep(PAUSE).await;
                Look::NoAnswer
            }
            ErrorKind::Status { .. } | ErrorKind::NotUnderstood { .. } => Look::Answers,
            _ => Look::IsDown,
        },
    }
}

fn tell(since: Instant, limit: Duration) {
    tracing::warn!(
        target: "kapacitor",
        waited_s = since.elapsed().as_secs(),
        limit_s = limit.as_secs(),
        "Kapacitor answers a ping, but nothing about tasks: it may be waiting for a webhook that does not answer; waiting for it"
    );
}
