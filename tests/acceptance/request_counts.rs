//! The requests of each operation, as docs/dev/requests.md lists them.
//!
//! What a plan asks is asked again by the apply, which plans each resource anew; both are seen apart here.

use crate::harness::{endpoint, rule, Resource, Server, Workspace, RULE};
use sandbox::{Options, SeenRequest};
use serde_json::json;
use std::path::Path;

const NO_REFRESH: &[&str] = &["-refresh=false"];

/// An operation by its name in that table.
struct Operation {
    name: &'static str,
    /// What is applied before; nothing if it is empty.
    before: String,
    /// What others do then to the rule's task.
    disturbed: fn(&Server, &str),
    wanted: String,
    /// What the plan asks.
    plan: &'static [&'static str],
    /// What the apply asks beside that.
    apply: &'static [&'static str],
}

fn operations(server: &Server) -> Vec<Operation> {
    let disabled = |resource: Resource| resource.set("enabled", "false").hcl();
    let resolving = || rule(server).set("resolve_on_destroy", "true").hcl();
    let changed = || rule(server).text("message", "other").hcl();
    let operation = |name, before: String, wanted: String, plan, apply| Operation {
        name,
        before,
        disturbed: |_, _| {},
        wanted,
        plan,
        apply,
    };
    let (none, one_rule, one_endpoint) = (String::new(), rule(server).hcl(), endpoint(server).hcl());
    let moved = endpoint(server).text("url", &server.receiver_url("/moved")).hcl();
    vec![
        operation(
            "rule: create",
            none.clone(),
            one_rule.clone(),
            &["GET task"],
            &["POST task", "GET task"],
        ),
        operation(
            "rule: create with `enabled = false`",
            none.clone(),
            disabled(rule(server)),
            &["GET task"],
            &["POST task"],
        ),
        operation(
            "rule: update",
            one_rule.clone(),
            changed(),
            &[],
            &["GET topics", "GET events", "PATCH task", "PATCH task", "GET task"],
        ),
        Operation {
            disturbed: |server, id| {
                let vars = json!({ "vars": { "crit": { "type": "int", "value": 50, "description": "" } } });
                server.api().patch_task(id, &vars);
            },
            ..operation(
                "rule: update that takes away vars or a template",
                one_rule.clone(),
                changed(),
                &[],
                &[
                    "GET topics",
                    "GET events",
                    "PATCH task",
                    "DELETE task",
                    "POST task",
                    "PATCH task",
                    "GET task",
                ],
            )
        },
        operation(
            "rule: switched off",
            one_rule.clone(),
            disabled(rule(server)),
            &[],
            &["PATCH task"],
        ),
        operation(
            "rule: switched on",
            disabled(rule(server)),
            one_rule.clone(),
            &[],
            &["PATCH task", "GET task"],
        ),
        operation(
            "rule: delete",
            one_rule.clone(),
            none.clone(),
            &["GET topics", "GET events"],
            &["DELETE task"],
        ),
        operation(
            "rule: delete of a disabled one",
            disabled(rule(server)),
            none.clone(),
            &["GET topics"],
            &["GET task", "DELETE topics", "DELETE task"],
        ),
        operation(
            "rule: delete with `resolve_on_destroy`, where nothing is open",
            resolving(),
            none.clone(),
            &[],
            &["GET task", "GET topics", "GET events", "DELETE task"],
        ),
        operation(
            "endpoint: create",
            none.clone(),
            one_endpoint.clone(),
            &["GET endpoint", "POST endpoint"],
            &["GET endpoint", "POST endpoint", "POST endpoint", "GET endpoint"],
        ),
        operation(
            "endpoint: update",
            one_endpoint.clone(),
            moved,
            &[],
            &["POST endpoint", "GET endpoint"],
        ),
        operation("endpoint: destroy", one_endpoint, none, &[], &["POST endpoint"]),
    ]
}

/// Method and object of each request. The lease's are those of a turn, and not of an operation.
fn seen(server: &Server) -> Vec<String> {
    let requests = server.insides().requests();
    requests.iter().filter_map(told).collect()
}

fn told(request: &SeenRequest) -> Option<String> {
    let path = request.path.split('?').next().unwrap_or_default();
    let object = match path.strip_prefix("/kapacitor/v1/")? {
        path if path.starts_with("templates") => return None,
        path if path.starts_with("tasks") => "task",
        path if path.ends_with("/events") => "events",
        path if path.starts_with("alerts/topics") => "topics",
        path if path.starts_with("config/httppost") => "endpoint",
        other => other,
    };
    Some(format!("{} {object}", request.method))
}

/// How many requests the table says that the operation makes.
fn documented(name: &str) -> usize {
    let table = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dev/requests.md")).unwrap();
    let row = format!("| {name} | ");
    let row = table.lines().find_map(|line| line.strip_prefix(&row));
    let row = row.unwrap_or_else(|| panic!("the table has no row {name:?}"));
    let count = row.split(':').next().unwrap();
    count
        .parse()
        .unwrap_or_else(|_| panic!("the row {name:?} begins with {count:?}"))
}

#[test]
fn every_operation_makes_the_requests_that_the_table_lists() {
    if Server::sandbox(Options::default(), "it counts requests").is_none() {
        return;
    }
    let count = operations(&Server::start()).len();
    for number in 0..count {
        let server = Server::start();
        let operation = operations(&server).swap_remove(number);
        let workspace = Workspace::new(&server);
        if !operation.before.is_empty() {
            workspace.apply(&operation.before).succeeds();
        }
        if let Some(rule) = workspace.state().find(RULE) {
            (operation.disturbed)(&server, rule["id"].as_str().unwrap());
        }
        if operation.before.contains("alert_rule") {
            // The plan of an update takes the vars that others set from the state.
            workspace
                .run(&["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"])
                .succeeds();
        }
        workspace.write(&operation.wanted);
        server.insides().clear_requests();
        workspace.plan_with(NO_REFRESH).run.code.unwrap();
        assert_eq!(seen(&server), operation.plan, "plan of {}", operation.name);
        server.insides().clear_requests();
        workspace
            .run(&["apply", "-input=false", "-json", "plan.tfplan"])
            .succeeds();
        let mut seen = seen(&server);
        if operation.before.is_empty() && operation.name.starts_with("rule") {
            assert_eq!(seen.remove(0), "GET task", "the apply plans the creation anew");
        }
        if operation.name == "endpoint: create" {
            seen.drain(..operation.plan.len());
        }
        assert_eq!(seen, operation.apply, "apply of {}", operation.name);
        assert_eq!(documented(operation.name), operation.apply.len(), "{}", operation.name);
    }
}
