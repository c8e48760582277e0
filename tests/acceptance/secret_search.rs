//! Searches everything that a run leaves behind for planted secrets: what it shows, its logs, its files, and the plan as
//! JSON, where secrets stand by Terraform's design but have to be marked.
//!
//! Here the secrets are literals of the configuration: Terraform hides what comes from a sensitive variable by itself, and so
//! would hide that an attribute is not marked.

use crate::adopt::adopt;
use crate::harness::{block_on, endpoint, has, join, rule, Block, Feature, Resource, Run, Server, Workspace};
use base64::prelude::{Engine, BASE64_STANDARD};
use sandbox::{Fault, Kind, Options};
use serde_json::Value;
use std::path::Path;

// The secrets, unlike anything else, each named after where it is planted.
const HOOK: &str = "planted-hook-key";
const RULE_HOOK: &str = "planted-rule-hook-key";
const ENVIRONMENT_HOOK: &str = "planted-environment-key";
const RULE_ENVIRONMENT_HOOK: &str = "planted-second-environment-key";
const TESTED_HOOK: &str = "planted-tested-key";
const ENDPOINT_HEADER: &str = "planted-endpoint-header";
const RULE_HEADER: &str = "planted-rule-header";
const ENDPOINT_PASSWORD: &str = "planted-endpoint-password";
const HANDLER_TOKEN: &str = "planted-handler-token";
const WRITE_ONLY_HOOK: &str = "planted-write-only-hook";
const WRITE_ONLY_HEADER: &str = "planted-write-only-header";
const WRITE_ONLY_PASSWORD: &str = "planted-write-only-password";
const RULE_WRITE_ONLY_HOOK: &str = "planted-rule-write-only-hook";
const RULE_WRITE_ONLY_HEADER: &str = "planted-second-write-only-header";
const WRITE_ONLY_TOKEN: &str = "planted-write-only-token";
const TASK_HOOK: &str = "planted-task-hook";
const SCRIPT_HOOK: &str = "planted-script-hook";
const TOPIC_HOOK: &str = "planted-topic-hook";
const TOPIC_HEADER: &str = "planted-topic-header";
const TEMPLATE_HOOK: &str = "planted-template-hook";
const TEMPLATE_VAR_HOOK: &str = "planted-template-default";
const TEMPLATED_TASK_HOOK: &str = "planted-templated-task-hook";
const BACKTEST_HOOK: &str = "planted-backtest-hook";
const TASK_WRITE_ONLY_HOOK: &str = "planted-write-only-task-hook";
const TOPIC_WRITE_ONLY_HOOK: &str = "planted-write-only-topic-hook";
const TOPIC_WRITE_ONLY_HEADER: &str = "planted-write-only-topic-header";
const TEMPLATE_WRITE_ONLY_HOOK: &str = "planted-write-only-template-hook";
const PROVIDER_PASSWORD: &str = "planted-provider-password";
const PROVIDER_HEADER: &str = "planted-provider-header";

/// Those that a state has to hold, as attributes that are marked.
const IN_STATE: [&str; 15] = [
    HOOK,
    RULE_HOOK,
    TESTED_HOOK,
    ENDPOINT_HEADER,
    RULE_HEADER,
    ENDPOINT_PASSWORD,
    HANDLER_TOKEN,
    TASK_HOOK,
    SCRIPT_HOOK,
    TOPIC_HOOK,
    TOPIC_HEADER,
    TEMPLATE_HOOK,
    TEMPLATE_VAR_HOOK,
    TEMPLATED_TASK_HOOK,
    BACKTEST_HOOK,
];

/// Those that nothing may hold.
const NOWHERE: [&str; 14] = [
    ENVIRONMENT_HOOK,
    RULE_ENVIRONMENT_HOOK,
    WRITE_ONLY_HOOK,
    WRITE_ONLY_HEADER,
    WRITE_ONLY_PASSWORD,
    RULE_WRITE_ONLY_HOOK,
    RULE_WRITE_ONLY_HEADER,
    WRITE_ONLY_TOKEN,
    TASK_WRITE_ONLY_HOOK,
    TOPIC_WRITE_ONLY_HOOK,
    TOPIC_WRITE_ONLY_HEADER,
    TEMPLATE_WRITE_ONLY_HOOK,
    PROVIDER_PASSWORD,
    PROVIDER_HEADER,
];

fn all() -> impl Iterator<Item = &'static str> {
    IN_STATE.into_iter().chain(NOWHERE)
}

