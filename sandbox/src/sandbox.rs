//! The sandbox as a whole: its servers, and the handle that tests hold.

use crate::exchange::{Answer, Reply, Request};
use crate::faults::{Faults, Kind};
use crate::journal::{Journal, Outcome, SeenRequest};
use crate::kapacitor::{Kapacitor, MakeError};
use crate::listener::{self, Handler, Played};
use crate::options::{KapacitorConf, Options};
use crate::receiver::Receiver;
use serde::Serialize;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpSocket;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::watch;

/// A running sandbox. Its servers run on threads of their own, so a test may block, and stop when this is dropped.
pub struct Sandbox {
    kapacitor: SocketAddr,
    receiver_address: SocketAddr,
    receiver: Receiver,
    server: Arc<Kapacitor>,
    faults: Faults,
    journal: Journal,
    /// Taken at the drop, because a runtime may not be dropped in the usual way inside another one.
    runtime: Option<Runtime>,
    /// Kept so that the receiver's port stays open.
    _receiver_open: watch::Sender<bool>,
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

/// Kapacitor did not start, and now refuses connections, as when its process exits. The text is what it logs.
#[derive(Clone, Debug, thiserror::Error, PartialEq)]
#[error("{0}")]
pub struct RefusedStart(pub String);

/// How a client paced its starts and stops of tasks.
#[derive(Clone, Copy, Debug, Default, Serialize, PartialEq)]
pub struct Pace {
    /// The greatest number of starts and stops that were under way at one time; 1 where they were serialised.
    pub most_at_once: usize,
    /// The shortest time between the end of a task's start and the beginning of its next stop.
    pub shortest_start_to_stop: Option<Duration>,
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
        let entered = runtime.enter();
        let (kapacitor_socket, kapacitor) = bound(options.kapacitor_port)?;
        let (receiver_socket, receiver_address) = bound(options.receiver_port)?;
        let (faults, journal, receiver) = (Faults::new(), Journal::new(), Receiver::new());
        let server = Arc::new(Kapacitor::make(&options, &format!("http://{receiver_address}"))?);
        let handler = faulty(&server, &faults, &journal);
        runtime.spawn(listener::serve(kapacitor_socket, handler, faults.watch_open()));
        let keeps_posts = receiver.clone();
        let handler: Handler = Arc::new(move |request| {
            let reply = keeps_posts.take(&request);
            Box::pin(async move { Played::from(reply) })
        });
        let receiver_open = watch::Sender::new(true);
        runtime.spawn(listener::serve(receiver_socket, handler, receiver_open.subscribe()));
        drop(entered);
        Ok(Sandbox {
            kapacitor,
            receiver_address,
            receiver,
            server,
            faults,
            journal,
            runtime: Some(runtime),
            _receiver_open: receiver_open,
        })
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
        None
    }

    /// What arrived at the webhook receiver.
    pub fn receiver(&self) -> &Receiver {
        &self.receiver
    }

    /// The faults of the Kapacitor server, to add and clear.
    pub fn faults(&self) -> &Faults {
        &self.faults
    }

    /// The requests that the Kapacitor server saw, in order of arrival, those struck by faults included.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.journal.seen()
    }

    /// Forgets the requests seen so far.
    pub fn clear_requests(&self) {
        self.journal.clear();
    }

    /// Waits until the log of requests fulfils the condition, e.g. until one is `Outcome::Hanging`.
    pub async fn wait_for_requests(&self, condition: impl Fn(&[SeenRequest]) -> bool) -> Vec<SeenRequest> {
        let mut changes = self.journal.watch();
        let fulfilled = changes.wait_for(|_| condition(&self.journal.seen()));
        drop(fulfilled.await);
        self.journal.seen()
    }

    /// Whether starts and stops of tasks at the same time have hung the server; a restart ends that.
    pub fn is_hung(&self) -> bool {
        self.server.lifecycle.is_hung()
    }

    /// How the client has paced its starts and stops of tasks so far.
    pub fn pace(&self) -> Pace {
        self.server.lifecycle.pace()
    }

    /// The configuration that Kapacitor last was started with.
    pub fn conf(&self) -> KapacitorConf {
        self.server.conf()
    }

    /// Plays a restart of Kapacitor with this configuration: its database stays, what it only kept in memory is lost, faults
    /// end. Where the real one would exit, nobody listens until a later restart succeeds, and the error says what it logs.
    pub async fn restart(&self, conf: KapacitorConf) -> Result<(), RefusedStart> {
        self.restart_blocking(conf)
    }

    /// The same without async.
    pub fn restart_blocking(&self, conf: KapacitorConf) -> Result<(), RefusedStart> {
        let _entered = self.runtime.as_ref().map(Runtime::enter);
        self.faults.set_open(false);
        self.server.restart(conf)?;
        self.faults.clear();
        Ok(())
    }

    /// Waits until every alert that points have caused so far has been posted, or could not be.
    pub async fn settle(&self) {
        self.server.poster.settle().await;
    }

    /// Plays the end of the Kapacitor process: nobody listens until a restart.
    pub fn stop(&self) {
        self.faults.set_open(false);
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn bound(port: u16) -> io::Result<(TcpSocket, SocketAddr)> {
    let socket = listener::bind(port)?;
    let address = socket.local_addr()?;
    Ok((socket, address))
}

/// The handler of a server with faults and a log.
fn faulty(server: &Arc<Kapacitor>, faults: &Faults, journal: &Journal) -> Handler {
    let (server, faults, journal) = (Arc::clone(server), faults.clone(), journal.clone());
    Arc::new(move |request| {
        let (server, faults, journal) = (Arc::clone(&server), faults.clone(), journal.clone());
        Box::pin(async move {
            let id = journal.open(&request);
            // What a client began goes on when the client goes away, as in Kapacitor.
            let fault = faults.strike(&request);
            let played = tokio::spawn(play(server, request, fault)).await;
            let played = played.unwrap_or_else(|_| Reply::Drop.into());
            journal.close(id, outcome(&played));
            played
        })
    })
}

/// Acts on a request, with the fault that strikes it.
async fn play(server: Arc<Kapacitor>, request: Request, fault: Option<Kind>) -> Played {
    let not_acted = matches!(
        fault,
        Some(Kind::Refuse | Kind::Drop { acted: false } | Kind::Hang { acted: false } | Kind::Answer { acted: false, .. })
    );
    let reply = if not_acted { Reply::Drop } else { server.act(&request).await };
    match fault {
        None => reply.into(),
        Some(Kind::Refuse | Kind::Drop { .. }) => Reply::Drop.into(),
        Some(Kind::Hang { .. }) => Reply::Hang.into(),
        Some(Kind::Answer { status, headers, body, .. }) => {
            Reply::Answer(Answer { status, headers, body: body.into() }).into()
        }
        Some(Kind::Truncate) => Played { reply, truncated: true },
        Some(Kind::Slow { millis }) => {
            tokio::time::sleep(Duration::from_millis(millis)).await;
            reply.into()
        }
    }
}

fn outcome(played: &Played) -> Outcome {
    match &played.reply {
        Reply::Answer(_) if played.truncated => Outcome::Dropped,
        Reply::Answer(answer) => Outcome::Answered(answer.status),
        Reply::Drop => Outcome::Dropped,
        Reply::Hang => Outcome::Hanging,
    }
}

impl From<MakeError> for StartError {
    fn from(error: MakeError) -> Self {
        match error {
            MakeError::Io(error) => StartError::Io(error),
            MakeError::Refused(refused) => StartError::Refused(refused),
        }
    }
}
