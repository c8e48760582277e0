//! What can go wrong with a request, by the phase in which it did.

use std::fmt;
use std::time::Duration;

use crate::kapacitor::{ConfigError, Secret, Stall};

/// A request that did not do what it should. It never holds a secret: what others wrote is masked, and URLs are kept
/// without user, password and query.
#[derive(Debug, Clone)]
pub struct Error(Box<Parts>);

#[derive(Debug, Clone)]
struct Parts {
    request: RequestLine,
    server: Server,
    phase: Phase,
    retry_after: Option<Duration>,
    stall: Option<Stall>,
    share: Share,
}

/// Whose failure it is, where a server does not answer and many ask it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Share {
    /// That of the request itself.
    #[default]
    Own,
    /// That of another request; this one was not sent.
    NotAsked,
    /// That of another read, which is told by another error.
    SpokenFor,
    /// That of several reads.
    SpeaksFor(SpeaksFor),
}

/// How many reads of a refresh an error speaks for, itself included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SpeaksFor {
    /// Reads of tasks.
    pub tasks: usize,
    /// Reads of endpoints.
    pub endpoints: usize,
}

/// The request that an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestLine {
    /// The method, e.g. `PATCH`.
    pub method: &'static str,
    /// The path at Kapacitor (or at Chronograf, for its own API), without a query.
    pub path: String,
}

/// The server that a request went to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    /// Scheme, host and port.
    pub address: String,
    /// What it is.
    pub kind: ServerKind,
    /// How it is told who asks.
    pub credentials: CredentialKind,
}

/// What a request goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ServerKind {
    /// Kapacitor itself.
    Kapacitor,
    /// A Chronograf, with the Kapacitor behind it.
    Chronograf,
    /// The receiver of a rule's alerts.
    Webhook,
}

/// A way of telling a server who asks, without the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CredentialKind {
    /// None at all.
    None,
    /// A user name and a password.
    Password,
    /// Tokens made with Kapacitor's shared secret.
    SharedSecret,
    /// Tokens made by signing Chronograf's nonce.
    Superadmin,
    /// A ready token.
    Token,
    /// A ready cookie.
    Cookie,
}

/// How far a request came.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Phase {
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
        speaker: Speaker,
        /// The words of the answer, masked and shortened; empty where it had none.
        words: String,
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
        /// Whether the wait ended because Terraform was asked to stop.
        stopped: bool,
    },
    /// A Chronograf was asked for a source or Kapacitor that it does not have, or that is not the only one.
    NoChoice(ChoiceError),
    /// The provider's runtime is shutting down; what was under way may have been done.
    Interrupted,
}

/// A setting that turned out not to work when the first request needed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A setting that cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A PEM file that cannot be read. The path is not shown: it may be a key that was not recognised as one.
    #[error("the {setting} is neither PEM text, nor its base64, nor the path of a file that can be read: {reason}")]
    Unreadable {
        /// Which setting, e.g. `CA certificate`.
        setting: &'static str,
        /// The system's words.
        reason: String,
    },
    /// A PEM text that holds nothing usable.
    #[error("the {setting} cannot be used: {reason}")]
    Unusable {
        /// Which setting, e.g. `client key`.
        setting: &'static str,
        /// What is wrong with it; never its content.
        reason: String,
    },
    /// An id or name that no path can carry.
    #[error("\"{name}\" cannot be the {what}: {reason}")]
    Name {
        /// What it names, e.g. `id of a task`.
        what: &'static str,
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
}

/// Why no connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ConnectFailure {
    /// Nobody listens at that address.
    Refused,
    /// The host's name could not be resolved.
    UnknownHost,
    /// The two sides could not agree on TLS, or a certificate was refused.
    Tls(TlsFailure),
    /// Nobody answered in time.
    TimedOut,
    /// Anything else.
    Other,
}

