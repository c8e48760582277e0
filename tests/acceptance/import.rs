//! What exists already is imported by id or by name, and the next plan is empty.

use crate::harness::{endpoint, rule, Resource, Server, Workspace, ENDPOINT, RULE};
use serde_json::{json, Value};

/// Creates the rule with terraform and then forgets its state, so that only the server knows it. Returns its id.
fn forgotten(workspace: &Workspace, resource: &Resource, address: &str) -> String {
    workspace.apply_resource(resource).succeeds();
    let id = workspace.state().of(address)["id"].as_str().unwrap().to_owned();
    workspace.forget_state();
    id
}

#[test]
fn a_rule_is_imported_by_its_id() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let id = forgotten(&workspace, &rule(&server), RULE);
    workspace.import(RULE, &id).succeeds();
    assert_eq!(workspace.state().of(RULE)["id"], json!(id));
    workspace.plan().is_empty();
}

#[test]
fn a_rule_is_imported_by_its_name() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let id = forgotten(&workspace, &rule(&server), RULE);
    workspace.import(RULE, &server.unique("cpu high")).succeeds();
    assert_eq!(workspace.state().of(RULE)["id"], json!(id));
    workspace.plan().is_empty();
}

#[test]
fn a_rule_with_everything_is_imported_without_a_difference() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let post = crate::harness::Block::new()
        .text("url", &server.receiver_url("/rule"))
        .text("endpoint", "squadcast")
        .set("headers", r#"{ Content-Type = "application/json" }"#)
        .set("sensitive_headers", r#"{ Authorization = "Bearer t" }"#);
    let full = rule(&server)
        .text("retention_policy", "weekly")
        .text("aggregate", "mean")
        .text("period", "10m")
        .text("every", "30s")
        .set("group_by", r#"["host"]"#)
        .set("where", r#"{ cpu = ["cpu-total"], region = ["a", "b"] }"#)
        .text("message", "it's \"{{ .ID }}\"\nand more")
        .text("details", "<b>{{ .Message }}</b>")
        .set("state_changes_only", "false")
        .set("flapping", "true")
        .set("enabled", "false")
        .only_block("post", post);
    let id = forgotten(&workspace, &full, RULE);
    workspace.import(RULE, &id).succeeds();
    workspace.plan().is_empty();
}

#[test]
fn an_endpoint_is_imported_by_its_name() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let endpoint = endpoint(&server).set("headers", r#"{ Content-Type = "application/json" }"#);
    forgotten(&workspace, &endpoint, ENDPOINT);
    workspace.import(ENDPOINT, "squadcast").succeeds();
    assert_eq!(workspace.state().of(ENDPOINT)["declared"], true);
    workspace.plan().is_empty();
}

#[test]
fn an_import_block_works_as_the_command_does() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    let id = forgotten(&workspace, &rule, RULE);
    let import = format!("import {{\n  to = {RULE}\n  id = \"{id}\"\n}}\n");
    let before = server.snapshot();
    workspace.apply(&format!("{}\n{import}", rule.hcl())).succeeds();
    assert_eq!(server.snapshot(), before);
    workspace.plan().is_empty();
}

#[test]
fn a_rule_that_chronograf_saved_is_imported_into_generated_configuration() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let name = server.unique("CPU high");
    let id = format!("chronograf-v1-{}", name.replace(' ', "-").to_lowercase());
    let script = recorded_script("where many tags").replace("'CPU high'", &format!("'{name}'"));
    server.api().create_task(&json!({
        "id": id,
        "type": "stream",
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "script": script,
        "status": "enabled",
    }));
    let before = server.snapshot();
    workspace.write(&format!("import {{\n  to = {RULE}\n  id = \"{id}\"\n}}\n"));
    let generated = workspace.plan_with(&["-generate-config-out=generated.tf"]);
    generated.wants(&[(RULE, "import")]);
    workspace.apply_again().succeeds();
    assert_eq!(server.snapshot(), before);
    workspace.plan().is_empty();
}

#[test]
fn an_id_with_letters_of_any_alphabet_is_taken_in_generated_configuration() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    workspace.apply_resource(&rule(&server)).succeeds();
    let state = workspace.state();
    let script = server.api().task(state.of(RULE)["id"].as_str().unwrap()).unwrap()["script"].clone();
    workspace.destroy().succeeds();
    let id = format!("Überwachung-監視-{}", server.unique("x").replace(' ', "-"));
    server.api().create_task(&json!({
        "id": id, "type": "stream", "dbrps": [{ "db": "telegraf", "rp": "autogen" }], "script": script, "status": "enabled",
    }));
    workspace.write(&format!("import {{\n  to = {RULE}\n  id = \"{id}\"\n}}\n"));
    let generated = workspace.plan_with(&["-generate-config-out=generated.tf"]);
    generated.wants(&[(RULE, "import")]);
    workspace.apply_again().succeeds();
    assert_eq!(workspace.state().of(RULE)["task_id"], json!(id));
    workspace.plan().is_empty();
}

#[test]
fn what_does_not_exist_cannot_be_imported() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let missing = server.unique("no such rule");
    for (address, resource) in [(RULE, rule(&server)), (ENDPOINT, endpoint(&server))] {
        workspace.write(&resource.hcl());
        let name = missing.replace(' ', "-");
        let run = workspace.import(address, &name);
        assert_ne!(run.code, Some(0), "{run}");
        assert!(run.stderr.contains(&name), "{run}");
    }
}

#[test]
fn a_task_that_is_no_rule_cannot_be_imported_as_one() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let id = server.unique("batch").replace(' ', "-");
    server.api().create_task(&json!({
        "id": id,
        "type": "stream",
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "script": "stream\n    |from()\n        .measurement('cpu')\n    |log()\n",
        "status": "disabled",
    }));
    workspace.write(&rule(&server).hcl());
    let run = workspace.import(RULE, &id);
    assert_ne!(run.code, Some(0), "{run}");
    assert!(run.stderr.contains(&id), "{run}");
}

/// The script that Chronograf stored for a case of the recordings.
fn recorded_script(case: &str) -> String {
    include_str!("../contract/rules/systematic.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|record| record["case"] == case)
        .and_then(|record| Some(record["tickscript"].as_str()?.to_owned()))
        .unwrap_or_else(|| panic!("there is no recording of {case:?}"))
}
