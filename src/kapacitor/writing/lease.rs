//! The lease: the right to write to one Kapacitor, among all machines.
//!
//! Writers run on many machines, and Kapacitor does not care which machine its clients are on:
//! tasks that two of them start and stop at the same time make it hang for good, start one task twice, or leave a task that
//! posts on while no read shows it. So whoever writes holds a template of a fixed id in Kapacitor itself.
//!
//! It is created with the first write, written again while its holder lives, and deleted at the end. Who waits looks at it
//! again and again; one that stands still for its whole time has a dead holder and is ended. Only looks that were answered
//! count for that, and no clock but the waiting machine's own.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::sync;
use tokio::task::JoinHandle;
use tokio::time::{sleep, Instant};

use crate::kapacitor::api::lease::{Creation, LeaseHolder, Leases, SeenLease};
use crate::kapacitor::client::Client;
use crate::kapacitor::config::LeaseTerms;
use crate::kapacitor::error::Error;
use crate::kapacitor::writing::turn::Waiting;

/// How often a lease is renewed within its duration.
const RENEWALS: u32 = 4;

/// How long the holder trusts the last look at the lease. A machine that was suspended looks again before it writes.
const TRUST: Duration = Duration::from_secs(1);

/// The pause between two looks of somebody who waits.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// What one look counts for at most: while the server answers nobody, the holder cannot renew either.
const LONGEST_LOOK: Duration = Duration::from_secs(1);

/// The lease, held.
#[derive(Debug)]
pub(in crate::kapacitor) struct Lease {
    client: Client,
    shared: Arc<Shared>,
    renewer: JoinHandle<()>,
}

/// What the holder and the renewals know.
#[derive(Debug)]
struct Shared {
    holder: LeaseHolder,
    seen: Mutex<LastSeen>,
    lost: AtomicBool,
    /// Taken over each renewal, so that none is under way when the lease is given back.
    renewing: sync::Mutex<()>,
}

/// When the lease was last seen to be ours. One clock stops while the machine is suspended, and the other can be set.
#[derive(Debug, Clone, Copy)]
struct LastSeen {
    monotonic: Instant,
    wall: SystemTime,
}

/// What came of asking for the lease.
pub(in crate::kapacitor) enum Asked {
    Held(Lease),
    /// Kapacitor takes no templates from this client.
    Refused(Error),
}

impl Lease {
    /// Waits for the lease.
    pub(super) async fn wait_for(client: &Client, terms: LeaseTerms) -> Result<Asked, Error> {
        let holder = LeaseHolder {
            name: holder_name(),
            token: uuid::Uuid::from_u128(fastrand::u128(..)).to_string(),
        };
        let leases = Leases(client);
        let mut wait = Wait::new(terms);
        loop {
            match leases.create(&holder).await? {
                Creation::Created => return Ok(Asked::Held(Lease::held(client, terms, holder))),
                Creation::Refused(error) => return Ok(Asked::Refused(error)),
                Creation::Exists => {}
            }
            // Until it is gone: an attempt to create it would only cost Kapacitor more.
            while let Some(seen) = leases.get().await? {
                if seen.holder.token == holder.token {
                    return Ok(Asked::Held(Lease::held(client, terms, holder)));
                }
                if wait.stands_still(&seen) {
                    end_of_dead_holder(&leases, &mut wait, &seen).await?;
                }
                wait.pause(client, &seen).await?;
            }
        }
    }

    fn held(client: &Client, terms: LeaseTerms, holder: LeaseHolder) -> Self {
        let shared = Arc::new(Shared {
            holder,
            seen: Mutex::new(LastSeen::now()),
            lost: AtomicBool::new(false),
            renewing: sync::Mutex::default(),
        });
        let renewer = tokio::spawn(renew(client.clone(), shared.clone(), terms.duration / RENEWALS));
        Lease {
            client: client.clone(),
            shared,
            renewer,
        }
    }

    /// Whether the lease is still ours, which is looked up unless it was seen a moment ago.
    pub(super) async fn is_ours(&self) -> Result<bool, Error> {
        if self.shared.lost.load(Ordering::Acquire) {
            return Ok(false);
        }
        if self.shared.last_seen().is_within(TRUST) {
            return Ok(true);
        }
        self.look().await
    }

    async fn look(&self) -> Result<bool, Error> {
        let seen = Leases(&self.client).get().await?;
        Ok(self.shared.note(seen.as_ref()))
    }

    /// Gives the lease back. Where that fails, others wait until its time is over.
    pub(super) async fn give_back(self) {
        let _none_under_way = self.shared.renewing.lock().await;
        self.renewer.abort();
        match self.is_ours().await {
            Ok(true) => {}
            Ok(false) => return,
            Err(error) => return not_given_back(&error),
        }
        if let Err(error) = Leases(&self.client).delete().await {
            not_given_back(&error);
        }
    }
}

/// Without the server's words: they come when no call is there any more that knows what they may repeat.
fn not_given_back(error: &Error) {
    let (failure, status) = (error.kind().name(), error.status());
    tracing::warn!(
        failure,
        status,
        "the write lease could not be given back, so that others wait for its end"
    );
}

impl Drop for Lease {
    fn drop(&mut self) {
        self.renewer.abort();
    }
}

impl Shared {
    /// Takes in a look at the lease; returns whether it is still ours.
    fn note(&self, seen: Option<&SeenLease>) -> bool {
        let ours = seen.is_some_and(|seen| seen.holder == self.holder);
        if ours {
            *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = LastSeen::now();
        } else {
            self.lost.store(true, Ordering::Release);
        }
        ours
    }

