//! A server that fails some times and then works: an apply succeeds, and no write is done twice.

use crate::harness::{endpoint, join, rule, Resource, Server, Workspace};
use sandbox::{Fault, Kind, Options, Outcome};
use std::time::Duration;

const INJECTS: &str = "it injects faults";

/// How often each kind of request fails before it works.
const FAILURES: usize = 2;

/// Requests that fail, by method and path.
const REQUESTS: [(&str, &str); 5] = [
    ("GET", "*"),
    ("POST", "/kapacitor/v1/tasks*"),
    ("POST", "/kapacitor/v1/config/*"),
    ("PATCH", "*"),
    ("DELETE", "*"),
];

/// The same on every server, so that the requests can be compared.
fn configuration(server: &Server, message: &str) -> String {
    let plain = |resource: Resource| resource.text("url", "http://127.0.0.1:9/endpoint");
    let headers = format!("{{ X-Message = {message:?} }}");
    let endpoint = plain(endpoint(server)).set("headers", headers);
    let rule = rule(server).text("name", "cpu high").text("message", message);
    let post = crate::harness::Block::new().text("url", "http://127.0.0.1:9/rule");
    join(&[endpoint, rule.only_block("post", post)])
}

/// Creates, changes and destroys a rule and an endpoint while `fail` makes the server fail before each step. Returns the
/// writes that the server did, in the order of the alphabet.
fn life(server: &Server, fail: impl Fn()) -> Vec<String> {
    let before = server.snapshot();
    let workspace = Workspace::new(server);
    for message in ["one", "other"] {
        workspace.write(&configuration(server, message));
        fail();
        workspace.apply_again().succeeds();
        server.recovers();
        let tasks = server.api().tasks_named("cpu high");
        assert_eq!(tasks.len(), 1, "{tasks:#?}");
        assert_eq!(tasks[0]["executing"], true, "{tasks:#?}");
        workspace.plan().is_empty();
    }
    fail();
    workspace.destroy().succeeds();
    server.recovers();
    assert_eq!(server.snapshot(), before);
    writes_done(server)
}

fn writes_done(server: &Server) -> Vec<String> {
    let seen = server.insides().requests();
    let done = seen
        .iter()
        .filter(|request| request.method != "GET" && !request.path.contains("/templates"))
        .filter(|request| matches!(request.outcome, Outcome::Answered(200..=299)));
    let mut writes: Vec<String> = done
        .map(|request| format!("{} {} {}", request.method, request.path, request.body))
        .collect();
    writes.sort();
    writes
}

fn fails_on_each_request(server: &Server, kind: &Kind) {
    for (method, path) in REQUESTS {
        server.fails_with(Fault::new(kind.clone()).on(method, path).times(FAILURES));
    }
}

/// The writes of a life without failures.
fn undisturbed() -> Option<Vec<String>> {
    let server = Server::sandbox(Options::default(), INJECTS)?;
    let writes = life(&server, || {});
    assert!(writes.len() > 5, "{writes:#?}");
    Some(writes)
}

fn nothing_is_doubled(kind: &Kind) {
    let Some(expected) = undisturbed() else { return };
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let writes = life(&server, || fails_on_each_request(&server, kind));
    assert_eq!(writes, expected, "{kind:?}");
    let struck = server.insides().requests();
    let struck = struck.iter().filter(|request| match kind {
        Kind::Answer { status, .. } => request.outcome == Outcome::Answered(*status),
        _ => request.outcome == Outcome::Dropped,
    });
    assert!(struck.count() >= 2 * REQUESTS.len(), "the faults did not strike");
}

#[test]
fn too_many_requests() {
    nothing_is_doubled(&Kind::Answer {
        status: 429,
        headers: vec![("Retry-After".to_owned(), "0".to_owned())],
        body: "slow down".to_owned(),
        acted: false,
    });
}

#[test]
fn bad_gateway() {
    nothing_is_doubled(&Kind::html(502));
}

#[test]
fn service_unavailable() {
    nothing_is_doubled(&Kind::html(503));
}

#[test]
fn gateway_timeout() {
    nothing_is_doubled(&Kind::html(504));
}

#[test]
fn dropped_connection() {
    nothing_is_doubled(&Kind::Drop { acted: false });
}

/// The server did what it was asked for, and only its answer was lost: whatever is sent again changes nothing more.
#[test]
fn lost_answers() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    life(&server, || fails_on_each_request(&server, &Kind::Drop { acted: true }));
    let Kind::Answer {
        status, headers, body, ..
    } = Kind::html(504)
    else {
        unreachable!("an HTML page is an answer");
    };
    let acted = Kind::Answer {
        status,
        headers,
        body,
        acted: true,
    };
    life(&server, || fails_on_each_request(&server, &acted));
}

#[test]
fn refused_connection() {
    let Some(expected) = undisturbed() else { return };
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let before = server.snapshot();
    let workspace = Workspace::with_settings(&server, "max_retries = 6");
    // Each apply finds the port closed, and it opens while the apply goes on.
    let through_a_closed_port = |arguments: &[&str]| {
        server.fails_with(Fault::new(Kind::Refuse));
        std::thread::scope(|scope| {
            let run = scope.spawn(|| workspace.run(arguments));
            // Nothing tells that a connection was refused, so this only gives the first tries the time to be.
            std::thread::sleep(Duration::from_millis(1_500));
            server.recovers();
            run.join().unwrap().succeeds();
        });
    };
    for message in ["one", "other"] {
        workspace.write(&configuration(&server, message));
        through_a_closed_port(&["apply", "-auto-approve", "-input=false", "-json"]);
    }
    through_a_closed_port(&["destroy", "-auto-approve", "-input=false", "-json"]);
    assert_eq!(server.snapshot(), before);
    assert_eq!(writes_done(&server), expected);
}

#[test]
fn without_retries_the_first_failure_is_the_last() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    // Terraform reads both resources at once.
    let workspace = Workspace::with_settings(&server, "max_retries = 0").real();
    workspace.apply(&configuration(&server, "one")).succeeds();
    server.insides().clear_requests();
    server.fails_with(Fault::new(Kind::html(503)));
    let run = workspace.plan().run;
    let errors = run.fails();
    // One failure is shared by all that wait for the same server, after one more try.
    assert_eq!(errors.len(), 1, "{run}");
    errors[0].mentions(&["503", "try again later", "This error speaks for 1 rule and 1 endpoint"]);
    let requests = server.insides().requests().len();
    assert!((1..=2).contains(&requests), "{requests} requests: {run}");
}

/// A look whether what is to be created exists reports no error; so it must not keep the error of a read silent.
#[test]
fn a_plan_that_also_creates_says_that_the_server_does_not_answer() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let workspace = Workspace::with_settings(&server, "max_retries = 0").real();
    let task = |label: &str| {
        Resource::new("squadcast_kapacitor_task", label)
            .text("task_id", label)
            .set("dbrps", r#"["telegraf.autogen"]"#)
            .text("script", "stream|from().measurement('cpu')|httpOut('cpu')")
    };
    let late = |label: &str| task(label).set("depends_on", "[squadcast_kapacitor_task.new]");
    workspace.apply(&join(&[task("one"), task("other")])).succeeds();
    workspace.write(&join(&[task("new"), late("one"), late("other")]));
    server.fails_with(Fault::new(Kind::html(503)));
    let run = workspace.plan().run;
    server.recovers();
    let errors = run.fails();
    assert_eq!(errors.len(), 1, "{run}");
    errors[0].mentions(&["503", "This error speaks for 2 tasks"]);
}
