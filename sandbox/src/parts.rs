//! What the sandbox is made of.

use crate::kapacitor::{Kapacitor, RefusedStart};
use crate::options::KapacitorConf;
use crate::receiver::Receiver;
use crate::server::faults::Faults;
use crate::server::journal::Journal;
use std::sync::Arc;

/// What the sandbox is made of; clones share it.
#[derive(Clone)]
pub struct Parts {
    pub server: Arc<Kapacitor>,
    pub receiver: Receiver,
    pub receiver_faults: Faults,
    pub faults: Faults,
    pub journal: Journal,
}

impl Parts {
    /// Plays a restart. Not to be called from the threads that serve, but within their runtime.
    pub fn restart(&self, conf: KapacitorConf) -> Result<(), RefusedStart> {
        self.stop();
        self.server.restart(conf)?;
        self.faults.clear();
        Ok(())
    }

    /// Plays the end of the Kapacitor process.
    pub fn stop(&self) {
        self.faults.gate().set(false);
        self.server.stop();
    }
}
