//! Handlers of topics: their life, their drift, and what Kapacitor does to them behind Terraform's back.

use crate::harness::{has, join, Feature, Points, Resource, Server, Workspace};
use sandbox::{Fault, HttpPost, KapacitorConf, Kind, Options};
use serde_json::{json, Value};

const HANDLER: &str = "squadcast_kapacitor_topic_handler.it";
const SECRET: &str = "planted-hook-key";

fn handler(server: &Server) -> Resource {
    Resource::new("squadcast_kapacitor_topic_handler", "it")
        .text("topic", &topic(server))
        .text("handler_id", "squadcast")
        .set("post", format!("{{ url = \"{}\" }}", server.receiver_url("/handler")))
}

fn topic(server: &Server) -> String {
    server.unique("ops").replace(' ', "-")
}

fn path(server: &Server) -> String {
    format!("/kapacitor/v1/alerts/topics/{}/handlers", topic(server))
}

/// The handlers that the server shows for the topic.
fn handlers(server: &Server) -> Vec<Value> {
    server.api().get(&path(server))["handlers"].as_array().unwrap().clone()
}

/// Puts a handler in the place of the one that is there, as another tool would.
fn put(server: &Server, body: &Value) {
    server
        .api()
        .send_ok("PUT", &format!("{}/squadcast", path(server)), body);
}

/// A task that sends its alerts to the topic.
fn task(server: &Server) -> String {
    let id = server.unique("source").replace(' ', "-");
    server.api().create_task(&json!({
        "id": id,
        "type": "stream",
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "script": format!(
            "stream|from().measurement('cpu').groupBy('host')|alert().id('{{{{ index .Tags \"host\" }}}}')\
             .crit(lambda: \"usage_user\" > 90).stateChangesOnly().topic('{}')",
            topic(server)
        ),
        "status": "enabled",
    }));
    id
}

#[test]
fn a_handler_is_created_updated_repaired_imported_and_destroyed() {
    let server = Server::start();
    let before = server.snapshot();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&handler(&server)).succeeds();
    workspace.plan().is_empty();
    let [url, other] = ["/handler", "/other"].map(|path| server.receiver_url(path));
    let created = handlers(&server);
    assert_eq!(created[0]["options"], json!({ "url": url }));
    let state = workspace.state().of(HANDLER);
    assert_eq!(state["id"], format!("{}/squadcast", topic(&server)));
    assert_eq!(state["live"], true);

    let all = format!(
        "{{ url = \"{other}\", endpoint = \"squadcast\", headers = {{ Accept = \"a\" }}, sensitive_headers = {{ X-Key = \"{SECRET}\" }}, \
         capture_response = true, timeout = \"90s\", skip_ssl_verification = true }}"
    );
    for changed in [
        handler(&server).set("post", format!("{{ url = \"{other}\" }}")),
        handler(&server).set("post", "{ endpoint = \"squadcast\" }"),
        handler(&server).set("post", all.as_str()),
        handler(&server)
            .set("post", all.as_str())
            .text("match", "\"host\" == 'a'"),
        handler(&server).without("post").set("slack", "{ channel = \"#ops\" }"),
        handler(&server),
    ] {
        workspace.write(&changed.hcl());
        workspace.plan().wants(&[(HANDLER, "update")]);
        workspace.apply_again().succeeds();
        workspace.plan().is_empty();
    }
    assert_eq!(handlers(&server), created);

    let full = handler(&server)
        .set("post", all.as_str())
        .text("match", "\"host\" == 'a'");
    workspace.apply_resource(&full).succeeds();
    let as_applied = handlers(&server)[0].clone();
    assert_eq!(as_applied["options"]["timeout"], json!(90_000_000_000_i64));
    assert_eq!(
        as_applied["options"]["headers"],
        json!({ "Accept": "a", "X-Key": SECRET })
    );
    for (pointer, value) in [
        ("/options/url", json!(url)),
        ("/options/headers", json!({ "Accept": "b", "X-Key": SECRET })),
        ("/options/headers", json!({ "Accept": "a" })),
        (
            "/options/headers",
            json!({ "Accept": "a", "X-Key": SECRET, "X-More": "more" }),
        ),
        ("/options/capture-response", json!(false)),
        ("/options/timeout", json!(1_000_000_000)),
        ("/options/skip-ssl-verification", json!(false)),
        ("/match", json!("")),
        ("/kind", json!("log")),
    ] {
        let mut drifted = as_applied.clone();
        *drifted.pointer_mut(pointer).unwrap() = value;
        if pointer == "/kind" {
            drifted["options"] = json!({ "path": "/tmp/alerts.log" });
        }
        put(&server, &drifted);
        let plan = workspace.plan();
        plan.wants(&[(HANDLER, "update")]);
        let shown = plan.text();
        assert!(!shown.contains(SECRET), "{shown}");
        workspace.apply_again().succeeds();
        assert_eq!(handlers(&server)[0], as_applied, "{pointer}");
        workspace.plan().is_empty();
    }
    server
        .api()
        .send_ok("DELETE", &format!("{}/squadcast", path(&server)), &Value::Null);
    workspace.plan().wants(&[(HANDLER, "create")]);
    workspace.apply_again().succeeds();

    let id = format!("{}/squadcast", topic(&server));
    let adopting = Workspace::new(&server);
    adopting.write(&full.hcl());
    let imported = adopting.import(HANDLER, &id);
    assert_eq!(imported.code, Some(0), "{imported}");
    adopting.plan().is_empty();

    workspace.destroy().succeeds();
    assert_eq!(handlers(&server), Vec::<Value>::new());
    assert_eq!(server.snapshot(), before);
}

