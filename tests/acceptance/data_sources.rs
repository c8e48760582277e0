//! Data sources: what is on a server, whoever made it.

use crate::harness::{endpoint, join, rule, Points, Resource, Server, Workspace, ENDPOINT, RULE};
use sandbox::Options;
use serde_json::{json, Value};

const SECRET: &str = "planted-hook-key";

/// A data source of this kind with these arguments, and the output `found` with this part of it.
fn asked(kind: &str, arguments: &[(&str, &str)], part: &str) -> String {
    let data = arguments
        .iter()
        .fold(Resource::new("", "it"), |data, (name, value)| data.set(name, *value));
    let data = data
        .hcl()
        .replacen("resource \"\"", &format!("data \"squadcast_kapacitor_{kind}\""), 1);
    format!("{data}output \"found\" {{\n  value = data.squadcast_kapacitor_{kind}.it{part}\n}}\n")
}

/// What the output `found` holds once the configuration is applied. The same plan then finds it again.
#[track_caller]
fn found(workspace: &Workspace, configuration: &str) -> Value {
    workspace.apply(configuration).succeeds();
    workspace.plan().is_empty();
    workspace.state().0["outputs"]["found"]["value"].clone()
}

/// A task that somebody wrote by hand, with a secret in its script and in a var.
fn hand_made(id: &str) -> Value {
    json!({
        "id": id,
        "type": "stream",
        "dbrps": [{ "db": "other", "rp": "autogen" }],
        "script": format!(
            "var key string\nstream|from().measurement('cpu')|alert().crit(lambda: \"usage_user\" > 95)\
             .post('http://127.0.0.1:9/{SECRET}').endpoint('squadcast').slack()"
        ),
        "vars": { "key": { "type": "string", "value": SECRET } },
        "status": "disabled",
    })
}

/// A server with a rule, one that is disabled and sends to Slack, and a task by hand; their names and the task's id.
fn peopled() -> (Server, Workspace, [String; 3]) {
    let server = Server::start();
    let made = Workspace::new(&server);
    let [cpu, disk] = ["cpu high", "disk full"].map(|name| server.unique(name));
    let idle = rule(&server)
        .labelled("idle")
        .text("name", &disk)
        .set("enabled", "false");
    let idle = idle.without("post").set("handlers", "{ slack = [{}] }");
    made.apply(&join(&[rule(&server).text("name", &cpu), idle])).succeeds();
    let id = server.unique("by-hand").replace(' ', "-");
    server.api().create_task(&hand_made(&id));
    (server, made, [cpu, disk, id])
}

/// The names or ids of what a list found, in its order.
fn every(list: &Value, name: &str) -> Vec<String> {
    let list = list.as_array().unwrap_or_else(|| panic!("{list:#} is no list"));
    list.iter().map(|one| one[name].as_str().unwrap().to_owned()).collect()
}

#[test]
fn rules_and_tasks_are_filtered() {
    let (server, _, [cpu, disk, id]) = peopled();
    let workspace = Workspace::new(&server);
    let mine = format!("\"*{}\"", cpu.trim_start_matches("cpu high"));
    for (filter, rules) in [
        (("name", mine.as_str()), vec![&cpu, &disk]),
        (("database", "\"other\""), vec![]),
        (("status", "\"disabled\""), vec![&disk]),
        (("handler", "\"slack\""), vec![&disk]),
        (("handler", "\"post\""), vec![&cpu]),
        (("executing", "true"), vec![&cpu]),
    ] {
        let list = found(&workspace, &asked("alert_rules", &[("name", &mine), filter], ".rules"));
        assert_eq!(
            every(&list, "name"),
            Vec::from_iter(rules.into_iter().cloned()),
            "{filter:?}"
        );
    }
    let by_hand = format!("\"{id}\"");
    for (filter, tasks) in [
        (("name", by_hand.as_str()), vec![&id]),
        (("database", "\"telegraf\""), vec![]),
        (("handler", "\"slack\""), vec![&id]),
        (("status", "\"enabled\""), vec![]),
        (("executing", "false"), vec![&id]),
    ] {
        let list = found(&workspace, &asked("tasks", &[("name", &by_hand), filter], ".tasks"));
        assert_eq!(
            every(&list, "id"),
            Vec::from_iter(tasks.into_iter().cloned()),
            "{filter:?}"
        );
    }
    let cpu = format!("\"{cpu}\"");
    let named = found(&workspace, &asked("tasks", &[("name", &cpu)], ".tasks"));
    assert_eq!(
        every(&named, "rule_name").len(),
        1,
        "a task is found by the name of its rule too"
    );
}

