//! The Kapacitor that the rules are on: the sandbox, or the one that KAPACITOR_URL names.

use sandbox::{Options, Sandbox};

/// A server for the measurements.
pub(crate) enum Server {
    /// The sandbox, which counts requests.
    Sandbox(Box<Sandbox>),
    /// A real server.
    Real(String),
}

impl Server {
    /// Starts a sandbox, or takes the real server.
    pub(crate) fn start() -> Self {
        match std::env::var("KAPACITOR_URL") {
            Ok(url) => Server::Real(url),
            Err(_) => Server::Sandbox(Box::new(
                Sandbox::start_blocking(Options::default()).expect("the sandbox starts"),
            )),
        }
    }

    /// Whether it is a real server.
    pub(crate) fn is_real(&self) -> bool {
        matches!(self, Server::Real(_))
    }

    /// The server's URL.
    pub(crate) fn url(&self) -> String {
        match self {
            Server::Sandbox(sandbox) => sandbox.kapacitor_url(),
            Server::Real(url) => url.clone(),
        }
    }

    /// Begins to count requests anew.
    pub(crate) fn forget_requests(&self) {
        if let Server::Sandbox(sandbox) = self {
            sandbox.clear_requests();
        }
    }

    /// The number of requests since then; unknown of a real server.
    pub(crate) fn requests(&self) -> Option<f64> {
        match self {
            Server::Sandbox(sandbox) => Some(sandbox.requests().len() as f64),
            Server::Real(_) => None,
        }
    }
}