#[test]
fn what_terraform_generates_for_an_import_plans_empty_and_keeps_the_secrets() {
    let server = Server::start();
    let made = Workspace::new(&server).real();
    made.apply_resource(&handler(&server)).succeeds();
    let as_applied = handlers(&server);
    let workspace = Workspace::new(&server).real();
    workspace.write(&format!(
        "import {{\n  to = {HANDLER}\n  id = \"{}/squadcast\"\n}}\n",
        topic(&server)
    ));
    let plan = workspace.plan_with(&["-generate-config-out=generated.tf"]);
    plan.wants(&[(HANDLER, "import")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    assert_eq!(handlers(&server), as_applied);
}

#[test]
fn each_kind_is_written_with_all_its_options_and_plans_empty() {
    use squadcast_kapacitor::rule::handlers::{TopicOptionKind, TOPIC_KINDS};
    let Some(server) = Server::sandbox(Options::default(), "a real server does not know the Kafka cluster") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let value = |kind: &str, option: &str, of: TopicOptionKind| match (of, kind, option) {
        (_, "post", "url") => format!("\"{}\"", server.receiver_url("/x")),
        (_, "post", "endpoint") => "\"squadcast\"".to_owned(),
        (_, "tcp", _) => "\"127.0.0.1:9\"".to_owned(),
        (_, "exec", "prog") | (_, "log", "path") => "\"/bin/true\"".to_owned(),
        (_, "smtp", "to") => "[\"ops@example.com\"]".to_owned(),
        (_, "teams", _) => "\"https://example.com/x\"".to_owned(),
        (TopicOptionKind::Text, ..) => "\"a\"".to_owned(),
        (TopicOptionKind::List, ..) => "[\"a\", \"b\"]".to_owned(),
        (TopicOptionKind::Flag, ..) => "true".to_owned(),
        (TopicOptionKind::Integer, ..) => "2".to_owned(),
        (TopicOptionKind::Map, ..) => format!("{{ {} = \"b\" }}", option.replace("sensitive_headers", "Authorization")),
        (TopicOptionKind::Duration, ..) => "\"1m\"".to_owned(),
        (TopicOptionKind::Maps(names), ..) => {
            let entries: Vec<String> = names.iter().map(|name| format!("{name} = \"s\"")).collect();
            format!("[{{ {} }}]", entries.join(", "))
        }
    };
    let resources: Vec<Resource> = TOPIC_KINDS
        .iter()
        .map(|kind| {
            let options = kind.options.iter();
            let options =
                options.map(|option| format!("{} = {}", option.name, value(kind.name, option.name, option.kind)));
            let options = format!("{{ {} }}", options.collect::<Vec<_>>().join(", "));
            handler(&server)
                .without("post")
                .labelled(kind.name)
                .text("handler_id", kind.name)
                .set(kind.name, options)
        })
        .collect();
    workspace.apply(&crate::harness::join(&resources)).succeeds();
    workspace.plan().is_empty();
    let shown = handlers(&server);
    assert_eq!(shown.len(), TOPIC_KINDS.len());
    for kind in TOPIC_KINDS {
        let found = shown.iter().find(|handler| handler["id"] == kind.name).unwrap();
        let mut wires: Vec<&str> = kind.options.iter().map(|option| option.wire).collect();
        wires.sort();
        wires.dedup();
        let mut sent: Vec<&str> = found["options"]
            .as_object()
            .unwrap()
            .keys()
            .map(String::as_str)
            .collect();
        sent.sort();
        assert_eq!(sent, wires, "{}", kind.name);
    }
    workspace.destroy().succeeds();
}

#[test]
fn what_cannot_work_is_refused_by_the_plan() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let it = || handler(&server);
    for (resource, words) in [
        (
            it().text("match", "\"host\" =="),
            &["line 1, column 10", "unexpected EOF"][..],
        ),
        (it().text("match", "1 + 1"), &["true or false"]),
        (it().without("post"), &["`post`", "`publish`"]),
        (it().set("talk", "{}"), &["one kind", "`post` and `talk`"]),
        (it().text("handler_id", "a b"), &["letters, digits"]),
        (it().set("post", "{ url = \"ftp://x\" }"), &["http"]),
        (
            it().set("post", "{ url = \"http://x\", timeout = \"soon\" }"),
            &["duration"],
        ),
        (
            it().set("post", "{ url = \"http://x\", headers = { \"a b\" = \"c\" } }"),
            &["header"],
        ),
        (
            it().without("post").set("log", "{ path = \"alerts.log\" }"),
            &["absolute"],
        ),
        (
            it().without("post").set("pagerduty2", "{ links = [{ href = \"x\" }] }"),
            &["`href`, `text`"],
        ),
    ] {
        workspace.validate(&resource.hcl()).fails_once().mentions(words);
    }
    workspace.write(&it().set("post", "{}").hcl());
    workspace.plan().run.fails_once().mentions(&["`url`", "`endpoint`"]);
    assert_eq!(handlers(&server), Vec::<Value>::new());
}

#[test]
fn a_match_without_recoveries_is_warned_of() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.write(&handler(&server).text("match", "level() == CRITICAL").hcl());
    let warnings = workspace.plan().run.warnings();
    assert!(warnings[0].summary.contains("will not resolve"), "{warnings:?}");
    workspace.write(
        &handler(&server)
            .text("match", "level() == CRITICAL OR level() == OK")
            .hcl(),
    );
    assert_eq!(workspace.plan().run.warnings().len(), 0);
}

