//! The plugin process that Terraform starts.

use squadcast_kapacitor::provider::SquadcastProvider;
use squadcast_kapacitor::{handshake, logging, nodelay};
use std::process::ExitCode;

/// The framework's name for the provider: the first part of every resource type.
const PROVIDER_NAME: &str = "squadcast";

fn main() -> ExitCode {
    prepare_environment();
    if let Some(answer) = handshake::answer_to_a_person(std::env::args().skip(1)) {
        return answer.print();
    }
    logging::start();
    match serve() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            tracing::error!("the plugin server stopped: {error:#}");
            eprintln!("terraform-provider-squadcast: the plugin server stopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Sets what the framework reads from the environment and must not find there.
///
/// It appends a backtrace to every diagnostic where `RUST_BACKTRACE` is set, and where `PLUGIN_LOG_FILE` is set it
/// writes the traffic with Terraform, secrets included, to that file.
fn prepare_environment() {
    std::env::set_var("RUST_LIB_BACKTRACE", "0");
    std::env::remove_var("PLUGIN_LOG_FILE");
}

#[tokio::main]
async fn serve() -> anyhow::Result<()> {
    ignore_interrupts()?;
    let server = tf_provider::serve(PROVIDER_NAME, SquadcastProvider::default());
    nodelay::on_listening_sockets(server).await
}

/// Ctrl-C reaches every process of the terminal's group, and a plugin that died of it in the middle of a create would
/// lose the resource from the state: Terraform itself finishes what runs, and then ends the plugin.
#[cfg(unix)]
fn ignore_interrupts() -> std::io::Result<()> {
    use tokio::signal::unix::{signal, SignalKind};
    let mut interrupts = signal(SignalKind::interrupt())?;
    tokio::spawn(async move { while interrupts.recv().await.is_some() {} });
    Ok(())
}

#[cfg(not(unix))]
fn ignore_interrupts() -> std::io::Result<()> {
    tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    Ok(())
}
