//! Each field that Kapacitor shows of a task: a change that somebody makes to it is seen in a plan and repaired, or the field
//! says nothing of what the task does.

use crate::harness::{rule, Api, Points, Server, Workspace, RULE};
use serde_json::{json, Value};
use std::collections::BTreeSet;

/// Changes the task of this id.
type Change = fn(&Api, &str);

enum Field {
    /// Somebody can change it, and the plan shows that as an update of this attribute.
    ShowsIn(&'static str, Change),
    /// Somebody can change it, and the rule's task is then missing.
    Recreated(Change),
    /// It follows from the others, or says nothing of what the task does.
    SaysNothing,
}

fn fields() -> Vec<(&'static str, Field)> {
    use Field::{Recreated, SaysNothing, ShowsIn};
    vec![
        (
            "id",
            Recreated(|api, id| patch(api, id, &json!({ "id": format!("{id}-renamed") }))),
        ),
        (
            "type",
            ShowsIn("tickscript", |api, id| {
                let batch = "batch\n    |query('select mean(usage_user) from telegraf.autogen.cpu')\n        .period(1m)\n        .every(1m)\n    |log()\n";
                patch(
                    api,
                    id,
                    &json!({ "type": "batch", "script": batch, "status": "disabled" }),
                );
            }),
        ),
        (
            "dbrps",
            ShowsIn("dbrps", |api, id| {
                patch(api, id, &json!({ "dbrps": [{ "db": "other", "rp": "weekly" }] }));
            }),
        ),
        (
            "script",
            ShowsIn("value", |api, id| {
                api.edit_script(id, |script| script.replace("var crit = 90", "var crit = 50"));
            }),
        ),
        ("vars", ShowsIn("vars", |api, id| patch(api, id, &crit_of_50()))),
        (
            "template-id",
            ShowsIn("template_id", |api, id| {
                let script = api.task(id).unwrap()["script"].clone();
                let template = format!("template-of-{id}");
                let created = json!({ "id": template, "type": "stream", "script": script });
                api.send_ok("POST", "/kapacitor/v1/templates", &created);
                patch(api, id, &json!({ "template-id": template }));
            }),
        ),
        (
            "status",
            ShowsIn("enabled", |api, id| patch(api, id, &json!({ "status": "disabled" }))),
        ),
        ("executing", ShowsIn("executing", fails_to_start)),
        ("error", ShowsIn("error", fails_to_start)),
        ("link", SaysNothing),
        ("dot", SaysNothing),
        ("stats", SaysNothing),
        ("created", SaysNothing),
        ("modified", SaysNothing),
        ("last-enabled", SaysNothing),
    ]
}

fn crit_of_50() -> Value {
    json!({ "vars": { "crit": { "type": "int", "value": 50 } } })
}

fn patch(api: &Api, id: &str, change: &Value) {
    let (status, body) = api.patch_task(id, change);
    assert_eq!(status, 200, "{body}");
}

/// Leaves the task enabled with the rule's own script, and not running since its last start failed.
fn fails_to_start(api: &Api, id: &str) {
    let script = api.task(id).unwrap()["script"].as_str().unwrap().to_owned();
    let (before, rest) = script.split_once(".post('").unwrap();
    let (_, after) = rest.split_once("')").unwrap();
    let broken = format!("{before}.post()\n        .endpoint('not-declared-anywhere'){after}");
    patch(api, id, &json!({ "script": broken, "status": "disabled" }));
    let (status, body) = api.patch_task(id, &json!({ "status": "enabled" }));
    assert_eq!(status, 500, "{body}");
    patch(api, id, &json!({ "script": script }));
}

#[test]
fn each_recorded_field_of_a_task_has_a_row() {
    let recorded = include_str!("../contract/http/02-task-list.jsonl")
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap())
        .find(|exchange| exchange["step"] == "set-up: one with vars")
        .unwrap();
    let recorded: BTreeSet<&str> = recorded["response"]["body"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    let rows = fields();
    assert_eq!(recorded, rows.iter().map(|(name, _)| *name).collect());
}

#[test]
fn a_change_of_each_field_is_seen_in_a_plan_and_repaired() {
    for (field, row) in fields() {
        let (attribute, change) = match row {
            Field::ShowsIn(attribute, change) => (Some(attribute), change),
            Field::Recreated(change) => (None, change),
            Field::SaysNothing => continue,
        };
        let server = Server::start();
        let workspace = Workspace::new(&server);
        workspace.apply_resource(&rule(&server)).succeeds();
        let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
        let wanted = server.api().task(&id).unwrap();
        change(&server.api(), &id);
        let plan = workspace.plan();
        match attribute {
            Some(attribute) => {
                plan.wants(&[(RULE, "update")]);
                let changed = plan.change(RULE).attributes();
                assert!(
                    changed.iter().any(|name| name == attribute),
                    "{field} shows in {changed:?}"
                );
            }
            None => {
                plan.wants(&[(RULE, "create")]);
            }
        }
        workspace.apply_again().succeeds();
        let repaired = server.api().task(&id).unwrap();
        for part in [
            "type",
            "dbrps",
            "script",
            "vars",
            "template-id",
            "status",
            "executing",
            "error",
        ] {
            assert_eq!(repaired[part], wanted[part], "{part} after a change of {field}");
        }
        workspace.plan().is_empty();
    }
}

/// Vars and a template can be taken from a task only by making it anew, which must not cost the alert its recovery.
#[test]
fn a_firing_rule_recovers_after_its_task_was_made_anew() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    let points = Points::new();
    let id = points.fire(&server);
    let task = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    patch(&server.api(), &task, &crit_of_50());
    let run = workspace.plan().run;
    assert!(run.warnings().is_empty(), "{run}");
    workspace.apply_again().succeeds();
    assert_eq!(server.api().task(&task).unwrap()["vars"], json!({}));
    assert_eq!(points.recover(&server).alert_id(), id);
}

#[test]
fn an_import_says_what_a_task_has_besides_its_script() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace.apply_resource(&rule).succeeds();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    patch(&server.api(), &id, &crit_of_50());
    workspace.forget_state();
    let run = workspace.import(RULE, &id).succeeds();
    let said = run.stdout.replace('\n', " ");
    assert!(said.contains("vars of its own") && said.contains("crit"), "{run}");
    workspace.plan().wants(&[(RULE, "update")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
}

#[test]
fn a_task_that_is_made_from_a_template_cannot_be_imported_as_a_rule() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace.apply_resource(&rule).succeeds();
    let state = workspace.state();
    let script = server.api().task(state.of(RULE)["id"].as_str().unwrap()).unwrap()["script"].clone();
    workspace.destroy().succeeds();
    let (id, template) = (
        server.unique("made").replace(' ', "-"),
        server.unique("template").replace(' ', "-"),
    );
    let api = server.api();
    api.send_ok(
        "POST",
        "/kapacitor/v1/templates",
        &json!({ "id": template, "type": "stream", "script": script }),
    );
    api.create_task(&json!({
        "id": id, "template-id": template, "dbrps": [{ "db": "telegraf", "rp": "autogen" }], "status": "enabled",
    }));
    for wanted in [id.clone(), server.unique("cpu high")] {
        let run = workspace.import(RULE, &wanted);
        assert_ne!(run.code, Some(0), "{run}");
        let said = run.stderr.replace("\n│ ", " ");
        assert!(said.contains("template") && said.contains(&template), "{run}");
    }
    assert_eq!(api.task(&id).unwrap()["executing"], true);
}
