//! One failure for all who wait for the same thing.

use std::sync::{Mutex, PoisonError};

use tokio::time::Instant;

/// The last failure of what only one does at a time, shared with those who waited for it meanwhile.
pub(in crate::kapacitor) struct LastFailure<E>(Mutex<Option<(Instant, E)>>);

impl<E: Clone> LastFailure<E> {
    pub(crate) fn new() -> Self {
        LastFailure(Mutex::new(None))
    }

    /// The failure, if it came while somebody who `began` then was waiting.
    pub(crate) fn since(&self, began: Instant) -> Option<E> {
        let last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.as_ref()
            .filter(|(at, _)| *at >= began)
            .map(|(_, error)| error.clone())
    }

    /// Notes how it ended.
    pub(crate) fn note<T>(&self, result: &Result<T, E>) {
        let failed = result.as_ref().err().map(|error| (Instant::now(), error.clone()));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = failed;
    }
}
