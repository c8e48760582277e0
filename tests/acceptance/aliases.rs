//! Several providers in one configuration keep apart, and none of them asks its server before a resource needs it.

use crate::examples::copy_of_example;
use crate::harness::{block_on, join, provider, quoted, rule, rules, Api, Resource, Server, Workspace, RULE};
use sandbox::{Auth, ChronografConf, Fault, KapacitorConf, Kind, Options, Sandbox, SeenRequest};
use serde_json::Value;

const WHY: &str = "it compares two servers";

/// A server that wants tokens made with this shared secret.
fn wanting(secret: &str) -> Options {
    Options {
        conf: KapacitorConf {
            auth: Auth::shared_secret(secret),
            ..KapacitorConf::default()
        },
        ..Options::default()
    }
}

fn names_of_rules(kapacitor: String) -> Vec<String> {
    let tasks = Api::new(kapacitor).tasks();
    let names = tasks.iter().filter_map(|task| {
        let script = task["script"].as_str()?;
        let line = script.lines().find_map(|line| line.strip_prefix("var name = "))?;
        Some(line.trim_matches('\'').to_owned())
    });
    names.collect()
}

#[test]
fn the_example_sets_up_each_server_with_its_own() {
    let Some(server) = Server::sandbox(Options::default(), WHY) else {
        return;
    };
    let staging = Sandbox::start_blocking(Options::default()).unwrap();
    let workspace = copy_of_example(&server, "provider/aliases").env("TF_VAR_staging_url", &staging.kapacitor_url());
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    assert_eq!(names_of_rules(server.kapacitor_url()), ["cpu high (production)"]);
    assert_eq!(names_of_rules(staging.kapacitor_url()), ["cpu high (staging)"]);

    // One of them being down is nothing to the other.
    staging.stop();
    let only_production = "-target=squadcast_kapacitor_alert_rule.production";
    workspace.plan_with(&[only_production]).run.succeeds();
    let errors = workspace.plan().run.fails();
    assert_eq!(errors.len(), 1, "{errors:#?}");
    assert_eq!(
        errors[0].address.as_deref(),
        Some("squadcast_kapacitor_alert_rule.staging")
    );
}

/// Requests that carry a token which the server takes, and those that it refuses.
fn taken_and_refused(requests: &[SeenRequest]) -> (usize, usize) {
    let refused = requests
        .iter()
        .filter(|request| request.outcome == sandbox::Outcome::Answered(401));
    let refused = refused.count();
    (requests.len() - refused, refused)
}

#[test]
fn credentials_go_only_to_the_server_that_they_are_for() {
    let Some(production) = Server::sandbox(wanting("of-production"), WHY) else {
        return;
    };
    let staging = Sandbox::start_blocking(wanting("of-staging")).unwrap();
    let block = |alias: &str, url: &str, secret: &str| {
        format!(
            "provider \"squadcast\" {{\n  alias = {alias:?}\n  url = {url:?}\n  username = \"sre\"\n  shared_secret = {secret:?}\n}}\n"
        )
    };
    let providers = provider("url = \"http://127.0.0.1:9\"")
        + &block("production", &production.kapacitor_url(), "of-production")
        + &block("staging", &staging.kapacitor_url(), "of-staging");
    let rules = ["production", "staging"].map(|alias| {
        rule(&production)
            .labelled(alias)
            .text("name", &format!("cpu high ({alias})"))
            .set("provider", format!("squadcast.{alias}"))
    });
    let workspace = Workspace::with_provider(providers).real();
    workspace.apply(&join(&rules)).succeeds();
    workspace.plan().is_empty();
    for requests in [production.insides().requests(), staging.requests()] {
        let (taken, refused) = taken_and_refused(&requests);
        assert!(taken > 2, "{requests:#?}");
        assert_eq!(refused, 0, "{requests:#?}");
    }
}