#[test]
fn words_that_do_not_exist_are_refused_without_a_server() {
    let workspace = Workspace::new(&Server::start());
    for (kind, arguments, words) in [
        ("alert_rules", ("status", "\"asleep\""), "enabled"),
        ("tasks", ("handler", "\"slak\""), "slack"),
        ("topics", ("level", "\"BAD\""), "CRITICAL"),
    ] {
        let error = workspace.validate(&asked(kind, &[arguments], "")).fails_once();
        error.mentions(&[words]);
    }
    for arguments in [&[][..], &[("id", "\"a\""), ("name", "\"b\"")]] {
        let error = workspace.validate(&asked("alert_rule", arguments, "")).fails_once();
        error.mentions(&["`name`", "`id`"]);
    }
}

#[test]
fn one_rule_is_found_by_its_name_and_by_its_id() {
    let (server, made, [cpu, ..]) = peopled();
    let workspace = Workspace::new(&server);
    let of_resource = made.state().of(RULE);
    for key in [("name", cpu.as_str()), ("id", of_resource["id"].as_str().unwrap())] {
        let value = format!("\"{}\"", key.1);
        let rule = found(&workspace, &asked("alert_rule", &[(key.0, &value)], ""));
        for same in [
            "id",
            "name",
            "database",
            "measurement",
            "field",
            "value",
            "message",
            "enabled",
            "executing",
        ] {
            assert_eq!(rule[same], of_resource[same], "{same}");
        }
        assert_eq!(rule["handlers"], json!(["post"]));
        let script = rule["tickscript"].as_str().unwrap();
        assert!(script.contains("hmac:") && !script.contains("/rule"), "{script}");
    }
    for (kind, key) in [("alert_rule", "name"), ("task", "id"), ("endpoint", "name")] {
        let error = workspace.apply(&asked(kind, &[(key, "\"nobody\"")], "")).fails_once();
        error.mentions(&["There is no such", "nobody"]);
    }
}

#[test]
fn one_task_is_shown_without_a_secret() {
    let (server, _, [.., id]) = peopled();
    let workspace = Workspace::new(&server);
    let value = format!("\"{id}\"");
    let task = found(&workspace, &asked("task", &[("id", &value)], ""));
    assert_eq!((&task["type"], &task["rule_name"]), (&json!("stream"), &Value::Null));
    assert_eq!(task["handlers"], json!(["post", "slack"]));
    assert_eq!(task["endpoints"], json!(["squadcast"]));
    assert_eq!(task["dbrps"], json!(["other.autogen"]));
    let shown = format!("{task:#}");
    assert!(
        shown.contains("measurement('cpu')") && !shown.contains(SECRET),
        "{shown}"
    );
    assert!(task["vars"]["key"].as_str().unwrap().starts_with("hmac:"), "{shown}");
    let all = found(&workspace, &asked("tasks", &[("name", &value)], ".tasks"));
    assert!(!format!("{all:#}").contains(SECRET), "{all:#}");
}

