//! An endpoint of kapacitor.conf is taken over, changed and given back; one that is not declared is never forgotten about.

use crate::harness::{endpoint, join, rule, Block, Resource, Server, Workspace, ENDPOINT, RULE};
use sandbox::{HttpPost, KapacitorConf, Options};
use serde_json::{json, Value};

#[test]
fn a_declared_endpoint_is_taken_over_and_given_back() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let before = server.snapshot();
    workspace.apply_resource(&endpoint(&server)).succeeds();

    let state = workspace.state().of(ENDPOINT);
    assert_eq!(state["id"], "squadcast");
    assert_eq!((&state["declared"], &state["live"]), (&json!(true), &json!(true)));
    let conf = state["kapacitor_conf"].as_str().unwrap();
    let url = server.receiver_url("/endpoint");
    for part in ["[[httppost]]", "endpoint = \"squadcast\"", &format!("url = \"{url}\"")] {
        assert!(conf.contains(part), "{part:?} is not in {conf}");
    }
    assert_eq!(server.api().endpoint("squadcast").unwrap()["url"], json!(url));
    workspace.plan().is_empty();

    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before);
}

#[test]
fn options_that_are_not_managed_are_left_alone() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let foreign = json!({ "headers": { "X-Foreign": "1" }, "row-template": "{{ .Name }}" });
    server.api().set_endpoint("squadcast", &foreign);
    workspace.apply_resource(&endpoint(&server)).succeeds();
    workspace.plan().is_empty();
    let options = server.api().endpoint("squadcast").unwrap();
    assert_eq!(options["url"], json!(server.receiver_url("/endpoint")));
    assert_eq!(options["headers"], foreign["headers"]);
    assert_eq!(options["row-template"], foreign["row-template"]);
}

#[test]
fn options_that_are_managed_are_taken_over_from_others() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    server.api().set_endpoint(
        "squadcast",
        &json!({ "url": "http://127.0.0.1:9/", "headers": { "X-Foreign": "1" } }),
    );
    let endpoint = endpoint(&server).set("headers", r#"{ X-Ours = "1" }"#);
    workspace.apply_resource(&endpoint).succeeds();
    let options = server.api().endpoint("squadcast").unwrap();
    assert_eq!(options["url"], json!(server.receiver_url("/endpoint")));
    assert_eq!(options["headers"], json!({ "X-Ours": "1" }));
    workspace.plan().is_empty();
}

/// One change of the configuration, and what the server's options are then.
struct Step {
    changes: &'static str,
    edit: fn(Resource, &Workspace) -> Resource,
    options: fn(&Workspace) -> Value,
}

