//! Secrets that only the configuration has: written, kept out of the state, and seen to be there.

use crate::harness::{endpoint, has, rule, Block, Feature, Points, Resource, Server, Workspace, ENDPOINT, RULE};
use serde_json::{json, Value};

/// An endpoint all of whose secrets are write-only.
fn secret_endpoint(server: &Server, key: &str, version: u32) -> Resource {
    let version = version.to_string();
    let auth = Block::new()
        .text("username", "user")
        .text("password_wo", &format!("password-{key}"))
        .set("password_wo_version", &version);
    endpoint(server)
        .without("url")
        .text("url_wo", &server.receiver_url(&format!("/endpoint-{key}")))
        .set("url_wo_version", &version)
        .set("sensitive_headers_wo", format!("{{ X-Key = \"header-{key}\" }}"))
        .set("sensitive_headers_wo_version", &version)
        .block("basic_auth", auth)
}

/// A rule all of whose secrets are write-only.
fn secret_rule(server: &Server, key: &str, version: u32) -> Resource {
    let version = version.to_string();
    let post = Block::new()
        .text("url_wo", &server.receiver_url(&format!("/rule-{key}")))
        .set("url_wo_version", &version)
        .set("headers", "{ X-Shown = \"shown\" }")
        .set("sensitive_headers_wo", format!("{{ X-Key = \"header-{key}\" }}"))
        .set("sensitive_headers_wo_version", &version);
    let handlers =
        format!("{{ pagerduty = [{{ service_key_wo = \"token-{key}\", service_key_wo_version = {version} }}] }}");
    rule(server).only_block("post", post).set("handlers", handlers)
}

/// Fails if a key stands in the state.
#[track_caller]
fn keeps_out_of_the_state(workspace: &Workspace, key: &str) {
    let state = std::fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    let lines: Vec<&str> = state.lines().filter(|line| line.contains(key)).collect();
    assert!(lines.is_empty(), "{lines:#?}");
}

fn options(server: &Server) -> Value {
    server.api().endpoint("squadcast").unwrap()
}

fn script(server: &Server, workspace: &Workspace) -> String {
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    server.api().task(&id).unwrap()["script"].as_str().unwrap().to_owned()
}

#[test]
fn an_endpoints_secrets_are_set_and_its_drift_is_seen() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace
        .apply_resource(&secret_endpoint(&server, "key1", 1))
        .succeeds();
    assert_eq!(options(&server)["url"], server.receiver_url("/endpoint-key1"));
    assert_eq!(options(&server)["headers"]["X-Key"], "header-key1");
    assert_eq!(options(&server)["basic-auth"], true);
    keeps_out_of_the_state(&workspace, "key1");
    workspace.plan().is_empty();

    for drift in [
        json!({ "url": server.receiver_url("/elsewhere") }),
        json!({ "headers": { "X-Key": "another" } }),
        json!({ "headers": {} }),
        json!({ "basic-auth": { "username": "", "password": "" } }),
    ] {
        server.api().set_endpoint("squadcast", &drift);
        let plan = workspace.plan();
        plan.wants(&[(ENDPOINT, "update")]);
        assert!(!plan.text().contains("elsewhere"), "{}", plan.text());
        workspace.apply_again().succeeds();
        assert_eq!(
            options(&server)["url"],
            server.receiver_url("/endpoint-key1"),
            "{drift}"
        );
        assert_eq!(options(&server)["headers"]["X-Key"], "header-key1", "{drift}");
        assert_eq!(options(&server)["basic-auth"], true, "{drift}");
        keeps_out_of_the_state(&workspace, "key1");
        workspace.plan().is_empty();
    }
    // A new version writes all of them anew.
    workspace
        .apply_resource(&secret_endpoint(&server, "key2", 2))
        .succeeds();
    assert_eq!(options(&server)["url"], server.receiver_url("/endpoint-key2"));
    assert_eq!(options(&server)["headers"]["X-Key"], "header-key2");
    workspace.plan().is_empty();
    workspace.destroy().succeeds();
}

