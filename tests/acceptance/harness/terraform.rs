//! One run of the terraform binary, and what it said.

use serde_json::{json, Value};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::OnceLock;

/// What a run of terraform left behind. Made by [`Run::of`], which refuses a backtrace in any output.
#[derive(Debug)]
pub(crate) struct Run {
    /// The arguments, for messages.
    pub command: String,
    /// The exit code; `None` where the process was killed.
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
    messages: Vec<Value>,
}

/// An error or a warning as Terraform shows it.
#[derive(Clone, Debug)]
pub(crate) struct Diagnostic {
    pub summary: String,
    pub detail: String,
    /// The resource, e.g. `squadcast_kapacitor_endpoint.squadcast`.
    pub address: Option<String>,
    /// The line of configuration that it points at.
    pub code: Option<String>,
}

/// The binary that the tests drive.
pub(super) fn binary() -> &'static PathBuf {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| sandbox::terraform_binary().unwrap())
}

impl Run {
    pub(crate) fn of(command: &mut Command) -> Self {
        let told = command
            .get_args()
            .map(|part| part.to_string_lossy())
            .collect::<Vec<_>>();
        let told = format!("terraform {}", told.join(" "));
        let output = command
            .output()
            .unwrap_or_else(|error| panic!("{} could not be run: {error}", binary().display()));
        Run::from_output(told, &output)
    }

    pub(crate) fn from_output(command: String, output: &Output) -> Self {
        let stdout = String::from_utf8_lossy(&output.stdout).into_owned();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        Run::told(command, output.status.code(), stdout, stderr)
    }

    /// What a run said, and how it ended.
    pub(crate) fn told(command: String, code: Option<i32>, stdout: String, stderr: String) -> Self {
        for text in [&stdout, &stderr] {
            assert!(
                !text.to_lowercase().contains("backtrace"),
                "{command} showed a backtrace:\n{text}"
            );
        }
        let messages = match serde_json::from_str::<Value>(&stdout) {
            Ok(whole) => vec![whole],
            Err(_) => stdout
                .lines()
                .filter_map(|line| serde_json::from_str(line).ok())
                .collect(),
        };
        Run {
            command,
            code,
            stdout,
            stderr,
            messages,
        }
    }

    /// The run with the changes of the plan that it made, as `terraform show -json` tells them, as if `-json` had streamed them.
    pub(super) fn with_changes(mut self, shown: &Value) -> Self {
        for (kind, list) in [
            ("planned_change", "resource_changes"),
            ("resource_drift", "resource_drift"),
        ] {
            let listed = shown[list].as_array().into_iter().flatten();
            self.messages.extend(listed.filter_map(|change| {
                let action = streamed_action(&change["change"])?;
                let resource = json!({ "addr": change["address"] });
                Some(json!({ "type": kind, "change": { "resource": resource, "action": action } }))
            }));
        }
        self
    }

    /// Fails the test unless terraform was content.
    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        assert!(self.code == Some(0), "{self} failed");
        self
    }

    /// Fails the test unless terraform reported errors, and returns those.
    #[track_caller]
    pub(crate) fn fails(&self) -> Vec<Diagnostic> {
        let errors = self.errors();
        assert!(self.code != Some(0) && !errors.is_empty(), "{self} did not fail");
        errors
    }

    /// The only error that terraform reported.
    #[track_caller]
    pub(crate) fn fails_once(&self) -> Diagnostic {
        let mut errors = self.fails();
        assert_eq!(errors.len(), 1, "{self} reported several errors");
        errors.remove(0)
    }

    pub(crate) fn errors(&self) -> Vec<Diagnostic> {
        self.diagnostics_of("error")
    }

    /// The warnings, without the one that says that the provider under test stands in for a released one.
    pub(crate) fn warnings(&self) -> Vec<Diagnostic> {
        let mut warnings = self.diagnostics_of("warning");
        warnings.retain(|warning| !warning.summary.contains("development overrides"));
        warnings
    }

    /// What a plan wants to do, as address and action (`create`, `update`, `replace`, `delete`), or what it found changed.
    /// `kind` is `planned_change` or `resource_drift`.
    pub(crate) fn changes(&self, kind: &str) -> Vec<(String, String)> {
        self.messages
            .iter()
            .filter(|message| message["type"] == kind)
            .map(|message| {
                let change = &message["change"];
                (text(&change["resource"]["addr"]), text(&change["action"]))
            })
            .collect()
    }

    fn diagnostics_of(&self, severity: &str) -> Vec<Diagnostic> {
        let streamed = self.messages.iter().filter(|message| message["type"] == "diagnostic");
        let streamed = streamed.map(|message| &message["diagnostic"]);
        let listed = self
            .messages
            .iter()
            .filter_map(|message| message["diagnostics"].as_array());
        streamed
            .chain(listed.flatten())
            .filter(|diagnostic| diagnostic["severity"] == severity)
            .map(Diagnostic::from_json)
            .collect()
    }
}

impl std::fmt::Display for Run {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Run {
            command,
            code,
            stdout,
            stderr,
            ..
        } = self;
        write!(formatter, "`{command}` (exit code {code:?})\n{stdout}\n{stderr}\n")
    }
}

impl Diagnostic {
    fn from_json(diagnostic: &Value) -> Self {
        Diagnostic {
            summary: text(&diagnostic["summary"]),
            detail: text(&diagnostic["detail"]),
            address: diagnostic["address"].as_str().map(str::to_owned),
            code: diagnostic["snippet"]["code"].as_str().map(str::to_owned),
        }
    }

    /// Summary and detail in one text.
    pub(crate) fn whole(&self) -> String {
        format!("{}\n{}", self.summary, self.detail)
    }

    /// Fails the test unless each of the words stands in summary or detail, small or capital letters alike.
    #[track_caller]
    pub(crate) fn mentions(&self, words: &[&str]) {
        let whole = self.whole().to_lowercase();
        for word in words {
            assert!(
                whole.contains(&word.to_lowercase()),
                "{word:?} is not said in {self:#?}"
            );
        }
    }
}

/// What `-json` calls what is to be done, if it is anything.
fn streamed_action(change: &Value) -> Option<&str> {
    let actions: Vec<&str> = change["actions"].as_array()?.iter().filter_map(Value::as_str).collect();
    match actions.as_slice() {
        ["no-op"] => change["importing"].is_object().then_some("import"),
        ["forget"] => Some("remove"),
        [only] => Some(only),
        _ => Some("replace"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
