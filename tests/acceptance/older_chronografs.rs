//! Rules that an earlier Chronograf wrote: imported with what they say, and the plan shows what an apply would write.

use crate::harness::{rule, Resource, Server, Workspace, RULE};
use serde_json::json;

const FLOAT: &str = "    |eval(lambda: float(\"value\"))\n        .as('value')\n        .keep()\n";

fn grouped(server: &Server) -> Resource {
    rule(server).set("group_by", r#"["host"]"#)
}

/// The rule's script as Kapacitor prints it, which nobody has any more.
fn script_of(server: &Server, workspace: &Workspace, rule: &Resource) -> String {
    workspace.apply_resource(rule).succeeds();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    let script = server.api().task(&id).unwrap()["script"].as_str().unwrap().to_owned();
    workspace.destroy().succeeds();
    script
}

/// A task with this script, which then runs.
fn create(server: &Server, script: &str) -> String {
    let id = server.unique("chronograf-v1-older").replace(' ', "-");
    server.api().create_task(&json!({
        "id": id, "type": "stream", "dbrps": [{ "db": "telegraf", "rp": "autogen" }], "script": script, "status": "enabled",
    }));
    id
}

/// As Chronograf 1.3 wrote it.
fn of_1_3(script: &str) -> String {
    let older = script
        .replace("'-{{.Group}}'", "':{{.Group}}'")
        .replace("lambda: isPresent(\"usage_user\")", "lambda: TRUE")
        .replace(FLOAT, "");
    assert!(
        older.contains(":{{.Group}}") && older.contains("lambda: TRUE") && !older.contains("float"),
        "{older}"
    );
    older
}

#[test]
fn a_rule_of_an_earlier_chronograf_is_imported_and_the_plan_shows_the_script_to_come() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = grouped(&server);
    let script = script_of(&server, &workspace, &rule);
    let id = create(&server, &of_1_3(&script));
    for wanted in [&id, &server.unique("cpu high")] {
        workspace.forget_state();
        workspace.import(RULE, wanted).succeeds();
        assert_eq!(workspace.state().of(RULE)["id"], json!(id));
    }
    workspace.write(&rule.text("task_id", &id).hcl());
    let plan = workspace.plan();
    plan.wants(&[(RULE, "update")]);
    assert_eq!(plan.change(RULE).attributes(), ["tickscript"]);
    let text = plan.text();
    for shown in [
        ":{{.Group}}",
        "-{{.Group}}",
        "lambda: TRUE",
        "isPresent(\"usage_user\")",
        "float(\"value\")",
    ] {
        assert!(text.contains(shown), "{shown:?} is not shown in\n{text}");
    }
    let [warning] = &plan.run.warnings()[..] else {
        panic!("{}", plan.run);
    };
    warning.mentions(&["another id", ":{{.Group}}", "incident"]);
    workspace.apply_again().succeeds();
    assert_eq!(server.api().task(&id).unwrap()["script"], json!(script));
    workspace.plan().is_empty();
}

#[test]
fn a_rule_whose_alert_keeps_its_id_is_rewritten_without_a_warning() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = grouped(&server);
    let script = script_of(&server, &workspace, &rule);
    let id = create(
        &server,
        &script.replace("lambda: isPresent(\"usage_user\")", "lambda: TRUE"),
    );
    workspace.import(RULE, &id).succeeds();
    workspace.write(&rule.text("task_id", &id).hcl());
    let plan = workspace.plan();
    plan.wants(&[(RULE, "update")]);
    assert!(plan.run.warnings().is_empty(), "{}", plan.run);
}

#[test]
fn a_firing_rule_whose_alert_gets_another_id_is_warned_of_with_what_is_open() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = grouped(&server);
    let script = script_of(&server, &workspace, &rule);
    let id = create(&server, &of_1_3(&script));
    workspace.import(RULE, &id).succeeds();
    server.api().write("cpu,host=web01 usage_user=95", 1_000_000_000);
    server.receives(|post| post.level() == Some("CRITICAL"));
    workspace.write(&rule.text("task_id", &id).hcl());
    let run = workspace.plan().run;
    let firing = run
        .warnings()
        .into_iter()
        .find(|warning| warning.summary == "The task is firing");
    firing
        .unwrap_or_else(|| panic!("{run}"))
        .mentions(&["host=web01", "another id"]);
}

#[test]
fn a_rule_that_cannot_be_read_is_named_with_the_true_reason() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = grouped(&server).set("exclude", r#"{ env = ["dev", "test"] }"#);
    let script = script_of(&server, &workspace, &rule);
    let older = script.replace(
        "\"env\" != 'dev' AND \"env\" != 'test'",
        "\"env\" != 'dev' OR \"env\" != 'test'",
    );
    assert_ne!(older, script);
    let id = create(&server, &older);
    for wanted in [&id, &server.unique("cpu high")] {
        let run = workspace.import(RULE, wanted);
        assert_ne!(run.code, Some(0), "{run}");
        let said = run.stderr.replace("\n│ ", " ").replace('\n', " ");
        assert!(
            said.contains(&id) && said.contains("joins several != of one tag with OR"),
            "{run}"
        );
        assert!(!said.contains("no such rule"), "{run}");
    }
}