/// The secrets in a text: in clear, or as credentials are sent.
fn secrets_in(text: &str) -> Vec<&'static str> {
    let encoded = |secret: &str| BASE64_STANDARD.encode(format!("user:{secret}"));
    all()
        .filter(|secret| text.contains(secret) || text.contains(&encoded(secret)))
        .collect()
}

#[track_caller]
fn assert_clean(place: &str, text: &str) {
    let found = secrets_in(text);
    let lines = text.lines().filter(|line| !secrets_in(line).is_empty());
    let lines: Vec<String> = lines.map(|line| line.chars().take(600).collect()).collect();
    assert!(found.is_empty(), "{place} shows {found:?}:\n{}", lines.join("\n"));
}

/// Runs terraform, whose output may show no secret.
#[track_caller]
fn run(workspace: &Workspace, arguments: &[&str]) -> Run {
    let run = workspace.run(arguments);
    assert_clean(&format!("the output of {}", run.command), &run.stdout);
    assert_clean(&format!("the log of {}", run.command), &run.stderr);
    run
}

/// All files of the workspace but those that hold the configuration or the state.
fn assert_files_are_clean(folder: &Path) {
    let by_design = [
        "main.tf",
        "terraform.tfstate",
        "terraform.tfstate.backup",
        "plan.tfplan",
    ];
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "plugins" {
            assert_files_are_clean(&path);
        } else if path.is_file() && !by_design.contains(&name.as_str()) {
            let content = std::fs::read(&path).unwrap();
            assert_clean(&format!("the file {name}"), &String::from_utf8_lossy(&content));
        }
    }
}

fn workspace(server: &Server) -> Workspace {
    let settings = format!(
        "username = \"user\"\n  password = \"{PROVIDER_PASSWORD}\"\n  max_retries = 0\n  timeout = 2\n  \
         headers = {{ X-Proxy = \"{PROVIDER_HEADER}\" }}"
    );
    let workspace = Workspace::with_settings(server, &settings);
    let (log, plugin_log) = (workspace.path("terraform.log"), workspace.path("plugin.log"));
    workspace
        .env("TF_LOG", "TRACE")
        .env("TF_LOG_PATH", &log.to_string_lossy())
        .env("PLUGIN_LOG_FILE", &plugin_log.to_string_lossy())
        .env("HOOK_URL", &server.receiver_url(&format!("/{ENVIRONMENT_HOOK}")))
        .env(
            "RULE_HOOK_URL",
            &server.receiver_url(&format!("/{RULE_ENVIRONMENT_HOOK}")),
        )
}

fn url(server: &Server, key: &str) -> String {
    server.receiver_url(&format!("/{key}"))
}

fn post(server: &Server) -> Block {
    let headers = format!("{{ Authorization = \"{RULE_HEADER}\" }}");
    Block::new()
        .text("url", &url(server, RULE_HOOK))
        .set("sensitive_headers", headers)
}

fn secret_rule(server: &Server) -> Resource {
    let handlers = format!("{{ pagerduty = [{{ service_key = \"{HANDLER_TOKEN}\" }}] }}");
    rule(server).only_block("post", post(server)).set("handlers", handlers)
}

fn secret_endpoint(server: &Server) -> Resource {
    endpoint(server)
        .text("url", &url(server, HOOK))
        .set("sensitive_headers", format!("{{ X-Key = \"{ENDPOINT_HEADER}\" }}"))
        .block(
            "basic_auth",
            Block::new()
                .text("username", "user")
                .text("password", ENDPOINT_PASSWORD),
        )
}

fn secret_test(server: &Server) -> String {
    let test = Resource::new("squadcast_kapacitor_webhook_test", "test").text("url", &url(server, TESTED_HOOK));
    test.hcl().replacen("resource", "data", 1)
}

/// A task with a secret in its script and one beside it.
fn secret_task(server: &Server) -> Resource {
    let script = format!(
        "var hook string\nstream|from()|alert().crit(lambda: \"usage_user\" > 90).stateChangesOnly().post(hook).post('{}')",
        url(server, SCRIPT_HOOK)
    );
    Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", &server.unique("own").replace(' ', "-"))
        .text("script", &script)
        .set("dbrps", "[\"telegraf.autogen\"]")
        .set("secrets", format!("{{ hook = \"{}\" }}", url(server, TASK_HOOK)))
}