/// Why no TLS connection came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TlsFailure {
    /// The server's certificate comes from an authority that is not trusted.
    UnknownIssuer,
    /// The server's certificate is for other names.
    WrongName,
    /// The server's certificate has expired, or is not valid yet.
    WrongTime,
    /// Something else about the server's certificate.
    Certificate,
    /// The server refused, mostly the client's certificate or the lack of one.
    RefusedByServer,
    /// What answers does not speak TLS.
    NotTls,
    /// Anything else.
    Other,
}

/// Who wrote an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker {
    /// Kapacitor.
    Kapacitor,
    /// Chronograf, which did not pass the request on.
    Chronograf,
    /// Chronograf, which could not reach its Kapacitor, or whose Kapacitor dropped the connection.
    ChronografWithoutKapacitor,
    /// Neither, as far as the answer shows: mostly a reverse proxy or load balancer.
    Unknown,
}

/// Why no source or Kapacitor of a Chronograf could be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceError {
    /// `source` or `kapacitor`: also the name of the setting.
    pub what: &'static str,
    /// What was asked for; `None` where nothing was, and no default exists.
    pub wanted: Option<String>,
    /// What there is, each as `ID (NAME)`.
    pub choices: Vec<String>,
}

/// The longest text of an answer that an error keeps, in characters.
pub(super) const LONGEST_WORDS: usize = 2_000;

impl Error {
    pub(super) fn new(request: RequestLine, server: Server, phase: Phase) -> Self {
        Error(Box::new(Parts {
            request,
            server,
            phase,
            retry_after: None,
            stall: None,
            share: Share::Own,
        }))
    }

    pub(super) fn with_stall(mut self, stall: Option<Stall>) -> Self {
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
        matches!(self.phase(), Phase::TimedOut { .. })
    }

