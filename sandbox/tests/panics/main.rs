//! A panic in one call fails that call alone, and what it says is shown nowhere.
//!
//! The real terraform binary, which is needed for this, drives a provider that panics where it is told to.

use serde_json::Value;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const SOURCE: &str = "squadcast-kapacitor/squadcast";

/// What the panic says, planted in an attribute that is marked as sensitive.
const SECRET: &str = "planted-9f1c7a";

struct Workspace {
    folder: TempDir,
}

impl Workspace {
    fn new(configuration: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("panics-").tempdir().unwrap();
        let plugins = folder.path().join("plugins");
        std::fs::create_dir(&plugins).unwrap();
        std::fs::copy(
            env!("CARGO_BIN_EXE_panicking-provider"),
            plugins.join("terraform-provider-squadcast"),
        )
        .unwrap();
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"{SOURCE}\" = {plugins:?}\n  }}\n  direct {{}}\n}}\n"
        );
        std::fs::write(folder.path().join("cli.tfrc"), overrides).unwrap();
        let required =
            format!("terraform {{\n  required_providers {{\n    squadcast = {{ source = \"{SOURCE}\" }}\n  }}\n}}\n");
        std::fs::write(folder.path().join("main.tf"), required + configuration).unwrap();
        Workspace { folder }
    }

    fn apply(&self) -> Output {
        Command::new(sandbox::terraform_binary().unwrap())
            .args(["apply", "-auto-approve", "-input=false", "-json"])
            .current_dir(self.folder.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("cli.tfrc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env("RUST_BACKTRACE", "1")
            .env("TF_LOG", "TRACE")
            .env("TF_LOG_PATH", self.log())
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("terraform.log")
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

fn note(label: &str, content: &str, panics: bool) -> String {
    format!("resource \"squadcast_note\" \"{label}\" {{\n  content = \"{content}\"\n  panics = {panics}\n}}\n")
}

#[test]
fn a_panic_fails_its_call_alone_and_tells_no_secret() {
    let workspace = Workspace::new(&(note("careless", SECRET, true) + &note("careful", "harmless", false)));
    let output = workspace.apply();
    let stdout = String::from_utf8(output.stdout).unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{stdout}\n{stderr}");

    let errors: Vec<Value> = stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter(|message| message["type"] == "diagnostic" && message["@level"] == "error")
        .map(|message| message["diagnostic"].clone())
        .collect();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(errors[0]["address"], "squadcast_note.careless");
    assert_eq!(errors[0]["summary"], "The provider has a bug");
    let place = "sandbox/src/bin/panicking-provider.rs:";
    let detail = errors[0]["detail"].as_str().unwrap();
    assert!(detail.contains(place) && detail.contains("report it"), "{detail}");

    let state: Value = serde_json::from_str(&workspace.read("terraform.tfstate")).unwrap();
    let kept: Vec<_> = state["resources"]
        .as_array()
        .unwrap()
        .iter()
        .map(|resource| &resource["name"])
        .collect();
    assert_eq!(kept, ["careful"]);
    assert_eq!(state["resources"][0]["instances"][0]["attributes"]["id"], "note");

    let log = workspace.read("terraform.log");
    let report = log.lines().find(|line| line.contains("panicked at"));
    let report = report.unwrap_or_else(|| panic!("the log does not tell of the panic:\n{log}"));
    assert!(report.contains(place) && report.contains("report it"), "{report}");
    let surfaces = [
        ("stdout", &stdout),
        ("stderr", &stderr),
        ("the log", &log),
        ("the state", &state.to_string()),
    ];
    for (surface, text) in surfaces {
        assert!(!text.contains(SECRET), "the secret is in {surface}:\n{text}");
    }
}
