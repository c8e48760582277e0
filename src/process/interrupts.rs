//! Lets the process live through what reaches every process of a terminal's group: Ctrl-C, Ctrl-\, and the terminal's end.
//!
//! A plugin that died of Ctrl-C in the middle of a create would lose the resource from the state: Terraform itself finishes
//! what runs, and then ends the plugin. Of the two others Terraform dies at once; the plugin notices that by itself
//! ([`orphan`](super::orphan)), and ends when what it began is done.

/// Ignores all of them from now on. The error says why the system refused that.
#[cfg(unix)]
pub(super) fn ignore() -> std::io::Result<()> {
    use tokio::signal::unix::{signal, SignalKind};
    for kind in [SignalKind::interrupt(), SignalKind::hangup(), SignalKind::quit()] {
        let mut signals = signal(kind)?;
        tokio::spawn(async move { while signals.recv().await.is_some() {} });
    }
    Ok(())
}

/// Ignores every interrupt from now on.
#[cfg(not(unix))]
pub fn ignore() -> std::io::Result<()> {
    tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    Ok(())
}
