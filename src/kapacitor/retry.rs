//! When a request is sent again, and after which pause.

use std::future::Future;
use std::time::Duration;

use crate::kapacitor::error::{is_transient, Error, Phase};
use crate::kapacitor::request::{Repeat, Request};
use crate::kapacitor::Backoff;

/// The longest pause that a server can ask for with `Retry-After`.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// How long one try of a request may take, and how often it is tried.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    pub timeout: Duration,
    pub retry: RetryPolicy,
}

/// How often, and after which pauses.
#[derive(Debug, Clone, Copy)]
pub(super) struct RetryPolicy {
    pub max_retries: u32,
    pub backoff: Backoff,
}

/// What became of a request over all its tries.
pub(super) struct Delivery<T> {
    pub result: Result<T, Error>,
    /// Whether an earlier try may have been carried out, although it was answered with an error or not at all.
    pub earlier_try_may_have_acted: bool,
}

impl RetryPolicy {
    /// Sends `request` by `try_once`, again where that is safe and may help.
    pub async fn deliver<T, F>(&self, request: &Request, try_once: impl Fn() -> F) -> Delivery<T>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut earlier_try_may_have_acted = false;
        let mut repeats = 0;
        loop {
            let result = try_once().await;
            let pause = match &result {
                Ok(_) => None,
                Err(error) => self.pause(request.repeat, repeats, error),
            };
            let Some(pause) = pause else {
                return Delivery {
                    result,
                    earlier_try_may_have_acted,
                };
            };
            earlier_try_may_have_acted |= result.is_err_and(|error| error.may_have_acted());
            repeats += 1;
            let pause_ms = u64::try_from(pause.as_millis()).unwrap_or(u64::MAX);
            tracing::debug!(target: "kapacitor", path = request.path, repeats, pause_ms, "request is repeated");
            tokio::time::sleep(pause).await;
        }
    }

    /// The pause before the next try, or `None` where there shall be none. `done` is the number of repeats so far.
    fn pause(&self, repeat: Repeat, done: u32, error: &Error) -> Option<Duration> {
        if done >= self.max_retries || !may_repeat(repeat, error) {
            return None;
        }
        Some(match error.retry_after() {
            Some(asked) => asked.min(LONGEST_RETRY_AFTER),
            None => self.backoff.pause(done),
        })
    }
}

impl Backoff {
    fn pause(&self, done: u32) -> Duration {
        let whole = self.first.saturating_mul(2_u32.saturating_pow(done)).min(self.cap);
        whole.mul_f64(1.0 - fastrand::f64() / 2.0)
    }
}

/// Whether sending the request again is safe and may help. A request that ran into its timeout is never repeated: the server
/// may still be at it, and two starts or stops at once are what makes Kapacitor hang.
fn may_repeat(repeat: Repeat, error: &Error) -> bool {
    match error.phase() {
        Phase::Connect { kind, .. } => !kind.is_tls(),
        Phase::Dropped { .. } => repeat == Repeat::Safe,
        Phase::Status { status: 429, .. } | Phase::NotUnderstood { status: 429, .. } => true,
        Phase::Status { status, .. } | Phase::NotUnderstood { status, .. } => {
            repeat == Repeat::Safe && is_transient(*status)
        }
        Phase::Setup(_)
        | Phase::TimedOut { .. }
        | Phase::TooLong { .. }
        | Phase::NoChoice(_)
        | Phase::LeaseHeld { .. }
        | Phase::Interrupted => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kapacitor::{CredentialKind, RequestLine, Server, ServerKind, Speaker};

    #[test]
    fn a_server_may_ask_for_a_pause_of_up_to_a_minute() {
        let policy = RetryPolicy {
            max_retries: 1,
            backoff: Backoff::default(),
        };
        let line = RequestLine {
            method: "GET",
            path: String::new(),
        };
        let server = Server {
            address: String::new(),
            kind: ServerKind::Kapacitor,
            credentials: CredentialKind::None,
        };
        let phase = Phase::Status {
            status: 429,
            speaker: Speaker::Unknown,
            words: String::new(),
        };
        let error = Error::new(line, server, phase);
        for (asked, given) in [(7, 7), (3_600, 60)] {
            let error = error.clone().with_retry_after(Some(Duration::from_secs(asked)));
            assert_eq!(policy.pause(Repeat::Safe, 0, &error), Some(Duration::from_secs(given)));
        }
        assert_eq!(policy.pause(Repeat::Safe, 1, &error), None);
    }

    #[test]
    fn pauses_double_up_to_the_cap_and_are_shortened_by_half_at_most() {
        let backoff = Backoff {
            first: Duration::from_millis(100),
            cap: Duration::from_millis(350),
        };
        for (done, whole) in [(0, 100), (1, 200), (2, 350), (40, 350)] {
            let pause = backoff.pause(done).as_millis();
            assert!((whole / 2..=whole).contains(&pause), "{pause} ms after {done} repeats");
        }
    }
}
