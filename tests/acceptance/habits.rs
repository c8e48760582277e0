//! Configurations as people and pipelines write them.

use crate::harness::{
    endpoint, join, provider, provider_without_address, rule, rules, threshold, Api, Block, Resource, Server,
    Workspace, ENDPOINT, RULE,
};
use sandbox::{ChronografConf, Fault, Kind, Options};
use serde_json::{json, Value};

/// A module's variables, both of them passed on, one of them null.
const ALTERNATIVES: &str = r#"
variable "url" {
  type    = string
  default = null
}

variable "url_env" {
  type    = string
  default = null
}

variable "template" {
  type    = string
  default = null
}
"#;

fn with_alternatives(server: &Server) -> String {
    let post = Block::new().set("url", "var.url").set("url_env", "var.url_env");
    let endpoint = endpoint(server)
        .set("url", "var.url")
        .set("url_env", "var.url_env")
        .set("alert_template", "var.template")
        .set("alert_template_file", "var.template")
        .set("row_template", "var.template")
        .set("row_template_file", "var.template");
    format!(
        "{ALTERNATIVES}\n{}",
        join(&[rule(server).only_block("post", post), endpoint])
    )
}

#[test]
fn a_module_may_pass_both_alternatives_if_one_is_null() {
    let server = Server::start();
    let url = server.receiver_url("/hook");
    for variable in [("TF_VAR_url", url.as_str()), ("TF_VAR_url_env", "HOOK")] {
        let workspace = Workspace::new(&server)
            .env(variable.0, variable.1)
            .env("HOOK", &server.receiver_url("/hook"));
        let hcl = with_alternatives(&server);
        workspace.validate(&hcl).succeeds();
        let run = workspace.apply(&hcl).succeeds();
        assert!(run.warnings().is_empty(), "{run}");
        workspace.plan().is_empty();
        workspace.destroy().succeeds();
    }
    let both = Workspace::new(&server)
        .env("TF_VAR_url", &url)
        .env("TF_VAR_url_env", "HOOK")
        .env("HOOK", &url);
    both.write(&with_alternatives(&server));
    let errors = both.plan().run.fails();
    assert_eq!(errors.len(), 2, "{errors:#?}");
    for error in errors {
        error.mentions(&["`url` and `url_env` cannot both be set"]);
    }
}

/// What a plan cannot know, an apply finds out before it writes anything.
#[test]
fn alternatives_that_turn_out_to_be_both_set_fail_the_apply() {
    let server = Server::start();
    let workspace = Workspace::new(&server).env("HOOK", &server.receiver_url("/hook"));
    let late = |label: &str, value: &str| Resource::new("terraform_data", label).text("input", value);
    let (url, variable) = ("terraform_data.url.output", "terraform_data.variable.output");
    let post = Block::new().set("url", url).set("url_env", variable);
    let resources = [
        late("url", &server.receiver_url("/hook")),
        late("variable", "HOOK"),
        rule(&server).only_block("post", post),
        endpoint(&server).set("url", url).set("url_env", variable),
    ];
    workspace.write(&join(&resources));
    let plan = workspace.plan();
    assert!(plan.run.errors().is_empty(), "{}", plan.run);
    let before = server.snapshot();
    let errors = workspace.apply_again().fails();
    for address in [RULE, ENDPOINT] {
        let error = errors.iter().find(|error| error.address.as_deref() == Some(address));
        error.unwrap().mentions(&["`url` and `url_env` cannot both be set"]);
    }
    assert_eq!(server.snapshot(), before);
}

#[test]
fn numbers_and_addresses_that_are_none_name_the_setting_they_come_from() {
    let server = Server::start();
    let fraction = Workspace::with_settings(&server, "timeout = 1.5").real();
    fraction.write(&rule(&server).hcl());
    fraction
        .plan()
        .run
        .fails_once()
        .mentions(&["`timeout`", "whole number"]);

    let unit = Workspace::new(&server).env("SQUADCAST_KAPACITOR_TIMEOUT", "30s");
    unit.write(&rule(&server).hcl());
    unit.plan()
        .run
        .fails_once()
        .mentions(&["SQUADCAST_KAPACITOR_TIMEOUT", "without a unit"]);

    let address = Workspace::with_provider(provider_without_address()).env("KAPACITOR_URL", "kapacitor:9092");
    address.write(&rule(&server).hcl());
    address.plan().run.fails_once().mentions(&["KAPACITOR_URL", "http://"]);
}

