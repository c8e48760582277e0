//! A server that hangs or is down: one error for all rules, and no timeout for each of them.

use crate::harness::{join, rules, Server, Workspace};
use sandbox::{Fault, Kind, Options};

const RULES: usize = 20;

/// A workspace in which the rules stand.
fn many(server: &Server, settings: &str) -> Workspace {
    // Terraform reads ten at a time.
    let workspace = Workspace::with_settings(server, settings).real();
    workspace.apply(&join(&rules(server, RULES, "m"))).succeeds();
    workspace
}

fn sandbox() -> Option<Server> {
    Server::sandbox(Options::default(), "it injects faults")
}

#[test]
fn twenty_rules_of_a_server_that_hangs_are_one_error_after_a_few_timeouts() {
    let Some(server) = sandbox() else {
        return;
    };
    let workspace = many(&server, "timeout = 3");
    let before = server.insides().requests().len();
    server.fails_with(Fault::new(Kind::Hang { acted: false }));
    let error = workspace.plan().run.fails_once();
    error.mentions(&["127.0.0.1", "3 s", &format!("{RULES} rules")]);
    let asked = server.insides().requests().len() - before;
    assert!(asked < RULES, "{asked} requests");

    server.recovers();
    workspace.plan().is_empty();
}

#[test]
fn twenty_rules_of_a_server_that_is_down_are_one_error() {
    let Some(server) = sandbox() else {
        return;
    };
    let workspace = many(&server, "max_retries = 1");
    server.fails_with(Fault::new(Kind::Refuse));
    let error = workspace.plan().run.fails_once();
    error.mentions(&[&format!("{RULES} rules")]);
    server.recovers();
    workspace.plan().is_empty();
}
