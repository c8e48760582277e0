//! The server of a test: a sandbox of its own, or the real one that the environment names.

use super::api::ids;
use super::transport::set;
use super::{block_on, Api, Transport};
use sandbox::{ChronografConf, Fault, Kind, Options, Post, Sandbox, SeenRequest};
use serde_json::Value;
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Tests take turns at a real server: it has one endpoint to manage, and hangs when tasks start and stop at the same time.
static TURN: Mutex<()> = Mutex::new(());

/// The longest time that a port may take to close.
const PATIENCE: Duration = Duration::from_secs(20);

/// The requests about the write lease, which come and go beside those of an operation: its id stands in their path or body.
pub(crate) const LEASES: &str = "*squadcast-write-lease*";

/// Whether the request is about the write lease.
pub(crate) fn is_about_leases(request: &SeenRequest) -> bool {
    names_a_lease(&request.path) || names_a_lease(&request.body)
}

/// Whether the id of a write lease stands in this text.
pub(crate) fn names_a_lease(text: &str) -> bool {
    text.contains(LEASES.trim_matches('*'))
}

/// A Kapacitor, and a receiver for what it posts.
pub(crate) struct Server {
    /// Serves as Kapacitor and receiver, or as receiver alone.
    sandbox: Sandbox,
    real: Option<Real>,
    run: String,
}

/// A real server, which gets back the state in which the test found it.
struct Real {
    url: String,
    /// The Chronograf in front of it, where the provider is to go through one.
    chronograf: Option<String>,
    tasks_before: Vec<String>,
    _turn: MutexGuard<'static, ()>,
}

/// What a server holds: its whole configuration and its tasks.
#[derive(Debug, PartialEq)]
pub(crate) struct Snapshot {
    config: Value,
    tasks: Vec<Value>,
}

impl Server {
    /// The real server where KAPACITOR_URL or CHRONOGRAF_URL is set, else a sandbox.
    pub(crate) fn start() -> Self {
        Server::start_with(Options::default())
    }

    /// The same, with these options for the sandbox.
    pub(crate) fn start_with(options: Options) -> Self {
        Server {
            sandbox: Sandbox::start_blocking(with_transport(options)).unwrap(),
            real: Real::named(),
            run: unique_run(),
        }
    }

    /// A sandbox for a test that needs to inject faults or to see its insides; `None` where the suite runs against a real
    /// server, after saying so.
    pub(crate) fn sandbox(options: Options, why: &str) -> Option<Self> {
        if REAL.iter().any(|variable| set(variable).is_some()) {
            let thread = std::thread::current();
            let name = thread.name().unwrap_or("a test");
            // Straight to stderr, since the harness keeps what a passing test prints to itself.
            let _ = writeln!(std::io::stderr(), "skipped: {name}: needs the sandbox, because {why}");
            return None;
        }
        Some(Server {
            sandbox: Sandbox::start_blocking(with_transport(options)).unwrap(),
            real: None,
            run: unique_run(),
        })
    }

    /// Whether this is no sandbox.
    pub(crate) fn is_real(&self) -> bool {
        self.real.is_some()
    }

    /// The sandbox behind [`Server::sandbox`].
    pub(crate) fn insides(&self) -> &Sandbox {
        assert!(self.real.is_none(), "the insides of a real server cannot be seen");
        &self.sandbox
    }

    /// Orders a fault of the sandbox, and returns when it is in force: a port takes a moment to close.
    pub(crate) fn fails_with(&self, fault: Fault) {
        let closes = fault.kind == Kind::Refuse && fault.skip == 0;
        self.insides().faults().add(fault);
        if closes {
            port_is_closed(&self.sandbox.kapacitor_url());
        }
    }

    /// Ends all faults, and returns when the port is open again. The lease that a provider could not give back goes, too, so
    /// that not every test of a fault waits for its end; `machines` tests that it ends by itself.
    pub(crate) fn recovers(&self) {
        self.insides().faults().clear();
        self.api().end_lease();
    }

    /// Orders a fault of the receiver, which is the test's own also where the server is a real one, and returns when it is in
    /// force.
    pub(crate) fn receiver_fails_with(&self, fault: Fault) {
        let closes = fault.kind == Kind::Refuse && fault.skip == 0;
        self.sandbox.receiver_faults().add(fault);
        if closes {
            port_is_closed(&self.sandbox.receiver_url());
        }
    }

    /// Ends all faults of the receiver, and returns when its port is open again.
    pub(crate) fn receiver_recovers(&self) {
        self.sandbox.receiver_faults().clear();
    }

