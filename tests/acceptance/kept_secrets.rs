//! Secrets that a configuration leaves out, through Terraform: what it generates for an import, and what it hands from a
//! refresh to a plan and from a saved plan to its apply. Which secret goes where is tried in the provider's own tests.

use crate::harness::{endpoint, rule, Block, Resource, Server, Workspace, ENDPOINT, RULE};
use serde_json::json;

const VARIABLE: &str = "WEBHOOK_URL";

fn script(server: &Server, workspace: &Workspace) -> String {
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    server.api().task(&id).unwrap()["script"].as_str().unwrap().to_owned()
}

fn edit(server: &Server, workspace: &Workspace, edit: impl Fn(&str) -> String) {
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    server.api().edit_script(&id, edit);
}

#[test]
fn the_generated_configuration_of_an_endpoint_with_a_secret_header_plans_empty() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let headers = json!({ "Authorization": "Bearer of-the-endpoint", "Content-Type": "application/json" });
    server.api().set_endpoint("squadcast", &json!({ "headers": headers }));
    let before = server.snapshot();
    workspace.write(&format!("import {{\n  to = {ENDPOINT}\n  id = \"squadcast\"\n}}\n"));
    workspace
        .plan_with(&["-generate-config-out=generated.tf"])
        .wants(&[(ENDPOINT, "import")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    assert_eq!(server.snapshot(), before, "an import changes nothing on the server");

    // Somebody adds a secret header beside it: it is seen, not shown, and taken out again.
    let mut more = headers.clone();
    more["X-Api-Key"] = json!("planted-by-hand");
    server.api().set_endpoint("squadcast", &json!({ "headers": more }));
    let plan = workspace.plan();
    plan.wants(&[(ENDPOINT, "update")]);
    assert_eq!(
        plan.change(ENDPOINT).attributes(),
        ["kapacitor_conf", "sensitive_headers"]
    );
    let shown = [plan.text(), plan.run.stdout.clone()].concat();
    assert!(!shown.contains("planted-by-hand"), "{shown}");
    workspace.apply_again().succeeds();
    assert_eq!(server.api().endpoint("squadcast").unwrap()["headers"], headers);
    workspace.plan().is_empty();
}

#[test]
fn a_webhook_that_is_deleted_takes_its_secret_header_with_it() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let [first, second] = ["/first", "/second"].map(|path| Block::new().text("url", &server.receiver_url(path)));
    let header = r#"{ Authorization = "Bearer of-the-first" }"#;
    let with_secret = first.clone().set("sensitive_headers", header);
    let both = rule(&server)
        .only_block("post", with_secret)
        .block("post", second.clone());
    workspace.apply_resource(&both).succeeds();

    let exchanged = rule(&server).only_block("post", second.clone()).block("post", first);
    workspace.apply_resource(&exchanged).succeeds();
    let url = server.receiver_url("/first");
    let kept = format!(".post('{url}')\n        .header('Authorization', 'Bearer of-the-first')");
    let has = script(&server, &workspace);
    assert!(has.contains(&kept) && has.matches("of-the-first").count() == 1, "{has}");
    workspace.plan().is_empty();

    workspace
        .apply_resource(&rule(&server).only_block("post", second))
        .succeeds();
    let has = script(&server, &workspace);
    assert!(!has.contains("of-the-first"), "{has}");
    workspace.plan().is_empty();
}

#[test]
fn a_secret_header_that_somebody_adds_to_a_rule_is_seen_and_not_shown_and_taken_out_again() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    let wanted = script(&server, &workspace);
    edit(&server, &workspace, |script| {
        let url = server.receiver_url("/rule");
        let post = format!(".post('{url}')");
        script.replace(
            &post,
            &format!("{post}\n        .header('X-Api-Key', 'planted-by-hand')"),
        )
    });
    assert_ne!(script(&server, &workspace), wanted);
    let plan = workspace.plan();
    plan.wants(&[(RULE, "update")]);
    let shown = [plan.text(), plan.run.stdout.clone()].concat();
    assert!(!shown.contains("planted-by-hand"), "{shown}");
    // A refresh that is saved does not make it the configuration's.
    workspace
        .run(&["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"])
        .succeeds();
    assert_eq!(
        workspace.state().of(RULE)["post"][0]["sensitive_headers"],
        json!({ "X-Api-Key": "planted-by-hand" })
    );
    workspace.plan().wants(&[(RULE, "update")]);
    workspace.apply_again().succeeds();
    assert_eq!(script(&server, &workspace), wanted);
    workspace.plan().is_empty();
}

