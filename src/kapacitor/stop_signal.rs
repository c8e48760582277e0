//! The wish to stop, such as Ctrl-C, which ends waits.

use std::sync::LazyLock;

use tokio::sync::watch;

static STOP: LazyLock<watch::Sender<bool>> = LazyLock::new(|| watch::Sender::new(false));

/// Ends all waits: what waits fails, and says for whom it waited. What writes goes on.
pub fn stop_waiting() {
    STOP.send_replace(true);
}

/// Comes to its end once [`stop_waiting`] was called.
pub async fn stopped() {
    let mut stop = STOP.subscribe();
    if stop.wait_for(|stopped| *stopped).await.is_err() {
        std::future::pending::<()>().await;
    }
}
