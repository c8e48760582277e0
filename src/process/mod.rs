//! The plugin process: how it starts, talks to Terraform, and ends.

mod cli;
mod interrupts;
mod logging;
mod orphan;
mod panics;

use self::logging::Log;
use self::orphan::Parent;
use crate::protocol::{self, ServedProvider};
use std::future::{ready, Future, Ready};
use std::process::ExitCode;
use std::time::Duration;

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
pub fn run(
    provider: impl ServedProvider,
    hooks: Hooks<impl Future<Output = ()>, impl Future<Output = ()>>,
) -> ExitCode {
    prepare_environment();
    panics::keep_payloads_secret();
    if let Some(answer) = cli::answer_to_a_person(std::env::args().skip(1)) {
        return answer.print();
    }
    match serve(provider, hooks) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Terraform shows the user the first line of output that is no handshake.
            println!("{error:#}");
            eprintln!("terraform-provider-squadcast: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Sets what the framework reads from the environment and must not find there: it would append a backtrace to every
/// diagnostic where `RUST_BACKTRACE` is set.
fn prepare_environment() {
    std::env::set_var("RUST_LIB_BACKTRACE", "0");
}

#[tokio::main]
async fn serve(
    provider: impl ServedProvider,
    hooks: Hooks<impl Future<Output = ()>, impl Future<Output = ()>>,
) -> anyhow::Result<()> {
    if let Some(log) = Log::requested() {
        // A second subscriber can only be refused, and then the first one goes on logging.
        let _ = tracing::subscriber::set_global_default(log);
    }
    interrupts::ignore()?;
    let terraform = Parent::of_this_process();
    let options = protocol::Options {
        on_stop: hooks.on_stop,
        panic_places: panics::places,
    };
    let ended = tokio::select! {
        ended = protocol::serve(provider, options) => ended,
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
