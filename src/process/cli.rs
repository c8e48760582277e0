//! What the binary says to a person who starts it by hand, instead of waiting for a Terraform that does not come.

use crate::protocol::is_from_terraform;
use std::process::ExitCode;

/// A text for a person, and the exit code that goes with it.
pub(super) struct Answer {
    text: String,
    succeeded: bool,
}

impl Answer {
    /// Prints the text (to stdout, or to stderr where it is a refusal) and gives the process's exit code.
    pub(super) fn print(self) -> ExitCode {
        if self.succeeded {
            println!("{}", self.text);
            return ExitCode::SUCCESS;
        }
        eprintln!("{}", self.text);
        ExitCode::FAILURE
    }
}

/// What to answer instead of serving; nothing where it was Terraform that started the binary.
pub(super) fn answer_to_a_person(mut arguments: impl Iterator<Item = String>) -> Option<Answer> {
    match arguments.next().as_deref() {
        Some("--version" | "-V") => Some(Answer {
            text: version(),
            succeeded: true,
        }),
        Some("--help" | "-h") => Some(Answer {
            text: introduction(),
            succeeded: true,
        }),
        Some(_) => Some(Answer {
            text: introduction(),
            succeeded: false,
        }),
        None if is_from_terraform(&|variable| std::env::var(variable).ok()) => None,
        None => Some(Answer {
            text: introduction(),
            succeeded: false,
        }),
    }
}

fn version() -> String {
    format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}

fn introduction() -> String {
    format!(
        "{}\n\n\
         This is a Terraform provider: a plugin that terraform (or tofu) starts by itself.\n\
         It manages Chronograf's alert rules, and Kapacitor's tasks, templates, topic handlers and [[httppost]]\n\
         endpoints. To use it, name it in a configuration's required_providers and run `terraform init`.\n\n\
         `adopt --help` says how to write a configuration for a server that has rules already.\n\n\
         Options: --version, --help",
        version()
    )
}