    pub(super) fn with_share(mut self, share: Share) -> Self {
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
    pub(super) fn is_of_server(&self) -> bool {
        match self.phase() {
            Phase::Setup(SetupError::Name { .. })
            | Phase::Interrupted
            | Phase::LeaseHeld { .. }
            | Phase::TooLong { .. } => false,
            Phase::Setup(_) | Phase::NoChoice(_) => true,
            // It answers again.
            Phase::TimedOut { .. } if matches!(self.stall(), Some(Stall::Ended(_))) => false,
            Phase::Connect { .. } | Phase::TimedOut { .. } | Phase::Dropped { .. } => true,
            Phase::Status { status, speaker, .. } => *speaker != Speaker::Kapacitor && matches!(status, 502..=504),
            Phase::NotUnderstood { status, .. } => matches!(status, 502..=504),
        }
    }

    pub(super) fn with_retry_after(mut self, retry_after: Option<Duration>) -> Self {
        self.0.retry_after = retry_after;
        self
    }

    /// How long the server asks to be left alone, where it does.
    pub fn retry_after(&self) -> Option<Duration> {
        self.0.retry_after
    }

    /// How far the request came.
    pub fn phase(&self) -> &Phase {
        &self.0.phase
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
        match self.phase() {
            Phase::Status { status, .. } | Phase::NotUnderstood { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// What Kapacitor itself said, where it spoke.
    pub fn kapacitor_words(&self) -> Option<&str> {
        match self.phase() {
            Phase::Status {
                speaker: Speaker::Kapacitor,
                words,
                ..
            } => Some(words),
            _ => None,
        }
    }

    /// Whether Kapacitor says that the object does not exist. A 404 of anybody else, or for a path that Kapacitor does not
    /// know, is no proof of that.
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(404) && self.kapacitor_words().is_some_and(|words| words != NO_SUCH_ROUTE)
    }

    /// Whether Kapacitor says that there is an object of that id already. It does so in two ways, by its check with 400, and by
    /// its store with 500 if two creations come at once.
    pub fn says_it_exists(&self) -> bool {
        self.kapacitor_words()
            .is_some_and(|words| words.ends_with("already exists"))
    }

    /// Whether the same request may succeed later without anybody changing a setting.
    pub fn is_retryable(&self) -> bool {
        match self.phase() {
            Phase::Connect { kind, .. } => !kind.is_tls(),
            Phase::TimedOut { .. } | Phase::Dropped { .. } | Phase::Interrupted => true,
            Phase::Status { status, .. } | Phase::NotUnderstood { status, .. } => is_transient(*status),
            Phase::LeaseHeld { .. } => true,
            Phase::Setup(_) | Phase::NoChoice(_) | Phase::TooLong { .. } => false,
        }
    }

    /// Whether the server may have done what the request asked for, although this error came.
    pub fn may_have_acted(&self) -> bool {
        if self.was_not_asked() {
            return false;
        }
        match self.phase() {
            Phase::Setup(_) | Phase::Connect { .. } | Phase::NoChoice(_) | Phase::LeaseHeld { .. } => false,
            Phase::TimedOut { .. } | Phase::Dropped { .. } | Phase::TooLong { .. } | Phase::Interrupted => true,
            Phase::Status { status, speaker, .. } => *status >= 500 || *speaker == Speaker::ChronografWithoutKapacitor,
            Phase::NotUnderstood { status, .. } => !(300..500).contains(status),
        }
    }
}

/// Kapacitor's words for a path that it does not know.
pub(super) const NO_SUCH_ROUTE: &str = "Not Found";

impl Phase {
    /// A word for it, for logs.
    pub(super) fn name(&self) -> &'static str {
        match self {
            Phase::Setup(_) => "setup",
            Phase::Connect { .. } => "connect",
            Phase::TimedOut { .. } => "timeout",
            Phase::Dropped { .. } => "dropped",
            Phase::Status { .. } => "status",
            Phase::TooLong { .. } => "too long",
            Phase::NotUnderstood { .. } => "not understood",
            Phase::LeaseHeld { .. } => "lease held",
            Phase::NoChoice(_) => "no choice",
            Phase::Interrupted => "interrupted",
        }
    }
}

/// The statuses that a repeat may cure.
pub(super) fn is_transient(status: u16) -> bool {
    matches!(status, 429 | 502 | 503 | 504)
}

impl std::error::Error for Error {}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Parts {
            request,
            server,
            phase,
            stall,
            ..
        } = &*self.0;
        write!(f, "{} {}: ", request.method, request.path)?;
        match phase {
            Phase::Setup(error) => write!(f, "{error}"),
            Phase::Connect {
                kind,
                proxy: None,
                reason,
                ..
            } => write!(f, "{}: {reason}", kind.told(server)),
            Phase::Connect {
                proxy: Some(proxy),
                reason,
                ..
            } => write!(
                f,
                "the proxy {proxy}, through which {server} is asked, did not connect: {reason}"
            ),
            Phase::TimedOut { after } => {
                write!(f, "{server} gave no answer within {} s", after.as_secs_f64())?;
                match stall {
                    Some(Stall::Ended(after)) => write!(f, ", and none about any task for {} s", after.as_secs()),
                    Some(Stall::Lasts(so_far)) => write!(
                        f,
                        ", and none about any task for {} s so far, although it answers a ping",
                        so_far.as_secs()
                    ),
                    Some(Stall::Left(so_far)) => write!(
                        f,
                        ", and none about any task for {} s, until Terraform was asked to stop",
                        so_far.as_secs()
                    ),
                    None => Ok(()),
                }
            }
            Phase::Dropped { reason } => write!(f, "{server} ended the connection without a full answer: {reason}"),
            Phase::Status { status, speaker, words } => write_status(f, server, *status, *speaker, words),
            Phase::TooLong { limit } => write!(
                f,
                "the answer from {server} is longer than {} MiB, the most that is read",
                limit / (1024 * 1024)
            ),
            Phase::NotUnderstood {
                status,
                reason,
                excerpt,
                ..
            } => write_not_understood(f, server, *status, reason, excerpt),
            Phase::LeaseHeld {
                holder,
                waited,
                stopped,
            } => write_lease_held(f, server, holder, *waited, *stopped),
            Phase::NoChoice(choice) => write!(f, "{choice}"),
            Phase::Interrupted => f.write_str("the provider is shutting down; the request may have been carried out"),
        }
    }
}

