//! The data source that makes Kapacitor itself post to a webhook.

use crate::harness::{Resource, Server, Workspace};
use serde_json::{json, Value};

const URL: &str = "TF_VAR_url";

/// The data source with a URL that comes, as a secret should, from a variable, and outputs of what it found.
fn configuration() -> String {
    let test = Resource::new("squadcast_kapacitor_webhook_test", "webhook").set("url", "var.url");
    let data = test.hcl().replacen("resource", "data", 1);
    format!(
        "variable \"url\" {{\n  type      = string\n  sensitive = true\n}}\n{data}\
         output \"found\" {{\n  value = [{WEBHOOK}.reached, {WEBHOOK}.message]\n}}\n"
    )
}

const WEBHOOK: &str = "data.squadcast_kapacitor_webhook_test.webhook";

fn found(workspace: &Workspace) -> Value {
    workspace.state().0["outputs"]["found"]["value"].clone()
}

#[test]
fn kapacitor_itself_posts_to_the_webhook_and_opens_no_incident() {
    let server = Server::start();
    let workspace = Workspace::new(&server).env(URL, &server.receiver_url("/webhook"));
    workspace.apply(&configuration()).succeeds();
    assert_eq!(found(&workspace), json!([true, ""]));
    let post = server.receives(|post| post.path == "/webhook");
    let body = post.json().unwrap();
    assert_eq!((&body["id"], &body["level"]), (&json!(""), &json!("OK")));
    assert_eq!(
        server.api().tasks_named(&server.unique("cpu high")),
        Vec::<Value>::new()
    );
}

#[test]
fn an_answer_of_any_status_counts_as_reached() {
    let server = Server::start();
    let workspace = Workspace::new(&server).env(URL, &server.receiver_url("/status/404"));
    workspace.apply(&configuration()).succeeds();
    assert_eq!(found(&workspace), json!([true, ""]));
}

#[test]
fn a_webhook_that_is_not_reached_is_told_without_its_secret() {
    let server = Server::start();
    let workspace = Workspace::new(&server).env(URL, "http://127.0.0.1:9/planted-key");
    let run = workspace.apply(&configuration()).succeeds();
    let found = found(&workspace);
    assert_eq!(found[0], false);
    let message = found[1].as_str().unwrap();
    assert!(
        message.contains("refused") && !message.contains("planted-key"),
        "{message}"
    );
    assert!(!run.stdout.contains("planted-key"), "{run}");
}

#[test]
fn a_url_that_no_post_can_go_to_is_refused_before_kapacitor_is_asked() {
    let server = Server::start();
    let workspace = Workspace::new(&server).env(URL, "ftp://example.com/planted-key");
    let error = workspace.apply(&configuration()).fails_once();
    error.mentions(&["http"]);
    assert!(!error.whole().contains("planted-key"), "{error:#?}");
}