    pub(crate) fn kapacitor_url(&self) -> String {
        match &self.real {
            Some(real) => real.url.clone(),
            None => self.sandbox.kapacitor_url(),
        }
    }

    /// The Chronograf through which the provider is to go; `None` where it goes straight to Kapacitor.
    pub(crate) fn chronograf_url(&self) -> Option<String> {
        match &self.real {
            Some(real) => real.chronograf.clone(),
            None => self.sandbox.chronograf_url(),
        }
    }

    /// A client of Chronograf's own API, which somebody else uses.
    pub(crate) fn chronograf_api(&self) -> Api {
        Api::new(self.chronograf_url().expect("the test runs with a Chronograf"))
    }

    /// Changes the sandbox's connection from Chronograf to Kapacitor.
    pub(crate) fn set_chronografs_connection(&self, fields: &Value) {
        let path = "/chronograf/v1/sources/0/kapacitors/0";
        self.chronograf_api().send_ok("PATCH", path, fields);
    }

    pub(crate) fn api(&self) -> Api {
        Api::new(self.kapacitor_url())
    }

    /// A URL of this test's own receiver.
    pub(crate) fn receiver_url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.receiver_url())
    }

    /// Waits for a post that the condition accepts; fails the test with what came instead.
    #[track_caller]
    pub(crate) fn receives(&self, condition: impl Fn(&Post) -> bool) -> Post {
        block_on(self.sandbox.receiver().wait_for(condition)).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Forgets what the receiver got so far.
    pub(crate) fn clear_posts(&self) {
        self.sandbox.receiver().clear();
    }

    /// What the receiver got so far.
    pub(crate) fn posts(&self) -> Vec<Post> {
        self.sandbox.receiver().posts()
    }

    /// A name that no other test and no other run uses.
    pub(crate) fn unique(&self, name: &str) -> String {
        format!("{name} {}", self.run)
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut tasks = self.api().tasks();
        tasks.sort_by_key(|task| task["id"].to_string());
        Snapshot {
            config: self.api().config(),
            tasks,
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(real) = &self.real {
            self.api().clean_up(&real.tasks_before);
        }
    }
}

/// What names a real server.
const REAL: [&str; 2] = ["KAPACITOR_URL", "CHRONOGRAF_URL"];

impl Real {
    /// The server that the environment names. Where that is only a Chronograf, it tells where its Kapacitor is, for what
    /// goes on behind Terraform's back.
    fn named() -> Option<Self> {
        let [kapacitor, chronograf] = REAL.map(|variable| set(variable).map(without_slash));
        let url = kapacitor.or_else(|| chronograf.as_deref().map(kapacitor_behind))?;
        let chronograf = match Transport::of_this_run() {
            Transport::Direct => None,
            Transport::Chronograf => Some(chronograf.expect("TRANSPORT=chronograf needs CHRONOGRAF_URL here")),
        };
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let tasks_before = ids(&Api::new(url.clone()).tasks());
        Some(Real {
            url,
            chronograf,
            tasks_before,
            _turn: turn,
        })
    }
}

/// Waits until the port of this URL refuses connections. A child that is being started holds a copy of the listening socket
/// until it has become the other program; a connection that waits at that copy ends with it.
fn port_is_closed(url: &str) {
    while let Ok(mut waiting) = TcpStream::connect(url.replace("http://", "")) {
        waiting.set_read_timeout(Some(PATIENCE)).unwrap();
        let ended = waiting.read(&mut [0]);
        let is_open = matches!(&ended, Err(error) if error.kind() == ErrorKind::WouldBlock);
        assert!(!is_open, "the sandbox's port does not close");
    }
}

fn without_slash(url: String) -> String {
    url.trim_end_matches('/').to_owned()
}

/// The URL of the only Kapacitor that a Chronograf knows under its only source.
fn kapacitor_behind(chronograf: &str) -> String {
    let api = Api::new(chronograf.to_owned());
    let sources = api.get("/chronograf/v1/sources");
    let source = sources["sources"][0]["id"].as_str().expect("Chronograf has a source");
    let kapacitors = api.get(&format!("/chronograf/v1/sources/{source}/kapacitors"));
    let url = kapacitors["kapacitors"][0]["url"].as_str();
    without_slash(url.expect("Chronograf has a Kapacitor").to_owned())
}

/// A sandbox with a Chronograf where the provider is to go through one.
fn with_transport(mut options: Options) -> Options {
    if Transport::of_this_run() == Transport::Chronograf && options.chronograf.is_none() {
        options.chronograf = Some(ChronografConf::default());
    }
    options
}

fn unique_run() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{}", started.as_micros(), NEXT.fetch_add(1, Ordering::Relaxed))
}
