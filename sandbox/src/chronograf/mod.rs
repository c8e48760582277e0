//! The stand-in for Chronograf: its connections to Kapacitor, its proxy, its rules, and its ways of logging in.

mod auth;
mod connections;
mod forward;
mod proxy;
mod router;
mod rule_json;
mod rules;

use crate::server::exchange::{Reply, Request};
use crate::options::ChronografConf;
use auth::Nonce;
use connections::Connections;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What its answers call its version.
const VERSION: &str = "1.11.4";

/// A Chronograf: its state, and what it does with requests.
pub struct Chronograf {
    state: Mutex<State>,
    kapacitor_url: String,
    /// `host:port`, which an Origin must name.
    host: String,
}

struct State {
    conf: ChronografConf,
    connections: Connections,
    nonce: Nonce,
}

impl Chronograf {
    pub fn new(conf: ChronografConf, kapacitor_url: &str, host: &str) -> Self {
        let connections = Connections::new(&conf, kapacitor_url);
        let state = State {
            conf,
            connections,
            nonce: Nonce::new(),
        };
        Chronograf {
            state: Mutex::new(state),
            kapacitor_url: kapacitor_url.to_owned(),
            host: host.to_owned(),
        }
    }

    /// Plays a restart: what was stored stays, the connections of the command line and the nonce are new.
    pub fn restart(&self, conf: ChronografConf) {
        let mut state = self.state();
        state.connections.restart(&conf, &self.kapacitor_url);
        state.conf = conf;
        state.nonce = Nonce::new();
    }

    /// Makes every signed nonce worthless at once, as time does.
    pub fn expire_nonce(&self) {
        self.state().nonce = Nonce::new();
    }

    pub fn conf(&self) -> ChronografConf {
        self.state().conf.clone()
    }

    /// Does what a request asks for.
    pub async fn act(&self, request: &Request) -> Reply {
        router::route(self, request).await
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