#[test]
fn a_rules_secrets_are_used_and_its_drift_is_seen() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&secret_rule(&server, "key1", 1)).succeeds();
    keeps_out_of_the_state(&workspace, "key1");
    workspace.plan().is_empty();
    Points::new().fire(&server);
    let post = server.receives(|post| post.path == "/rule-key1");
    assert_eq!(post.headers["x-key"], "header-key1");
    assert_eq!(post.headers["x-shown"], "shown");

    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    let edits: [&dyn Fn(&str) -> String; 3] = [
        &|script| script.replace("/rule-key1", "/elsewhere"),
        &|script| script.replace("header-key1", "another-header"),
        &|script| script.replace("token-key1", "another-token"),
    ];
    for edit in edits {
        server.api().edit_script(&id, edit);
        let plan = workspace.plan();
        plan.wants(&[(RULE, "update")]);
        for planted in ["elsewhere", "another-header", "another-token"] {
            assert!(!plan.text().contains(planted), "{}", plan.text());
            keeps_out_of_the_state(&workspace, planted);
        }
        workspace.apply_again().succeeds();
        let script = script(&server, &workspace);
        assert!(
            ["/rule-key1", "header-key1", "token-key1"]
                .iter()
                .all(|secret| script.contains(secret)),
            "{script}"
        );
        keeps_out_of_the_state(&workspace, "key1");
        workspace.plan().is_empty();
    }
    // A secret that changes is seen without a new version too.
    workspace.apply_resource(&secret_rule(&server, "key2", 1)).succeeds();
    let changed = script(&server, &workspace);
    assert!(changed.contains("/rule-key2") && !changed.contains("key1"), "{changed}");
    keeps_out_of_the_state(&workspace, "key2");
    workspace.plan().is_empty();
    workspace.write(&secret_rule(&server, "key2", 2).hcl());
    workspace.plan().wants(&[(RULE, "update")]);
}

#[test]
fn a_destroy_posts_the_recovery_to_a_webhook_that_no_state_knows() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = secret_rule(&server, "key1", 1)
        .set("resolve_on_destroy", "true")
        .without("handlers");
    workspace.apply_resource(&rule).succeeds();
    let id = Points::new().fire(&server);
    server.clear_posts();
    workspace.destroy().succeeds();
    let recovery = server.receives(|post| post.level() == Some("OK"));
    assert_eq!((recovery.path.as_str(), recovery.alert_id()), ("/rule-key1", id));
    assert_eq!(recovery.headers["x-key"], "header-key1");
}

#[test]
fn secrets_move_out_of_the_state_and_back() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let url = server.receiver_url("/rule-key1");
    let plain = || rule(&server).only_block("post", Block::new().text("url", &url));
    let hidden = Block::new().text("url_wo", &url).text("url_wo_version", "1");
    let hidden = rule(&server).only_block("post", hidden);
    for (resource, is_hidden) in [(plain(), false), (hidden, true), (plain(), false)] {
        workspace.apply_resource(&resource).succeeds();
        let state = workspace.state().of(RULE);
        assert_eq!(state["post"][0]["url"].is_null(), is_hidden, "{state:#}");
        assert!(script(&server, &workspace).contains("/rule-key1"));
        workspace.plan().is_empty();
    }
}

