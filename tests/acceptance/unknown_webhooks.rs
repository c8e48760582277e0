//! Webhooks that a configuration makes of what is not known before the apply, or that are null.

use crate::harness::{join, quoted, rule, Resource, Server, Workspace, RULE};

fn late(url: &str) -> Resource {
    Resource::new("terraform_data", "late").set("input", format!("{{ url = {}, id = timestamp() }}", quoted(url)))
}

#[test]
fn webhooks_that_are_not_known_yet_fail_no_plan() {
    let server = Server::start();
    let url = server.receiver_url("/late");
    let webhook = "{ url = terraform_data.late.output.url }";
    let is_late = "terraform_data.late.output.url != \"\"";
    for posts in [
        format!("{is_late} ? [{webhook}] : []"),
        format!("[{is_late} ? {webhook} : null]"),
        "[for url in toset([terraform_data.late.output.url]) : { url = url }]".to_owned(),
    ] {
        let workspace = Workspace::new(&server).real();
        let rule = rule(&server).without("post").set("post", &posts);
        workspace.write(&join([&late(&url), &rule]));
        let run = workspace.plan().run;
        assert!(run.errors().is_empty(), "{posts}: {run}");
        workspace.apply_again().succeeds();
        assert_eq!(workspace.state().of(RULE)["post"][0]["url"], url, "{posts}");
        workspace.destroy().succeeds();
    }
}

#[test]
fn a_webhook_that_is_null_is_an_error_at_it() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let run = workspace.apply_resource(
        &rule(&server)
            .without("post")
            .set("post", "[{ url = \"http://127.0.0.1:9/\" }, null]"),
    );
    let error = run.fails_once();
    assert!(error.detail.contains("This webhook is null"), "{error:?}");
}

#[test]
fn a_list_that_is_null_is_none() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    for posts in ["null", "[]"] {
        workspace
            .apply_resource(&rule(&server).without("post").set("post", posts))
            .succeeds();
        workspace.plan().is_empty();
    }
}