#[test]
fn alerts_reach_the_handler_and_a_change_while_one_is_open_is_told_of() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&handler(&server)).succeeds();
    task(&server);
    let points = Points::new();
    points.fire(&server);
    let run = workspace.plan_with(&["-destroy"]).run;
    let warning = run
        .warnings()
        .into_iter()
        .find(|warning| warning.summary.contains("firing"));
    warning.unwrap_or_else(|| panic!("{run}")).mentions(&["CRITICAL"]);
    points.recover(&server);
    assert_eq!(workspace.plan_with(&["-destroy"]).run.warnings().len(), 0);
    workspace.destroy().succeeds();
}

#[test]
fn an_endpoint_that_is_not_live_is_named_with_the_way_on() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let dead = handler(&server).set("post", "{ endpoint = \"nobody\" }");
    let error = workspace.apply_resource(&dead).fails_once();
    error.mentions(&["nobody", "not live", "`url`"]);
    assert_eq!(handlers(&server), Vec::<Value>::new());
    let both = format!(
        "{{ endpoint = \"nobody\", url = \"{}\" }}",
        server.receiver_url("/fallback")
    );
    workspace.apply_resource(&handler(&server).set("post", both)).succeeds();
    workspace.plan().is_empty();
    let without_url = handler(&server).set("post", "{ endpoint = \"nobody\", url = \"\" }");
    workspace
        .apply_resource(&without_url)
        .fails_once()
        .mentions(&["nobody"]);
    assert!(
        handlers(&server)[0]["options"]["url"].is_string(),
        "the former one stays"
    );
}