/// A script for tasks, with a secret of its own, one as a var's default, and one that each task gives.
fn script_of_template(server: &Server, hook: &str) -> String {
    format!(
        "var hook string\nvar other = '{}'\nstream|from()|alert().crit(lambda: \"usage_user\" > 90).stateChangesOnly()\
         .post(hook).post(other).post('{}')",
        url(server, TEMPLATE_VAR_HOOK),
        url(server, hook)
    )
}

fn secret_template(server: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_template", "it")
        .text("template_id", &server.unique("tpl").replace(' ', "-"))
        .text("script", &script_of_template(server, TEMPLATE_HOOK))
}

/// A task of the template, with a secret in a var.
fn templated_task(server: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_task", "templated")
        .text("task_id", &server.unique("templated").replace(' ', "-"))
        .set("template_id", "squadcast_kapacitor_template.it.id")
        .set("dbrps", "[\"telegraf.autogen\"]")
        .set(
            "secrets",
            format!("{{ hook = \"{}\" }}", url(server, TEMPLATED_TASK_HOOK)),
        )
}

fn topic(server: &Server) -> String {
    server.unique("ops").replace(' ', "-")
}

fn secret_handler(server: &Server) -> Resource {
    let options = format!(
        "{{ url = \"{}\", sensitive_headers = {{ Authorization = \"{TOPIC_HEADER}\" }} }}",
        url(server, TOPIC_HOOK)
    );
    Resource::new("squadcast_kapacitor_topic_handler", "it")
        .text("topic", &topic(server))
        .text("handler_id", "it")
        .set("post", options)
}

/// Every attribute that can hold a secret, with one.
fn literal(server: &Server) -> String {
    let from_environment = rule(server)
        .labelled("environment")
        .text("name", &server.unique("from the environment"))
        .only_block("post", Block::new().text("url_env", "RULE_HOOK_URL"));
    let resources = [
        secret_rule(server),
        secret_endpoint(server),
        from_environment,
        secret_task(server),
        secret_template(server),
        templated_task(server),
        secret_handler(server),
    ];
    format!("{}\n{}", join(&resources), secret_test(server))
}

/// The same, but the endpoint's URL comes from the environment.
fn from_environment(server: &Server) -> String {
    let endpoint = secret_endpoint(server).without("url").text("url_env", "HOOK_URL");
    join(&[secret_rule(server), endpoint])
}

/// Every secret that only the configuration can have, and a rule whose secrets are in the state.
fn write_only(server: &Server) -> String {
    let twin = |block: Block, name: &str, value: String| {
        block
            .set(&format!("{name}_wo"), value)
            .text(&format!("{name}_wo_version"), "1")
    };
    let header = |header: &str| format!("{{ Authorization = \"{header}\" }}");
    let quoted = |text: &str| format!("\"{text}\"");
    let post = twin(Block::new(), "url", quoted(&url(server, RULE_WRITE_ONLY_HOOK)));
    let post = twin(post, "sensitive_headers", header(RULE_WRITE_ONLY_HEADER));
    let handlers =
        format!("{{ pagerduty = [{{ service_key_wo = \"{WRITE_ONLY_TOKEN}\", service_key_wo_version = \"1\" }}] }}");
    let rule = rule(server)
        .labelled("write_only")
        .text("name", &server.unique("write only"))
        .only_block("post", post)
        .set("handlers", handlers);
    let auth = twin(
        Block::new().text("username", "user"),
        "password",
        quoted(WRITE_ONLY_PASSWORD),
    );
    let endpoint = endpoint(server)
        .without("url")
        .text("url_wo", &url(server, WRITE_ONLY_HOOK))
        .text("url_wo_version", "1")
        .set("sensitive_headers_wo", header(WRITE_ONLY_HEADER))
        .text("sensitive_headers_wo_version", "1")
        .block("basic_auth", auth);
    let task = secret_task(server)
        .without("secrets")
        .set(
            "secrets_wo",
            format!("{{ hook = \"{}\" }}", url(server, TASK_WRITE_ONLY_HOOK)),
        )
        .text("secrets_wo_version", "1");
    let options = format!(
        "{{ url_wo = \"{}\", url_wo_version = 1, sensitive_headers_wo = {}, sensitive_headers_wo_version = 1 }}",
        url(server, TOPIC_WRITE_ONLY_HOOK),
        header(TOPIC_WRITE_ONLY_HEADER)
    );
    let handler = secret_handler(server).set("post", options);
    let template = secret_template(server)
        .without("script")
        .text("script_wo", &script_of_template(server, TEMPLATE_WRITE_ONLY_HOOK))
        .text("script_wo_version", "1");
    join(&[secret_rule(server), endpoint, rule, task, template, handler])
}

