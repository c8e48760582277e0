//! The client: cheap to clone, and idle until its first request.

use std::fmt;
use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use tokio::sync::{watch, OnceCell};

use crate::kapacitor::api::{HttpPost, Replays, ServiceTests, Tasks, Topics};
use crate::kapacitor::chronograf::DefaultChoice;
use crate::kapacitor::connection::Connection;
use crate::kapacitor::error::{Phase, RequestLine};
use crate::kapacitor::models::{Endpoint, Feature, Origin, Task, Version};
use crate::kapacitor::stall::Stalls;
use crate::kapacitor::together::Together;
use crate::kapacitor::write_queue::WriteGuard;
use crate::kapacitor::{api, ClientConfig, ConfigError, Error, LeaseTerms, Secret, Server, Writes};

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
    tasks: Together<Task, Error>,
    endpoints: Together<Endpoint, Error>,
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
                tasks: Together::new(),
                endpoints: Together::new(),
            }),
        })
    }

    /// Asks whether Kapacitor is there, and which version it is.
    pub async fn ping(&self) -> Result<Version, Error> {
        api::ping(self.connection()).await
    }

    /// The version of the Kapacitor, asked for once.
    pub async fn version(&self) -> Result<&Version, Error> {
        self.inner.version.get_or_try_init(|| self.ping()).await
    }

    /// The server that is asked: Kapacitor itself, or the Chronograf in front of it.
    pub fn server(&self) -> Server {
        self.connection().server()
    }

    /// Which parts of Kapacitor's API this client can use.
    pub async fn features(&self) -> Result<Vec<Feature>, Error> {
        self.connection().outage().ask(api::features(self.connection())).await
    }

    /// Reads tasks.
    pub fn tasks(&self) -> Tasks {
        Tasks { client: self.clone() }
    }

    /// Reads the endpoints of the configuration section `[[httppost]]`.
    pub fn httppost(&self) -> HttpPost {
        HttpPost { client: self.clone() }
    }

    /// Reads alert topics.
    pub fn topics(&self) -> Topics {
        Topics { client: self.clone() }
    }

    /// Reads recordings and replays.
    pub fn replays(&self) -> Replays {
        Replays { client: self.clone() }
    }

    /// Tests of Kapacitor's services.
    pub fn service_tests(&self) -> ServiceTests {
        ServiceTests { client: self.clone() }
    }

    /// Waits until nobody else writes to the same Kapacitor, neither in this process nor on another machine, and keeps it so
    /// while the result lives.
    ///
    /// All writes are methods of [`Writes`]. Hold it over requests that belong together (disable, enable, read), and no
    /// longer. Asking for a second one while holding the first waits for ever.
    ///
    /// Fails if Kapacitor cannot be asked for the lease, if somebody else keeps it for longer than [`LeaseTerms::wait`], or if
    /// the server did not answer a moment ago: nothing is begun then.
    pub async fn writes(&self) -> Result<Writes, Error> {
        let refused = || self.refusal().map_or(Ok(()), Err);
        refused()?;
        let writes = self.writes_to_go_on().await?;
        // Others may have found out while this one waited.
        refused()?;
        Ok(writes)
    }

    /// The same for the rest of what was begun, which is tried whatever became of other requests.
    pub async fn writes_to_go_on(&self) -> Result<Writes, Error> {
        let guard = WriteGuard::wait_for(self, self.key().await?).await?;
        Ok(Writes::new(self.clone(), guard))
    }

    /// [`Writes::endpoint_origin`] for who does not write: it changes nothing, so that it takes no lease, and a plan leaves no
    /// trace on the server. Only this process is kept from writing meanwhile.
    pub async fn endpoint_origin(&self, name: &str) -> Result<Origin, Error> {
        let guard = WriteGuard::within_this_process(self.key().await?).await;
        Writes::new(self.clone(), guard).endpoint_origin(name).await
    }

    /// How the lease is used; `None` if this process is alone with the server.
    pub(super) fn lease_terms(&self) -> Option<LeaseTerms> {
        self.inner.lease
    }

    async fn key(&self) -> Result<&String, Error> {
        self.inner.key.get_or_try_init(|| self.connection().key()).await
    }

    /// Why nothing should be begun now: the failure of the last two tries of other requests, if the second one was a moment ago.
    pub fn refusal(&self) -> Option<Error> {
        self.connection().outage().refusal()
    }

    /// Does `steps` with the right to write, to the end, even where the caller goes away in the middle: for sequences that
    /// must not be cut, such as the disabling and enabling of a task.
    pub async fn uninterrupted<F, Fut, T, E>(&self, steps: F) -> Result<T, E>
    where
        F: FnOnce(Writes) -> Fut + Send + 'static,
        Fut: Future<Output = Result<T, E>> + Send + 'static,
        T: Send + 'static,
        E: From<Error> + Send + 'static,
    {
        let steps = steps(self.writes().await?);
        match to_the_end(steps).await {
            Some(result) => result,
            None => Err(self.interrupted("several requests").into()),
        }
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

    pub(super) fn stalls(&self) -> &Stalls {
        &self.inner.stalls
    }

    /// Whether lists show the templates of tasks, as far as is known.
    pub(super) fn lists_template_ids(&self) -> bool {
        !self.inner.no_template_ids.load(Ordering::Relaxed)
    }

    pub(super) fn note_no_template_ids(&self) {
        self.inner.no_template_ids.store(true, Ordering::Relaxed);
    }

    /// The reads of tasks that share requests.
    pub(super) fn tasks_together(&self) -> &Together<Task, Error> {
        &self.inner.tasks
    }

    /// The reads of endpoints that share requests.
    pub(super) fn endpoints_together(&self) -> &Together<Endpoint, Error> {
        &self.inner.endpoints
    }

    pub(super) fn interrupted(&self, what: &str) -> Error {
        let line = RequestLine {
            method: "WRITE",
            path: what.to_owned(),
        };
        Error::new(line, self.connection().server(), Phase::Interrupted)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Client({})", self.connection().server())
    }
}

/// How many sequences are under way that must not be cut.
static UNDER_WAY: LazyLock<watch::Sender<usize>> = LazyLock::new(|| watch::Sender::new(0));

/// Ends when no write of this process is under way.
pub async fn writes_are_done() {
    // It fails only where the sender is gone, which lives as long as the process.
    let _ = UNDER_WAY.subscribe().wait_for(|count| *count == 0).await;
}

struct UnderWay;

impl UnderWay {
    fn begin() -> Self {
        UNDER_WAY.send_modify(|count| *count += 1);
        UnderWay
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        UNDER_WAY.send_modify(|count| *count -= 1);
    }
}

/// Runs `steps` where nobody can drop them. `None` only where the whole runtime is going down.
pub(super) async fn to_the_end<T: Send + 'static>(steps: impl Future<Output = T> + Send + 'static) -> Option<T> {
    use tracing::Instrument;
    let under_way = UnderWay::begin();
    let steps = async move {
        let _under_way = under_way;
        steps.await
    };
    match tokio::spawn(steps.in_current_span()).await {
        Ok(result) => Some(result),
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}
