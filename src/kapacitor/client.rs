//! The client: cheap to clone, and idle until its first request.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::kapacitor::config::{ClientConfig, LeaseTerms};
use crate::kapacitor::error::{ConfigError, Error, Server, Stall};
use crate::kapacitor::models::{Endpoint, Task, Template, Version};
use crate::kapacitor::reading::handler_reads::HandlerReads;
use crate::kapacitor::reading::read_coalescer::ReadCoalescer;
use crate::kapacitor::reading::stall::Stalls;
use crate::kapacitor::transport::connection::Connection;
use crate::kapacitor::transport::ping::ping;
use crate::kapacitor::transport::route::chronograf::DefaultChoice;
use crate::secret::Secret;

/// A client of one Kapacitor, direct or through a Chronograf. Clones share everything.
///
/// Making one reads no file and makes no request: TLS material is loaded, and a Chronograf asked for its sources, when the
/// first request needs it. Reads run in parallel; what starts or stops a task or changes the configuration goes through
/// [`Client::writes`].
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

struct Inner {
    connection: Connection,
    key: OnceCell<String>,
    version: OnceCell<Version>,
    /// Whether a list refused to show the templates of tasks.
    no_template_ids: AtomicBool,
    stalls: Stalls,
    lease: Option<LeaseTerms>,
    tasks: ReadCoalescer<Task, Error>,
    endpoints: ReadCoalescer<Endpoint, Error>,
    templates: ReadCoalescer<Template, Error>,
    handlers: HandlerReads,
}

impl Client {
    /// A client with these settings; wrong ones are refused as far as they can be seen without a request.
    pub fn new(config: ClientConfig) -> Result<Self, ConfigError> {
        let connection = Connection::new(&config)?;
        Ok(Client {
            inner: Arc::new(Inner {
                connection,
                key: OnceCell::new(),
                version: OnceCell::new(),
                no_template_ids: AtomicBool::new(false),
                stalls: Stalls::default(),
                lease: config.lease,
                tasks: ReadCoalescer::new(),
                endpoints: ReadCoalescer::new(),
                templates: ReadCoalescer::new(),
                handlers: HandlerReads::default(),
            }),
        })
    }

    /// Asks whether Kapacitor is there, and which version it is.
    pub async fn ping(&self) -> Result<Version, Error> {
        ping(self.connection()).await
    }

    /// The version of the Kapacitor, asked for once.
    pub async fn version(&self) -> Result<&Version, Error> {
        self.inner.version.get_or_try_init(|| self.ping()).await
    }

    /// The server that is asked: Kapacitor itself, or the Chronograf in front of it.
    pub fn server(&self) -> Server {
        self.connection().server()
    }

    /// Does a read of tasks, and again if it got no answer because of a stall that then ended.
    pub(super) async fn past_stalls<T, F>(&self, read: impl Fn() -> F) -> Result<T, Error>
    where
        F: Future<Output = Result<T, Error>>,
    {
        self.inner.stalls.past(self.connection(), read).await
    }

    /// Waits until Kapacitor answers about tasks again; see [`Stalls::wait_for_end`].
    pub(super) async fn wait_for_end_of_stall(&self, began: Instant) -> Option<Stall> {
        self.inner.stalls.wait_for_end(self.connection(), began).await
    }

    /// How long a Kapacitor that stops a task is waited for.
    pub fn stop_timeout(&self) -> Duration {
        self.connection().stop_timeout()
    }

    /// How the lease is used; `None` if this process is alone with the server.
    pub(super) fn lease_terms(&self) -> Option<LeaseTerms> {
        self.inner.lease
    }

    pub(super) async fn key(&self) -> Result<&String, Error> {
        self.inner.key.get_or_try_init(|| self.connection().key()).await
    }

    /// Why nothing should be begun now: the failure of the last two tries of other requests, if the second one was a moment ago.
    pub fn refusal(&self) -> Option<Error> {
        self.connection().outage().refusal()
    }

    /// Keeps these out of every message from now on: what a state holds, a server may quote.
    pub fn remember(&self, secrets: &[Secret]) {
        self.connection().remember(secrets);
    }

    /// What was chosen of a Chronograf's connections without being named, as far as a request needed one so far.
    pub fn default_choices(&self) -> &[DefaultChoice] {
        self.connection().default_choices()
    }

    pub(super) fn connection(&self) -> &Connection {
        &self.inner.connection
    }

    /// Whether lists show the templates of tasks, as far as is known.
    pub fn lists_template_ids(&self) -> bool {
        !self.inner.no_template_ids.load(Ordering::Relaxed)
    }

    pub(super) fn note_no_template_ids(&self) {
        self.inner.no_template_ids.store(true, Ordering::Relaxed);
    }

    /// The reads of tasks that share requests.
    pub(super) fn task_reads(&self) -> &ReadCoalescer<Task, Error> {
        &self.inner.tasks
    }

    /// The reads of topics' handlers that share requests.
    pub(super) fn handler_reads(&self) -> &HandlerReads {
        &self.inner.handlers
    }

    /// The reads of endpoints that share requests.
    pub(super) fn endpoint_reads(&self) -> &ReadCoalescer<Endpoint, Error> {
        &self.inner.endpoints
    }

    /// The reads of templates that share requests.
    pub(super) fn template_reads(&self) -> &ReadCoalescer<Template, Error> {
        &self.inner.templates
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.connection().server())
    }
}
