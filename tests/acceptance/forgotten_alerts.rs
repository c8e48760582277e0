//! A Kapacitor that forgets the state of alerts with each stop of their task (`[alert] persist-topics = false`): a change says
//! what was lost, and resolves it where that is wanted.

use crate::harness::{rule, Points, Resource, Server, Workspace};
use sandbox::{Fault, Kind, Options};
use serde_json::json;

/// A server that shows no open alert once this many looks have found one: as after a stop that lost their state.
fn forgets_after(server: &Server, looks: usize) {
    let nothing = Kind::Answer {
        status: 200,
        headers: vec![("X-Kapacitor-Version".to_owned(), "1.8.3".to_owned())],
        body: json!({ "topics": [] }).to_string(),
        acted: false,
    };
    server.fails_with(Fault::new(nothing).on("GET", "*alerts/topics?*").after(looks));
}

/// Fires, is changed, and loses its alert. What the apply said.
fn changed_while_firing(server: &Server, workspace: &Workspace, rule: &Resource) -> (String, crate::harness::Run) {
    workspace.apply_resource(rule).succeeds();
    let id = Points::new().fire(server).unwrap();
    server.clear_posts();
    // The plan of a message has no need to look; the apply looks before and after the change.
    forgets_after(server, 1);
    let run = workspace
        .apply_resource(&rule.clone().text("message", "changed"))
        .succeeds();
    server.recovers();
    (id, run)
}

#[test]
fn a_change_that_loses_an_open_alert_is_reported() {
    let Some(server) = Server::sandbox(Options::default(), "it plays another configuration") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let (id, run) = changed_while_firing(&server, &workspace, &rule(&server));
    let [warning] = &run.warnings()[..] else {
        panic!("{run}")
    };
    warning.mentions(&["lost their state", &id, "persist-topics", "resolve_on_destroy"]);
    assert!(server.posts().is_empty());
}

#[test]
fn a_lost_alert_is_resolved_where_that_is_wanted() {
    let Some(server) = Server::sandbox(Options::default(), "it plays another configuration") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let resolving = rule(&server).set("resolve_on_destroy", "true");
    let (id, run) = changed_while_firing(&server, &workspace, &resolving);
    let [warning] = &run.warnings()[..] else {
        panic!("{run}")
    };
    warning.mentions(&["lost their state", &id, "recoveries were posted"]);
    let ok = server.receives(|post| post.level() == Some("OK"));
    assert_eq!((ok.alert_id(), ok.path.as_str()), (Some(id), "/rule"));
}

#[test]
fn a_change_that_keeps_an_open_alert_is_not_warned_of() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace.apply_resource(&rule).succeeds();
    Points::new().fire(&server);
    let run = workspace.apply_resource(&rule.text("message", "changed")).succeeds();
    assert!(run.warnings().is_empty(), "{run}");
}
