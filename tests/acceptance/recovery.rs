//! A rule that fires may be changed: its recovery is delivered all the same, or the plan warned that it will not be.

use crate::harness::{endpoint, join, rule, Block, Points, Resource, Server, Workspace, ENDPOINT};
use serde_json::Value;
use std::collections::BTreeSet;

/// What becomes of the open alert.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Outcome {
    /// Its recovery is sent, under the same id.
    Recovers,
    /// Kapacitor forgets it, and the plan says so.
    Warned,
}
use Outcome::{Recovers, Warned};

/// A change of one attribute of a firing rule.
struct Change {
    attribute: &'static str,
    outcome: Outcome,
    before: fn(&Server) -> Resource,
    edit: fn(Resource, &Server) -> Resource,
}

fn raw(server: &Server) -> Resource {
    rule(server)
}

fn windowed(server: &Server) -> Resource {
    rule(server)
        .text("aggregate", "max")
        .text("period", "1m")
        .text("every", "1m")
}

fn in_a_range(server: &Server) -> Resource {
    let rule = rule(server).text("trigger", "range").text("operator", "outside");
    rule.without("value").set("lower", "0").set("upper", "90")
}

fn relative(server: &Server) -> Resource {
    let rule = rule(server).text("trigger", "relative").text("change", "amount");
    rule.text("shift", "1m").set("value", "3")
}

