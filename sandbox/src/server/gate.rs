//! Whether a port is open: what is wanted, and what is so.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tokio::sync::watch;

/// Opens and closes a port; clones share it.
#[derive(Clone)]
pub struct Gate {
    wanted: Arc<watch::Sender<bool>>,
    actual: Arc<(Mutex<bool>, Condvar)>,
}

impl Gate {
    pub fn new() -> Self {
        Gate {
            wanted: Arc::new(watch::Sender::new(true)),
            actual: Arc::default(),
        }
    }

    /// Asks for the port to be opened or closed, without waiting for it.
    pub fn ask(&self, open: bool) {
        self.wanted.send_replace(open);
    }

    /// Opens or closes the port, and returns when that is done. Not to be called from the threads that serve it.
    pub fn set(&self, open: bool) {
        self.ask(open);
        let (actual, changed) = &*self.actual;
        let guard = actual.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_while(guard, |actual| *actual != open));
    }

    /// Waits until the port is asked to be open, or closed.
    pub async fn wanted(&self, open: bool) {
        let mut wanted = self.wanted.subscribe();
        drop(wanted.wait_for(|wanted| *wanted == open).await);
    }

    /// Notes what has been done.
    pub fn report(&self, open: bool) {
        let (actual, changed) = &*self.actual;
        *actual.lock().unwrap_or_else(PoisonError::into_inner) = open;
        changed.notify_all();
    }
}
