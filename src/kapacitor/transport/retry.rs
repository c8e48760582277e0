//! When a request is sent again, and after which pause.

use std::future::Future;
use std::time::Duration;

use crate::kapacitor::config::Backoff;
use crate::kapacitor::error::{is_transient, Error, ErrorKind};
use crate::kapacitor::transport::request::{Idempotency, Request};

/// The longest pause that a server can ask for with `Retry-After`.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(60);

/// How long one try of a request may take, and how often it is tried.
#[derive(Debug, Clone, Copy)]
pub(in crate::kapacitor) struct RequestPolicy {
    pub timeout: Duration,
    pub retry: RetryPolicy,
}

/// How often, and after which pauses.
#[derive(Debug, Clone, Copy)]
pub(in crate::kapacitor) struct RetryPolicy {
    pub max_retries: u32,
    pub backoff: Backoff,
}

/// What became of a request over all its tries.
pub(in crate::kapacitor) struct Delivery<T> {
    pub result: Result<T, Error>,
    /// Whether an earlier try may have been carried out, although it was answered with an error or not at all.
    pub earlier_try_may_have_acted: bool,
}

impl RetryPolicy {
    /// Sends `request` by `try_once`, again where that is safe and may help.
    pub(crate) async fn deliver<T, F>(&self, request: &Request, try_once: impl Fn() -> F) -> Delivery<T>
    where
        F: Future<Output = Result<T, Error>>,
    {
        let mut earlier_try_may_have_acted = false;
        let mut repeats = 0;
        loop {
            let result = try_once().await;
            let pause = match &result {
                Ok(_) => None,
                Err(error) => self.pause(request.idempotency, repeats, error),
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

    /// The pause before the next try, or `None` where there should be none. `done` is the number of repeats so far.
    fn pause(&self, idempotency: Idempotency, done: u32, error: &Error) -> Option<Duration> {
        if done >= self.max_retries || !may_repeat(idempotency, error) {
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
fn may_repeat(idempotency: Idempotency, error: &Error) -> bool {
    match error.kind() {
        ErrorKind::Connect { kind, .. } => !kind.is_tls(),
        ErrorKind::Dropped { .. } => idempotency == Idempotency::Idempotent,
        ErrorKind::Status { status: 429, .. } | ErrorKind::NotUnderstood { status: 429, .. } => true,
        ErrorKind::Status { status, .. } | ErrorKind::NotUnderstood { status, .. } => {
            idempotency == Idempotency::Idempotent && is_transient(*status)
        }
        ErrorKind::Setup(_)
        | ErrorKind::TimedOut { .. }
        | ErrorKind::TooLong { .. }
        | ErrorKind::NoChoice(_)
        | ErrorKind::LeaseHeld { .. }
        | ErrorKind::Interrupted => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::kapacitor::error::{CredentialKind, RequestLine, Responder, Server, ServerKind};

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
        let kind = ErrorKind::Status {
            status: 429,
            responder: Responder::Unknown,
            message: String::new(),
        };
        let error = Error::new(line, server, kind);
        for (asked, given) in [(7, 7), (3_600, 60)] {
            let error = error.clone().with_retry_after(Some(Duration::from_secs(asked)));
            assert_eq!(
                policy.pause(Idempotency::Idempotent, 0, &error),
                Some(Duration::from_secs(given))
            );
        }
        assert_eq!(policy.pause(Idempotency::Idempotent, 1, &error), None);
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
