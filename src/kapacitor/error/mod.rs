//! What can go wrong with a request.

mod config_error;
mod connect;
mod kind;
mod message;
mod server;
mod setup;
mod share;
mod stall;

use std::time::Duration;

pub use config_error::{ConfigError, UrlSetting};
pub use connect::{ConnectFailure, TlsFailure};
pub use kind::{ErrorKind, Responder};
pub use server::{CredentialKind, RequestLine, Server, ServerKind};
pub use setup::{ChoiceError, SetupError};
pub use share::SpeaksFor;
pub use stall::Stall;

pub(super) use kind::is_transient;
pub(super) use share::Share;

/// The longest text of an answer that an error keeps, in characters.
pub(in crate::kapacitor) const LONGEST_MESSAGE: usize = 2_000;

/// Kapacitor's words for a path that it does not know.
pub const NO_SUCH_ROUTE: &str = "Not Found";

/// A request that did not do what it should. It never holds a secret: what others wrote is masked, and URLs are kept
/// without user, password and query.
#[derive(Debug, Clone)]
pub struct Error(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    request: RequestLine,
    server: Server,
    kind: ErrorKind,
    retry_after: Option<Duration>,
    stall: Option<Stall>,
    share: Share,
}

impl Error {
    pub(in crate::kapacitor) fn new(request: RequestLine, server: Server, kind: ErrorKind) -> Self {
        Error(Box::new(Parts {
            request,
            server,
            kind,
            retry_after: None,
            stall: None,
            share: Share::Own,
        }))
    }

    pub(in crate::kapacitor) fn with_stall(mut self, stall: Option<Stall>) -> Self {
        self.0.stall = stall;
        self
    }

    /// What came of waiting for a server that gave this request no answer, where it answered a ping.
    pub fn stall(&self) -> Option<Stall> {
        self.0.stall
    }

    /// Whether Kapacitor still answers nothing about tasks, so that another request about them would be in vain.
    pub fn is_stalled(&self) -> bool {
        !self.was_not_asked() && self.stall().is_some_and(Stall::goes_on)
    }

    /// Whether no answer came in time.
    pub fn is_timeout(&self) -> bool {
        matches!(self.kind(), ErrorKind::TimedOut { .. })
    }

    pub(in crate::kapacitor) fn with_share(mut self, share: Share) -> Self {
        self.0.share = share;
        self
    }

    /// Whether another error, of another read of the same refresh, tells of this failure.
    pub fn is_spoken_for(&self) -> bool {
        self.0.share == Share::SpokenFor
    }

    /// Whether the request was not sent, because others got no answer just before.
    pub fn was_not_asked(&self) -> bool {
        self.0.share == Share::NotAsked
    }

    /// How many reads of a refresh this error speaks for, if it does.
    pub fn speaks_for(&self) -> Option<SpeaksFor> {
        match self.0.share {
            Share::SpeaksFor(reads) => Some(reads),
            _ => None,
        }
    }

    /// Whether the server, or the way to it, failed, so that any other request would fail the same way.
    pub(in crate::kapacitor) fn is_of_server(&self) -> bool {
        match self.kind() {
            ErrorKind::Setup(SetupError::Name { .. })
            | ErrorKind::Interrupted
            | ErrorKind::LeaseHeld { .. }
            | ErrorKind::TooLong { .. } => false,
            ErrorKind::Setup(_) | ErrorKind::NoChoice(_) => true,
            // It answers again.
            ErrorKind::TimedOut { .. } if matches!(self.stall(), Some(Stall::Ended(_))) => false,
            ErrorKind::Connect { .. } | ErrorKind::TimedOut { .. } | ErrorKind::Dropped { .. } => true,
            ErrorKind::Status { status, responder, .. } => {
                *responder != Responder::Kapacitor && matches!(status, 502..=504)
            }
            ErrorKind::NotUnderstood { status, .. } => matches!(status, 502..=504),
        }
    }

    pub(in crate::kapacitor) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// How long the server asks to be left alone, where it does.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How far the request came.
    pub fn kind(&self) -> &ErrorKind {
        &self.0.kind
    }

    /// The request's method, e.g. `GET`.
    pub fn method(&self) -> &str {
        self.0.request.method
    }

    /// The request's path, without a query.
    pub fn path(&self) -> &str {
        &self.0.request.path
    }

    /// How the server was told who asks.
    pub fn credentials(&self) -> CredentialKind {
        self.0.server.credentials
    }

    /// Whether the server that was asked is a Chronograf.
    pub fn is_through_chronograf(&self) -> bool {
        self.0.server.kind == ServerKind::Chronograf
    }

    /// Whether the server that was asked is neither Kapacitor nor Chronograf, but the receiver of alerts.
    pub fn is_of_webhook(&self) -> bool {
        self.0.server.kind == ServerKind::Webhook
    }

    /// Scheme, host and port of the server that was asked.
    pub fn server(&self) -> &str {
        &self.0.server.address
    }

    /// The HTTP status, where an answer came.
    pub fn status(&self) -> Option<u16> {
        match self.kind() {
            ErrorKind::Status { status, .. } | ErrorKind::NotUnderstood { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What Kapacitor itself said, where it spoke.
    pub fn kapacitor_message(&self) -> Option<&str> {
        match self.kind() {
            ErrorKind::Status {
                responder: Responder::Kapacitor,
                message,
                ..
            } => Some(message),
            _ => None,
        }
    }

    /// Whether Kapacitor says that the object does not exist. A 404 of anybody else, or for a path that Kapacitor does not
    /// know, is no proof of that.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404) && self.kapacitor_message().is_some_and(|message| message != NO_SUCH_ROUTE)
    }

    /// Whether Kapacitor says that there is an object of that id already. It does so in two ways, by its check with 400, and by
    /// its store with 500 if two creations come at once.
    pub fn says_it_exists(&self) -> bool {
        self.kapacitor_message()
            .is_some_and(|message| message.ends_with("already exists"))
    }

    /// Whether the same request may succeed later without anybody changing a setting.
    pub fn is_retryable(&self) -> bool {
        match self.kind() {
            ErrorKind::Connect { kind, .. } => !kind.is_tls(),
            ErrorKind::TimedOut { .. } | ErrorKind::Dropped { .. } | ErrorKind::Interrupted => true,
            ErrorKind::Status { status, .. } | ErrorKind::NotUnderstood { status, .. } => is_transient(*status),
            ErrorKind::LeaseHeld { .. } => true,
            ErrorKind::Setup(_) | ErrorKind::NoChoice(_) | ErrorKind::TooLong { .. } => false,
        }
    }

    /// Whether the server may have done what the request asked for, although this error came.
    pub fn may_have_acted(&self) -> bool {
        if self.was_not_asked() {
            return false;
        }
        match self.kind() {
            ErrorKind::Setup(_) | ErrorKind::Connect { .. } | ErrorKind::NoChoice(_) | ErrorKind::LeaseHeld { .. } => {
                false
            }
            ErrorKind::TimedOut { .. }
            | ErrorKind::Dropped { .. }
            | ErrorKind::TooLong { .. }
            | ErrorKind::Interrupted => true,
            ErrorKind::Status { status, responder, .. } => {
                *status >= 500 || *responder == Responder::ChronografWithoutKapacitor
            }
            ErrorKind::NotUnderstood { status, .. } => !(300..500).contains(status),
        }
    }
}

impl std::error::Error for Error {}
