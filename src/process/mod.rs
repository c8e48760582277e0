//! The plugin process: how it starts, talks to Terraform, and ends.

mod calls;
mod guard;
mod handshake;
mod interrupts;
mod logging;
mod neighbours;
mod nodelay;
mod orphan;
mod panics;
mod sockets;
mod subscriber;

pub use self::guard::{keep_presentable, Guarded};

use self::calls::Calls;
use self::logging::Log;
use self::orphan::Parent;
use self::subscriber::LogAndCalls;
use std::future::{ready, Future, Ready};
use std::process::ExitCode;
use std::time::Duration;
use tf_provider::Provider;

/// How long the work at the end may take: Terraform kills a plugin that does not end within two seconds.
const LONGEST_END: Duration = Duration::from_millis(1500);

/// What the process does for its provider besides serving it.
pub struct Hooks<U, F> {
    /// Called when Terraform asks to stop, as on Ctrl-C: calls that wait should give up.
    pub on_stop: fn(),
    /// Ends when nothing is under way that must not be cut in the middle. If Terraform is killed, the process lives so long.
    pub unfinished: U,
    /// Done after the last call, before the process ends.
    pub at_the_end: F,
}

/// The framework's name for the provider: the first part of every resource type.
const PROVIDER_NAME: &str = "squadcast";

impl Hooks<Ready<()>, Ready<()>> {
    /// Nothing besides serving.
    pub fn none() -> Self {
        Hooks {
            on_stop: || {},
            unfinished: ready(()),
            at_the_end: ready(()),
        }
    }
}

/// Serves the provider to the Terraform that started this process, or answers the person who did.
///
/// Everything that a `main` has to do, so that the process is the same whichever provider it serves.
pub fn run(provider: impl Provider, hooks: Hooks<impl Future<Output = ()>, impl Future<Output = ()>>) -> ExitCode {
    prepare_environment();
    panics::keep_payloads_secret();
    if let Some(answer) = handshake::answer_to_a_person(std::env::args().skip(1)) {
        return answer.print();
    }
    match serve(provider, hooks) {
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
async fn serve(
    provider: impl Provider,
    hooks: Hooks<impl Future<Output = ()>, impl Future<Output = ()>>,
) -> anyhow::Result<()> {
    let (calls, seen) = Calls::new(hooks.on_stop);
    let subscriber = LogAndCalls::new(Log::requested(), seen);
    // A second subscriber can only be refused, and then the first one goes on logging.
    let _ = tracing::subscriber::set_global_default(subscriber);
    interrupts::ignore()?;
    let terraform = Parent::of_this_process();
    let server = tf_provider::serve(PROVIDER_NAME, provider);
    let server = nodelay::on_sockets(server);
    let server = neighbours::turned_away_from(server);
    let ended = tokio::select! {
        ended = calls.serve_until_shutdown(server) => ended,
        () = terraform.gone() => {
            tracing::warn!("Terraform is gone without asking the provider to end: it ends by itself");
            hooks.unfinished.await;
            Ok(())
        }
    };
    if tokio::time::timeout(LONGEST_END, hooks.at_the_end).await.is_err() {
        tracing::warn!("the work at the end of the process took too long and was given up");
    }
    ended
}
