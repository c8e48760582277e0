//! The sandbox as a whole: its servers, and the handle that tests hold.

use crate::chronograf::{self, Chronograf};
use crate::control;
use crate::kapacitor::{self, HeldStep, Kapacitor, MakeError, Pace, RefusedStart, Replayed, Step};
use crate::options::{ChronografConf, KapacitorConf, Options};
use crate::parts::Parts;
use crate::receiver::Receiver;
use crate::server::faults::Faults;
use crate::server::gate::Gate;
use crate::server::journal::{Journal, SeenRequest};
use crate::server::listener;
use crate::server::play::{self, Act};
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::runtime::{Builder, Runtime};

/// A running sandbox. Its servers run on threads of their own, so a test may block, and stop when this is dropped.
pub struct Sandbox {
    kapacitor: SocketAddr,
    receiver_address: SocketAddr,
    control: Option<SocketAddr>,
    chronograf: Option<ChronografParts>,
    parts: Parts,
    runtime: OwnRuntime,
}

/// The Chronograf, where one was asked for.
struct ChronografParts {
    address: SocketAddr,
    server: Arc<Chronograf>,
    faults: Faults,
    journal: Journal,
}

/// A runtime that may be dropped inside of another one.
struct OwnRuntime(Option<Runtime>);

impl Drop for OwnRuntime {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

/// The sandbox could not be started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A port or the state file could not be used.
    #[error("the sandbox could not be started: {0}")]
    Io(#[from] io::Error),
    /// Kapacitor does not start with this configuration and what is in its database.
    #[error(transparent)]
    Refused(#[from] RefusedStart),
}

impl Sandbox {
    /// Starts all servers; they accept connections when this returns. Fails where a port is taken, the state file cannot be
    /// read, or Kapacitor would refuse to start.
    pub async fn start(options: Options) -> Result<Sandbox, StartError> {
        Sandbox::start_blocking(options)
    }

    /// The same without async.
    pub fn start_blocking(options: Options) -> Result<Sandbox, StartError> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("sandbox")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        let runtime = OwnRuntime(Some(runtime));
        let _entered = handle.enter();
        let (kapacitor_socket, kapacitor) = bound(options.kapacitor_port)?;
        let (receiver_socket, receiver_address) = bound(options.receiver_port)?;
        let control = options.control_port.map(bound).transpose()?;
        let server = Arc::new(Kapacitor::make(&options, &format!("http://{receiver_address}"))?);
        let parts = Parts {
            server,
            receiver: Receiver::new(),
            receiver_faults: Faults::new(),
            faults: Faults::new(),
            journal: Journal::new(),
        };
        let faulty = play::faulty(acts_of_kapacitor(&parts.server), &parts.faults, &parts.journal);
        handle.spawn(listener::serve(kapacitor_socket, faulty, parts.faults.gate().clone())?);
        let receiving = play::faulty(
            acts_of_receiver(&parts.receiver),
            &parts.receiver_faults,
            &Journal::new(),
        );
        handle.spawn(listener::serve(
            receiver_socket,
            receiving,
            parts.receiver_faults.gate().clone(),
        )?);
        let timed = Arc::clone(&parts.server);
        handle.spawn(async move { timed.keep_time().await });
        let mut sandbox = Sandbox {
            kapacitor,
            receiver_address,
            control: None,
            chronograf: None,
            parts,
            runtime,
        };
        if let Some(conf) = options.chronograf {
            let (socket, address) = bound(conf.port)?;
            let server = Arc::new(Chronograf::new(conf, &sandbox.kapacitor_url(), &address.to_string()));
            let (faults, journal) = (Faults::new(), Journal::new());
            let faulty = play::faulty(acts_of_chronograf(&server), &faults, &journal);
            handle.spawn(listener::serve(socket, faulty, faults.gate().clone())?);
            sandbox.chronograf = Some(ChronografParts {
                address,
                server,
                faults,
                journal,
            });
        }
        if let Some((socket, address)) = control {
            sandbox.control = Some(address);
            let urls = json!({
                "kapacitor": sandbox.kapacitor_url(),
                "receiver": sandbox.receiver_url(),
                "chronograf": sandbox.chronograf_url(),
                "control": sandbox.control_url(),
            });
            handle.spawn(listener::serve(
                socket,
                control::handler(sandbox.parts.clone(), urls),
                Gate::new(),
            )?);
        }
        Ok(sandbox)
    }

    /// Base URL of the Kapacitor, e.g. `http://127.0.0.1:41234`.
    pub fn kapacitor_url(&self) -> String {
        format!("http://{}", self.kapacitor)
    }

    /// Base URL of the webhook receiver.
    pub fn receiver_url(&self) -> String {
        format!("http://{}", self.receiver_address)
    }

    /// Base URL of the control API, where `Options::control_port` asked for one.
    pub fn control_url(&self) -> Option<String> {
        self.control.map(|address| format!("http://{address}"))
    }

    /// Base URL of the Chronograf without its base path, where `Options::chronograf` asked for one.
    pub fn chronograf_url(&self) -> Option<String> {
        self.chronograf
            .as_ref()
            .map(|chronograf| format!("http://{}", chronograf.address))
    }

    /// The faults of the Chronograf server, where there is one.
    pub fn chronograf_faults(&self) -> Option<&Faults> {
        self.chronograf.as_ref().map(|chronograf| &chronograf.faults)
    }

    /// The requests that the Chronograf server saw; none where there is no Chronograf.
    pub fn chronograf_requests(&self) -> Vec<SeenRequest> {
        self.chronograf
            .as_ref()
            .map(|chronograf| chronograf.journal.seen())
            .unwrap_or_default()
    }

    /// Plays a restart of Chronograf: connections that were made stay, those of the command line and the nonce are new. The
    /// port stays the same whatever the configuration says.
    pub fn restart_chronograf(&self, conf: ChronografConf) {
        if let Some(chronograf) = &self.chronograf {
            chronograf.server.restart(conf);
        }
    }

    /// How Chronograf was last started, where there is one.
    pub fn chronograf_conf(&self) -> Option<ChronografConf> {
        self.chronograf.as_ref().map(|chronograf| chronograf.server.conf())
    }

    /// Makes every nonce that was signed worthless at once, as `--nonce-expiration` does.
    pub fn expire_chronograf_nonce(&self) {
        if let Some(chronograf) = &self.chronograf {
            chronograf.server.expire_nonce();
        }
    }

    /// What arrived at the webhook receiver.
    pub fn receiver(&self) -> &Receiver {
        &self.parts.receiver
    }

    /// The faults of the webhook receiver, to add and clear. They strike Kapacitor's posts like anybody's.
    pub fn receiver_faults(&self) -> &Faults {
        &self.parts.receiver_faults
    }

    /// The faults of the Kapacitor server, to add and clear.
    pub fn faults(&self) -> &Faults {
        &self.parts.faults
    }

    /// The requests that the Kapacitor server saw, in order of arrival, those struck by faults included.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.parts.journal.seen()
    }