#[test]
fn each_attribute_is_updated_in_place() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    std::fs::write(workspace.path("alert.tmpl"), "{{ .ID }}").unwrap();
    std::fs::write(workspace.path("row.tmpl"), "{{ .Name }}").unwrap();
    let steps = [
        Step {
            changes: "url",
            edit: |endpoint, _| endpoint.text("url", "http://127.0.0.1:9/other"),
            options: |_| json!({ "url": "http://127.0.0.1:9/other", "headers": { "Content-Type": "application/json" } }),
        },
        Step {
            changes: "headers",
            edit: |endpoint, _| endpoint.set("headers", r#"{ X-Team = "sre" }"#),
            options: |_| json!({ "headers": { "X-Team": "sre" } }),
        },
        Step {
            changes: "sensitive_headers",
            edit: |endpoint, _| endpoint.set("sensitive_headers", r#"{ X-Key = "k" }"#),
            options: |_| json!({ "headers": { "X-Team": "sre", "X-Key": "k" } }),
        },
        Step {
            changes: "sensitive_headers",
            edit: |endpoint, _| endpoint.set("sensitive_headers", r#"{ X-Key = "l" }"#),
            options: |_| json!({ "headers": { "X-Team": "sre", "X-Key": "l" } }),
        },
        Step {
            changes: "basic_auth",
            edit: |endpoint, _| endpoint.block("basic_auth", Block::new().text("username", "u").text("password", "p")),
            options: |_| json!({ "basic-auth": true }),
        },
        Step {
            changes: "basic_auth.password",
            edit: |endpoint, _| {
                endpoint.only_block("basic_auth", Block::new().text("username", "u").text("password", "q"))
            },
            options: |_| json!({ "basic-auth": true }),
        },
        Step {
            changes: "basic_auth",
            edit: |endpoint, _| endpoint.without("basic_auth"),
            options: |_| json!({ "basic-auth": false }),
        },
        Step {
            changes: "alert_template",
            edit: |endpoint, _| endpoint.text("alert_template", "{{ .Message }}"),
            options: |_| json!({ "alert-template": "{{ .Message }}" }),
        },
        Step {
            changes: "row_template",
            edit: |endpoint, _| endpoint.text("row_template", "{{ .Name }} "),
            options: |_| json!({ "row-template": "{{ .Name }} " }),
        },
        Step {
            changes: "alert_template_file",
            edit: |endpoint, workspace| {
                let file = workspace.path("alert.tmpl");
                endpoint
                    .without("alert_template")
                    .text("alert_template_file", &file.to_string_lossy())
            },
            options: |workspace| json!({ "alert-template": "", "alert-template-file": workspace.path("alert.tmpl") }),
        },
        Step {
            changes: "row_template_file",
            edit: |endpoint, workspace| {
                let file = workspace.path("row.tmpl");
                endpoint
                    .without("row_template")
                    .text("row_template_file", &file.to_string_lossy())
            },
            options: |workspace| json!({ "row-template": "", "row-template-file": workspace.path("row.tmpl") }),
        },
        Step {
            changes: "all that is optional",
            edit: |endpoint, _| {
                [
                    "headers",
                    "sensitive_headers",
                    "alert_template_file",
                    "row_template_file",
                ]
                .into_iter()
                .fold(endpoint, Resource::without)
            },
            options: |_| {
                json!({
                    "url": "http://127.0.0.1:9/other",
                    "headers": { "Content-Type": "application/json" },
                    "alert-template-file": "",
                    "row-template-file": "",
                })
            },
        },
    ];
    let mut endpoint = endpoint(&server);
    workspace.apply_resource(&endpoint).succeeds();
    for Step { changes, edit, options } in steps {
        endpoint = edit(endpoint, &workspace);
        let run = workspace.apply_resource(&endpoint).succeeds();
        assert_eq!(
            run.changes("planned_change"),
            [(ENDPOINT.to_owned(), "update".to_owned())],
            "changing {changes}"
        );
        let found = server.api().endpoint("squadcast").unwrap();
        for (option, value) in options(&workspace).as_object().unwrap() {
            assert_eq!(&found[option], value, "the option {option} after a change of {changes}");
        }
        workspace.plan().is_empty();
    }
}

#[test]
fn each_change_by_others_is_seen_and_repaired() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let endpoint = endpoint(&server)
        .set("headers", r#"{ X-Team = "sre" }"#)
        .block("basic_auth", Block::new().text("username", "u").text("password", "p"));
    workspace.apply_resource(&endpoint).succeeds();
    let wanted = server.snapshot();
    let api = server.api();
    type Change = fn(&crate::harness::Api);
    let drifts: [(&str, &str, Change); 5] = [
        ("another URL", "url", |api| {
            api.set_endpoint("squadcast", &json!({ "url": "http://127.0.0.1:9/" }))
        }),
        ("another header", "headers", |api| {
            api.set_endpoint("squadcast", &json!({ "headers": { "X-Team": "dev", "X-More": "1" } }));
        }),
        ("no header", "headers", |api| {
            api.set_endpoint("squadcast", &json!({ "headers": {} }))
        }),
        ("no authentication", "basic_auth", |api| {
            api.set_endpoint(
                "squadcast",
                &json!({ "basic-auth": { "username": "", "password": "" } }),
            );
        }),
        ("all overrides removed", "url", |api| api.remove_endpoint("squadcast")),
    ];
    for (what, attribute, make) in drifts {
        make(&api);
        let plan = workspace.plan();
        assert_eq!(plan.run.code, Some(2), "the plan does not see: {what}\n{}", plan.run);
        plan.wants(&[(ENDPOINT, "update")]);
        let changed = plan.change(ENDPOINT).attributes();
        assert!(
            changed.iter().any(|name| name == attribute),
            "{what} shows in {changed:?}"
        );
        workspace.apply_again().succeeds();
        assert_eq!(server.snapshot(), wanted, "after {what}");
        workspace.plan().is_empty();
    }
}

#[test]
fn another_name_is_another_endpoint() {
    let conf = KapacitorConf::default().and(HttpPost::new("other", "http://127.0.0.1:9/other"));
    let options = Options {
        conf,
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "it declares a second endpoint") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let before = server.api().endpoint("squadcast");
    workspace.apply_resource(&endpoint(&server)).succeeds();
    let run = workspace
        .apply_resource(&endpoint(&server).text("name", "other"))
        .succeeds();
    assert_eq!(
        run.changes("planned_change"),
        [(ENDPOINT.to_owned(), "replace".to_owned())]
    );
    assert_eq!(server.api().endpoint("squadcast"), before);
    let url = json!(server.receiver_url("/endpoint"));
    assert_eq!(server.api().endpoint("other").unwrap()["url"], url);
    workspace.plan().is_empty();
}

/// An endpoint that kapacitor.conf does not declare.
fn undeclared(server: &Server) -> (String, Resource) {
    let name = server.unique("undeclared").replace(' ', "-");
    let resource = endpoint(server).text("name", &name);
    (name, resource)
}

#[test]
fn an_undeclared_endpoint_is_an_error_that_says_what_to_do() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let before = server.snapshot();
    let (name, endpoint) = undeclared(&server);
    let error = workspace.apply_resource(&endpoint).fails_once();
    error.mentions(&[
        "[[httppost]]",
        &name,
        "kapacitor.conf",
        "restart",
        "undeclared",
        "defer",
    ]);
    let url = server.receiver_url("/endpoint");
    assert!(
        !error.whole().contains(&url),
        "the error shows the webhook's URL: {error:#?}"
    );
    assert_eq!(server.snapshot(), before);
    assert_eq!(workspace.state().addresses(), Vec::<String>::new());
}

#[test]
fn a_deferred_endpoint_writes_nothing_and_its_rules_deliver() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let config = server.api().config();
    let (_, endpoint) = undeclared(&server);
    let endpoint = endpoint.text("undeclared", "defer");
    let post = Block::new()
        .set("endpoint", format!("{ENDPOINT}.name"))
        .set("url", format!("{ENDPOINT}.url"));
    let rule = rule(&server).only_block("post", post);
    let run = workspace.apply(&join(&[endpoint, rule])).succeeds();
    assert!(
        run.warnings()
            .iter()
            .any(|warning| warning.address.as_deref() == Some(ENDPOINT)),
        "nothing warns that the endpoint is not live: {run}"
    );
    assert_eq!(server.api().config(), config);
    let state = workspace.state().of(ENDPOINT);
    assert_eq!((&state["declared"], &state["live"]), (&json!(false), &json!(false)));
    workspace.plan().is_empty();

    server.api().write("cpu,host=a usage_user=95", 1_000_000_000);
    let post = server.receives(|post| post.level() == Some("CRITICAL"));
    assert_eq!(post.path, "/endpoint");

    workspace.destroy().succeeds();
    assert_eq!(server.api().config(), config);
}