#[test]
fn the_handlers_of_a_topic_that_was_deleted_are_written_again() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&handler(&server)).succeeds();
    let topic = format!("/kapacitor/v1/alerts/topics/{}", topic(&server));
    server.api().send_ok("DELETE", &topic, &Value::Null);
    let plan = workspace.plan();
    plan.wants(&[(HANDLER, "update")]);
    assert_eq!(plan.change(HANDLER).attributes(), ["live"]);
    workspace.apply_again().succeeds();
    task(&server);
    Points::new().fire(&server);
    workspace.plan().is_empty();
}

#[test]
fn a_handler_that_is_there_already_is_not_taken_over_unless_it_is_the_same() {
    let server = Server::start();
    let other = json!({ "id": "squadcast", "kind": "log", "options": { "path": "/tmp/alerts.log" } });
    server.api().send_ok("POST", &path(&server), &other);
    let workspace = Workspace::new(&server);
    let error = workspace.apply_resource(&handler(&server)).fails_once();
    error.mentions(&["another handler of this id", "terraform import"]);
    assert_eq!(handlers(&server)[0]["kind"], "log");
    let url = server.receiver_url("/handler");
    put(
        &server,
        &json!({ "id": "squadcast", "kind": "post", "options": { "url": url } }),
    );
    workspace.apply_resource(&handler(&server)).succeeds();
    workspace.plan().is_empty();
}

#[test]
fn one_handler_has_one_owner() {
    let server = Server::start();
    let workspace = Workspace::new(&server).real();
    let twin = handler(&server).labelled("twin");
    workspace.write(&(handler(&server).hcl() + &twin.hcl()));
    let errors = workspace.plan().run.fails();
    assert!(errors[0].summary.contains("same object"), "{errors:?}");
    workspace.apply_resource(&handler(&server)).succeeds();
    workspace.write(&twin.hcl());
    let errors = workspace.plan().run.fails();
    assert!(errors[0].summary.contains("moved"), "{errors:?}");
    let moved =
        "moved {\n  from = squadcast_kapacitor_topic_handler.it\n  to   = squadcast_kapacitor_topic_handler.twin\n}\n";
    workspace.write(&(twin.hcl() + moved));
    workspace.apply_again().succeeds();
    let replacing = twin
        .set("lifecycle", "")
        .hcl()
        .replace("lifecycle = \n", "lifecycle {\n    create_before_destroy = true\n  }\n");
    workspace.write(&replacing);
    let replace = "-replace=squadcast_kapacitor_topic_handler.twin";
    workspace
        .run(&["apply", "-auto-approve", "-input=false", "-json", replace])
        .succeeds();
    assert_eq!(handlers(&server).len(), 1);
    workspace.plan().is_empty();
}

#[test]
fn a_write_only_url_is_in_no_plan_and_no_state_and_its_drift_shows() {
    if !has(Feature::WriteOnly) {
        return;
    }
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let url = server.receiver_url(&format!("/{SECRET}"));
    let post_to = |url: &str, version: u32| {
        format!(
        "{{ url_wo = \"{url}\", url_wo_version = {version}, sensitive_headers_wo = {{ Authorization = \"{SECRET}\" }}, \
         sensitive_headers_wo_version = 1, headers = {{ Accept = \"a\" }} }}"
    )
    };
    let posts_to = |url: &str, version: u32| handler(&server).set("post", post_to(url, version));
    workspace.apply_resource(&posts_to(&url, 1)).succeeds();
    let options = handlers(&server)[0]["options"].clone();
    assert_eq!(
        (&options["url"], &options["headers"]["Authorization"]),
        (&json!(url), &json!(SECRET))
    );
    workspace.plan().is_empty();
    assert!(!workspace.state().0.to_string().contains(SECRET));
    for (pointer, value) in [("/url", "http://127.0.0.1:9/"), ("/headers/Authorization", "other")] {
        let mut drifted = options.clone();
        *drifted.pointer_mut(pointer).unwrap() = json!(value);
        put(
            &server,
            &json!({ "id": "squadcast", "kind": "post", "options": drifted }),
        );
        let plan = workspace.plan();
        plan.wants(&[(HANDLER, "update")]);
        assert!(!plan.text().contains(SECRET));
        workspace.apply_again().succeeds();
        assert_eq!(handlers(&server)[0]["options"], options);
        workspace.plan().is_empty();
    }
    // Another value alone counts for nothing: the version says when it does.
    let anew = format!("{url}-anew");
    workspace.write(&posts_to(&anew, 1).hcl());
    workspace.plan().is_empty();
    workspace.apply_resource(&posts_to(&anew, 2)).succeeds();
    assert_eq!(handlers(&server)[0]["options"]["url"], json!(anew));
}

