//! Functions, called by terraform itself.

use crate::harness::{has, rule, Feature, Server, Workspace, RULE};
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

#[test]
fn the_lines_that_declare_endpoints_are_written_from_resources_and_from_objects() {
    if !has(Feature::Functions) {
        return;
    }
    let workspace = workspace("");
    let output = "output \"result\" {\n  value = provider::squadcast::kapacitor_conf([{ name = \"a\", url = \"https://example.com/\" }, \
                  { name = \"b\", url_env = \"HOOK\" }])\n}\n";
    workspace.apply(output).succeeds();
    let conf = workspace.state().0["outputs"]["result"]["value"].clone();
    assert_eq!(
        conf,
        "[[httppost]]\n  endpoint = \"a\"\n  url = \"https://example.com/\"\n\n[[httppost]]\n  endpoint = \"b\"\n  url = \"(the value of HOOK)\"\n"
    );
    let wrong = output.replace("https://example.com/", "ftp://planted");
    let error = workspace.validate(&wrong).fails_once();
    error.mentions(&["endpoints[0].url", "http"]);
    assert!(!error.detail.contains("planted"), "{error:#?}");
}

#[test]
fn a_rule_gives_the_script_that_the_resource_has_written() {
    if !has(Feature::Functions) {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let given = rule(&server);
    let object = given.hcl();
    let (_, object) = object.split_once('{').unwrap();
    let function = format!(
        "locals {{\n  rule = {{{object}\n}}\noutput \"result\" {{\n  value = provider::squadcast::alert_rule_tickscript(local.rule)\n}}\n\
         output \"known\" {{\n  value = provider::squadcast::alert_rule_tickscript(merge(local.rule, {{ message = terraform_data.later.id }}))\n}}\n\
         resource \"terraform_data\" \"later\" {{}}\n"
    );
    workspace.apply(&(given.hcl() + &function)).succeeds();
    let outputs = workspace.state().0["outputs"].clone();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    assert_eq!(outputs["result"]["value"], server.api().task(&id).unwrap()["script"]);
    workspace.plan().is_empty();
    let wrong = function.replacen("trigger = \"threshold\"", "trigger = \"treshold\"", 1);
    let error = workspace.validate(&wrong).fails();
    error[0].mentions(&["rule.trigger", "threshold"]);
}
