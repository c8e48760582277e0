//! Why there is no copy of a script.

use crate::tickscript::{ParseError, Position};
use std::fmt;

/// Why there is no copy of a script.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum BacktestError {
    /// It does not parse.
    Parse(ParseError),
    /// Something in it has no place in a copy.
    Refused(Refusal),
}

/// What has no place in a copy, and why.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Refusal {
    /// The node, property or variable, as a script writes it.
    pub what: String,
    /// Where it stands.
    pub place: Option<Position>,
    /// Why it is refused.
    pub reason: Reason,
}

/// Why something has no place in a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reason {
    /// Nobody knows what it does.
    Unknown,
    /// A user-defined function.
    UserDefined,
    /// It goes by the clock of the server.
    Clock,
    /// It reads something else than the recorded data.
    OtherSource,
    /// A Flux query.
    Flux,
    /// It holds back alerts of tasks that run.
    Inhibits,
    /// It puts what an HTTP server answers into the data.
    Response,
    /// A property is set on a variable, which changes a node that stands elsewhere.
    PropertyOfVariable,
    /// An alert that works on what another alert hands on.
    AlertOfAlert,
    /// A variable without a value.
    NoValue,
    /// A text that is hidden behind a fingerprint.
    Masked,
    /// A stream that reads several databases or retention policies.
    SeveralDatabases,
    /// There is no alert.
    NoAlert,
    /// Neither the script nor the caller names the database.
    NoDatabase,
}

impl fmt::Display for BacktestError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            // The line of the script is left out: it may hold a secret.
            BacktestError::Parse(error) => {
                let Position { line, column, .. } = error.position();
                write!(f, "line {line}, column {column}: {}", error.kind())
            }
            BacktestError::Refused(refusal) => refusal.fmt(f),
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(Position { line, column, .. }) = self.place {
            write!(f, "line {line}, column {column}: ")?;
        }
        match self.what.as_str() {
            "" => f.write_str(self.reason.text()),
            what => write!(f, "{what}: {}", self.reason.text()),
        }
    }
}

impl Reason {
    fn text(self) -> &'static str {
        match self {
            Reason::Unknown => "what this does besides handing points on is not known",
            Reason::UserDefined => "a user-defined function may do anything besides handing points on",
            Reason::Clock => {
                "this goes by the server's clock and not by the times of the points, and a replay takes a moment for what \
                 took days"
            }
            Reason::OtherSource => "this reads something else than the recorded data",
            Reason::Flux => "Kapacitor does not record Flux queries",
            Reason::Inhibits => "this holds back alerts of tasks that run, in a replay too",
            Reason::Response => "this puts the answer of an HTTP server into the data",
            Reason::PropertyOfVariable => "a property that is set on a variable changes a node that stands elsewhere",
            Reason::AlertOfAlert => "an alert behind an alert sees what a copy changes",
            Reason::NoValue => "the variable has no value",
            Reason::Masked => "a text that decides when the alert fires is hidden behind a fingerprint",
            Reason::SeveralDatabases => "a recording holds one database and one retention policy",
            Reason::NoAlert => "there is no alert in the script",
            Reason::NoDatabase => "the script does not name its database and retention policy",
        }
    }
}

impl From<Refusal> for BacktestError {
    fn from(refusal: Refusal) -> Self {
        BacktestError::Refused(refusal)
    }
}

impl std::error::Error for BacktestError {}

/// A refusal of what stands at no place of the script.
pub(super) fn nowhere(what: &str, reason: Reason) -> Refusal {
    Refusal {
        what: what.to_owned(),
        place: None,
        reason,
    }
}
