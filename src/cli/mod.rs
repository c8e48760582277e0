//! What the binary does for a person, besides serving Terraform.

pub mod adopt;

use self::adopt::{Options, UsageError};
use std::ffi::OsString;
use std::process::ExitCode;

/// Wrong usage, as for most programs.
const USAGE: u8 = 2;

/// Carries out the command that a person gave; nothing if it is none, so that the process goes on as a plugin.
pub fn run(mut arguments: impl Iterator<Item = OsString>) -> Option<ExitCode> {
    if arguments.next()? != "adopt" {
        return None;
    }
    Some(match Options::parse(arguments) {
        Ok(options) => adopt(&options),
        Err(UsageError::HelpWanted) => {
            println!("{}", adopt::help());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("adopt: {error}\n\n{}", adopt::help());
            ExitCode::from(USAGE)
        }
    })
}

fn adopt(options: &Options) -> ExitCode {
    let progress = |line: &str| {
        if !options.quiet {
            eprintln!("adopt: {line}");
        }
    };
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("adopt: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(adopt::adopt(options, &progress)) {
        Ok(report) => {
            if !options.quiet {
                println!("{report}");
            }
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("adopt: {error}");
            ExitCode::FAILURE
        }
    }
}
