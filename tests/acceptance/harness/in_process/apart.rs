//! A run of the tests' own Terraform in a process of its own: that of another machine, or of another user of this one.
//!
//! The process is the tests' binary once more, which is told by its environment to do this one run.

use super::{run as run_here, runtime, Plans, Unsupported};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that names the file with the order.
const ORDER: &str = "ACCEPTANCE_ORDER";

/// What the process is to do.
#[derive(Serialize, Deserialize)]
struct Order {
    folder: PathBuf,
    arguments: Vec<String>,
    /// Where it puts what came of it.
    told: PathBuf,
}

/// What the process tells: the exit code, stdout and stderr of the run.
#[derive(Serialize, Deserialize)]
pub(in crate::harness) struct Told {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs a command in this folder, by a process with the environment of `command`, and leaves two files beside the state.
pub(in crate::harness) fn run(mut command: Command, folder: &Path, arguments: &[&str]) -> Told {
    let order = Order {
        folder: folder.to_owned(),
        arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
        told: folder.join("told.json"),
    };
    let file = folder.join("order.json");
    fs::write(&file, serde_json::to_vec(&order).unwrap()).unwrap();
    let name = concat!(module_path!(), "::one_run");
    let (_, test) = name.split_once("::").unwrap();
    let output = command
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env(ORDER, file)
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&fs::read(&order.told).unwrap()).unwrap()
}

#[test]
#[ignore = "not a test, but what the process does that `run` starts"]
fn one_run() {
    let file = std::env::var(ORDER).expect("only a process that `run` starts has an order");
    let order: Order = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    let arguments: Vec<&str> = order.arguments.iter().map(String::as_str).collect();
    let ended = run_here(&order.folder, &Plans::default(), &arguments)
        .unwrap_or_else(|Unsupported(what)| panic!("the tests' Terraform does not know this: {what}"));
    // As the provider does at its end.
    runtime().block_on(squadcast_kapacitor::kapacitor::give_back_leases());
    let (stdout, stderr) = ended.output(&arguments);
    let told = Told {
        code: ended.code,
        stdout,
        stderr,
    };
    fs::write(order.told, serde_json::to_vec(&told).unwrap()).unwrap();
}