/// The provider's settings that may each come from a resource that is still to be created.
#[test]
fn settings_that_are_not_known_yet_fail_no_plan() {
    let Some(server) = Server::sandbox(wanting("s3cret"), "it wants credentials") else {
        return;
    };
    let late = |name: &str, value: &str| {
        let plan_time = format!("{{ value = {}, id = timestamp() }}", quoted(value));
        Resource::new("terraform_data", name).set("input", plan_time)
    };
    let settings = [
        ("url", server.kapacitor_url()),
        ("username", "sre".to_owned()),
        ("shared_secret", "s3cret".to_owned()),
    ];
    let resources: Vec<Resource> = settings.iter().map(|(name, value)| late(name, value)).collect();
    let lines: Vec<String> = settings
        .iter()
        .map(|(name, _)| format!("{name} = terraform_data.{name}.output.value"))
        .collect();
    let workspace = Workspace::with_provider(provider(&lines.join("\n  "))).real();
    let rule = rule(&server);
    workspace.write(&join(resources.iter().chain([&rule])));
    let run = workspace.plan().run;
    assert!(run.errors().is_empty(), "{run}");
    assert!(
        server.insides().requests().is_empty(),
        "a plan without an address made a request"
    );
    workspace.apply_again().succeeds();
    assert_eq!(workspace.state().of(RULE)["executing"], true);
}

#[test]
fn a_plan_of_nothing_asks_nobody() {
    let options = Options {
        chronograf: Some(ChronografConf::default()),
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "it looks at the requests") else {
        return;
    };
    let chronograf = server.insides().chronograf_url().unwrap();
    for settings in [
        format!("url = {:?}", server.kapacitor_url()),
        format!("chronograf = {{\n    url = {chronograf:?}\n  }}"),
        "url = \"http://127.0.0.1:9\"\n  ca_cert = \"no-such-file.pem\"".to_owned(),
    ] {
        let workspace = Workspace::with_provider(provider(&settings)).real();
        workspace.apply("output \"nothing\" {\n  value = 1\n}\n").succeeds();
        workspace.validate(&rule(&server).hcl()).succeeds();
    }
    assert!(server.insides().requests().is_empty());
    assert!(server.insides().chronograf_requests().is_empty());
}

#[test]
fn contradictory_settings_say_what_to_set() {
    let Some(server) = Server::sandbox(Options::default(), "it needs no server") else {
        return;
    };
    let cases: [(&str, &[&str]); 9] = [
        ("", &["`url`", "`chronograf`", "KAPACITOR_URL", "CHRONOGRAF_URL"]),
        ("url = \"kapacitor\"", &["`url`"]),
        ("url = \"ftp://kapacitor\"", &["`url`", "http"]),
        (
            "url = \"http://k\"\n  chronograf = {\n  url = \"http://c\"\n  }",
            &["`url`", "`chronograf`"],
        ),
        ("chronograf = {\n  }", &["`url`", "CHRONOGRAF_URL"]),
        ("url = \"http://k\"\n  password = \"hunter2\"", &["`username`"]),
        (
            "url = \"http://k\"\n  username = \"u\"\n  shared_secret = \"hunter2\"\n  token = \"hunter2\"",
            &["`shared_secret`", "`token`"],
        ),
        (
            "chronograf = {\n  url = \"http://c\"\n  token = \"hunter2\"\n  cookie = \"hunter2\"\n  }",
            &["`token`", "`cookie`"],
        ),
        (
            "token = \"hunter2\"\n  chronograf = {\n  url = \"http://c\"\n  }",
            &["`token`", "`chronograf`"],
        ),
    ];
    for (settings, says) in cases {
        let workspace = Workspace::with_provider(provider(settings));
        workspace.write(&rule(&server).hcl());
        let run = workspace.plan().run;
        run.fails_once().mentions(says);
        let told = run.errors()[0].whole();
        assert!(!told.contains("hunter2"), "{told}");
    }
}

