//! Any TICKscript as a task: from a file to a running task, its changes, drift, import and end.

use crate::harness::{Resource, Server, Workspace};
use serde_json::json;

const TASK: &str = "squadcast_kapacitor_task.own";

/// A stranger's script: comments, odd layout, three alerts, vars.
const STRANGERS: &str = r#"// How much is too much
var crit=90
var   period = 5m
var groups = ['host',
   'cpu']
var hook string

// what comes in
var data = stream|from().database('telegraf').retentionPolicy('autogen')
  .measurement('cpu').groupBy( groups )
     |window().period(period).every(1m)

data|mean('usage_user').as('value')|alert()
   .id('user {{ .Group }}').crit(lambda: "value">crit)   // critical
   .stateChangesOnly().post(hook)

data
  |mean('usage_system').as('value')
  |alert().id('system {{ .Group }}')
     .warn(lambda: "value" > 70.0 AND TRUE)
     .crit(lambda: ("value" > 80.5))
     .stateChangesOnly()
     .post('http://localhost:1/planted-in-the-script')
     .header('Authorization', 'planted-in-a-header')

data|max('usage_iowait').as('value')
  |alert()
    .id('iowait {{ .Group }}')
    .crit(lambda: "value" > 50)
    .stateChangesOnly()
    .log('/tmp/alerts.log')
"#;

fn hcl(server: &Server, more: &str) -> String {
    format!(
        "resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n  \
         dbrps = [\"telegraf.autogen\"]\n  vars = {{ crit = 95, period = \"10m\" }}\n  secrets = {{ hook = \"{}\" }}\n{more}}}\n",
        server.receiver_url("/planted-in-secrets"),
    )
}

fn workspace(server: &Server, script: &str) -> Workspace {
    let workspace = Workspace::new(server);
    std::fs::write(workspace.path("own.tick"), script).unwrap();
    workspace
}

#[test]
fn a_strangers_script_goes_from_a_file_to_a_running_task_and_a_threshold_is_one_line() {
    let server = Server::start();
    let before = server.snapshot();
    let workspace = workspace(&server, STRANGERS);
    workspace.apply(&hcl(&server, "")).succeeds();
    let task = server.api().task("own").expect("the task exists");
    assert_eq!((&task["executing"], &task["type"]), (&json!(true), &json!("stream")));
    assert_eq!(task["vars"]["crit"]["value"], 95);
    workspace.plan().is_empty();

    std::fs::write(
        workspace.path("own.tick"),
        STRANGERS.replace("var crit=90", "\n\n  var crit   =  90\n"),
    )
    .unwrap();
    workspace.plan().is_empty();

    std::fs::write(workspace.path("own.tick"), STRANGERS.replace("> 80.5", "> 85.5")).unwrap();
    let plan = workspace.plan();
    let text = plan.text();
    assert!(!text.contains("planted"), "{text}");
    let changed: Vec<&str> = text
        .lines()
        .map(str::trim_start)
        .filter(|line| line.starts_with("- ") || line.starts_with("+ "))
        .collect();
    assert_eq!(changed.len(), 2, "{text}");
    assert!(changed[0].contains("> 80.5") && changed[1].contains("> 85.5"), "{text}");
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();

    server
        .api()
        .edit_script("own", |script| script.replace("> 85.5", "> 99.5"));
    assert!(workspace.plan().text().contains("> 99.5"));
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    assert!(server.api().task("own").unwrap()["script"]
        .as_str()
        .unwrap()
        .contains("> 85.5"));

    workspace.forget_state();
    workspace.import(TASK, "own").succeeds();
    workspace.plan().is_empty();
    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before);
}

