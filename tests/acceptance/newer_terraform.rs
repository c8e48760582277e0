//! What newer versions of Terraform and OpenTofu can ask for. Where the installed one cannot, the tests skip and say so.

use crate::harness::{endpoint, has, join, rule, Feature, Resource, Server, Workspace, ENDPOINT, RULE};
use sandbox::Options;
use serde_json::Value;
use std::fs;

const WHY: &str = "it knows all that is on the server";

/// A rule, and one more that is disabled and sends to Slack.
fn two_rules(server: &Server) -> [Resource; 2] {
    let idle = rule(server)
        .labelled("idle")
        .text("name", "disk full")
        .set("enabled", "false")
        .set("handlers", "{ slack = [{}] }");
    [rule(server), idle.without("post")]
}

/// What alerts beside rules: a template, a task of it, one with a script of its own that is disabled, and handlers of two topics.
fn beside_rules() -> [Resource; 5] {
    let script = "stream|from().measurement('cpu')|alert().crit(lambda: \"usage_user\" > 90).stateChangesOnly()";
    let task = |label: &str, id: &str| {
        Resource::new("squadcast_kapacitor_task", label)
            .text("task_id", id)
            .set("dbrps", "[\"telegraf.autogen\"]")
    };
    let handler = |label: &str, topic: &str| {
        Resource::new("squadcast_kapacitor_topic_handler", label)
            .text("topic", topic)
            .text("handler_id", label)
    };
    [
        Resource::new("squadcast_kapacitor_template", "cpu")
            .text("template_id", "cpu-template")
            .text("script", &format!("{script}.post('http://127.0.0.1:9/')")),
        task("made", "made-from-it").set("template_id", "squadcast_kapacitor_template.cpu.id"),
        task("own", "own")
            .text("script", &format!("{script}.slack()"))
            .set("enabled", "false"),
        handler("day", "ops").set("post", "{ url = \"http://127.0.0.1:9/\" }"),
        handler("night", "ops-night").set("slack", "{ channel = \"#night\" }"),
    ]
}

fn task_id(workspace: &Workspace, address: &str) -> String {
    workspace.state().of(address)["id"].as_str().unwrap().to_owned()
}