fn grouped(server: &Server) -> Resource {
    rule(server).set("group_by", r#"["host"]"#)
}

fn grouped_twice(server: &Server) -> Resource {
    rule(server).set("group_by", r#"["host", "cpu"]"#)
}

fn secret_post(server: &Server) -> Resource {
    let post = post(server).set("sensitive_headers", r#"{ Authorization = "one" }"#);
    rule(server).only_block("post", post)
}

fn post(server: &Server) -> Block {
    Block::new().text("url", &server.receiver_url("/rule"))
}

fn changes() -> Vec<Change> {
    let change = |attribute, outcome, before, edit| Change {
        attribute,
        outcome,
        before,
        edit,
    };
    vec![
        change("name", Warned, raw, |rule, server| {
            rule.text("name", &server.unique("renamed"))
        }),
        change("task_id", Warned, raw, |rule, server| {
            rule.text("task_id", &server.unique("moved").replace(' ', "-"))
        }),
        change("database", Warned, raw, |rule, _| rule.text("database", "other")),
        change("retention_policy", Warned, raw, |rule, _| {
            rule.text("retention_policy", "other")
        }),
        change("measurement", Warned, raw, |rule, _| rule.text("measurement", "other")),
        change("field", Recovers, raw, |rule, _| rule.text("field", "usage_system")),
        change("aggregate", Warned, raw, |rule, _| {
            rule.text("aggregate", "max").text("period", "1m").text("every", "1m")
        }),
        change("aggregate", Recovers, windowed, |rule, _| rule.text("aggregate", "min")),
        change("period", Recovers, windowed, |rule, _| rule.text("period", "2m")),
        change("every", Recovers, windowed, |rule, _| rule.text("every", "2m")),
        change("group_by", Warned, raw, |rule, _| rule.set("group_by", r#"["host"]"#)),
        change("group_by", Warned, grouped, |rule, _| rule.without("group_by")),
        change("group_by", Recovers, grouped_twice, |rule, _| {
            rule.set("group_by", r#"["cpu", "host"]"#)
        }),
        change("where", Warned, raw, |rule, _| {
            rule.set("where", r#"{ cpu = ["cpu-total"] }"#)
        }),
        change("exclude", Warned, raw, |rule, _| {
            rule.set("exclude", r#"{ cpu = ["cpu0"] }"#)
        }),
        change("trigger", Warned, raw, |rule, _| {
            let relative = rule.text("trigger", "relative").text("change", "amount");
            relative.text("shift", "1m")
        }),
        change("operator", Recovers, raw, |rule, _| rule.text("operator", ">=")),
        change("value", Recovers, raw, |rule, _| rule.set("value", "50")),
        change("lower", Recovers, in_a_range, |rule, _| rule.set("lower", "1")),
        change("upper", Recovers, in_a_range, |rule, _| rule.set("upper", "80")),
        change("change", Recovers, relative, |rule, _| rule.text("change", "percent")),
        change("shift", Recovers, relative, |rule, _| rule.text("shift", "2m")),
        change("message", Recovers, raw, |rule, _| rule.text("message", "changed")),
        change("details", Recovers, raw, |rule, _| rule.text("details", "changed")),
        change("state_changes_only", Recovers, raw, |rule, _| {
            rule.set("state_changes_only", "false")
        }),
        change("flapping", Warned, raw, |rule, _| rule.set("flapping", "true")),
        change("resolve_on_destroy", Recovers, raw, |rule, _| {
            rule.set("resolve_on_destroy", "true")
        }),
        change("post", Recovers, raw, |rule, server| {
            rule.only_block("post", Block::new().text("url", &server.receiver_url("/other")))
        }),
        change("post", Recovers, raw, |rule, server| {
            rule.only_block("post", post(server).text("endpoint", "not-declared"))
        }),
        change("post", Recovers, raw, |rule, server| {
            rule.only_block("post", post(server).set("headers", r#"{ X-Team = "sre" }"#))
        }),
        change("post", Recovers, secret_post, |rule, server| {
            let header = r#"{ Authorization = "other" }"#;
            rule.only_block("post", post(server).set("sensitive_headers", header))
        }),
        change("post", Recovers, raw, |rule, _| {
            rule.only_block("post", Block::new().text("url_env", URL_VARIABLE))
        }),
        change("handlers", Recovers, raw, |rule, _| {
            rule.set("handlers", r#"{ log = [{ file_path = "/dev/null" }] }"#)
        }),
    ]
}

/// The variable that holds a webhook's URL.
const URL_VARIABLE: &str = "WEBHOOK_URL";

/// What no row can be about: a rule without recoveries is warned of in any plan, and a disabled one is tried below.
const ELSEWHERE: [&str; 2] = ["no_recoveries", "enabled"];

#[test]
fn each_attribute_of_a_firing_rule_has_a_row() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    workspace.write("");
    let schema = workspace.run(&["providers", "schema", "-json"]).succeeds();
    let schema: Value = serde_json::from_str(&schema.stdout).unwrap();
    let providers = schema["provider_schemas"].as_object().unwrap();
    let block = &providers.values().next().unwrap()["resource_schemas"]["squadcast_kapacitor_alert_rule"]["block"];
    let settable = |attribute: &Value| attribute["optional"] == true || attribute["required"] == true;
    let attributes = block["attributes"].as_object().unwrap();
    let attributes = attributes.iter().filter(|(_, attribute)| settable(attribute));
    let names: BTreeSet<&str> = attributes.map(|(name, _)| name.as_str()).collect();
    assert!(block["block_types"].is_null(), "a block has no row");
    let changes = changes();
    let covered: BTreeSet<&str> = changes.iter().map(|change| change.attribute).chain(ELSEWHERE).collect();
    assert_eq!(names, covered);
}

#[test]
fn a_firing_rule_recovers_after_a_change_of_any_attribute_or_the_plan_warned() {
    for change in changes() {
        let Change { attribute, outcome, .. } = change;
        let server = Server::start();
        let rule = (change.before)(&server);
        let edited = (change.edit)(rule.clone(), &server).hcl();
        let workspace = match edited.contains(URL_VARIABLE) {
            true => Workspace::new(&server).env(URL_VARIABLE, &server.receiver_url("/variable")),
            false => Workspace::new(&server),
        };
        workspace.apply_resource(&rule).succeeds();
        let points = Points::new();
        let id = points.fire(&server);

        workspace.write(&edited);
        let run = workspace.plan().run;
        assert_eq!(run.code, Some(2), "{attribute}: {run}");
        let warned = run
            .warnings()
            .iter()
            .any(|warning| warning.summary == "The task is firing");
        assert_eq!(warned, outcome == Warned, "{attribute}: {run}");
        if outcome == Warned {
            continue;
        }
        workspace.apply_again().succeeds();
        let ok = points.recover(&server);
        assert_eq!(ok.alert_id(), id, "{attribute}");
        assert_eq!(ok.json().unwrap()["previousLevel"], "CRITICAL", "{attribute}");
    }
}

#[test]
fn a_firing_rule_recovers_after_it_was_switched_off_and_on() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    let points = Points::new();
    let id = points.fire(&server);
    for enabled in ["false", "true"] {
        let switched = rule(&server).set("enabled", enabled);
        workspace.apply_resource(&switched).succeeds();
    }
    assert_eq!(points.recover(&server).alert_id(), id);
}

#[test]
fn a_firing_rule_recovers_after_a_change_of_any_attribute_of_its_endpoint() {
    type Edit = fn(Resource, &Server) -> Resource;
    let edits: [(&str, Edit); 5] = [
        ("url", |endpoint, server| {
            endpoint.text("url", &server.receiver_url("/moved"))
        }),
        ("headers", |endpoint, _| {
            endpoint.set("headers", r#"{ X-Team = "sre" }"#)
        }),
        ("sensitive_headers", |endpoint, _| {
            endpoint.set("sensitive_headers", r#"{ X-Key = "key" }"#)
        }),
        ("basic_auth", |endpoint, _| {
            endpoint.block("basic_auth", Block::new().text("username", "u").text("password", "p"))
        }),
        ("alert_template", |endpoint, _| {
            endpoint.text("alert_template", r#"{"id":{{json .ID}},"level":"{{.Level}}"}"#)
        }),
    ];
    for (what, edit) in edits {
        let server = Server::start();
        let workspace = Workspace::new(&server);
        let post = Block::new().set("endpoint", format!("{ENDPOINT}.name"));
        let rule = rule(&server).only_block("post", post);
        workspace.apply(&join(&[endpoint(&server), rule.clone()])).succeeds();
        let points = Points::new();
        let id = points.fire(&server);
        workspace
            .apply(&join(&[edit(endpoint(&server), &server), rule]))
            .succeeds();
        assert_eq!(points.recover(&server).alert_id(), id, "{what}");
    }
}