/// Every data source that reads what the server has, and all of it as outputs.
fn read_all(server: &Server) -> String {
    let quoted = |text: &str| format!("\"{text}\"");
    let by_name = quoted(&server.unique("cpu high"));
    let by_id = |name: &str| quoted(&server.unique(name).replace(' ', "-"));
    let given = |name: &str, value: String| format!("  {name} = {value}\n");
    let asked = [
        ("alert_rules", "all", String::new()),
        ("alert_rule", "one", given("name", by_name)),
        ("tasks", "all", String::new()),
        ("task", "one", given("id", by_id("own"))),
        ("task", "templated", given("id", by_id("templated"))),
        ("endpoints", "all", String::new()),
        ("endpoint", "one", given("name", quoted("squadcast"))),
        ("topics", "all", String::new()),
        ("server", "it", String::new()),
    ];
    let read = asked.map(|(kind, label, arguments)| {
        let kind = format!("squadcast_kapacitor_{kind}");
        let data = format!("data \"{kind}\" \"{label}\" {{\n{arguments}}}\n");
        format!("{data}output \"{kind}_{label}\" {{\n  value = data.{kind}.{label}\n}}\n")
    });
    read.concat()
}

/// A back-test of a script with a secret, and all that it finds.
fn secret_backtest(server: &Server) -> String {
    let script = format!(
        "stream|from().database('telegraf').retentionPolicy('autogen')|alert().crit(lambda: \"usage_user\" > 90).post('{}')",
        url(server, BACKTEST_HOOK)
    );
    let data = Resource::new("squadcast_kapacitor_backtest", "it")
        .text("script", &script)
        .text("start", "2001-09-09T01:46:00Z")
        .text("stop", "2001-09-09T01:47:00Z");
    let found = "[data.squadcast_kapacitor_backtest.it.by_series, data.squadcast_kapacitor_backtest.it.events]";
    let data = data.hcl().replacen("resource", "data", 1);
    format!("{data}output \"backtest\" {{\n  value = {found}\n}}\n")
}

/// Fails unless each secret in the value stands where the marks say that it is sensitive.
fn assert_marked(at: &str, value: &Value, marks: &Value) {
    if marks == &Value::Bool(true) {
        return;
    }
    match value {
        Value::String(text) => assert_clean(&format!("{at}, which is not marked sensitive,"), text),
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                assert_marked(&format!("{at}[{index}]"), value, &marks[index]);
            }
        }
        Value::Object(values) => {
            for (name, value) in values {
                assert_marked(&format!("{at}.{name}"), value, &marks[name]);
            }
        }
        _ => {}
    }
}

/// Checks what a plan or a state as JSON has of each resource, and returns the secrets that it holds.
fn assert_json_is_marked(shown: &Value) -> Vec<&'static str> {
    let modules = [
        &shown["values"],
        &shown["planned_values"],
        &shown["prior_state"]["values"],
    ];
    for module in modules.map(|values| &values["root_module"]) {
        for resource in module["resources"].as_array().into_iter().flatten() {
            let address = resource["address"].as_str().unwrap();
            assert_marked(address, &resource["values"], &resource["sensitive_values"]);
        }
    }
    for kind in ["resource_changes", "resource_drift"] {
        for resource in shown[kind].as_array().into_iter().flatten() {
            let address = resource["address"].as_str().unwrap();
            let change = &resource["change"];
            assert_marked(address, &change["before"], &change["before_sensitive"]);
            assert_marked(address, &change["after"], &change["after_sensitive"]);
        }
    }
    let mut values = shown.clone();
    // Terraform copies the configuration into a plan, literals and all.
    values["configuration"] = Value::Null;
    secrets_in(&values.to_string())
}

fn json(workspace: &Workspace, arguments: &[&str]) -> Value {
    let shown = workspace.run(&[&["show", "-json"], arguments].concat()).succeeds();
    serde_json::from_str(&shown.stdout).unwrap()
}

