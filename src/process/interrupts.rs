//! Lets the process live through a Ctrl-C, which reaches every process of the terminal's group.
//!
//! A plugin that died of it in the middle of a create would lose the resource from the state: Terraform itself finishes
//! what runs, and then ends the plugin.

/// Ignores every interrupt from now on. The error says why the system refused that.
#[cfg(unix)]
pub fn ignore() -> std::io::Result<()> {
    use tokio::signal::unix::{signal, SignalKind};
    let mut interrupts = signal(SignalKind::interrupt())?;
    tokio::spawn(async move { while interrupts.recv().await.is_some() {} });
    Ok(())
}

/// Ignores every interrupt from now on.
#[cfg(not(unix))]
pub fn ignore() -> std::io::Result<()> {
    tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    Ok(())
}