#[test]
fn a_source_that_chronograf_does_not_have_is_told_with_those_that_it_has() {
    let options = Options {
        chronograf: Some(ChronografConf::default()),
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "it adds connections to Chronograf") else {
        return;
    };
    let chronograf = server.insides().chronograf_url().unwrap();
    let api = Api::new(chronograf.clone());
    let connection = serde_json::json!({ "name": "second", "url": server.kapacitor_url() });
    let made: Value = api.send_ok("POST", "/chronograf/v1/sources/0/kapacitors", &connection);
    assert_eq!(made["name"], "second");
    let workspace = |choice: &str| {
        Workspace::with_provider(provider(&format!(
            "chronograf = {{\n    url = {chronograf:?}\n    {choice}\n  }}"
        )))
    };
    for (choice, says) in [
        ("source = \"nowhere\"", ["source", "nowhere", "0 ("]),
        ("kapacitor = \"third\"", ["kapacitor", "third", "1 (second)"]),
        ("", ["several", "kapacitor", "1 (second)"]),
    ] {
        let error = workspace(choice).apply_resource(&rule(&server)).fails_once();
        error.mentions(&says);
    }
    for choice in ["kapacitor = \"second\"", "source = \"0\"\n    kapacitor = \"1\""] {
        let workspace = workspace(choice);
        workspace.apply_resource(&rule(&server)).succeeds();
        workspace.plan().is_empty();
        workspace.destroy().succeeds();
    }
    let proxied = server.insides().chronograf_requests();
    assert!(proxied
        .iter()
        .any(|request| request.path.contains("/kapacitors/1/proxy")));
    assert!(!proxied
        .iter()
        .any(|request| request.path.contains("/kapacitors/0/proxy")));
}

/// Ctrl-C in Terraform stops between requests: the task that was disabled is enabled again.
#[test]
fn an_interrupted_update_leaves_the_rule_running() {
    let Some(server) = Server::sandbox(Options::default(), "it sees where the update is") else {
        return;
    };
    let workspace = Workspace::new(&server).real();
    workspace.apply_resource(&rule(&server)).succeeds();
    workspace.write(&rule(&server).text("message", "other").hcl());
    server.insides().clear_requests();
    let disabling = Fault::new(Kind::Slow { millis: 1_000 }).on("PATCH", "/kapacitor/v1/tasks/*");
    server.fails_with(disabling.times(1));
    let mut terraform = workspace.spawn(&["apply", "-auto-approve", "-input=false"]);
    let is_disabling = |requests: &[SeenRequest]| requests.iter().any(|request| request.method == "PATCH");
    block_on(server.insides().wait_for_requests(is_disabling));
    let group = format!("-{}", terraform.id());
    let interrupted = std::process::Command::new("kill").args(["-INT", "--", &group]).status();
    assert!(interrupted.unwrap().success());
    terraform.wait().unwrap();

    let tasks = server.api().tasks_named(&server.unique("cpu high"));
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    assert_eq!(tasks[0]["executing"], true, "{tasks:#?}");
    assert!(tasks[0]["script"].as_str().unwrap().contains("var message = 'other'"));
    workspace.plan().is_empty();
}

/// Each provider of a configuration is a process of its own, and Kapacitor hangs where two of them start and stop tasks.
#[test]
fn two_providers_of_one_server_write_one_at_a_time() {
    two_providers_take_turns(str::to_owned, Workspace::real);
}

/// What orders them is in Kapacitor itself: neither the URL matters nor a folder on this machine.
#[test]
fn two_urls_of_one_server_and_no_place_for_a_lock_file_change_nothing_about_that() {
    let by_name = |url: &str| url.replace("127.0.0.1", "localhost");
    two_providers_take_turns(by_name, |workspace| {
        workspace.env("XDG_CACHE_HOME", "/dev/null/nowhere")
    });
}

fn two_providers_take_turns(other_url: impl Fn(&str) -> String, set_up: impl Fn(Workspace) -> Workspace) {
    let strict = Options {
        strict_pace: true,
        ..Options::default()
    };
    let Some(server) = Server::sandbox(strict, "it may hang its server") else {
        return;
    };
    let url = server.kapacitor_url();
    let other = other_url(&url);
    let other = format!("provider \"squadcast\" {{\n  alias = \"other\"\n  url = {other:?}\n}}\n");
    let workspace = set_up(Workspace::with_provider(provider(&format!("url = {url:?}")) + &other));
    let configuration = |message: &str| {
        let rules = rules(&server, 40, message).into_iter().enumerate();
        let shared_out = rules.map(|(number, rule)| {
            let alias = if number % 2 == 0 {
                "squadcast"
            } else {
                "squadcast.other"
            };
            rule.set("provider", alias)
        });
        join(&shared_out.collect::<Vec<_>>())
    };
    for message in ["first", "second"] {
        workspace.apply(&configuration(message)).succeeds();
    }
    workspace.apply("").succeeds();
    assert!(!server.insides().is_hung());
    assert_eq!(server.insides().pace().most_at_once, 1);
}