#[test]
fn no_secret_shows_where_it_is_not_marked() {
    let server = Server::start();
    let workspace = workspace(&server);
    let mut configurations = vec![literal(&server), from_environment(&server)];
    if has(Feature::WriteOnly) {
        configurations.push(write_only(&server));
    }
    for configuration in configurations {
        workspace.write(&configuration);
        run(&workspace, &["plan", "-no-color", "-out=plan.tfplan"]).succeeds();
        run(&workspace, &["show", "-no-color", "plan.tfplan"]).succeeds();
        let planned = assert_json_is_marked(&json(&workspace, &["plan.tfplan"]));
        assert!(planned.contains(&RULE_HOOK), "the search finds nothing in the plan");
        assert!(NOWHERE.iter().all(|secret| !planned.contains(secret)), "{planned:?}");
        run(&workspace, &["apply", "-no-color", "-input=false", "plan.tfplan"]).succeeds();
        run(&workspace, &["show", "-no-color"]).succeeds();
        assert_json_is_marked(&json(&workspace, &[]));
        assert_files_are_clean(&workspace.path(""));
    }
    let state = std::fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    assert!(NOWHERE.iter().all(|secret| !secrets_in(&state).contains(secret)));

    // What others changed is shown by a plan too, and a secret that they planted is one of somebody else's.
    server
        .api()
        .set_endpoint("squadcast", &serde_json::json!({ "url": url(&server, HOOK) }));
    run(&workspace, &["plan", "-no-color", "-out=plan.tfplan"]).succeeds();
    assert_json_is_marked(&json(&workspace, &["plan.tfplan"]));
    run(&workspace, &["destroy", "-auto-approve", "-no-color"]).succeeds();

    let log = std::fs::read_to_string(workspace.path("terraform.log")).unwrap();
    assert!(
        log.contains("/kapacitor/v1/tasks"),
        "the log does not reach down to the requests"
    );
    assert!(
        !workspace.path("plugin.log").exists(),
        "the framework wrote its own log"
    );
    assert_files_are_clean(&workspace.path(""));
}

#[test]
fn no_secret_shows_in_what_data_sources_find() {
    let why = "it holds the data that a back-test reads";
    let Some(server) = Server::sandbox(Options::default(), why) else {
        return;
    };
    let workspace = workspace(&server);
    workspace.apply(&literal(&server)).succeeds();
    // So that topics have alerts to show.
    server.api().write("cpu,host=a usage_user=95", 1_000_000_000);
    block_on(server.insides().settle());
    workspace.write(&[literal(&server), read_all(&server), secret_backtest(&server)].concat());
    run(&workspace, &["plan", "-no-color", "-out=plan.tfplan"]).succeeds();
    run(&workspace, &["show", "-no-color", "plan.tfplan"]).succeeds();
    assert_json_is_marked(&json(&workspace, &["plan.tfplan"]));
    run(&workspace, &["apply", "-no-color", "-input=false", "plan.tfplan"]).succeeds();
    let outputs = run(&workspace, &["output", "-json"]).succeeds().stdout;
    let shown = assert_json_is_marked(&json(&workspace, &[]));
    assert!(shown.contains(&BACKTEST_HOOK), "{shown:?}");
    // What was searched is all that there is.
    let unique = |name: &str| server.unique(name);
    let by_id = |name: &str| unique(name).replace(' ', "-");
    for found in [
        unique("cpu high"),
        by_id("own"),
        by_id("templated"),
        "squadcast".to_owned(),
        "CRITICAL".to_owned(),
    ] {
        assert!(outputs.contains(&found), "no data source shows {found:?}: {outputs}");
    }
    assert_files_are_clean(&workspace.path(""));
    run(&workspace, &["destroy", "-auto-approve", "-no-color"]).succeeds();
    assert_files_are_clean(&workspace.path(""));
}

#[test]
fn no_secret_shows_in_what_adopt_writes_and_says() {
    let server = Server::start();
    workspace(&server).apply(&literal(&server)).succeeds();
    let folder = tempfile::tempdir().unwrap();
    let run = adopt(&server, folder.path(), &[]);
    assert!(run.status.success());
    assert_clean("what adopt prints", &String::from_utf8_lossy(&run.stdout));
    assert_clean("what adopt says", &String::from_utf8_lossy(&run.stderr));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let content = std::fs::read_to_string(&path).unwrap();
        if path.ends_with("secrets.auto.tfvars") {
            let found = secrets_in(&content);
            assert!(found.contains(&HOOK) && found.contains(&RULE_HOOK), "{found:?}");
        } else {
            assert_clean(&path.to_string_lossy(), &content);
        }
    }
}

