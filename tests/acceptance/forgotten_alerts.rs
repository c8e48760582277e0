//! A Kapacitor that forgets the state of alerts with each stop of their task (`[alert] persist-topics = false`): a change says
//! what was lost, and resolves it where that is wanted.

use crate::harness::{rule, Points, Resource, Run, Server, Workspace};
use sandbox::{KapacitorConf, Options};

/// A server with that configuration; `None` where the suite runs against a real one.
fn forgetful() -> Option<Server> {
    let conf = KapacitorConf {
        persist_topics: false,
        ..KapacitorConf::default()
    };
    let options = Options {
        conf,
        ..Options::default()
    };
    Server::sandbox(options, "it has another configuration")
}

/// A rule fires and is changed. The open alert's id, and what the apply said.
fn changed_while_firing(server: &Server, workspace: &Workspace, rule: &Resource) -> (String, Run) {
    workspace.apply_resource(rule).succeeds();
    let id = Points::new().fire(server).unwrap();
    server.clear_posts();
    let run = workspace
        .apply_resource(&rule.clone().text("message", "changed"))
        .succeeds();
    (id, run)
}

#[test]
fn a_change_that_loses_an_open_alert_is_reported() {
    let Some(server) = forgetful() else {
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
    let Some(server) = forgetful() else {
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
