//! The wait for the right to write, while somebody else has it.

use std::time::Duration;

use tokio::time::{sleep, Instant};

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::error::{ErrorKind, RequestLine};
use crate::kapacitor::stop_signal::stopped;

/// After how long a wait is logged for the first time, and how often from then on.
const LOG_EVERY: Duration = Duration::from_secs(5);

/// A wait that has begun.
pub(in crate::kapacitor) struct Waiting {
    /// What is waited for, as an error calls it.
    what: &'static str,
    limit: Duration,
    began: Instant,
    logged: Duration,
}

impl Waiting {
    /// A wait that begins now and ends after `limit`.
    pub(super) fn new(what: &'static str, limit: Duration) -> Self {
        Waiting {
            what,
            limit,
            began: Instant::now(),
            logged: Duration::ZERO,
        }
    }

    /// Pauses before the next look at what `holder` has. An error, which names the holder, where the wait is over.
    pub(super) async fn pause(&mut self, client: &Client, holder: &str, pause: Duration) -> Result<(), Error> {
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
        let kind = ErrorKind::LeaseHeld {
            holder: holder.to_owned(),
            waited,
            stopped,
        };
        Error::new(line, client.connection().server(), kind)
    }
}
