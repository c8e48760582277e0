//! A rule is created, updated in place attribute by attribute, and destroyed without a trace.

use crate::harness::{endpoint, join, rule, rules, Block, Resource, Server, Workspace, ENDPOINT, RULE};
use sandbox::Options;
use serde_json::{json, Value};

#[test]
fn a_created_rule_runs_and_a_second_plan_is_empty() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace.apply_resource(&rule).succeeds();

    let state = workspace.state().of(RULE);
    let id = state["id"].as_str().unwrap();
    assert!(
        id.starts_with("chronograf-v1-"),
        "Chronograf does not show tasks with the id {id}"
    );
    assert_eq!(state["executing"], true);
    assert_eq!(state["error"].as_str().unwrap_or_default(), "");
    assert_eq!(state["dbrps"], json!(["telegraf.autogen"]));

    let task = server.api().task(id).expect("the task exists");
    assert_eq!(task["status"], "enabled");
    assert_eq!(task["executing"], true);
    assert_eq!(task["type"], "stream");
    assert_eq!(task["dbrps"], json!([{ "db": "telegraf", "rp": "autogen" }]));
    let posts_to = format!(".post('{}')", server.receiver_url("/rule"));
    assert_says(
        &task,
        &["var crit = 90", "\"value\" > crit", ".stateChangesOnly()", &posts_to],
    );

    workspace.plan().is_empty();
}

#[test]
fn a_task_id_of_the_users_choice_is_known_when_the_creation_is_planned() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.write(&rule(&server).set("task_id", "\"cpu\"").hcl());
    assert_eq!(workspace.plan().change(RULE).after["id"], "cpu");
}

#[test]
fn destroying_leaves_the_server_as_it_was() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let before = server.snapshot();
    workspace.apply(&join(&[endpoint(&server), rule(&server)])).succeeds();
    assert_ne!(server.snapshot(), before);
    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before);
    assert_eq!(workspace.state().addresses(), Vec::<String>::new());
}

#[test]
fn a_rule_that_is_gone_already_is_destroyed_without_complaint() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    server.api().delete_task(&id_of_rule(&workspace));
    workspace
        .run(&["destroy", "-auto-approve", "-refresh=false", "-json"])
        .succeeds();
    assert_eq!(workspace.state().addresses(), Vec::<String>::new());
}

/// One change of a configuration, and what the script then says.
struct Step {
    changes: &'static str,
    edit: Box<dyn Fn(Resource) -> Resource>,
    says: Vec<String>,
}

fn step(changes: &'static str, says: &[&str], edit: impl Fn(Resource) -> Resource + 'static) -> Step {
    Step {
        changes,
        edit: Box::new(edit),
        says: says.iter().map(|part| part.to_string()).collect(),
    }
}

/// Applies each step on top of the one before: an update in place each time, and nothing left to do after it.
fn walk(server: &Server, workspace: &Workspace, mut rule: Resource, steps: Vec<Step>) {
    workspace.apply_resource(&rule).succeeds();
    let id = id_of_rule(workspace);
    for Step { changes, edit, says } in steps {
        rule = edit(rule);
        let run = workspace.apply_resource(&rule).succeeds();
        assert_eq!(
            run.changes("planned_change"),
            [(RULE.to_owned(), "update".to_owned())],
            "changing {changes}"
        );
        assert_eq!(id_of_rule(workspace), id, "changing {changes} made another task");
        let task = server.api().task(&id).expect("the task is still there");
        assert_eq!(task["executing"], true, "after a change of {changes}: {task:#}");
        assert_says(&task, &says.iter().map(String::as_str).collect::<Vec<_>>());
        let plan = workspace.plan();
        assert_eq!(plan.run.code, Some(0), "after a change of {changes}:\n{}", plan.text());
        plan.is_empty();
    }
}

