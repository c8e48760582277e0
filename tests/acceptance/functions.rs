//! Functions, called by terraform itself.

use crate::harness::{has, Feature, Server, Workspace};
use serde_json::json;
use std::fs;

const SCRIPT: &str = "// How much is too much\nvar crit=90.5\nvar host string\nstream|from( ).measurement('cpu')";

fn workspace(script: &str) -> Workspace {
    let workspace = Workspace::new(&Server::start()).real();
    fs::write(workspace.path("cpu.tick"), script).unwrap();
    workspace
}

/// A configuration whose output `result` is what the function makes of the script.
fn output(function: &str) -> String {
    format!("output \"result\" {{\n  value = provider::squadcast::{function}(file(\"cpu.tick\"))\n}}\n")
}

#[test]
fn a_script_is_formatted_and_its_vars_are_listed() {
    if !has(Feature::Functions) {
        return;
    }
    let workspace = workspace(SCRIPT);
    let formatted = "// How much is too much\nvar crit = 90.5\n\nvar host string\n\nstream\n    |from()\n        .measurement('cpu')\n";
    let vars = json!({
        "crit": { "type": "float", "value": "90.5", "description": "How much is too much" },
        "host": { "type": "string", "value": null, "description": "" },
    });
    for (function, expected) in [("tickscript_format", json!(formatted)), ("tickscript_vars", vars)] {
        workspace.apply(&output(function)).succeeds();
        assert_eq!(workspace.state().0["outputs"]["result"]["value"], expected);
        workspace.plan().is_empty();
    }
}

#[test]
fn a_script_that_breaks_is_an_error_at_the_argument_with_line_and_column_before_any_server_is_asked() {
    if !has(Feature::Functions) {
        return;
    }
    let workspace = workspace("var a = 1\nvar b = 'planted' )");
    for function in ["tickscript_format", "tickscript_vars"] {
        let error = workspace.validate(&output(function)).fails_once();
        error.mentions(&["line 2, column 19", "  |           ^"]);
        assert!(error.code.as_ref().unwrap().contains("cpu.tick"), "{error:#?}");
        assert!(!error.detail.ends_with(".."), "{error:#?}");
        assert!(!error.whole().contains("planted"), "{error:#?}");
    }
}