#[test]
fn endpoints_tell_whether_they_are_live_and_show_no_secret() {
    let server = Server::start();
    let made = Workspace::new(&server);
    let header = format!("{{ Authorization = \"{SECRET}\" }}");
    made.apply_resource(
        &endpoint(&server)
            .set("headers", "{ Accept = \"text/plain\" }")
            .set("sensitive_headers", header),
    )
    .succeeds();
    let added = server.unique("added").replace(' ', "-");
    server
        .api()
        .add_endpoint(&json!({ "endpoint": added, "url": format!("http://127.0.0.1:9/{SECRET}") }));
    let workspace = Workspace::new(&server);
    let one = found(&workspace, &asked("endpoint", &[("name", "\"squadcast\"")], ""));
    assert_eq!((&one["declared"], &one["live"]), (&json!(true), &json!(true)));
    assert_eq!(one["headers"], json!({ "Accept": "text/plain" }));
    assert_eq!(one["sensitive_headers"], json!(["Authorization"]));
    assert!(one["url_fingerprint"].as_str().unwrap().starts_with("hmac:"));
    let all = found(
        &workspace,
        &asked("endpoints", &[("name", &format!("\"{added}\""))], ".endpoints"),
    );
    assert_eq!(
        (&all[0]["name"], &all[0]["live"], &all[1]),
        (&json!(added), &json!(false), &Value::Null)
    );
    let state = workspace.state().0.to_string();
    assert!(!state.contains(SECRET) && !state.contains("/endpoint"), "{state}");
    server.api().remove_endpoint(&added);
    made.state().of(ENDPOINT);
}

#[test]
fn topics_tell_what_fires_and_since_when() {
    let server = Server::start();
    let made = Workspace::new(&server);
    made.apply_resource(&rule(&server)).succeeds();
    let id = made.state().of(RULE)["id"].as_str().unwrap().to_owned();
    let workspace = Workspace::new(&server);
    let name = format!("\"main:{id}:*\"");
    let quiet = found(&workspace, &asked("topics", &[("name", &name)], ""));
    assert_eq!(quiet["firing"], json!([]));
    let points = Points::new();
    points.fire(&server);
    let critical = [("name", name.as_str()), ("level", "\"CRITICAL\"")];
    let loud = found(&workspace, &asked("topics", &critical, ""));
    assert_eq!(every(&loud["topics"], "level"), ["CRITICAL"], "{loud:#}");
    let alert = &loud["firing"][0];
    assert_eq!(
        (&alert["topic"], &alert["level"]),
        (&loud["topics"][0]["id"], &json!("CRITICAL"))
    );
    assert_eq!(alert["since"], alert["time"], "it has just begun");
    points.recover(&server);
    let quiet = found(&workspace, &asked("topics", &critical, ""));
    assert_eq!((&quiet["topics"], &quiet["firing"]), (&json!([]), &json!([])));
}

#[test]
fn the_server_tells_its_version_and_what_works() {
    let mut options = Options::default();
    options.conf.config_override_enabled = false;
    let Some(server) = Server::sandbox(options, "kapacitor.conf switches a part off") else {
        return;
    };
    let told = found(&Workspace::new(&server), &asked("server", &[], ""));
    assert_eq!(told["features"], json!(["templates", "topics", "webhook_tests"]));
    assert_eq!(told["handlers"][0], "post");
    assert!(told["version"].as_str().is_some());
    let through = if server.chronograf_url().is_some() {
        "chronograf"
    } else {
        "direct"
    };
    assert_eq!(told["through"], through);
}

#[test]
fn lists_hold_more_than_a_hundred_and_share_their_requests() {
    let Some(server) = Server::sandbox(Options::default(), "its requests are counted") else {
        return;
    };
    for number in 0..120 {
        server.api().create_task(&json!({
            "id": format!("t{number:03}"),
            "type": "stream",
            "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
            "script": "stream|from()",
        }));
    }
    let workspace = Workspace::new(&server).real();
    let lists = "data \"squadcast_kapacitor_tasks\" \"a\" {}\ndata \"squadcast_kapacitor_tasks\" \"b\" {\n  name = \"t1*\"\n}\n\
                 data \"squadcast_kapacitor_alert_rules\" \"c\" {}\n\
                 output \"found\" {\n  value = [length(data.squadcast_kapacitor_tasks.a.tasks), \
                 length(data.squadcast_kapacitor_tasks.b.tasks), length(data.squadcast_kapacitor_alert_rules.c.rules)]\n}\n";
    assert_eq!(found(&workspace, lists), json!([120, 20, 0]));
    let before = server.insides().requests().len();
    workspace.plan().is_empty();
    let requests = server.insides().requests();
    let lists = requests[before..]
        .iter()
        .filter(|request| request.path.contains("/tasks"));
    assert_eq!(lists.count(), 1, "three data sources share one list");
}
