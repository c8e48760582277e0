//! The server of a test: a sandbox of its own, or the real one that the environment names.

use super::api::ids;
use super::{block_on, Api};
use sandbox::{Fault, Kind, Options, Post, Sandbox};
use serde_json::Value;
use std::io::Write;
use std::net::TcpStream;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tests take turns at a real server: it has one endpoint to manage, and hangs when tasks start and stop at the same time.
static TURN: Mutex<()> = Mutex::new(());

/// A Kapacitor, and a receiver for what it posts.
pub struct Server {
    /// Serves as Kapacitor and receiver, or as receiver alone.
    sandbox: Sandbox,
    real: Option<Real>,
    run: String,
}

/// A real server, which gets back the state in which the test found it.
struct Real {
    url: String,
    tasks_before: Vec<String>,
    _turn: MutexGuard<'static, ()>,
}

/// What a server holds: its whole configuration and its tasks.
#[derive(Debug, PartialEq)]
pub struct Snapshot {
    config: Value,
    tasks: Vec<Value>,
}

impl Server {
    /// The real server where KAPACITOR_URL is set, else a sandbox.
    pub fn start() -> Self {
        Server::start_with(Options::default())
    }

    /// The same, with these options for the sandbox.
    pub fn start_with(options: Options) -> Self {
        let url = std::env::var("KAPACITOR_URL").ok().filter(|url| !url.is_empty());
        let sandbox = Sandbox::start_blocking(options).unwrap();
        let real = url.map(|url| {
            let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
            let url = url.trim_end_matches('/').to_owned();
            let tasks_before = ids(&Api::new(url.clone()).tasks());
            Real {
                url,
                tasks_before,
                _turn: turn,
            }
        });
        Server {
            sandbox,
            real,
            run: unique_run(),
        }
    }

    /// A sandbox for a test that needs to inject faults or to see its insides; `None` where the suite runs against a real
    /// server, after saying so.
    pub fn sandbox(options: Options, why: &str) -> Option<Self> {
        if std::env::var_os("KAPACITOR_URL").is_some_and(|url| !url.is_empty()) {
            let thread = std::thread::current();
            let name = thread.name().unwrap_or("a test");
            // Straight to stderr, since the harness keeps what a passing test prints to itself.
            let _ = writeln!(std::io::stderr(), "skipped: {name}: needs the sandbox, because {why}");
            return None;
        }
        Some(Server {
            sandbox: Sandbox::start_blocking(options).unwrap(),
            real: None,
            run: unique_run(),
        })
    }

    /// Whether this is no sandbox.
    pub fn is_real(&self) -> bool {
        self.real.is_some()
    }

    /// The sandbox behind [`Server::sandbox`].
    pub fn insides(&self) -> &Sandbox {
        assert!(self.real.is_none(), "the insides of a real server cannot be seen");
        &self.sandbox
    }

    /// Orders a fault of the sandbox, and returns when it is in force: a port takes a moment to close.
    pub fn fails_with(&self, fault: Fault) {
        let closes = fault.kind == Kind::Refuse && fault.skip == 0;
        self.insides().faults().add(fault);
        while closes && self.accepts_connections() {
            std::thread::yield_now();
        }
    }

    /// Ends all faults, and returns when the port is open again.
    pub fn recovers(&self) {
        self.insides().faults().clear();
        while !self.accepts_connections() {
            std::thread::yield_now();
        }
    }

    fn accepts_connections(&self) -> bool {
        let address = self.sandbox.kapacitor_url().replace("http://", "");
        TcpStream::connect(address).is_ok()
    }

    pub fn kapacitor_url(&self) -> String {
        match &self.real {
            Some(real) => real.url.clone(),
            None => self.sandbox.kapacitor_url(),
        }
    }

    pub fn api(&self) -> Api {
        Api::new(self.kapacitor_url())
    }

    /// A URL of this test's own receiver.
    pub fn receiver_url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.receiver_url())
    }

    /// Waits for a post that the condition accepts; fails the test with what came instead.
    #[track_caller]
    pub fn receives(&self, condition: impl Fn(&Post) -> bool) -> Post {
        block_on(self.sandbox.receiver().wait_for(condition)).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Forgets what the receiver got so far.
    pub fn clear_posts(&self) {
        self.sandbox.receiver().clear();
    }

    /// What the receiver got so far.
    pub fn posts(&self) -> Vec<Post> {
        self.sandbox.receiver().posts()
    }

    /// A name that no other test and no other run uses.
    pub fn unique(&self, name: &str) -> String {
        format!("{name} {}", self.run)
    }

    pub fn snapshot(&self) -> Snapshot {
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

fn unique_run() -> String {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let started = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    format!("{:x}-{}", started.as_micros(), NEXT.fetch_add(1, Ordering::Relaxed))
}
