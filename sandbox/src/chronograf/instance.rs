//! A Chronograf that runs, and its restarts.

use crate::chronograf::auth::Nonce;
use crate::chronograf::connections::Connections;
use crate::options::ChronografConf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// What its answers call its version.
pub(super) const VERSION: &str = "1.11.4";

/// A Chronograf: its state, and what it does with requests.
pub struct Chronograf {
    state: Mutex<State>,
    pub(super) kapacitor_url: String,
    /// `host:port`, which an Origin must name.
    pub(super) host: String,
}

pub(super) struct State {
    pub(super) conf: ChronografConf,
    pub(super) connections: Connections,
    pub(super) nonce: Nonce,
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

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
