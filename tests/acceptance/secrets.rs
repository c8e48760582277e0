//! No secret shows anywhere but in the state.

use crate::harness::{endpoint, join, provider_with_credentials, rule, Block, Run, Server, Workspace, ENDPOINT, RULE};
use sandbox::{Fault, Kind, Options};
use serde_json::json;

/// One secret of each sort, unlike anything else.
const SECRETS: &[(&str, &str)] = &[
    ("hook_key", "planted-webhook-key-0123456789"),
    ("endpoint_password", "planted-endpoint-password"),
    ("endpoint_header", "planted-endpoint-header"),
    ("post_header", "planted-post-header"),
    ("other_key", "planted-other-key-9876543210"),
    ("provider_password", "planted-provider-password"),
    ("provider_header", "planted-provider-header"),
];

/// Terraform shows the lines of configuration that an error is about, so secrets come from variables, as they should.
fn variables() -> String {
    SECRETS
        .iter()
        .map(|(name, _)| format!("variable \"{name}\" {{\n  type      = string\n  sensitive = true\n}}\n"))
        .collect()
}

fn workspace(server: &Server) -> Workspace {
    let credentials = "username = \"any\"\n  password = var.provider_password";
    let settings = "max_retries = 0\n  headers = { X-Proxy = var.provider_header }";
    SECRETS.iter().fold(
        Workspace::with_provider(provider_with_credentials(server, credentials, settings)),
        |workspace, (name, secret)| workspace.env(&format!("TF_VAR_{name}"), secret),
    )
}

fn configuration(server: &Server, key: &str) -> String {
    let url = |path: &str| format!("\"{}${{var.{key}}}\"", server.receiver_url(path));
    let endpoint = endpoint(server)
        .set("url", url("/endpoint/"))
        .set("sensitive_headers", "{ X-Key = var.endpoint_header }")
        .block(
            "basic_auth",
            Block::new()
                .text("username", "u")
                .set("password", "var.endpoint_password"),
        );
    let post = Block::new()
        .set("url", url("/rule/"))
        .set("sensitive_headers", "{ Authorization = var.post_header }");
    format!(
        "{}\n{}",
        variables(),
        join(&[endpoint, rule(server).only_block("post", post)])
    )
}

/// Where a secret stands in what a run showed.
fn shown_in<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Vec<String> {
    let mut found = Vec::new();
    for (place, text) in texts {
        for (name, secret) in SECRETS {
            if let Some(at) = text.find(secret) {
                let start = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
                let line = text[start..].lines().next().unwrap_or_default();
                found.push(format!("{name} in the {place}: {line}"));
            }
        }
    }
    found
}

#[track_caller]
fn assert_shows_none(run: &Run) {
    let found = shown_in([("output", run.stdout.as_str()), ("errors and log", run.stderr.as_str())]);
    assert!(
        found.is_empty(),
        "{} showed secrets:\n{}",
        run.command,
        found.join("\n")
    );
}

/// Runs that show as much as they can, each without a secret in it.
fn shows_none(workspace: &Workspace, arguments: &[&str]) -> Run {
    let run = workspace.run(arguments);
    assert_shows_none(&run);
    run
}

const APPLY: &[&str] = &["apply", "-auto-approve", "-no-color"];