#[test]
fn each_attribute_of_the_watched_data_is_updated_in_place() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let renamed = server.unique("disk full");
    let named = format!("var name = '{renamed}'");
    let steps = vec![
        step("name", &[&named], move |rule| rule.text("name", &renamed)),
        step("database", &["var db = 'metrics'"], |rule| {
            rule.text("database", "metrics")
        }),
        step("retention_policy", &["var rp = 'weekly'"], |rule| {
            rule.text("retention_policy", "weekly")
        }),
        step("measurement", &["var measurement = 'disk'"], |rule| {
            rule.text("measurement", "disk")
        }),
        step("field", &["isPresent(\"used\")", "|eval(lambda: \"used\")"], |rule| {
            rule.text("field", "used")
        }),
        step(
            "group_by",
            &["var groupBy = ['host', 'device']", "{{.Group}}"],
            |rule| rule.set("group_by", r#"["host", "device"]"#),
        ),
        step("where", &["(\"host\" == 'a' OR \"host\" == 'b')"], |rule| {
            rule.set("where", r#"{ host = ["a", "b"] }"#)
        }),
        step("exclude", &["\"host\" != 'c'"], |rule| {
            rule.without("where").set("exclude", r#"{ host = ["c"] }"#)
        }),
        step(
            "aggregate",
            &["|mean('used')", "var period = 10m", "var every = 30s"],
            |rule| {
                rule.text("aggregate", "mean")
                    .text("period", "10m")
                    .text("every", "30s")
            },
        ),
        step("aggregate", &["|max('used')"], |rule| rule.text("aggregate", "max")),
        step("period", &["var period = 5m"], |rule| rule.text("period", "5m")),
        step("every", &["var every = 1m"], |rule| rule.text("every", "1m")),
        step("aggregate", &["|eval(lambda: \"used\")"], |rule| {
            rule.without("aggregate").without("period").without("every")
        }),
    ];
    walk(&server, &workspace, rule(&server), steps);
    assert_eq!(workspace.state().of(RULE)["dbrps"], json!(["metrics.weekly"]));
    let task = server.api().task(&id_of_rule(&workspace)).unwrap();
    assert_eq!(task["dbrps"], json!([{ "db": "metrics", "rp": "weekly" }]));
}

#[test]
fn each_attribute_of_the_trigger_is_updated_in_place() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let steps = vec![
        step("operator", &["\"value\" <= crit"], |rule| rule.text("operator", "<=")),
        step("value", &["var crit = 75.5"], |rule| rule.set("value", "75.5")),
        step("value", &["var crit = 'down'"], |rule| {
            rule.text("operator", "==").text("value", "down")
        }),
        step(
            "trigger",
            &["var lower = 10", "var upper = 90", "\"value\" >= lower AND"],
            |rule| {
                rule.without("value")
                    .text("trigger", "range")
                    .text("operator", "inside")
                    .set("lower", "10")
                    .set("upper", "90")
            },
        ),
        step("operator", &["\"value\" < lower OR"], |rule| {
            rule.text("operator", "outside")
        }),
        step("lower", &["var lower = -1.5"], |rule| rule.set("lower", "-1.5")),
        step("upper", &["var upper = 80"], |rule| rule.set("upper", "80")),
        step(
            "trigger",
            &["var shift = 5m", "float(\"current.value\" - \"past.value\")"],
            |rule| {
                rule.without("lower")
                    .without("upper")
                    .text("trigger", "relative")
                    .text("operator", ">")
                    .set("value", "3")
                    .text("change", "amount")
                    .text("shift", "5m")
            },
        ),
        step("change", &["/ float(\"past.value\") * 100.0"], |rule| {
            rule.text("change", "percent")
        }),
        step("shift", &["var shift = 10m"], |rule| rule.text("shift", "10m")),
        step(
            "trigger",
            &["|deadman(threshold, period)", "var period = 10m"],
            |rule| {
                ["value", "operator", "change", "shift"]
                    .into_iter()
                    .fold(rule, Resource::without)
                    .text("trigger", "deadman")
                    .text("period", "10m")
            },
        ),
        step("period", &["var period = 1h"], |rule| rule.text("period", "1h")),
    ];
    walk(&server, &workspace, rule(&server), steps);
}

#[test]
fn each_attribute_of_the_alert_is_updated_in_place() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let (one, other) = (server.receiver_url("/one"), server.receiver_url("/other"));
    let posts_to_other = format!(".post('{other}')");
    let (first, second, third) = (other.clone(), other.clone(), other.clone());
    let steps = vec![
        step(
            "message",
            &["it''s {{ .Level }}".replace("''", "\\'").as_str()],
            |rule| rule.text("message", "it's {{ .Level }}"),
        ),
        step(
            "details",
            &["var details = '<b>{{ .Message }}</b>'", ".details(details)"],
            |rule| rule.text("details", "<b>{{ .Message }}</b>"),
        ),
        step("state_changes_only", &[], |rule| {
            rule.set("state_changes_only", "false")
        }),
        step("no_recoveries", &[".noRecoveries()"], |rule| {
            rule.set("no_recoveries", "true")
        }),
        step("flapping", &[".flapping(0.0, 0.0)"], |rule| {
            rule.set("flapping", "true")
        }),
        step("post.url", &[&posts_to_other], move |rule| {
            rule.only_block("post", Block::new().text("url", &first))
        }),
        step("post.endpoint", &[".endpoint('squadcast')"], move |rule| {
            rule.only_block("post", Block::new().text("url", &second).text("endpoint", "squadcast"))
        }),
        step("post.headers", &[".header('X-Team', 'sre')"], move |rule| {
            let post = Block::new().text("url", &third).set("headers", r#"{ X-Team = "sre" }"#);
            rule.only_block("post", post)
        }),
        step(
            "post.sensitive_headers",
            &[".header('Authorization', 'Bearer t')"],
            move |rule| {
                let post = Block::new().text("url", &other);
                rule.only_block(
                    "post",
                    post.set("sensitive_headers", r#"{ Authorization = "Bearer t" }"#),
                )
            },
        ),
        step(
            "post",
            &[&format!(".post('{one}')"), ".header('Authorization', 'Bearer t')"],
            move |rule| rule.block("post", Block::new().text("url", &one)),
        ),
        step("post", &[".durationField(durationField)"], |rule| rule.without("post")),
    ];
    walk(&server, &workspace, rule(&server), steps);
    let task = server.api().task(&id_of_rule(&workspace)).unwrap();
    assert!(!task["script"].as_str().unwrap().contains(".post("), "{task:#}");
}

#[test]
fn a_rule_can_be_switched_off_and_on() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace
        .apply_resource(&rule.clone().set("enabled", "false"))
        .succeeds();
    let id = id_of_rule(&workspace);
    for (enabled, status) in [("false", "disabled"), ("true", "enabled"), ("false", "disabled")] {
        workspace
            .apply_resource(&rule.clone().set("enabled", enabled))
            .succeeds();
        let task = server.api().task(&id).expect("the task exists");
        assert_eq!(task["status"], status);
        assert_eq!(task["executing"], json!(status == "enabled"));
        assert_eq!(workspace.state().of(RULE)["executing"], task["executing"]);
        workspace.plan().is_empty();
    }
}

#[test]
fn a_task_id_of_the_users_choice_is_taken() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let id = server.unique("my-rule").replace(' ', "-");
    workspace.apply_resource(&rule(&server).text("task_id", &id)).succeeds();
    assert_eq!(id_of_rule(&workspace), id);
    assert_eq!(server.api().task(&id).expect("the task exists")["executing"], true);
    workspace.plan().is_empty();
}

