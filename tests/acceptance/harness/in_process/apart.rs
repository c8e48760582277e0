//! A run of the tests' own Terraform in a process of its own: that of another machine, or of another user of this one.
//!
//! The process is the tests' binary once more, which is told by its environment to do this one run.

use super::{runtime, told, Plans, Told};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The variable with the arguments of the run, as JSON.
const ARGUMENTS: &str = "ACCEPTANCE_ARGUMENTS";

/// Where the process puts what the run told, in the folder where it runs.
const TOLD: &str = "told.json";

/// Runs a command in the folder where `process` runs, which is the tests' binary.
pub(in crate::harness) fn run(mut process: Command, folder: &Path, arguments: &[&str]) -> Told {
    let (_, test) = concat!(module_path!(), "::one_run").split_once("::").unwrap();
    let output = process
        .args([test, "--exact", "--ignored", "--nocapture"])
        .env(ARGUMENTS, serde_json::to_string(arguments).unwrap())
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    serde_json::from_slice(&fs::read(folder.join(TOLD)).unwrap()).unwrap()
}

#[test]
#[ignore = "not a test, but what the process does that `run` starts"]
fn one_run() {
    let arguments = std::env::var(ARGUMENTS).expect("only a process that `run` starts has arguments");
    let arguments: Vec<&str> = serde_json::from_str(&arguments).unwrap();
    let told = told(&std::env::current_dir().unwrap(), &Plans::default(), &arguments);
    // As the provider does at its end.
    runtime().block_on(squadcast_kapacitor::kapacitor::give_back_leases());
    fs::write(TOLD, serde_json::to_vec(&told).unwrap()).unwrap();
}