    fn last_seen(&self) -> LastSeen {
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LastSeen {
    fn now() -> Self {
        LastSeen {
            monotonic: Instant::now(),
            wall: SystemTime::now(),
        }
    }

    fn is_within(&self, time: Duration) -> bool {
        let by_wall = self.wall.elapsed();
        self.monotonic.elapsed() < time && by_wall.is_ok_and(|elapsed| elapsed < time)
    }
}

/// Renews the lease until it is lost; the task is ended where the lease is given back.
async fn renew(client: Client, shared: Arc<Shared>, every: Duration) {
    loop {
        sleep(every).await;
        let _renewing = shared.renewing.lock().await;
        let leases = Leases(&client);
        let renewed = match leases.get().await {
            Ok(seen) if shared.note(seen.as_ref()) => leases.renew(&shared.holder).await,
            Ok(_) => return tracing::warn!("the write lease was taken over, as it was not renewed in time"),
            Err(error) => Err(error),
        };
        if let Err(error) = renewed {
            let (failure, status) = (error.kind().name(), error.status());
            tracing::info!(failure, status, "the write lease could not be renewed");
        }
    }
}

/// Ends the lease of a holder that died. The guard lets one client at a time do so, and none that looked too long ago.
async fn end_of_dead_holder(leases: &Leases<'_>, wait: &mut Wait, dead: &SeenLease) -> Result<(), Error> {
    match leases.create_guard(dead).await? {
        Creation::Created => {}
        Creation::Refused(error) => return Err(error),
        Creation::Exists if wait.guard_stands_still() => {
            // Whoever made it died in between.
            return leases.delete_guard(dead).await;
        }
        Creation::Exists => return Ok(()),
    }
    let is_same = leases.get().await?.is_some_and(|seen| seen == *dead);
    if is_same {
        tracing::warn!(
            "the write lease of {} was not renewed in time and is ended",
            dead.holder.name
        );
        leases.delete().await?;
    }
    leases.delete_guard(dead).await
}

/// The wait for somebody else's lease.
struct Wait {
    waiting: Waiting,
    /// How long a lease lives that nobody renews.
    duration: Duration,
    looked: Instant,
    last: Option<SeenLease>,
    stood_still: Duration,
}

impl Wait {
    fn new(terms: LeaseTerms) -> Self {
        Wait {
            waiting: Waiting::new("the write lease", terms.wait),
            duration: terms.duration,
            looked: Instant::now(),
            last: None,
            stood_still: Duration::ZERO,
        }
    }

    /// Takes in a look; returns whether the lease has stood still for its whole time.
    fn stands_still(&mut self, seen: &SeenLease) -> bool {
        let since = self.looked.elapsed().min(LONGEST_LOOK);
        self.looked = Instant::now();
        if self.last.as_ref() == Some(seen) {
            self.stood_still += since;
        } else {
            self.last = Some(seen.clone());
            self.stood_still = Duration::ZERO;
        }
        self.stood_still >= self.duration
    }

    /// Whether another client's guard has been in the way for so long that this client must have died, too.
    fn guard_stands_still(&self) -> bool {
        self.stood_still >= self.duration * 2
    }

    /// Waits for the next look; an error where the wait is over.
    async fn pause(&mut self, client: &Client, seen: &SeenLease) -> Result<(), Error> {
        // Many who wait should not look in step.
        let pause = LOOK_EVERY.mul_f64(0.5 + fastrand::f64());
        self.waiting.pause(client, &seen.holder.name, pause).await
    }
}

/// Host and process, and the workspace of a run on a hosted service: what a person needs to find the holder.
fn holder_name() -> String {
    let host = gethostname::gethostname().to_string_lossy().into_owned();
    let process = std::process::id();
    match std::env::var("TFC_WORKSPACE_NAME") {
        Ok(workspace) if !workspace.is_empty() => format!("{host}, process {process}, workspace {workspace}"),
        _ => format!("{host}, process {process}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(token: &str, modified: &str) -> SeenLease {
        SeenLease::for_test("another machine", token, modified)
    }

    fn wait() -> Wait {
        Wait::new(LeaseTerms {
            duration: Duration::from_secs(10),
            wait: Duration::from_secs(100),
        })
    }

    async fn look_every_second(wait: &mut Wait, lease: &SeenLease, seconds: u64) -> bool {
        let mut still = false;
        for _ in 0..seconds {
            tokio::time::advance(Duration::from_secs(1)).await;
            still = wait.stands_still(lease);
        }
        still
    }

    #[tokio::test(start_paused = true)]
    async fn a_lease_that_stands_still_for_its_time_has_a_dead_holder() {
        let mut wait = wait();
        assert!(!look_every_second(&mut wait, &seen("a", "1"), 10).await);
        assert!(look_every_second(&mut wait, &seen("a", "1"), 1).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_renewal_or_another_holder_begins_the_time_anew() {
        let mut wait = wait();
        look_every_second(&mut wait, &seen("a", "1"), 10).await;
        assert!(!look_every_second(&mut wait, &seen("a", "2"), 10).await);
        assert!(!look_every_second(&mut wait, &seen("b", "2"), 10).await);
        assert!(look_every_second(&mut wait, &seen("b", "2"), 1).await);
    }

    /// A server that answers nobody for a minute lets no holder renew its lease either.
    #[tokio::test(start_paused = true)]
    async fn a_look_that_is_answered_late_counts_for_little() {
        let mut wait = wait();
        wait.stands_still(&seen("a", "1"));
        tokio::time::advance(Duration::from_secs(60)).await;
        assert!(!wait.stands_still(&seen("a", "1")));
    }
}
