//! How far a request came that failed.

use std::time::Duration;

use crate::kapacitor::error::connect::ConnectFailure;
use crate::kapacitor::error::setup::{ChoiceError, SetupError};
use crate::secret::Secret;

/// How far a request came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// It could not be made: a setting does not work, or a file cannot be read.
    Setup(SetupError),
    /// No connection came about, so the server knows nothing of the request.
    Connect {
        /// What kind of failure it is.
        kind: ConnectFailure,
        /// The proxy that did not connect, with the variable that names it, if it was not the server itself.
        proxy: Option<String>,
        /// The system's words.
        reason: String,
    },
    /// No answer came in time. The server may have acted.
    TimedOut {
        /// How long was waited.
        after: Duration,
    },
    /// The connection ended without an answer, or in the middle of it. The server may have acted.
    Dropped {
        /// The system's words.
        reason: String,
    },
    /// The server answered with a status that says no.
    Status {
        /// The HTTP status.
        status: u16,
        /// Who said it.
        responder: Responder,
        /// The words of the answer, masked and shortened; empty where it had none.
        message: String,
    },
    /// The answer is longer than any that is read. The server may have acted.
    TooLong {
        /// How many bytes are read.
        limit: usize,
    },
    /// The server answered with something that is no answer of Kapacitor.
    NotUnderstood {
        /// The HTTP status.
        status: u16,
        /// What is wrong with it.
        reason: String,
        /// Whether it is an HTML page: mostly that of a proxy, or of another server.
        html: bool,
        /// The title of the page, or the beginning of a text, masked; nothing of JSON.
        excerpt: String,
        /// The beginning of the answer as it came. It may hold secrets that nobody knows of.
        answer: Secret,
    },
    /// Somebody else has the right to write, and the wait for it is over.
    LeaseHeld {
        /// Who has it: host and process.
        holder: String,
        /// How long was waited.
        waited: Duration,
        /// Whether the wait ended because the program was asked to stop.
        stopped: bool,
    },
    /// A Chronograf was asked for a source or Kapacitor that it does not have, or that is not the only one.
    NoChoice(ChoiceError),
    /// The provider's runtime is shutting down; what was under way may have been done.
    Interrupted,
}

/// Who wrote an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Responder {
    /// Kapacitor.
    Kapacitor,
    /// Chronograf, which did not pass the request on.
    Chronograf,
    /// Chronograf, which could not reach its Kapacitor, or whose Kapacitor dropped the connection.
    ChronografWithoutKapacitor,
    /// Neither, as far as the answer shows: mostly a reverse proxy or load balancer.
    Unknown,
}

impl ErrorKind {
    /// A word for it, for logs.
    pub(in crate::kapacitor) fn name(&self) -> &'static str {
        match self {
            ErrorKind::Setup(_) => "setup",
            ErrorKind::Connect { .. } => "connect",
            ErrorKind::TimedOut { .. } => "timeout",
            ErrorKind::Dropped { .. } => "dropped",
            ErrorKind::Status { .. } => "status",
            ErrorKind::TooLong { .. } => "too long",
            ErrorKind::NotUnderstood { .. } => "not understood",
            ErrorKind::LeaseHeld { .. } => "lease held",
            ErrorKind::NoChoice(_) => "no choice",
            ErrorKind::Interrupted => "interrupted",
        }
    }
}

/// The statuses that a repeat may cure.
pub(in crate::kapacitor) fn is_transient(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}