#[test]
fn two_webhooks_keep_their_secrets_apart() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let post = |key: &str| {
        Block::new()
            .text("url_wo", &server.receiver_url(&format!("/rule-{key}")))
            .text("url_wo_version", "1")
            .set("sensitive_headers_wo", format!("{{ X-Key = \"header-{key}\" }}"))
            .text("sensitive_headers_wo_version", "1")
    };
    let both = |first: &str, second: &str| {
        rule(&server)
            .only_block("post", post(first))
            .block("post", post(second))
    };
    workspace.apply_resource(&both("a", "b")).succeeds();
    workspace.plan().is_empty();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    let edits: [&dyn Fn(&str) -> String; 4] = [
        &|script| script.replace("/rule-a", "/elsewhere"),
        &|script| script.replace("/rule-b", "/elsewhere"),
        &|script| script.replace("header-b", "planted-header"),
        // Somebody exchanges the two URLs, which sends each header to the other's webhook.
        &|script| {
            script
                .replace("/rule-a", "/rule-x")
                .replace("/rule-b", "/rule-a")
                .replace("/rule-x", "/rule-b")
        },
    ];
    for edit in edits {
        server.api().edit_script(&id, edit);
        workspace.plan().wants(&[(RULE, "update")]);
        let refreshed = workspace.run(&["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"]);
        refreshed.succeeds();
        for secret in ["elsewhere", "planted-header", "/rule-", "header-a", "header-b"] {
            keeps_out_of_the_state(&workspace, secret);
        }
        workspace.apply_again().succeeds();
        workspace.plan().is_empty();
        let script = script(&server, &workspace);
        let (a, b) = (script.find("/rule-a").unwrap(), script.find("/rule-b").unwrap());
        let (header_a, header_b) = (script.find("header-a").unwrap(), script.find("header-b").unwrap());
        assert!(a < header_a && header_a < b && b < header_b, "{script}");
    }
    for resource in [both("b", "a"), both("c", "a")] {
        workspace.apply_resource(&resource).succeeds();
        workspace.plan().is_empty();
    }
    workspace
        .apply_resource(&rule(&server).only_block("post", post("a")))
        .succeeds();
    workspace.plan().is_empty();
    server.clear_posts();
    Points::new().fire(&server);
    let post = server.receives(|post| post.path.starts_with("/rule-"));
    assert_eq!(
        (post.path.as_str(), post.headers["x-key"].as_str()),
        ("/rule-a", "header-a")
    );
}

#[test]
fn what_does_not_go_together_is_refused() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let post = |block: Block| rule(&server).only_block("post", block);
    let wo = || Block::new().text("url_wo", "http://h/").text("url_wo_version", "1");
    let header = || "{ Authorization = \"x\" }";
    let auth = |block: Block| endpoint(&server).block("basic_auth", block.text("username", "u"));
    for (resource, words) in [
        (post(wo().text("url", "http://h/")), "cannot both be set"),
        (post(wo().text("url_env", "HOOK")), "cannot both be set"),
        (post(Block::new().text("url_wo", "http://h/")), "url_wo_version"),
        (
            post(Block::new().text("url", "http://h/").text("url_wo_version", "1")),
            "not set",
        ),
        (
            post(Block::new().text("url_wo", "ftp://h/").text("url_wo_version", "1")),
            "http",
        ),
        (
            post(
                wo().set("sensitive_headers", header())
                    .set("sensitive_headers_wo", header())
                    .text("sensitive_headers_wo_version", "1"),
            ),
            "cannot both be set",
        ),
        (
            post(wo().set("sensitive_headers_wo", header())),
            "sensitive_headers_wo_version",
        ),
        (
            endpoint(&server)
                .text("url_wo", "http://h/")
                .text("url_wo_version", "1"),
            "cannot both be set",
        ),
        (
            endpoint(&server).without("url").text("url_wo", "http://h/"),
            "url_wo_version",
        ),
        (auth(Block::new()), "password_wo"),
        (
            auth(
                Block::new()
                    .text("password", "p")
                    .text("password_wo", "p")
                    .text("password_wo_version", "1"),
            ),
            "cannot both be set",
        ),
        (auth(Block::new().text("password_wo", "p")), "password_wo_version"),
    ] {
        workspace.validate(&resource.hcl()).fails_once().mentions(&[words]);
    }
}
