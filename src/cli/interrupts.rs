//! The wish of a person, or of the system, that a command ends.

/// Comes to its end with the first of them: Ctrl-C, `kill`, or the terminal's end. None of them ends the process by itself any
/// more from the first poll on.
#[cfg(unix)]
pub(super) async fn received() {
    use tokio::signal::unix::{signal, SignalKind};
    let signals = [SignalKind::interrupt(), SignalKind::terminate(), SignalKind::hangup()].map(signal);
    let [Ok(mut interrupt), Ok(mut terminate), Ok(mut hangup)] = signals else {
        return std::future::pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        _ = hangup.recv() => {}
    }
}

/// Comes to its end with Ctrl-C.
#[cfg(not(unix))]
pub(super) async fn received() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
