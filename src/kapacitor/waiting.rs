//! The wait for the right to write, while somebody else has it.

use std::sync::LazyLock;
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{sleep, Instant};

use crate::kapacitor::error::{Phase, RequestLine};
use crate::kapacitor::{Client, Error};

/// After how long a wait is logged for the first time, and how often from then on.
const LOG_EVERY: Duration = Duration::from_secs(5);

static STOP: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::Sender::new(false));

/// Ends all waits: what waits fails, and says for whom it waited. What writes goes on.
pub fn stop_waiting() {
    STOP.send_replace(true);
}

/// Comes to its end once [`stop_waiting`] was called.
pub(super) async fn stopped() {
    let mut stop = STOP.subscribe();
    if stop.wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
}

/// A wait that has begun.
pub(super) struct Waiting {
    /// What is waited for, as an error calls it.
    what: &'static str,
    limit: Duration,
    began: Instant,
    logged: Duration,
}

impl Waiting {
    /// A wait that begins now and ends after `limit`.
    pub fn new(what: &'static str, limit: Duration) -> Self {
        Waiting {
            what,
            limit,
            began: Instant::now(),
            logged: Duration::ZERO,
        }
    }

    /// Pauses before the next look at what `holder` has. An error, which names the holder, where the wait is over.
    pub async fn pause(&mut self, client: &Client, holder: &str, pause: Duration) -> Result<(), Error> {
        let waited = self.began.elapsed();
        if waited >= self.limit {
            return Err(self.over(client, holder, waited, false));
        }
        if waited >= self.logged + LOG_EVERY {
            self.logged = waited;
            tracing::warn!(
                "waiting to write to Kapacitor, since {holder} does, for {} s so far",
                waited.as_secs()
            );
        }
        tokio::select! {
            () = sleep(pause) => Ok(()),
            () = stopped() => Err(self.over(client, holder, waited, true)),
        }
    }

    fn over(&self, client: &Client, holder: &str, waited: Duration, stopped: bool) -> Error {
        let line = RequestLine {
            method: "WRITE",
            path: format!("waiting for {}", self.what),
        };
        let phase = Phase::LeaseHeld {
            holder: holder.to_owned(),
            waited,
            stopped,
        };
        Error::new(line, client.connection().server(), phase)
    }
}
