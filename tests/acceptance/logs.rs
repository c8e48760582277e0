//! What the provider logs: each request, in Terraform's own log and nowhere else.

use crate::harness::{rule, Server, Workspace};
use serde_json::Value;

/// The lines of the provider's own log among all that Terraform logged.
fn own_lines(log: &str) -> Vec<&str> {
    log.lines()
        .filter(|line| line.contains("squadcast: ") || line.contains(".squadcast:"))
        .collect()
}

#[test]
fn each_request_is_logged_at_debug() {
    let server = Server::start();
    let workspace = Workspace::new(&server).env("TF_LOG", "DEBUG");
    workspace.apply_resource(&rule(&server)).succeeds();
    let run = workspace
        .apply_resource(&rule(&server).text("message", "other"))
        .succeeds();
    let lines = own_lines(&run.stderr);
    let requests = [("PATCH", "/kapacitor/v1/tasks/"), ("GET", "/kapacitor/v1/tasks")];
    for (method, path) in requests {
        let line = lines
            .iter()
            .find(|line| line.contains(method) && line.contains(path) && line.contains("200"))
            .unwrap_or_else(|| panic!("{method} {path} is not logged:\n{}", run.stderr));
        for part in ["[DEBUG]", "status", "duration"] {
            assert!(line.contains(part), "{part:?} is missing: {line}");
        }
    }
}

#[test]
fn each_call_is_logged_at_trace() {
    let server = Server::start();
    let workspace = Workspace::new(&server).env("TF_LOG", "TRACE");
    let run = workspace.apply_resource(&rule(&server)).succeeds();
    let lines = own_lines(&run.stderr);
    for call in [
        "validate_resource_config",
        "plan_resource_change",
        "apply_resource_change",
    ] {
        let is_logged = lines.iter().any(|line| line.contains("[TRACE]") && line.contains(call));
        assert!(is_logged, "{call} is not logged: {lines:#?}");
    }
}

#[test]
fn nothing_is_logged_unless_asked_for() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let run = workspace.apply_resource(&rule(&server)).succeeds();
    assert_eq!(run.stderr, "");
}

#[test]
fn stdout_holds_terraforms_words_only() {
    let server = Server::start();
    let workspace = Workspace::new(&server).env("TF_LOG", "TRACE");
    let run = workspace.apply_resource(&rule(&server)).succeeds();
    for line in run.stdout.lines() {
        let message: Value =
            serde_json::from_str(line).unwrap_or_else(|_| panic!("not one of Terraform's lines: {line}"));
        assert_eq!(message["@module"], "terraform.ui", "{line}");
    }
}

#[test]
fn requests_name_the_provider_and_its_version() {
    let why = "it looks at the headers of requests";
    let Some(server) = Server::sandbox(sandbox::Options::default(), why) else {
        return;
    };
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    let wanted = format!("terraform-provider-squadcast/{}", env!("CARGO_PKG_VERSION"));
    let requests = server.insides().requests();
    assert!(!requests.is_empty());
    for request in requests {
        let agent = request
            .headers
            .get("user-agent")
            .map(String::as_str)
            .unwrap_or_default();
        assert!(
            agent.starts_with(&wanted),
            "{} {} came from {agent:?}",
            request.method,
            request.path
        );
    }
}
