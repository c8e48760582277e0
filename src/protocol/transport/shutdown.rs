//! The end of the service, which the client asks for.

use std::future::Future;
use std::sync::Arc;
use tokio::sync::watch;

/// Whether the end has begun.
#[derive(Debug, Clone)]
pub(crate) struct Shutdown(Arc<watch::Sender<bool>>);

impl Shutdown {
    /// It has not.
    pub(crate) fn new() -> Self {
        Shutdown(Arc::new(watch::Sender::new(false)))
    }

    /// Begins it.
    pub(crate) fn begin(&self) {
        self.0.send_replace(true);
    }

    /// Ends once it has begun.
    pub(crate) fn begun(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut begun = self.0.subscribe();
        async move {
            // Without a sender nobody is served either.
            let _ = begun.wait_for(|begun| *begun).await;
        }
    }
}