#[test]
fn a_deferred_endpoint_is_set_once_it_is_declared() {
    let why = "it declares the endpoint later and restarts the server";
    let Some(server) = Server::sandbox(Options::default(), why) else {
        return;
    };
    let workspace = Workspace::new(&server);
    let (name, endpoint) = undeclared(&server);
    workspace
        .apply_resource(&endpoint.text("undeclared", "defer"))
        .succeeds();
    let conf = KapacitorConf::default().and(HttpPost::new(&name, "http://127.0.0.1:9/from-file"));
    crate::harness::block_on(server.insides().restart(conf)).unwrap();
    let plan = workspace.plan();
    plan.wants(&[(ENDPOINT, "update")]);
    workspace.apply_again().succeeds();
    let state = workspace.state().of(ENDPOINT);
    assert_eq!((&state["declared"], &state["live"]), (&json!(true), &json!(true)));
    assert_eq!(
        server.api().endpoint(&name).unwrap()["url"],
        json!(server.receiver_url("/endpoint"))
    );
    workspace.plan().is_empty();
}

#[test]
fn registering_an_endpoint_that_never_goes_live_is_taken_back() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let before = server.snapshot();
    let (name, endpoint) = undeclared(&server);
    let error = workspace
        .apply_resource(&endpoint.text("undeclared", "register"))
        .fails_once();
    error.mentions(&[&name, "kapacitor.conf"]);
    assert_eq!(server.snapshot(), before);
    assert_eq!(workspace.state().addresses(), Vec::<String>::new());
}