    /// Forgets the requests seen so far.
    pub fn clear_requests(&self) {
        self.parts.journal.clear();
    }

    /// Waits until the log of requests fulfils the condition, e.g. until one is `Outcome::Hanging`.
    pub async fn wait_for_requests(&self, condition: impl Fn(&[SeenRequest]) -> bool) -> Vec<SeenRequest> {
        let mut changes = self.parts.journal.watch();
        let fulfilled = changes.wait_for(|_| condition(&self.parts.journal.seen()));
        drop(fulfilled.await);
        self.parts.journal.seen()
    }

    /// Whether starts and stops of tasks at the same time have hung the server; a restart ends that.
    pub fn is_hung(&self) -> bool {
        self.parts.server.lifecycle.is_hung()
    }

    /// How the client has paced its starts and stops of tasks so far.
    pub fn pace(&self) -> Pace {
        self.parts.server.lifecycle.pace()
    }

    /// Holds every change of a task at a step for as long as what this returns lives, so that another request comes in between
    /// as it does by chance. A request that is held is `Outcome::Waiting`.
    pub fn hold_at(&self, step: Step) -> HeldStep {
        self.parts.server.lifecycle.steps.hold(step)
    }

    /// The configuration that Kapacitor last was started with.
    pub fn conf(&self) -> KapacitorConf {
        self.parts.server.conf()
    }

    /// Plays a restart of Kapacitor with this configuration: its database stays, what it only kept in memory is lost, faults
    /// end. Where the real one would exit, nobody listens until a later restart succeeds, and the error says what it logs.
    pub async fn restart(&self, conf: KapacitorConf) -> Result<(), RefusedStart> {
        self.restart_blocking(conf)
    }

    /// The same without async.
    pub fn restart_blocking(&self, conf: KapacitorConf) -> Result<(), RefusedStart> {
        let _entered = self.runtime.0.as_ref().map(Runtime::enter);
        self.parts.restart(conf)
    }

    /// The recordings and replays that are there.
    pub fn replayed(&self) -> Replayed {
        self.parts.server.replays.ids()
    }

    /// Lets Kapacitor reach InfluxDB no more, or again. What was written meanwhile is there all the same.
    pub fn set_influxdb_down(&self, down: bool) {
        self.parts.server.influxdb.set_down(down);
    }

    /// Waits until every alert that points have caused so far has been posted, or could not be.
    pub async fn settle(&self) {
        self.parts.server.poster.settle().await;
    }

    /// Plays the end of the Kapacitor process: nobody listens until a restart.
    pub fn stop(&self) {
        self.parts.stop();
    }

    /// Stops the clock by which deadman's switches go, so that it only moves when it is put forward, and a slow machine
    /// changes nothing.
    pub fn stop_clock(&self) {
        self.parts.server.stop_clock();
    }

    /// Puts Kapacitor's clock forward, by which deadman's switches go; what was due meanwhile has happened when this returns.
    /// Points that are written keep their own times.
    pub fn put_clock_forward(&self, by: Duration) {
        self.parts.server.put_clock_forward(by);
    }
}

fn bound(port: u16) -> io::Result<(TcpSocket, SocketAddr)> {
    let socket = listener::bind(port)?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

fn acts_of_kapacitor(server: &Arc<Kapacitor>) -> Act {
    let server = Arc::clone(server);
    Arc::new(move |request| {
        let server = Arc::clone(&server);
        Box::pin(async move { kapacitor::route(&server, &request).await })
    })
}

fn acts_of_chronograf(server: &Arc<Chronograf>) -> Act {
    let server = Arc::clone(server);
    Arc::new(move |request| {
        let server = Arc::clone(&server);
        Box::pin(async move { chronograf::route(&server, &request).await })
    })
}

fn acts_of_receiver(receiver: &Receiver) -> Act {
    let receiver = receiver.clone();
    Arc::new(move |request| {
        let receiver = receiver.clone();
        Box::pin(async move { receiver.answer(&request).await })
    })
}

impl From<MakeError> for StartError {
    fn from(error: MakeError) -> Self {
        match error {
            MakeError::Io(error) => StartError::Io(error),
            MakeError::Refused(refused) => StartError::Refused(refused),
        }
    }
}
