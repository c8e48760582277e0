//! Alerts reach the webhook, and what has fired resolves, also over changes of rule and endpoint.

use crate::harness::{endpoint, join, rule, Block, Resource, Server, Workspace, ENDPOINT};
use sandbox::Post;

const HIGH: &str = "cpu,host=a usage_user=95";
const LOW: &str = "cpu,host=a usage_user=5";

fn fired(server: &Server) -> Post {
    server.api().write(HIGH, 1_000_000_000);
    server.receives(|post| post.level() == Some("CRITICAL"))
}

fn resolved(server: &Server) -> Post {
    server.api().write(LOW, 1_000_000_060);
    server.receives(|post| post.level() == Some("OK"))
}

/// A rule that posts to the endpoint of the same configuration.
fn rule_on_endpoint(server: &Server) -> Resource {
    let post = Block::new()
        .set("endpoint", format!("{ENDPOINT}.name"))
        .set("url", format!("{ENDPOINT}.url"));
    rule(server).only_block("post", post)
}

#[test]
fn a_point_over_the_threshold_is_critical_and_one_below_is_ok() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace
        .apply(&join(&[endpoint(&server), rule_on_endpoint(&server)]))
        .succeeds();
    let critical = fired(&server);
    assert_eq!(critical.path, "/endpoint");
    let body = critical.json().unwrap();
    let name = server.unique("cpu high");
    assert_eq!(body["id"], name);
    assert_eq!(body["message"], format!("{name} is CRITICAL"));
    assert_eq!(body["previousLevel"], "OK");
    let ok = resolved(&server).json().unwrap();
    assert_eq!(ok["id"], name);
    assert_eq!(ok["previousLevel"], "CRITICAL");
    assert_eq!(server.posts().len(), 2, "{:#?}", server.posts());
}

#[test]
fn headers_of_endpoint_and_rule_are_sent() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let endpoint = endpoint(&server)
        .set("headers", r#"{ X-Team = "sre" }"#)
        .set("sensitive_headers", r#"{ X-Key = "k" }"#);
    let post = Block::new()
        .set("endpoint", format!("{ENDPOINT}.name"))
        .set("headers", r#"{ X-Rule = "cpu" }"#)
        .set("sensitive_headers", r#"{ Authorization = "Bearer t" }"#);
    workspace
        .apply(&join(&[endpoint, rule(&server).only_block("post", post)]))
        .succeeds();
    let headers = fired(&server).headers;
    for (name, value) in [
        ("x-team", "sre"),
        ("x-key", "k"),
        ("x-rule", "cpu"),
        ("authorization", "Bearer t"),
    ] {
        assert_eq!(headers.get(name).map(String::as_str), Some(value), "{headers:#?}");
    }
}

#[test]
fn what_fired_resolves_after_an_update_of_the_rule() {
    let server = Server::start();
    type Edit = fn(Resource, &Server) -> Resource;
    let updates: [(&str, Edit); 4] = [
        ("message", |rule, _| rule.text("message", "changed: {{ .Level }}")),
        ("value", |rule, _| rule.set("value", "50")),
        ("details", |rule, _| rule.text("details", "more")),
        ("post.headers", |rule, server| {
            let post = Block::new()
                .text("url", &server.receiver_url("/rule"))
                .set("headers", r#"{ X-New = "1" }"#);
            rule.only_block("post", post)
        }),
    ];
    for (what, edit) in updates {
        server.clear_posts();
        let workspace = Workspace::new(&server);
        let rule = rule(&server);
        workspace.apply_resource(&rule).succeeds();
        let id = fired(&server).alert_id();
        workspace.apply_resource(&edit(rule, &server)).succeeds();
        let ok = resolved(&server);
        assert_eq!(ok.alert_id(), id, "after an update of {what}");
        assert_eq!(
            ok.json().unwrap()["previousLevel"],
            "CRITICAL",
            "after an update of {what}"
        );
        if what == "message" {
            assert_eq!(ok.json().unwrap()["message"], "changed: OK");
        }
        workspace.destroy().succeeds();
    }
}

#[test]
fn what_fired_resolves_at_the_new_url_of_the_endpoint() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace
        .apply(&join(&[endpoint(&server), rule_on_endpoint(&server)]))
        .succeeds();
    let critical = fired(&server);
    let moved = endpoint(&server).text("url", &server.receiver_url("/moved"));
    workspace.apply(&join(&[moved, rule_on_endpoint(&server)])).succeeds();
    let ok = resolved(&server);
    assert_eq!((critical.path.as_str(), ok.path.as_str()), ("/endpoint", "/moved"));
    assert_eq!(ok.alert_id(), critical.alert_id());
}

#[test]
fn each_group_has_an_alert_of_its_own() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace
        .apply_resource(&rule(&server).set("group_by", r#"["host"]"#))
        .succeeds();
    server.api().write("cpu,host=a usage_user=95", 1_000_000_000);
    server.api().write("cpu,host=b usage_user=95", 1_000_000_001);
    let first = server.receives(|post| post.body.contains("host=a"));
    let second = server.receives(|post| post.body.contains("host=b"));
    assert_ne!(first.alert_id(), second.alert_id());
    server.api().write("cpu,host=b usage_user=5", 1_000_000_060);
    let ok = server.receives(|post| post.level() == Some("OK"));
    assert_eq!(ok.alert_id(), second.alert_id());
}

#[test]
fn a_changed_url_is_in_use_after_the_apply_that_changed_it() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace.apply_resource(&rule).succeeds();
    let post = Block::new().text("url", &server.receiver_url("/new"));
    workspace.apply_resource(&rule.only_block("post", post)).succeeds();
    assert_eq!(fired(&server).path, "/new");
}