/// A webhook by the name of an endpoint that no server has, and no URL to fall back on: Kapacitor cannot start it.
fn post_to_nowhere() -> Block {
    Block::new().text("endpoint", "not-declared-anywhere")
}

/// Kapacitor's words for it.
const NOWHERE: &str = "An appropriately formatted url must be specified if an endpoint is not specified";

#[test]
fn a_rule_that_cannot_start_is_not_left_behind() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let before = server.snapshot();
    let rule = rule(&server);
    let error = workspace
        .apply_resource(&rule.clone().only_block("post", post_to_nowhere()))
        .fails_once();
    error.mentions(&[NOWHERE]);
    assert_eq!(error.address.as_deref(), Some(RULE));
    assert_eq!(server.snapshot(), before);
    assert_eq!(workspace.state().find(RULE), None);

    workspace.apply_resource(&rule).succeeds();
    workspace.plan().is_empty();
}

#[test]
fn an_update_that_cannot_start_leaves_the_old_rule_running() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace.apply_resource(&rule).succeeds();
    let (state, snapshot) = (workspace.state().of(RULE), server.snapshot());

    let broken = rule
        .clone()
        .text("message", "other")
        .only_block("post", post_to_nowhere());
    let error = workspace.apply_resource(&broken).fails_once();
    error.mentions(&[NOWHERE]);
    assert_eq!(server.snapshot(), snapshot);
    assert_eq!(workspace.state().of(RULE), state);
    assert!(!workspace.state().is_tainted(RULE));
    server.api().write("cpu,host=a usage_user=95", 1_000_000_000);
    server.receives(|post| post.level() == Some("CRITICAL"));

    workspace.apply_resource(&rule).succeeds();
    workspace.plan().is_empty();
}

