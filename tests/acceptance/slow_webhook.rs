//! A webhook that does not answer while a rule is stopped: Kapacitor then answers nothing about any task, and goes on by
//! itself. The provider waits for it.
#![cfg(unix)]

use crate::harness::{block_on, rule, Resource, Server, Workspace, RULE};
use sandbox::{Options, Outcome, SeenRequest};
use serde_json::{json, Value};

const WHY: &str = "it holds the posts to a webhook";

/// Requests run into their timeout soon, and a stop is waited for long.
const PATIENT: &str = "max_retries = 0\n  timeout = 1\n  stop_timeout = 300";

/// A stop is given up soon, too.
const IMPATIENT: &str = "max_retries = 0\n  timeout = 1\n  stop_timeout = 1";

const HOSTS: [&str; 4] = ["a", "b", "c", "d"];

fn grouped(server: &Server) -> Resource {
    rule(server).set("group_by", r#"["host"]"#)
}

/// Lets each host fire, whose posts get no answer yet.
fn fire(server: &Server) {
    for host in HOSTS {
        server
            .api()
            .write(&format!("cpu,host={host} usage_user=95"), 1_000_000_000);
    }
    server.receives(|post| post.level() == Some("CRITICAL"));
}

/// Waits until the provider looks whether Kapacitor answers about tasks again.
fn a_look_waits(server: &Server) {
    let is_look = |request: &SeenRequest| request.path.contains("limit=1") && request.outcome == Outcome::Waiting;
    block_on(server.insides().wait_for_requests(|seen| seen.iter().any(is_look)));
}

fn task(server: &Server, id: &str) -> Option<Value> {
    server.api().task(id)
}

fn id(workspace: &Workspace) -> String {
    workspace.state().of(RULE)["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_change_waits_for_the_webhook_and_the_rule_runs_in_the_end() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let workspace = Workspace::with_settings(&server, PATIENT).real();
    workspace.apply_resource(&grouped(&server)).succeeds();
    let id = id(&workspace);
    let held = server.insides().receiver().hold("/rule");
    fire(&server);
    workspace.write(&grouped(&server).text("message", "changed").hcl());
    let apply = workspace.spawn(&["apply", "-auto-approve", "-input=false", "-json"]);
    a_look_waits(&server);
    drop(held);
    let run = workspace.ended(apply).succeeds();
    assert!(run.warnings().is_empty(), "{run}");
    let task = task(&server, &id).unwrap();
    assert_eq!((&task["status"], &task["executing"]), (&json!("enabled"), &json!(true)));
    assert!(task["script"].as_str().unwrap().contains("var message = 'changed'"));
    workspace.plan().is_empty();
    for host in HOSTS {
        server
            .api()
            .write(&format!("cpu,host={host} usage_user=5"), 1_000_000_060);
        let tag = format!("host={host}");
        server.receives(|post| post.level() == Some("OK") && post.body.contains(&tag));
    }
}

#[test]
fn a_destroy_waits_for_the_webhook_and_so_does_a_plan_meanwhile() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let workspace = Workspace::with_settings(&server, PATIENT).real();
    workspace.apply_resource(&grouped(&server)).succeeds();
    let other = Workspace::with_settings(&server, PATIENT).real();
    let unchanged = rule(&server).text("name", &server.unique("another"));
    other.apply_resource(&unchanged).succeeds();
    let id = id(&workspace);
    let held = server.insides().receiver().hold("/rule");
    fire(&server);
    let destroy = workspace.spawn(&["destroy", "-auto-approve", "-input=false", "-json"]);
    a_look_waits(&server);
    server.insides().clear_requests();
    let plan = other.spawn(&["plan", "-input=false", "-json", "-detailed-exitcode"]);
    let is_read = |request: &SeenRequest| {
        request.method == "GET" && request.path.contains("chronograf-v1-") && request.outcome == Outcome::Waiting
    };
    block_on(server.insides().wait_for_requests(|seen| seen.iter().any(is_read)));
    drop(held);
    workspace.ended(destroy).succeeds();
    assert_eq!(task(&server, &id), None);
    let plan = other.ended(plan);
    assert_eq!(plan.code, Some(0), "{plan}");
}

#[test]
fn a_stop_that_outlasts_the_limit_is_an_error_that_says_what_is_left_and_the_next_apply_goes_on() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let workspace = Workspace::with_settings(&server, IMPATIENT).real();
    workspace.apply_resource(&grouped(&server)).succeeds();
    let id = id(&workspace);
    let held = server.insides().receiver().hold("/rule");
    fire(&server);
    let changed = grouped(&server).text("message", "changed");
    let error = workspace.apply_resource(&changed).fails_once();
    error.mentions(&[
        "answers a ping",
        "nothing has to be restarted",
        "stop_timeout",
        "new script",
        "is disabled",
        "apply again",
    ]);
    drop(held);
    // The answer comes when the stop has ended.
    let left = task(&server, &id).unwrap();
    assert_eq!(
        (&left["status"], &left["executing"]),
        (&json!("disabled"), &json!(false))
    );
    assert!(left["script"].as_str().unwrap().contains("var message = 'changed'"));
    workspace.plan().wants(&[(RULE, "update")]);
    workspace.apply_again().succeeds();
    assert_eq!(task(&server, &id).unwrap()["executing"], true);
    workspace.plan().is_empty();
}

#[test]
fn ctrl_c_ends_the_wait_for_a_webhook() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let workspace = Workspace::with_settings(&server, "max_retries = 0\n  timeout = 1\n  stop_timeout = 3600");
    workspace.apply_resource(&grouped(&server)).succeeds();
    let held = server.insides().receiver().hold("/rule");
    fire(&server);
    workspace.write(&grouped(&server).text("message", "changed").hcl());
    let apply = workspace.spawn(&["apply", "-auto-approve", "-input=false", "-json"]);
    a_look_waits(&server);
    let group = format!("-{}", apply.id());
    let sent = std::process::Command::new("kill").args(["-INT", "--", &group]).status();
    assert!(sent.unwrap().success());
    let errors = workspace.ended(apply).fails();
    let told = errors
        .iter()
        .any(|error| error.detail.contains("the run was interrupted") && error.detail.contains("What is left"));
    assert!(told, "{errors:#?}");
    drop(held);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
}

/// The true hang looks the same until the limit is over; then nothing but a restart helps, and the error says that too.
#[test]
fn a_kapacitor_that_hangs_for_good_is_given_up_after_the_limit() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let workspace = Workspace::with_settings(&server, IMPATIENT).real();
    workspace.apply_resource(&rule(&server)).succeeds();
    let silent = sandbox::Fault::new(sandbox::Kind::Hang { acted: false }).on("GET", "/kapacitor/v1/tasks*");
    server.fails_with(silent);
    let error = workspace.plan().run.fails_once();
    error.mentions(&["answers a ping", "hang for good", "restart it", "ends by itself"]);
    server.recovers();
    workspace.plan().is_empty();
}