#[test]
fn a_refresh_keeps_the_url_of_a_variable_out_of_the_state() {
    let server = Server::start();
    let secret = server.receiver_url("/key-of-the-variable");
    let workspace = Workspace::new(&server).env(VARIABLE, &secret);
    let post = Block::new().text("url_env", VARIABLE);
    workspace
        .apply_resource(&rule(&server).only_block("post", post))
        .succeeds();
    edit(&server, &workspace, |script| {
        let post = format!(".post('{secret}')");
        script.replace(&post, &format!(".post('http://127.0.0.1:9/other')\n        {post}"))
    });
    workspace
        .run(&["apply", "-refresh-only", "-auto-approve", "-input=false", "-json"])
        .succeeds();
    let state = workspace.state().of(RULE);
    assert_eq!(state["post"].as_array().unwrap().len(), 2, "{state:#}");
    let file = std::fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    assert!(!file.contains("key-of-the-variable"), "{file}");
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
}

/// A variable with one URL for the plan and another for the apply.
fn apply_with_another_url(server: &Server, resource: impl Fn(&str) -> Resource, path: &str) {
    let (one, other) = (server.receiver_url("/one"), server.receiver_url("/other"));
    let workspace = Workspace::new(server).env(VARIABLE, &one);
    let apply = ["apply", "-input=false", "-json", "plan.tfplan"];

    // Nothing that Terraform hands to the apply of a creation says what the variable held, and the URL of now is as good.
    workspace.write(&resource("1").hcl());
    workspace.plan();
    let workspace = workspace.env(VARIABLE, &other);
    workspace.run(&apply).succeeds();
    workspace.plan().is_empty();

    workspace.write(&resource("2").hcl());
    workspace.plan();
    let workspace = workspace.env(VARIABLE, &one);
    let error = workspace.run(&apply).fails_once();
    error.mentions(&[VARIABLE, "plan"]);
    assert!(!error.whole().contains("bug in the provider"), "{error:#?}");
    let is_there = |code: &String| code.contains(path) || error.detail.contains(&format!(".{path}`"));
    assert!(error.code.as_ref().is_none_or(is_there), "{error:#?}");

    workspace.plan();
    workspace.run(&apply).succeeds();
    workspace.plan().is_empty();
}

#[test]
fn a_variable_that_holds_another_url_at_the_apply_of_a_saved_plan_is_named() {
    let server = Server::start();
    let of_rule = |value: &str| {
        let post = Block::new().text("url_env", VARIABLE);
        rule(&server).text("message", value).only_block("post", post)
    };
    apply_with_another_url(&server, of_rule, "url_env");
    let of_endpoint = |value: &str| {
        let headers = format!("{{ Content-Type = \"application/json; v={value}\" }}");
        let endpoint = endpoint(&server).without("url").text("url_env", VARIABLE);
        endpoint.set("headers", headers)
    };
    apply_with_another_url(&server, of_endpoint, "url_env");
}

#[test]
fn a_tag_value_in_another_normal_form_is_warned_of_at_an_import_and_at_a_refresh() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server).set("where", "{ host = [\"caf\u{e9}\"] }");
    workspace.apply_resource(&rule).succeeds();
    workspace.plan().is_empty();
    edit(&server, &workspace, |script| script.replace('\u{e9}', "e\u{301}"));
    let summary = "Terraform cannot write a text as the server has it";
    let warned = |run: &crate::harness::Run| run.warnings().iter().filter(|found| found.summary == summary).count();
    assert_eq!(warned(&workspace.plan().run), 1);
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    workspace.forget_state();
    let run = workspace.import(RULE, &id).succeeds();
    assert!(run.stdout.contains(summary) || run.stderr.contains(summary), "{run}");
}