/// Handlers of two topics.
fn many(server: &Server, count: usize) -> Vec<Resource> {
    let numbers = 0..count;
    let resources = numbers.map(|number| {
        handler(server)
            .labelled(&format!("n{number}"))
            .text("topic", &format!("{}-{}", topic(server), number % 2))
            .text("handler_id", &format!("n{number}"))
    });
    resources.collect()
}

#[test]
fn a_refresh_of_many_handlers_shares_its_requests_and_an_outage_is_one_error() {
    const HANDLERS: usize = 30;
    let Some(server) = Server::sandbox(Options::default(), "it counts requests and injects faults") else {
        return;
    };
    let workspace = Workspace::with_settings(&server, "timeout = 3");
    workspace.apply(&join(&many(&server, HANDLERS))).succeeds();
    server.insides().clear_requests();
    workspace.plan().is_empty();
    let asked = server.insides().requests().len();
    let paths: Vec<String> = server
        .insides()
        .requests()
        .iter()
        .map(|request| request.path.clone())
        .collect();
    assert!(asked < HANDLERS / 2, "{asked} requests: {paths:#?}");

    // What one list says of each of them is still seen by itself.
    let one = format!("/kapacitor/v1/alerts/topics/{}-0/handlers/n4", topic(&server));
    server.api().send_ok("DELETE", &one, &Value::Null);
    let two = format!("/kapacitor/v1/alerts/topics/{}-1", topic(&server));
    server.api().send_ok("DELETE", &two, &Value::Null);
    let plan = workspace.plan();
    let mut wanted = vec![("squadcast_kapacitor_topic_handler.n4".to_owned(), "create")];
    wanted
        .extend((0..HANDLERS / 2).map(|odd| (format!("squadcast_kapacitor_topic_handler.n{}", 2 * odd + 1), "update")));
    let wanted: Vec<(&str, &str)> = wanted
        .iter()
        .map(|(address, action)| (address.as_str(), *action))
        .collect();
    plan.wants(&wanted);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();

    for fault in [Kind::Hang { acted: false }, Kind::Refuse] {
        let before = server.insides().requests().len();
        server.fails_with(Fault::new(fault));
        let error = workspace.plan().run.fails_once();
        error.mentions(&[&format!("{HANDLERS} handlers")]);
        let asked = server.insides().requests().len() - before;
        assert!(asked < HANDLERS, "{asked} requests");
        server.recovers();
        workspace.plan().is_empty();
    }
}

/// Restarts the server with these endpoints in kapacitor.conf.
fn restart_declaring(server: &Server, endpoints: &[&str]) {
    let endpoints = endpoints
        .iter()
        .map(|name| HttpPost::new(name, "http://127.0.0.1:9/from-conf"));
    let conf = KapacitorConf {
        httpposts: endpoints.collect(),
        ..server.insides().conf()
    };
    server.insides().restart_blocking(conf).unwrap();
}

#[test]
fn a_handler_whose_endpoint_leaves_kapacitor_conf_is_not_live_and_goes_for_good() {
    let Some(server) = Server::sandbox(Options::default(), "its configuration is written by hand") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let by_endpoint = handler(&server).set("post", "{ endpoint = \"squadcast\" }");
    workspace.apply_resource(&by_endpoint).succeeds();
    assert_eq!(workspace.state().of(HANDLER)["live"], true);
    restart_declaring(&server, &[]);
    assert_eq!(handlers(&server), Vec::<Value>::new(), "Kapacitor hides it");
    let plan = workspace.plan();
    plan.wants(&[(HANDLER, "update")]);
    let change = plan.change(HANDLER);
    assert_eq!(
        (change.attributes(), &change.before["live"]),
        (vec!["live".to_owned()], &json!(false))
    );
    workspace
        .apply_again()
        .fails_once()
        .mentions(&["squadcast", "not live"]);

    workspace.destroy().succeeds();
    restart_declaring(&server, &["squadcast"]);
    assert_eq!(
        handlers(&server),
        Vec::<Value>::new(),
        "it must not return with the endpoint"
    );
}
