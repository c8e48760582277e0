//! A wait that the log of requests shows.

use crate::server::exchange::Request;
use std::future::Future;

/// Waits, and says so in the log where it may take long.
pub async fn waiting<T>(request: &Request, long: bool, until: impl Future<Output = T>) -> T {
    let entry = request.entry.as_ref().filter(|_| long);
    if let Some(entry) = entry {
        entry.waits();
    }
    let done = until.await;
    if let Some(entry) = entry {
        entry.goes_on();
    }
    done
}