#[test]
fn credentials_that_go_over_a_network_in_clear_are_told_of() {
    let password = [
        ("SQUADCAST_KAPACITOR_USERNAME", "u"),
        ("SQUADCAST_KAPACITOR_PASSWORD", "hunter2"),
    ];
    for (url, credentials, told) in [
        ("http://kapacitor.invalid:9092", &password[..], true),
        ("http://kapacitor.invalid:9092", &[], false),
        ("https://kapacitor.invalid:9092", &password, false),
    ] {
        let workspace = Workspace::with_provider(provider_without_address()).env("KAPACITOR_URL", url);
        let workspace = credentials
            .iter()
            .fold(workspace, |workspace, (name, value)| workspace.env(name, value));
        workspace.write(&threshold("r", "https://example.com/hook").hcl());
        let run = workspace.plan().run;
        let warned = run
            .warnings()
            .iter()
            .any(|warning| warning.summary.contains("without encryption"));
        assert_eq!(warned, told, "{url}: {run}");
    }
}

/// Any user of Chronograf can make another Kapacitor the active one.
#[test]
fn the_active_one_of_several_kapacitors_is_not_taken_without_a_word() {
    let options = Options {
        chronograf: Some(ChronografConf::default()),
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "it adds connections to Chronograf") else {
        return;
    };
    let chronograf = server.insides().chronograf_url().unwrap();
    let connection = json!({ "name": "second", "url": server.kapacitor_url(), "active": true });
    let made: Value = Api::new(chronograf.clone()).send_ok("POST", "/chronograf/v1/sources/0/kapacitors", &connection);
    assert_eq!(made["active"], true);
    let workspace = |choice: &str| {
        Workspace::with_provider(provider(&format!(
            "chronograf = {{\n    url = {chronograf:?}\n    {choice}\n  }}"
        )))
    };
    let unnamed = workspace("");
    let rules = rules(&server, 3, "m");
    let warnings = unnamed.apply(&join(&rules)).succeeds().warnings();
    assert_eq!(warnings.len(), 1, "{warnings:#?}");
    for word in ["(second)", "`kapacitor`", "0 ("] {
        assert!(warnings[0].detail.contains(word), "{warnings:#?}");
    }
    let named = workspace("kapacitor = \"second\"");
    named.write(&rule(&server).hcl());
    assert!(named.apply_again().succeeds().warnings().is_empty());
}

#[test]
fn a_rule_whose_name_is_a_url_is_imported_by_its_name() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    for name in [
        "https://shop.example.com is down",
        "disk / and /var",
        "..",
        "100% full?",
    ] {
        let name = server.unique(name);
        workspace.apply_resource(&rule(&server).text("name", &name)).succeeds();
        workspace.forget_state();
        workspace.import(RULE, &name).succeeds();
        workspace.plan().is_empty();
        workspace.destroy().succeeds();
    }
}

#[test]
fn an_import_of_nothing_says_what_to_give() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.write(&join(&[rule(&server), endpoint(&server)]));
    for (address, word) in [(RULE, "the rule's name"), (ENDPOINT, "name of an endpoint")] {
        for id in ["", " "] {
            let run = workspace.import(address, id);
            assert!(run.code != Some(0) && run.stderr.contains("import id"), "{run}");
            let told = run.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
            assert!(told.contains(word), "{run}");
        }
    }
    let run = workspace.import(ENDPOINT, "https://example.com");
    assert!(
        run.code != Some(0) && run.stderr.contains("not the name of an endpoint"),
        "{run}"
    );
}

#[test]
fn the_log_is_seen_at_info_with_its_level() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    let workspace = Workspace::with_settings(&server, "max_retries = 0").env("TF_LOG", "INFO");
    workspace.write(&endpoint(&server).hcl());
    server.fails_with(Fault::new(Kind::Refuse));
    let run = workspace.plan().run.to_string();
    let line = run
        .lines()
        .find(|line| line.contains("the plan could not look the endpoint up"));
    assert!(line.is_some_and(|line| line.contains("[INFO]")), "{run}");
}

/// A pipeline that destroys has the secrets of the deployment no more.
#[test]
fn a_destroy_does_not_need_the_variable_of_the_url() {
    let server = Server::start();
    let post = Block::new().text("url_env", "HOOK");
    let resources = join(&[
        rule(&server).only_block("post", post),
        endpoint(&server).without("url").text("url_env", "HOOK"),
    ]);
    let before = server.snapshot();
    let workspace = Workspace::new(&server).env("HOOK", &server.receiver_url("/hook"));
    workspace.apply(&resources).succeeds();
    let workspace = workspace.env("HOOK", "");
    let plan = workspace.plan();
    assert_eq!(plan.run.warnings().len(), 2, "{}", plan.run);
    plan.is_empty();
    workspace.write(&resources.replace("value = 90", "value = 91"));
    workspace.plan().run.fails_once().mentions(&["HOOK", "not set"]);
    workspace.write(&resources);
    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before);
}

/// A plan's call carries the state, the proposal and the configuration, so that these are more than gRPC's usual 4 MiB.
#[test]
fn a_rule_with_megabytes_of_details_is_planned_again() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let rule = rule(&server).set("details", r#"format("%02000000d", 0)"#);
    workspace.apply_resource(&rule).succeeds();
    workspace.plan().is_empty();
}