#[test]
fn each_attribute_is_changed_in_place_and_drifts() {
    let server = Server::start();
    let workspace = workspace(&server, STRANGERS);
    workspace.apply(&hcl(&server, "")).succeeds();
    let first = hcl(&server, "");
    for (from, to) in [
        ("crit = 95", "crit = 96"),
        ("crit = 95, ", ""),
        ("telegraf.autogen", "telegraf.week"),
        ("planted-in-secrets", "another"),
        ("task_id = \"own\"", "task_id = \"own\"\n  enabled = false"),
        ("task_id = \"own\"", "task_id = \"own\"\n  resolve_on_destroy = true"),
    ] {
        workspace.apply(&first.replace(from, to)).succeeds();
        workspace.plan().is_empty();
    }
    workspace.apply(&first).succeeds();
    for drift in [
        json!({ "status": "disabled" }),
        json!({ "dbrps": [{ "db": "other", "rp": "autogen" }] }),
        json!({ "vars": { "crit": { "type": "int", "value": 1 }, "hook": { "type": "string", "value": "http://planted/" } } }),
    ] {
        server.api().patch_task("own", &drift);
        let text = workspace.plan().text();
        assert!(
            text.contains("will be updated in-place") && !text.contains("planted"),
            "{text}"
        );
        workspace.apply_again().succeeds();
        workspace.plan().is_empty();
    }
}

#[test]
fn a_batch_task_and_one_of_a_template_with_lines_of_their_own() {
    let server = Server::start();
    let batch = "dbrp \"telegraf\".\"autogen\"\nbatch|query('SELECT mean(usage_user) AS v FROM telegraf.autogen.cpu').period(1m).every(1m)\
                 |alert().crit(lambda: \"v\" > 1).stateChangesOnly()";
    let own = workspace(&server, batch);
    let task = Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", "own")
        .set("script", "file(\"own.tick\")");
    own.apply_resource(&task).succeeds();
    own.plan().is_empty();
    assert_eq!(own.state().of(TASK)["type"], "batch");
    assert_eq!(own.state().of(TASK)["dbrps"], json!(["telegraf.autogen"]));

    let template = json!({ "id": "t", "type": "stream", "script": "var crit = 1\nstream|from()|alert().crit(lambda: \"v\" > crit)" });
    server.api().send_ok("POST", "/kapacitor/v1/templates", &template);
    let task = Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", "own")
        .text("template_id", "t")
        .set("dbrps", "[\"telegraf.autogen\"]")
        .set("vars", "{ crit = 5 }");
    own.apply_resource(&task).succeeds();
    own.plan().is_empty();
    let made = server.api().task("own").unwrap();
    assert_eq!(
        (&made["template-id"], &made["vars"]["crit"]["value"]),
        (&json!("t"), &json!(5))
    );
    own.destroy().succeeds();
    server
        .api()
        .send_ok("DELETE", "/kapacitor/v1/templates/t", &json!(null));
}

#[test]
fn what_is_wrong_fails_where_it_can_be_known_and_leaves_nothing() {
    let server = Server::start();
    let before = server.snapshot();
    let bad = |script: &str, more: &str| {
        let workspace = workspace(&server, script);
        workspace.write(&format!(
            "resource \"squadcast_kapacitor_task\" \"own\" {{\n  task_id = \"own\"\n  script = file(\"own.tick\")\n{more}}}\n"
        ));
        let run = workspace.apply_again();
        assert_eq!(server.snapshot(), before, "{run}");
        run.fails_once()
    };
    let dbrps = "  dbrps = [\"telegraf.autogen\"]\n";
    bad("stream\n  |from()\n  .where('planted' ", dbrps).mentions(&["Kapacitor would refuse the script", "line 3"]);
    bad(
        "var n = 1\nstream|from()",
        &format!("{dbrps}  vars = {{ n = \"x\" }}\n"),
    )
    .mentions(&["whole number"]);
    bad("var n int\nstream|from()", dbrps).mentions(&["declares the var n without a value"]);
    bad("stream|from()", "").mentions(&["Set `dbrps`"]);
    bad("stream|from().nope()", dbrps).mentions(&["no method or property \"nope\""]);
}
