//! What the binary does for a person, besides serving Terraform.

mod adopt;
mod interrupts;
mod progress;

use self::adopt::{AdoptError, Options, UsageError};
use self::progress::Progress;
use std::ffi::OsString;
use std::future::Future;
use std::io::{self, Write as _};
use std::process::ExitCode;

/// Wrong usage, as for most programs.
const USAGE: u8 = 2;
/// An interrupt, as shells call it.
const INTERRUPTED: u8 = 130;

/// Carries out the command that a person gave; nothing if it is none, so that the process goes on as a plugin.
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    if arguments.next()? != "adopt" {
        return None;
    }
    Some(match Options::parse(arguments) {
        Ok(options) => adopt(&options),
        Err(UsageError::HelpWanted) => {
            print(&adopt::help());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("adopt: {error}\n\n{}", adopt::help());
            ExitCode::from(USAGE)
        }
    })
}

fn adopt(options: &Options) -> ExitCode {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("adopt: {error}");
            return ExitCode::FAILURE;
        }
    };
    let progress = Progress::on_stderr(options.quiet);
    let adopted = runtime.block_on(unless_interrupted(adopt::adopt(options, &progress)));
    // A name that is still being looked up keeps nobody waiting.
    runtime.shutdown_background();
    progress.clear();
    match adopted {
        Ok(report) => {
            if !options.quiet {
                print(&report);
            }
            ExitCode::SUCCESS
        }
        Err(AdoptError::Interrupted) => {
            eprintln!("adopt: {}", AdoptError::Interrupted);
            ExitCode::from(INTERRUPTED)
        }
        Err(error) => {
            let error = error.to_string();
            eprintln!("adopt: {error}{}", adopt::settings_named_in(&error));
            ExitCode::FAILURE
        }
    }
}

/// Ends at Ctrl-C where the work waits for the server. What does not wait, such as the files, is finished first: half of them
/// would be in the way.
async fn unless_interrupted<T>(work: impl Future<Output = Result<T, AdoptError>>) -> Result<T, AdoptError> {
    tokio::select! {
        biased;
        done = work => done,
        () = interrupts::received() => Err(AdoptError::Interrupted),
    }
}

/// Prints for who reads it: one that has gone, such as `head`, is no failure.
fn print(text: &str) {
    let _ = writeln!(io::stdout(), "{text}");
}