#[test]
fn the_state_holds_what_it_has_to_and_the_search_finds_it() {
    let server = Server::start();
    let workspace = workspace(&server);
    workspace.apply(&literal(&server)).succeeds();
    let state = std::fs::read_to_string(workspace.path("terraform.tfstate")).unwrap();
    let of_resources: Vec<&str> = IN_STATE.into_iter().filter(|secret| *secret != BACKTEST_HOOK).collect();
    assert_eq!(secrets_in(&state), of_resources);
    for secret in all() {
        assert_eq!(secrets_in(&format!("a line with {secret}&more")), [secret]);
        let credentials = BASE64_STANDARD.encode(format!("user:{secret}"));
        assert_eq!(secrets_in(&format!("Authorization: Basic {credentials}")), [secret]);
    }
    // A secret that is not marked is found by the search of marks.
    let shown = json(&workspace, &[]);
    let mut unmasked = shown.clone();
    let resources = unmasked["values"]["root_module"]["resources"].as_array_mut().unwrap();
    for resource in resources.iter_mut() {
        resource["sensitive_values"] = Value::Null;
    }
    assert_json_is_marked(&shown);
    assert!(std::panic::catch_unwind(|| assert_json_is_marked(&unmasked)).is_err());
}

#[test]
fn no_secret_shows_in_the_errors_of_an_apply_that_fails() {
    let why = "it injects faults";
    let Some(server) = Server::sandbox(Options::default(), why) else {
        return;
    };
    // A server repeats, at worst, what was sent to it.
    let sent: [(&str, &[&str]); 8] = [
        ("*/tasks*", &[RULE_HOOK, RULE_HEADER, HANDLER_TOKEN]),
        ("*/tasks*", &[RULE_ENVIRONMENT_HOOK]),
        ("*/config/*", &[HOOK, ENDPOINT_HEADER, ENDPOINT_PASSWORD]),
        ("*/service-tests/*", &[TESTED_HOOK]),
        ("*/tasks*", &[TASK_HOOK, SCRIPT_HOOK]),
        ("*/handlers", &[TOPIC_HOOK, TOPIC_HEADER]),
        ("*/templates", &[TEMPLATE_HOOK, TEMPLATE_VAR_HOOK]),
        ("*/tasks*", &[TEMPLATED_TASK_HOOK]),
    ];
    let mut faults = vec![Fault::new(Kind::Refuse)];
    for (path, secrets) in sent {
        let repeated = format!("{} {PROVIDER_PASSWORD} {PROVIDER_HEADER}", secrets.join(" and "));
        let kinds = [
            Kind::Drop { acted: false },
            Kind::Truncate,
            Kind::status(500, &repeated),
            Kind::status(401, &repeated),
            Kind::html(502),
        ];
        faults.extend(kinds.map(|kind| Fault::new(kind).on("POST", path).body_contains(secrets[0])));
    }
    for fault in faults {
        let workspace = workspace_with_variables(workspace(&server));
        workspace.write(&variables_for(&literal(&server)));
        server.insides().clear_requests();
        server.fails_with(fault.clone());
        let run = run(&workspace, &["apply", "-auto-approve", "-no-color"]);
        server.recovers();
        let struck = server
            .insides()
            .requests()
            .iter()
            .any(|request| request.method == "POST");
        assert_eq!(struck, fault.kind != Kind::Refuse, "{fault:?} struck nothing: {run}");
        // What was done although half of its answer is missing is found out by a look.
        assert!(run.code != Some(0) || fault.kind == Kind::Truncate, "{fault:?}: {run}");
        server.api().clean_up(&[]);
        let handler = format!("/kapacitor/v1/alerts/topics/{}/handlers/it", topic(&server));
        server.api().send_ok("DELETE", &handler, &Value::Null);
        let template = server.unique("tpl").replace(' ', "-");
        let template = format!("/kapacitor/v1/templates/{template}");
        server.api().send_ok("DELETE", &template, &Value::Null);
    }
}

/// Terraform shows the lines of configuration that an error is about, so that here the secrets come from variables.
fn variables_for(literal: &str) -> String {
    let mut configuration = literal.to_owned();
    for (number, secret) in all().enumerate() {
        configuration = configuration.replace(secret, &format!("${{var.secret{number}}}"));
        configuration.push_str(&format!(
            "variable \"secret{number}\" {{\n  type      = string\n  sensitive = true\n}}\n"
        ));
    }
    configuration
}

fn workspace_with_variables(workspace: Workspace) -> Workspace {
    all().enumerate().fold(workspace, |workspace, (number, secret)| {
        workspace.env(&format!("TF_VAR_secret{number}"), secret)
    })
}