fn write_status(
    f: &mut fmt::Formatter<'_>,
    server: &Server,
    status: u16,
    speaker: Speaker,
    words: &str,
) -> fmt::Result {
    match (speaker, server.kind) {
        (Speaker::Kapacitor, ServerKind::Kapacitor) | (_, ServerKind::Webhook) => {
            write!(f, "{server} answered {status}")?;
        }
        (Speaker::Kapacitor, ServerKind::Chronograf) => {
            write!(f, "Kapacitor, asked through {server}, answered {status}")?
        }
        (Speaker::Chronograf, _) => write!(
            f,
            "{server} answered {status} and did not pass the request on to Kapacitor"
        )?,
        (Speaker::ChronografWithoutKapacitor, _) => {
            write!(f, "{server} answered {status}: it got no answer from its Kapacitor")?;
        }
        (Speaker::Unknown, _) => write!(f, "{status} was answered at {}, but not by Kapacitor", server.address)?,
    }
    if words.is_empty() {
        return Ok(());
    }
    write!(f, ": {words}")
}

fn write_lease_held(
    f: &mut fmt::Formatter<'_>,
    server: &Server,
    holder: &str,
    waited: Duration,
    stopped: bool,
) -> fmt::Result {
    let end = if stopped {
        "Terraform was asked to stop"
    } else {
        "the wait is over"
    };
    write!(
        f,
        "{holder} writes to {server}, and writes go one at a time; after {} s {end}, and nothing was written",
        waited.as_secs()
    )
}

fn write_not_understood(
    f: &mut fmt::Formatter<'_>,
    server: &Server,
    status: u16,
    reason: &str,
    excerpt: &str,
) -> fmt::Result {
    write!(
        f,
        "the answer from {} (status {status}) is not one of Kapacitor: {reason}",
        server.address
    )?;
    if excerpt.is_empty() {
        return Ok(());
    }
    write!(f, "; it begins: {excerpt}")
}

impl fmt::Display for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = match self.kind {
            ServerKind::Kapacitor => "Kapacitor",
            ServerKind::Chronograf => "Chronograf",
            ServerKind::Webhook => "the webhook",
        };
        write!(f, "{name} at {}", self.address)
    }
}

impl ConnectFailure {
    /// Whether it is about TLS, so that another try would end the same way.
    pub fn is_tls(self) -> bool {
        matches!(self, ConnectFailure::Tls(_))
    }

    fn told(self, server: &Server) -> String {
        match self {
            ConnectFailure::Refused => format!("nobody listens at {}", server.address),
            ConnectFailure::UnknownHost => format!("the host of {} is not known", server.address),
            ConnectFailure::Tls(_) => format!("no TLS connection with {server} came about"),
            ConnectFailure::TimedOut => format!("{server} did not accept a connection in time"),
            ConnectFailure::Other => format!("no connection to {server} came about"),
        }
    }
}

impl fmt::Display for ChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what;
        match (&self.wanted, self.choices.len()) {
            (Some(wanted), 0) => write!(f, "Chronograf shows no {what} at all, so none \"{wanted}\"")?,
            (Some(wanted), _) => write!(f, "Chronograf has no {what} whose id or name is \"{wanted}\"")?,
            (None, 0) => write!(f, "Chronograf shows no {what} to this user")?,
            (None, _) => write!(f, "Chronograf has several {what}s and none of them is the active one")?,
        }
        if self.choices.is_empty() {
            return Ok(());
        }
        write!(f, "; there are: {}", self.choices.join(", "))
    }
}