#[test]
fn no_secret_shows_in_plans_logs_and_errors() {
    let server = Server::start();
    let workspace = workspace(&server).env("TF_LOG", "TRACE");
    let plugin_log = workspace.path("plugin.log");
    let workspace = workspace.env("PLUGIN_LOG_FILE", &plugin_log.to_string_lossy());
    workspace.write(&configuration(&server, "hook_key"));
    shows_none(&workspace, &["plan", "-no-color"]);
    let run = shows_none(&workspace, APPLY).succeeds();
    assert!(
        run.stderr.contains("/kapacitor/v1/tasks"),
        "the log does not reach down to the requests"
    );

    // Were the search blind, it would miss them in the state too, where they have to be.
    let state = std::fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    for name in ["hook_key", "endpoint_password", "endpoint_header", "post_header"] {
        let found = shown_in([("state", state.as_str())]);
        assert!(
            found.iter().any(|place| place.starts_with(name)),
            "{name} is not in the state"
        );
    }
    let state = workspace.state();
    let tickscript = state.of(RULE)["tickscript"].as_str().unwrap().to_owned();
    let found = shown_in([("tickscript", tickscript.as_str())]);
    assert!(found.is_empty(), "{found:#?}");
    let conf = state.of(ENDPOINT)["kapacitor_conf"].as_str().unwrap().to_owned();
    assert!(
        !shown_in([("conf", conf.as_str())]).is_empty(),
        "the TOML to paste lacks its URL: {conf}"
    );

    // Everything changes, by configuration and by others.
    workspace.write(&configuration(&server, "other_key"));
    shows_none(&workspace, &["plan", "-no-color"]);
    shows_none(&workspace, APPLY).succeeds();
    let id = state.of(RULE)["id"].as_str().unwrap().to_owned();
    server.api().edit_script(&id, |script| {
        script.replace("planted-post-header", "planted-webhook-key-0123456789")
    });
    server.api().set_endpoint(
        "squadcast",
        &json!({ "url": "http://127.0.0.1:9/planted-webhook-key-0123456789" }),
    );
    shows_none(&workspace, &["plan", "-no-color"]);
    server.api().edit_script(&id, |script| {
        script.replace("|alert()\n", "|alert()\n        .warn(lambda: TRUE)\n")
    });
    shows_none(&workspace, &["plan", "-no-color"]);
    shows_none(&workspace, &["show", "-no-color"]);
    shows_none(&workspace, APPLY).succeeds();
    shows_none(&workspace, &["destroy", "-auto-approve", "-no-color"]).succeeds();
    assert!(!plugin_log.exists(), "the framework wrote its own log");
}

#[test]
fn no_secret_shows_when_the_server_repeats_it() {
    let Some(server) = Server::sandbox(Options::default(), "it has the server quote secrets") else {
        return;
    };
    // A request that carries these secrets, or is about what carries them, and is answered with all of them.
    let of_the_rule = ["hook_key", "post_header", "provider_password", "provider_header"];
    let of_the_endpoint = ["hook_key", "endpoint_password", "endpoint_header", "provider_password"];
    let struck = || Fault::new(Kind::Drop { acted: false });
    let faults: [(bool, Fault, &[&str]); 3] = [
        (false, struck().on("POST", "/kapacitor/v1/tasks"), &of_the_rule),
        (true, struck().on("PATCH", "/kapacitor/v1/tasks/*"), &of_the_rule),
        (
            false,
            struck().body_contains(value_of("endpoint_header")),
            &of_the_endpoint,
        ),
    ];
    for (is_update, fault, names) in faults {
        let words: Vec<&str> = names.iter().map(|name| value_of(name)).collect();
        let words = words.join(" and ");
        for kind in [Kind::status(500, &words), Kind::status(401, &words), html_with(&words)] {
            let workspace = workspace(&server).env("TF_LOG", "TRACE");
            if is_update {
                workspace.write(&configuration(&server, "other_key"));
                workspace.apply_again().succeeds();
            }
            workspace.write(&configuration(&server, "hook_key"));
            server.fails_with(Fault { kind, ..fault.clone() });
            let run = shows_none(&workspace, &["apply", "-auto-approve", "-json"]);
            let errors = run.fails();
            assert!(errors.iter().all(|error| !error.detail.is_empty()), "{errors:#?}");
            server.recovers();
            server.api().clean_up(&[]);
        }
    }
}

fn value_of(name: &str) -> &'static str {
    let (_, secret) = SECRETS.iter().find(|(known, _)| *known == name).unwrap();
    secret
}

fn html_with(words: &str) -> Kind {
    Kind::Answer {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "text/html".to_owned())],
        body: format!("<html><body>{words}</body></html>"),
        acted: false,
    }
}

