//! What the binary says to a person who starts it by hand, since the framework would print a handshake and hang.

use std::process::ExitCode;

/// The environment variable by which Terraform shows that it is Terraform, and its value, from go-plugin's handshake
/// configuration in Terraform's `plugin` package.
const MAGIC_COOKIE: (&str, &str) = (
    "TF_PLUGIN_MAGIC_COOKIE",
    "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2",
);

/// A text for a person, and the exit code that goes with it.
pub struct Answer {
    text: String,
    succeeded: bool,
}

impl Answer {
    /// Prints the text (to stdout, or to stderr where it is a refusal) and gives the process's exit code.
    pub fn print(self) -> ExitCode {
        if self.succeeded {
            println!("{}", self.text);
            return ExitCode::SUCCESS;
        }
        eprintln!("{}", self.text);
        ExitCode::FAILURE
    }
}

/// What to answer instead of serving; nothing where it was Terraform that started the binary.
pub fn answer_to_a_person(mut arguments: impl Iterator<Item = String>) -> Option<Answer> {
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
        None if started_by_terraform() => None,
        None => Some(Answer {
            text: introduction(),
            succeeded: false,
        }),
    }
}

fn started_by_terraform() -> bool {
    std::env::var(MAGIC_COOKIE.0).is_ok_and(|cookie| cookie == MAGIC_COOKIE.1)
}

fn version() -> String {
    format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))
}

fn introduction() -> String {
    format!(
        "{}\n\n\
         This is a Terraform provider: a plugin that terraform (or tofu) starts by itself.\n\
         It manages Kapacitor's [[httppost]] endpoints and Chronograf's alert rules. To use it, name it in a\n\
         configuration's required_providers and run `terraform init`.\n\n\
         Options: --version, --help",
        version()
    )
}