#[test]
fn an_endpoint_that_the_api_added_is_named_as_such() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let (name, endpoint) = undeclared(&server);
    server
        .api()
        .add_endpoint(&json!({ "endpoint": name, "url": "http://127.0.0.1:9/added" }));
    let before = server.snapshot();
    let error = workspace.apply_resource(&endpoint).fails_once();
    error.mentions(&[&name, "added", "remove", "kapacitor.conf"]);
    assert_eq!(server.snapshot(), before);
    server.api().remove_endpoint(&name);
}

#[test]
fn an_endpoint_that_left_the_file_is_noticed() {
    let conf = KapacitorConf::default().and(HttpPost::new("other", "http://127.0.0.1:9/other"));
    let options = Options {
        conf,
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "it restarts the server with another file") else {
        return;
    };
    let workspace = Workspace::new(&server);
    workspace
        .apply_resource(&endpoint(&server).text("name", "other"))
        .succeeds();
    // With overrides for an element that is not in the file, Kapacitor would not start.
    server.api().remove_endpoint("other");
    crate::harness::block_on(server.insides().restart(KapacitorConf::default())).unwrap();
    let plan = workspace.plan();
    assert_ne!(
        plan.run.code,
        Some(0),
        "the plan says that nothing is to do: {}",
        plan.run
    );
    let error = workspace.apply_again().fails_once();
    error.mentions(&["other", "[[httppost]]", "kapacitor.conf"]);
    assert_eq!(server.api().endpoint("other"), None);
}

#[test]
fn a_template_warns_that_squadcast_will_not_understand_it() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.write(&endpoint(&server).text("alert_template", "{{ .Message }}").hcl());
    let warnings = workspace.plan().run.warnings();
    let warning = warnings.first().expect("the plan warns");
    warning.mentions(&["squadcast", "content-type"]);
}

#[test]
fn replacing_an_endpoint_keeps_its_rule_in_place() {
    let conf = KapacitorConf::default().and(HttpPost::new("other", "http://127.0.0.1:9/other"));
    let options = Options {
        conf,
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "it declares a second endpoint") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let post = Block::new()
        .set("endpoint", format!("{ENDPOINT}.name"))
        .set("url", format!("{ENDPOINT}.url"));
    let rule = rule(&server).only_block("post", post);
    workspace.apply(&join(&[endpoint(&server), rule.clone()])).succeeds();
    let id = workspace.state().of(RULE)["id"].clone();
    let run = workspace
        .apply(&join(&[endpoint(&server).text("name", "other"), rule]))
        .succeeds();
    let mut changes = run.changes("planned_change");
    changes.sort();
    assert_eq!(
        changes,
        [
            (RULE.to_owned(), "update".to_owned()),
            (ENDPOINT.to_owned(), "replace".to_owned())
        ]
    );
    assert_eq!(workspace.state().of(RULE)["id"], id);
    workspace.plan().is_empty();
}
