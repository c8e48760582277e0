//! Ctrl-C, which reaches Terraform and the provider at once: what was begun is finished, and nothing is lost from the state.
#![cfg(unix)]

use crate::harness::{block_on, join, rules, Server, Workspace};
use sandbox::{Fault, Kind, Options, SeenRequest};
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::Child;
use std::time::Duration;

const RULES: usize = 50;

/// Runs terraform, and interrupts it and the provider once the server has seen this many requests that change something.
///
/// The provider answers what Terraform had begun: all that Terraform complains of is what it did not begin.
fn interrupted(server: &Server, workspace: &Workspace, writes: usize) {
    server.insides().clear_requests();
    let mut terraform = workspace.spawn(&["apply", "-auto-approve", "-input=false", "-json"]);
    let group = format!("-{}", terraform.id());
    if !writes_seen(server, writes, &mut terraform) {
        // The interrupt would have come too late, which the test of its creations does not let pass.
        workspace.ended(terraform).succeeds();
        return;
    }
    let sent = std::process::Command::new("kill").args(["-INT", "--", &group]).status();
    assert!(sent.unwrap().success());
    let run = workspace.ended(terraform);
    let errors = run.fails();
    let unanswered: Vec<_> = errors
        .iter()
        .filter(|error| error.summary != "execution halted")
        .collect();
    assert!(unanswered.is_empty(), "after {writes} writes: {unanswered:#?}");
}

/// Waits for that many writes; false if terraform came to its end before.
fn writes_seen(server: &Server, writes: usize, terraform: &mut Child) -> bool {
    loop {
        let seen = block_on(async {
            let enough =
                |requests: &[SeenRequest]| requests.iter().filter(|request| is_write(request)).count() >= writes;
            let seen = server.insides().wait_for_requests(enough);
            tokio::time::timeout(Duration::from_millis(50), seen).await.is_ok()
        });
        if seen || terraform.try_wait().unwrap().is_some() {
            return seen;
        }
    }
}

/// Whether a request changes a task. The lease comes before all of them.
fn is_write(request: &SeenRequest) -> bool {
    request.method != "GET" && request.path.contains("/tasks")
}

/// What the state and the server say of each rule, by the id of its task: whether it executes, and its message.
type Rules = BTreeMap<String, (bool, String)>;

fn in_the_state(workspace: &Workspace) -> Rules {
    let state = workspace.state();
    let attributes = |address: &String| {
        assert!(!state.is_tainted(address), "{address} is tainted");
        state.of(address)
    };
    let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{:#}", state.0)).to_owned();
    let rule = |kept: Value| (text(&kept["id"]), (kept["executing"] == true, text(&kept["message"])));
    state.addresses().iter().map(attributes).map(rule).collect()
}

fn on_the_server(server: &Server) -> Rules {
    let message = |task: &Value| {
        let script = task["script"].as_str().unwrap();
        let (_, rest) = script.split_once("var message = '").unwrap();
        rest.split_once('\'').unwrap().0.to_owned()
    };
    let rule = |task: &Value| {
        let id = task["id"].as_str().unwrap().to_owned();
        (id, (task["executing"] == true, message(task)))
    };
    server.api().tasks().iter().map(rule).collect()
}

#[test]
fn an_interrupted_apply_of_many_rules_loses_none_and_can_be_completed() {
    let why = "it waits for requests that the server sees";
    let Some(server) = Server::sandbox(Options::default(), why) else {
        return;
    };
    let workspace = Workspace::new(&server).real();
    let cut = |configuration: &str, writes: usize| {
        workspace.write(configuration);
        interrupted(&server, &workspace, writes);
        assert_eq!(
            in_the_state(&workspace),
            on_the_server(&server),
            "after {writes} writes"
        );
    };
    // A creation takes one write, an update two, a deletion one. Up to ten are under way when the interrupt comes.
    let [first, second] = ["first", "second"].map(|message| join(&rules(&server, RULES, message)));
    for writes in [1, 2, 8] {
        cut(&first, writes);
    }
    assert!(on_the_server(&server).len() < RULES, "the creation was cut too late");
    complete(&server, &workspace, "first");
    for writes in [1, 12, 31] {
        cut(&second, writes);
    }
    complete(&server, &workspace, "second");
    // Deletions are over before an interrupt arrives, unless the server takes its time.
    server.fails_with(Fault::new(Kind::Slow { millis: 30 }).on("DELETE", "/kapacitor/v1/tasks/*"));
    for writes in [1, 10] {
        cut("", writes);
    }
    server.recovers();
    workspace.apply_again().succeeds();
    assert_eq!(on_the_server(&server), Rules::new());
    assert_eq!(in_the_state(&workspace), Rules::new());
}

fn complete(server: &Server, workspace: &Workspace, message: &str) {
    workspace.apply_again().succeeds();
    let tasks = on_the_server(server);
    assert_eq!(tasks.len(), RULES);
    assert!(
        tasks.values().all(|rule| *rule == (true, message.to_owned())),
        "{tasks:#?}"
    );
    assert_eq!(in_the_state(workspace), tasks);
    workspace.plan().is_empty();
}
