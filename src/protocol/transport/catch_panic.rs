//! Turns a panic in a call into an outcome of that call.
//!
//! Without this, a call that panics would break off, and Terraform would say that it was cancelled, and not of which resource.

use std::future::Future;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::task::Poll;

/// The call panicked. What it had done by then stays done.
#[derive(Debug, PartialEq)]
pub(crate) struct Panicked;

/// Drives a call to its end.
pub(crate) async fn catch_panic<T>(call: impl Future<Output = T>) -> Result<T, Panicked> {
    let mut call = std::pin::pin!(call);
    std::future::poll_fn(|context| {
        // What a panic leaves behind is not looked at again: neither this future nor what is its own is used any more.
        match catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(context))) {
            Ok(progress) => progress.map(Ok),
            Err(_) => Poll::Ready(Err(Panicked)),
        }
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_call_ends_as_it_does_by_itself_unless_it_panics() {
        assert_eq!(catch_panic(async { 1 }).await, Ok(1));
        let late = async {
            tokio::task::yield_now().await;
            panic!("on purpose")
        };
        assert_eq!(catch_panic::<()>(late).await, Err(Panicked));
    }
}
