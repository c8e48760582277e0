//! The requests of each operation, as docs/dev/requests.md lists them.
//!
//! What a plan asks is asked again by the apply, which plans each resource anew; both are seen apart here.

use crate::harness::{endpoint, is_about_leases, join, rule, Resource, Server, Workspace, RULE};
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
    let operation = |name, before: String, wanted: String, plan, apply| operation(name, &before, &wanted, plan, apply);
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
    .into_iter()
    .chain(of_tasks())
    .chain(of_templates())
    .chain(of_handlers())
    .collect()
}

fn operation(
    name: &'static str,
    before: &str,
    wanted: &str,
    plan: &'static [&'static str],
    apply: &'static [&'static str],
) -> Operation {
    Operation {
        name,
        before: before.to_owned(),
        disturbed: |_, _| {},
        wanted: wanted.to_owned(),
        plan,
        apply,
    }
}

const SCRIPT: &str = "var crit = 90\nstream|from().measurement('cpu').groupBy('host')\
                      |alert().crit(lambda: \"usage_user\" > crit).stateChangesOnly().post('http://127.0.0.1:9/')";

fn task(label: &str) -> Resource {
    Resource::new("squadcast_kapacitor_task", label)
        .text("task_id", label)
        .set("dbrps", "[\"telegraf.autogen\"]")
}

fn of_tasks() -> Vec<Operation> {
    let one = task("one").text("script", SCRIPT);
    let [on, off] = [one.hcl(), one.clone().set("enabled", "false").hcl()];
    let changed = one.clone().text("script", &SCRIPT.replace("90", "95")).hcl();
    let [with_var, other_var] = ["91", "92"].map(|crit| one.clone().set("vars", format!("{{ crit = {crit} }}")).hcl());
    let updated: &[&str] = &["GET topics", "GET events", "PATCH task", "PATCH task", "GET task"];
    vec![
        operation("task: create", "", &on, &["GET task"], &["POST task", "GET task"]),
        operation(
            "task: create with `enabled = false`",
            "",
            &off,
            &["GET task"],
            &["POST task"],
        ),
        operation("task: update", &on, &changed, &[], updated),
        operation("task: update of a var", &with_var, &other_var, &[], updated),
        operation("task: switched off", &on, &off, &[], &["PATCH task"]),
        operation("task: switched on", &off, &on, &[], &["PATCH task", "GET task"]),
        operation("task: delete", &on, "", &["GET topics", "GET events"], &["DELETE task"]),
    ]
}

fn of_templates() -> Vec<Operation> {
    let template = |script: &str| {
        Resource::new("squadcast_kapacitor_template", "it")
            .text("template_id", "it")
            .text("script", script)
    };
    let changed = template(&SCRIPT.replace("90", "95"));
    let template = template(SCRIPT);
    let alone = template.hcl();
    let of_it = || task("one").set("template_id", "squadcast_kapacitor_template.it.id");
    let with_task = |template: &Resource| join(&[template.clone(), of_it()]);
    let both = with_task(&template);
    vec![
        operation(
            "template: create",
            "",
            &alone,
            &[],
            &["POST template", "GET task", "GET task"],
        ),
        operation(
            "template: update",
            &alone,
            &changed.hcl(),
            &["GET template", "GET task"],
            &[
                "GET task",
                "GET template",
                "GET template",
                "GET task",
                "PATCH template",
                "GET task",
            ],
        ),
        operation(
            "template: update with a task",
            &both,
            &with_task(&changed),
            &["GET template", "GET task"],
            &[
                "GET task",
                "GET topics",
                "GET events",
                "GET template",
                "GET template",
                "GET task",
                "PATCH template",
                "GET task",
                // Those of the task, which is told that its script is another one.
                "GET template",
                "GET template",
                "GET task",
            ],
        ),
        operation("template: destroy", &alone, "", &[], &["GET task", "DELETE template"]),
        operation(
            "task of a template: create",
            &alone,
            &both,
            &["GET template", "GET task"],
            &["GET template", "POST task", "GET task"],
        ),
        operation(
            "task of a template: delete",
            &both,
            &alone,
            &["GET topics", "GET events"],
            &["GET template", "DELETE task"],
        ),
    ]
}

fn of_handlers() -> Vec<Operation> {
    let handler = Resource::new("squadcast_kapacitor_topic_handler", "it")
        .text("topic", "ops")
        .text("handler_id", "it")
        .set("post", "{ url = \"http://127.0.0.1:9/\" }");
    let one = handler.hcl();
    let changed = handler.clone().text("match", "changed() == TRUE").hcl();
    let moved = handler.text("handler_id", "other").hcl();
    vec![
        operation("topic handler: create", "", &one, &[], &["POST handlers"]),
        operation("topic handler: update", &one, &changed, &[], &["PATCH handlers"]),
        operation(
            "topic handler: update of its id",
            &one,
            &moved,
            &["GET events"],
            &["DELETE handlers", "POST handlers"],
        ),
        operation(
            "topic handler: destroy",
            &one,
            "",
            &["GET events"],
            &["DELETE handlers"],
        ),
    ]
}

/// Method and object of each request. The lease's are those of a turn, and not of an operation.
fn seen(server: &Server) -> Vec<String> {
    let requests = server.insides().requests();
    requests.iter().filter_map(told).collect()
}

fn told(request: &SeenRequest) -> Option<String> {
    let path = request.path.split('?').next().unwrap_or_default();
    if is_about_leases(request) {
        return None;
    }
    let object = match path.strip_prefix("/kapacitor/v1/")? {
        path if path.starts_with("templates") => "template",
        path if path.starts_with("tasks") => "task",
        path if path.ends_with("/events") => "events",
        path if path.contains("/handlers") => "handlers",
        path if path.starts_with("alerts/topics") => "topics",
        path if path.starts_with("config/httppost") => "endpoint",
        other => other,
    };
    Some(format!("{} {object}", request.method))
}

/// How many requests the table says that the operation makes; none if it has no such row.
fn documented(name: &str) -> Option<usize> {
    let table = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/dev/requests.md")).unwrap();
    let row = format!("| {name} | ");
    let row = table.lines().find_map(|line| line.strip_prefix(&row))?;
    row.split(':').next()?.parse().ok()
}

#[test]
fn every_operation_makes_the_requests_that_the_table_lists() {
    if Server::sandbox(Options::default(), "it counts requests").is_none() {
        return;
    }
    let count = operations(&Server::start()).len();
    let mut wrong = Vec::new();
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
        let planned = seen(&server);
        server.insides().clear_requests();
        workspace
            .run(&["apply", "-input=false", "-json", "plan.tfplan"])
            .succeeds();
        let mut seen = seen(&server);
        // An apply plans each resource anew that it creates or changes.
        if seen.starts_with(&planned) {
            seen.drain(..planned.len());
        } else if operation.name.contains("create") {
            wrong.push(format!("{}: the apply does not plan it anew", operation.name));
        }
        if planned != operation.plan || seen != operation.apply {
            wrong.push(format!(
                "{}: the plan asks {planned:?}, and the apply {seen:?}",
                operation.name
            ));
        }
        if documented(operation.name) != Some(operation.apply.len()) {
            wrong.push(format!("{}: the table says another number", operation.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
