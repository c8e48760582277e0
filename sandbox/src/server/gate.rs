//! Whether a port is open: what is wanted, and what is so.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use tokio::sync::watch;

/// A wish that a port be open or closed. Each has a number, so that a port that was closed and opened again is not taken for one
/// that never was closed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wish {
    pub open: bool,
    number: u64,
}

/// Opens and closes a port; clones share it.
#[derive(Clone)]
pub struct Gate {
    wish: Arc<watch::Sender<Wish>>,
    /// The number of the last wish that was fulfilled.
    fulfilled: Arc<(Mutex<u64>, Condvar)>,
}

impl Gate {
    pub fn new() -> Self {
        let first = Wish { open: true, number: 1 };
        Gate {
            wish: Arc::new(watch::Sender::new(first)),
            fulfilled: Arc::default(),
        }
    }

    /// Asks for the port to be opened or closed, without waiting for it.
    pub fn ask(&self, open: bool) {
        self.wish.send_if_modified(|wish| {
            let is_new = wish.open != open;
            if is_new {
                *wish = Wish {
                    open,
                    number: wish.number + 1,
                };
            }
            is_new
        });
    }

    /// Opens or closes the port, and returns when that is done. Not to be called from the threads that serve it.
    pub fn set(&self, open: bool) {
        self.ask(open);
        let number = self.wish().number;
        let (fulfilled, changed) = &*self.fulfilled;
        let guard = fulfilled.lock().unwrap_or_else(PoisonError::into_inner);
        drop(changed.wait_while(guard, |fulfilled| *fulfilled < number));
    }

    /// The newest wish.
    pub fn wish(&self) -> Wish {
        *self.wish.borrow()
    }

    /// Waits for another wish than this one.
    pub async fn other_than(&self, wish: Wish) -> Wish {
        let mut wishes = self.wish.subscribe();
        let other = wishes.wait_for(|newest| *newest != wish).await;
        // This value holds the sender, so that the wait never ends without a wish.
        other.map_or(wish, |other| *other)
    }

    /// Notes that a wish is fulfilled.
    pub fn report(&self, wish: Wish) {
        let (fulfilled, changed) = &*self.fulfilled;
        *fulfilled.lock().unwrap_or_else(PoisonError::into_inner) = wish.number;
        changed.notify_all();
    }
}