#[test]
fn no_secret_shows_when_an_input_is_refused() {
    let server = Server::start();
    let workspace = workspace(&server).env("TF_LOG", "TRACE");
    let url = Block::new().set("url", "\"ftp://example.com/${var.hook_key}\"");
    let header = Block::new()
        .text("url", "https://example.com/")
        .set("sensitive_headers", "{ authenticate = var.post_header }");
    let resources = [
        rule(&server).only_block("post", url),
        rule(&server).only_block("post", header),
        endpoint(&server).set("url", "\"http://exa mple.com/${var.hook_key}\""),
    ];
    for resource in resources {
        workspace.write(&format!("{}\n{}", variables(), resource.hcl()));
        shows_none(&workspace, &["plan", "-json"]).fails_once();
    }
}

#[test]
fn no_secret_shows_when_kapacitor_refuses_to_start_the_rule() {
    let server = Server::start();
    let workspace = workspace(&server).env("TF_LOG", "TRACE");
    let post = Block::new()
        .text("endpoint", "not-declared-anywhere")
        .set("sensitive_headers", "{ Authorization = var.post_header }");
    workspace.write(&format!(
        "{}\n{}",
        variables(),
        rule(&server).only_block("post", post).hcl()
    ));
    shows_none(&workspace, &["apply", "-auto-approve", "-json"]).fails();
}

/// A secret within any text of a rule, or in an endpoint's template: Terraform hides the attribute, and not what the provider
/// makes of it (as in terraform-provider-helm#1287).
#[test]
fn no_text_that_holds_a_secret_shows_in_plans_and_logs() {
    let server = Server::start();
    let workspace = workspace(&server).env("TF_LOG", "TRACE");
    let configuration = |key: &str| {
        let text = format!("\"text ${{var.{key}}}\"");
        let exec = format!("exec = [{{ command = [\"/bin/notify\", var.{key}] }}]");
        let slack = format!("slack = [{{ channel = \"#${{var.{key}}}\" }}]");
        let rule = rule(&server)
            .set("message", &text)
            .set("details", &text)
            .set("handlers", format!("{{\n{exec}\n{slack}\n}}"));
        let endpoint = endpoint(&server)
            .set("alert_template", &text)
            .set("row_template", &text);
        format!("{}\n{}", variables(), join(&[endpoint, rule]))
    };
    for key in ["hook_key", "other_key"] {
        workspace.write(&configuration(key));
        shows_none(&workspace, &["plan", "-no-color"]).succeeds();
        shows_none(&workspace, APPLY).succeeds();
        shows_none(&workspace, &["show", "-no-color"]).succeeds();
        workspace.plan().is_empty();
    }
    let tickscript = workspace.state().of(RULE)["tickscript"].as_str().unwrap().to_owned();
    assert!(
        shown_in([("tickscript", tickscript.as_str())]).is_empty(),
        "{tickscript}"
    );
    // Others change the template: a plan tells that it did, and not to what.
    server
        .api()
        .set_endpoint("squadcast", &json!({ "alert-template": value_of("post_header") }));
    shows_none(&workspace, &["plan", "-no-color"]).succeeds();
}

/// The key of the fingerprints is made once, and survives; a state that was made before there were keys gets one.
#[test]
fn a_state_without_a_key_of_fingerprints_gets_one_and_plans_empty() {
    let server = Server::start();
    let workspace = workspace(&server);
    workspace.apply(&configuration(&server, "hook_key")).succeeds();
    workspace.plan().is_empty();
    let fingerprint = |workspace: &Workspace| workspace.state().of(ENDPOINT)["url_fingerprint"].clone();
    let made = fingerprint(&workspace);
    workspace.apply_again().succeeds();
    assert_eq!(fingerprint(&workspace), made);

    let path = workspace.path("terraform.tfstate");
    let mut state: serde_json::Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    for resource in state["resources"].as_array_mut().unwrap() {
        let instance = &mut resource["instances"][0];
        assert!(instance["private"].is_string(), "{resource}");
        instance.as_object_mut().unwrap().remove("private");
    }
    std::fs::write(&path, state.to_string()).unwrap();
    // A new key makes other fingerprints, which is no change to make.
    let plan = workspace.plan().run;
    assert_eq!(plan.code, Some(0), "{plan}");
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
}