#[test]
fn a_task_of_that_id_with_another_script_is_left_alone() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let id = server.unique("foreign").replace(' ', "-");
    let foreign = json!({
        "id": id,
        "type": "stream",
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "script": "stream|from().measurement('cpu')|log()",
        "status": "enabled",
    });
    server.api().create_task(&foreign);
    let before = server.snapshot();
    let error = workspace
        .apply_resource(&rule(&server).text("task_id", &id))
        .fails_once();
    error.mentions(&["import", &id]);
    assert_eq!(server.snapshot(), before);
    assert_eq!(workspace.state().find(RULE), None);
}

#[test]
fn a_task_of_that_id_with_the_very_same_script_is_taken_over() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    let (id, before) = (id_of_rule(&workspace), server.snapshot());
    workspace.forget_state();
    workspace.apply_again().succeeds();
    assert_eq!(id_of_rule(&workspace), id);
    assert_eq!(server.snapshot(), before);
    workspace.plan().is_empty();
}

#[test]
fn a_rule_uses_an_endpoint_of_the_same_configuration() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let post = Block::new()
        .set("endpoint", format!("{ENDPOINT}.name"))
        .set("url", format!("{ENDPOINT}.url"));
    let rule = rule(&server).only_block("post", post);
    workspace.apply(&join(&[endpoint(&server), rule])).succeeds();
    workspace.plan().is_empty();
    let task = server.api().task(&id_of_rule(&workspace)).unwrap();
    let url = server.receiver_url("/endpoint");
    assert_says(&task, &[&format!(".post('{url}')"), ".endpoint('squadcast')"]);
}

#[test]
fn values_that_are_known_only_after_apply_do_not_fail_a_plan() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let source = Resource::new("terraform_data", "source").text("input", &server.receiver_url("/late"));
    let post = Block::new().set("url", "terraform_data.source.output");
    let rule = rule(&server).only_block("post", post);
    let endpoint = endpoint(&server).set("url", "terraform_data.source.output");
    workspace.apply(&join(&[source, rule, endpoint])).succeeds();
    workspace.plan().is_empty();
    let task = server.api().task(&id_of_rule(&workspace)).unwrap();
    assert_says(&task, &[&format!(".post('{}')", server.receiver_url("/late"))]);
}

#[test]
fn many_rules_at_once_do_not_hang_the_server() {
    let options = Options {
        strict_pace: true,
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "it looks at how starts and stops were paced") else {
        return;
    };
    let workspace = Workspace::new(&server);
    for message in ["first", "second"] {
        workspace.write(&join(&rules(&server, 30, message)));
        workspace
            .run(&["apply", "-auto-approve", "-json", "-parallelism=30"])
            .succeeds();
        let tasks = server.api().tasks();
        assert_eq!(tasks.len(), 30);
        for task in &tasks {
            assert_eq!(task["executing"], true, "{task:#}");
            assert_says(task, &[&format!("var message = '{message}'")]);
        }
    }
    workspace
        .run(&["destroy", "-auto-approve", "-json", "-parallelism=30"])
        .succeeds();
    assert_eq!(server.api().tasks(), Vec::<Value>::new());
    assert!(!server.insides().is_hung());
    assert_eq!(server.insides().pace().most_at_once, 1);
}

fn id_of_rule(workspace: &Workspace) -> String {
    workspace.state().of(RULE)["id"].as_str().unwrap().to_owned()
}

#[track_caller]
fn assert_says(task: &Value, parts: &[&str]) {
    let script = task["script"].as_str().unwrap();
    for part in parts {
        assert!(script.contains(part), "{part:?} is not in the script:\n{script}");
    }
}