/// The names that a query finds.
fn found(workspace: &Workspace, kind: &str, config: &str) -> Vec<String> {
    let query = format!("list \"{kind}\" \"found\" {{\n  provider = squadcast\n  config {{\n{config}\n  }}\n}}\n");
    fs::write(workspace.path("found.tfquery.hcl"), query).unwrap();
    let run = workspace.run(&["query", "-json"]).succeeds();
    let messages = run
        .stdout
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let found = messages.filter(|message| message["type"] == "list_resource_found");
    found
        .map(|message| {
            message["list_resource_found"]["display_name"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect()
}

#[test]
fn a_query_lists_rules_by_name_database_status_and_handler() {
    let Some(server) = Server::sandbox(Options::default(), WHY).filter(|_| has(Feature::Query)) else {
        return;
    };
    let workspace = Workspace::new(&server).real();
    workspace.apply(&join(&two_rules(&server))).succeeds();
    let cpu = server.unique("cpu high");
    let (cpu, disk) = (cpu.as_str(), "disk full");
    for (config, expected) in [
        ("", vec![cpu, disk]),
        ("name = \"cpu*\"", vec![cpu]),
        ("name = \"disk\"", vec![]),
        ("database = \"telegraf\"", vec![cpu, disk]),
        ("database = \"elsewhere\"", vec![]),
        ("status = \"enabled\"", vec![cpu]),
        ("status = \"disabled\"", vec![disk]),
        ("handler = \"post\"", vec![cpu]),
        ("handler = \"slack\"", vec![disk]),
        ("handler = \"slack\"\nstatus = \"enabled\"", vec![]),
    ] {
        assert_eq!(
            found(&workspace, "squadcast_kapacitor_alert_rule", config),
            expected,
            "{config}"
        );
    }
    assert_eq!(found(&workspace, "squadcast_kapacitor_endpoint", ""), ["squadcast"]);
    assert!(found(&workspace, "squadcast_kapacitor_endpoint", "name = \"s*x\"").is_empty());
}

#[test]
fn a_query_lists_tasks_templates_and_handlers() {
    let Some(server) = Server::sandbox(Options::default(), WHY).filter(|_| has(Feature::Query)) else {
        return;
    };
    let workspace = Workspace::new(&server).real();
    workspace.apply(&join(&beside_rules())).succeeds();
    let (made, own) = ("made-from-it", "own");
    for (kind, config, expected) in [
        ("task", "", vec![made, own]),
        ("task", "name = \"made*\"", vec![made]),
        ("task", "name = \"mad\"", vec![]),
        ("task", "database = \"telegraf\"", vec![made, own]),
        ("task", "database = \"elsewhere\"", vec![]),
        ("task", "status = \"disabled\"", vec![own]),
        ("task", "handler = \"post\"", vec![made]),
        ("task", "handler = \"slack\"", vec![own]),
        ("task", "executing = true", vec![made]),
        ("template", "", vec!["cpu-template"]),
        ("template", "name = \"cpu*\"", vec!["cpu-template"]),
        ("template", "name = \"mem*\"", vec![]),
        ("topic_handler", "", vec!["ops/day", "ops-night/night"]),
        ("topic_handler", "topic = \"ops\"", vec!["ops/day"]),
        ("topic_handler", "topic = \"dev*\"", vec![]),
    ] {
        let kind = format!("squadcast_kapacitor_{kind}");
        assert_eq!(found(&workspace, &kind, config), expected, "{kind}: {config}");
    }
}

#[test]
fn a_query_with_a_word_that_does_not_exist_is_an_error() {
    if !has(Feature::Query) {
        return;
    }
    let workspace = Workspace::new(&Server::start()).real();
    workspace.write("");
    let words = [("status = \"asleep\"", "enabled"), ("handler = \"slak\"", "slack")];
    let of_kind = |kind: &'static str| words.map(|(config, words)| (kind, config, words));
    for (kind, config, words) in [of_kind("alert_rule"), of_kind("task")].concat() {
        let query = format!("list \"squadcast_kapacitor_{kind}\" \"all\" {{\n  provider = squadcast\n  config {{\n    {config}\n  }}\n}}\n");
        fs::write(workspace.path("all.tfquery.hcl"), query).unwrap();
        let run = workspace.run(&["query", "-json"]);
        run.fails_once().mentions(&[words]);
    }
}

#[test]
fn what_a_query_generates_imports_everything_and_changes_nothing() {
    let Some(server) = Server::sandbox(Options::default(), WHY).filter(|_| has(Feature::Query)) else {
        return;
    };
    let made = Workspace::new(&server).real();
    made.apply(&(endpoint(&server).hcl() + &join(&two_rules(&server))))
        .succeeds();
    let before = server.snapshot();
    let workspace = Workspace::new(&server).real();
    workspace.write("");
    generate(&workspace, &["alert_rule", "endpoint"]);
    // The rule is in both of the example's lists.
    let generated = fs::read_to_string(workspace.path("generated.tf")).unwrap();
    let is_first = |name: &str| generated.contains(&format!("\"{name}\""));
    assert!(
        is_first("posting_0") && is_first("cpu_0") && is_first("all_0"),
        "{generated}"
    );
    let only_once = without_block(&generated, "cpu_0");
    fs::write(workspace.path("generated.tf"), only_once).unwrap();
    workspace.plan().wants(&[
        ("squadcast_kapacitor_alert_rule.posting_0", "import"),
        ("squadcast_kapacitor_endpoint.all_0", "import"),
    ]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    assert_eq!(server.snapshot(), before);
}

#[test]
fn what_a_query_generates_of_tasks_templates_and_handlers_imports_them_and_changes_nothing() {
    let Some(server) = Server::sandbox(Options::default(), WHY).filter(|_| has(Feature::Query)) else {
        return;
    };
    let made = Workspace::new(&server).real();
    made.apply(&join(&beside_rules())).succeeds();
    let all = |server: &Server| {
        let handlers = ["ops", "ops-night"].map(|topic| {
            server
                .api()
                .get(&format!("/kapacitor/v1/alerts/topics/{topic}/handlers"))
        });
        let template = server.api().get("/kapacitor/v1/templates/cpu-template");
        (server.snapshot(), template["script"].clone(), handlers)
    };
    let before = all(&server);
    let workspace = Workspace::new(&server).real();
    workspace.write("");
    generate(&workspace, &["task", "template", "topic_handler"]);
    workspace.plan().wants(&[
        ("squadcast_kapacitor_task.telegraf_0", "import"),
        ("squadcast_kapacitor_task.telegraf_1", "import"),
        ("squadcast_kapacitor_template.cpu_0", "import"),
        ("squadcast_kapacitor_topic_handler.all_0", "import"),
        ("squadcast_kapacitor_topic_handler.all_1", "import"),
    ]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    assert_eq!(all(&server), before);
}

/// Has a query of the examples of these resources generate a configuration of all that it finds.
fn generate(workspace: &Workspace, kinds: &[&str]) {
    for kind in kinds {
        let example = format!("examples/list-resources/squadcast_kapacitor_{kind}/list-resource.tfquery.hcl");
        let example = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(example);
        fs::copy(example, workspace.path(&format!("{kind}.tfquery.hcl"))).unwrap();
    }
    workspace
        .run(&["query", "-no-color", "-generate-config-out=generated.tf"])
        .succeeds();
}

/// A generated configuration without a resource of this label and its import.
fn without_block(generated: &str, label: &str) -> String {
    let blocks = generated.split("\n}\n").filter(|block| !block.contains(label));
    blocks
        .map(|block| format!("{block}\n}}\n"))
        .collect::<String>()
        .trim_end_matches("\n}\n")
        .to_owned()
}

#[test]
fn an_import_by_identity_is_one_by_id() {
    if !has(Feature::Identity) {
        return;
    }
    let server = Server::start();
    let made = Workspace::new(&server).real();
    let endpoint = endpoint(&server).set("headers", "{ Content-Type = \"application/json\" }");
    let configuration = endpoint.hcl() + &rule(&server).hcl();
    made.apply(&configuration).succeeds();
    let id = task_id(&made, RULE);
    let workspace = Workspace::new(&server).real();
    let import = |to: &str, name: &str, value: &str| {
        format!("import {{\n  to = {to}\n  identity = {{\n    {name} = \"{value}\"\n  }}\n}}\n")
    };
    let imports = import(ENDPOINT, "name", "squadcast") + &import(RULE, "task_id", &id);
    workspace.write(&(configuration + &imports));
    workspace.plan().wants(&[(ENDPOINT, "import"), (RULE, "import")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    for (address, identity) in [(ENDPOINT, ("name", "squadcast")), (RULE, ("task_id", &id))] {
        let kept = workspace.state().identity(address);
        assert_eq!(kept[identity.0], identity.1, "{address}: {kept}");
    }
}

#[test]
fn an_import_of_a_task_a_template_or_a_handler_by_identity_is_one_by_id() {
    if !has(Feature::Identity) {
        return;
    }
    let Some(server) = Server::sandbox(Options::default(), "the ids are its own") else {
        return;
    };
    let configuration = join(&beside_rules());
    Workspace::new(&server).real().apply(&configuration).succeeds();
    let identities: [(&str, &[(&str, &str)]); 4] = [
        ("squadcast_kapacitor_template.cpu", &[("template_id", "cpu-template")]),
        ("squadcast_kapacitor_task.made", &[("task_id", "made-from-it")]),
        ("squadcast_kapacitor_task.own", &[("task_id", "own")]),
        (
            "squadcast_kapacitor_topic_handler.day",
            &[("topic", "ops"), ("handler_id", "day")],
        ),
    ];
    let imports = identities.map(|(to, identity)| {
        let parts = identity
            .iter()
            .map(|(name, value)| format!("    {name} = \"{value}\"\n"));
        format!(
            "import {{\n  to = {to}\n  identity = {{\n{}  }}\n}}\n",
            parts.collect::<String>()
        )
    });
    let night = "import {\n  to = squadcast_kapacitor_topic_handler.night\n  id = \"ops-night/night\"\n}\n";
    let workspace = Workspace::new(&server).real();
    workspace.write(&(configuration + &imports.concat() + night));
    let mut expected: Vec<(&str, &str)> = identities.iter().map(|(address, _)| (*address, "import")).collect();
    expected.push(("squadcast_kapacitor_topic_handler.night", "import"));
    workspace.plan().wants(&expected);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    for (address, identity) in identities {
        let kept = workspace.state().identity(address);
        for (name, value) in identity {
            assert_eq!(kept[name], *value, "{address}: {kept}");
        }
    }
}

#[test]
fn an_action_has_kapacitor_post_to_the_webhook() {
    if !has(Feature::Actions) {
        return;
    }
    let server = Server::start();
    let action = |url: &str| {
        format!(
            "action \"squadcast_kapacitor_webhook_test\" \"webhook\" {{\n  config {{\n    url = \"{url}\"\n  }}\n}}\n"
        )
    };
    let invoke = "-invoke=action.squadcast_kapacitor_webhook_test.webhook";
    let workspace = Workspace::new(&server).real();
    let apply = |url: &str| {
        workspace.write(&action(url));
        workspace.run(&["apply", "-auto-approve", "-input=false", "-json", invoke])
    };
    apply(&server.receiver_url("/webhook")).succeeds();
    server.receives(|post| post.path == "/webhook");
    let error = apply("http://127.0.0.1:9/planted-key").fails_once();
    error.mentions(&["refused"]);
    assert!(!error.whole().contains("planted-key"), "{error:#?}");
    apply("ftp://127.0.0.1/").fails_once().mentions(&["http"]);
}
