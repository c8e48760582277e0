//! `resolve_on_destroy`: the destroy of a firing rule posts its recoveries, or fails and leaves the rule running.

use crate::harness::{
    block_on, endpoint, join, rule, Block, Diagnostic, Points, Resource, Server, Workspace, ENDPOINT,
};
use sandbox::{Fault, HttpPost, KapacitorConf, Kind, Options, Outcome, SeenRequest};
use serde_json::{json, Value};
use std::collections::BTreeSet;
use std::time::Duration;

/// Each post is sent once, so that a fault shows, and a webhook that does not answer is given up soon.
const IMPATIENT: &str = "max_retries = 0\n  timeout = 1";

fn resolving(server: &Server) -> Resource {
    rule(server).set("resolve_on_destroy", "true")
}

fn tasks(server: &Server) -> Vec<Value> {
    server.api().tasks_named(&server.unique("cpu high"))
}

/// The rule runs as it did before the destroy that failed, and Terraform sees no difference.
#[track_caller]
fn runs_as_before(server: &Server, workspace: &Workspace, what: &str) {
    let tasks = tasks(server);
    assert_eq!(tasks.len(), 1, "{what}");
    assert_eq!(tasks[0]["executing"], true, "{what}: {tasks:#?}");
    workspace.plan().is_empty();
}

/// The rule fires; its destroy ends in its recovery and leaves nothing.
#[track_caller]
fn the_next_destroy_resolves(server: &Server, workspace: &Workspace, id: Option<String>, what: &str) {
    server.clear_posts();
    workspace.destroy().succeeds();
    let ok = server.receives(|post| post.level() == Some("OK"));
    assert_eq!(ok.alert_id(), id, "{what}");
    assert_eq!(tasks(server), Vec::<Value>::new(), "{what}");
}

#[test]
fn a_destroy_that_resolves_posts_the_recovery_of_each_series() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = resolving(&server).set("group_by", r#"["host"]"#);
    workspace.apply_resource(&rule).succeeds();
    let mut open = BTreeSet::new();
    for host in ["a", "b"] {
        let point = format!("cpu,host={host} usage_user=95");
        server.api().write(&point, 1_000_000_000);
        let tag = format!("host={host}");
        open.insert(server.receives(|post| post.body.contains(&tag)).alert_id());
    }
    server.api().write("cpu,host=c usage_user=5", 1_000_000_000);
    server.clear_posts();
    let run = workspace.destroy().succeeds();
    assert!(run.warnings().is_empty(), "{run}");
    let posts = server.posts();
    let resolved: BTreeSet<_> = posts.iter().map(|post| post.alert_id()).collect();
    assert_eq!(resolved, open);
    assert_eq!(posts.len(), open.len(), "{posts:#?}");
    for post in &posts {
        let body = post.json().unwrap();
        assert_eq!((post.path.as_str(), post.level()), ("/rule", Some("OK")));
        assert_eq!(body["previousLevel"], "CRITICAL");
    }
    assert_eq!(tasks(&server), Vec::<Value>::new());
}

#[test]
fn a_destroy_that_resolves_also_finds_what_was_open_when_the_rule_was_disabled() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = resolving(&server);
    workspace.apply_resource(&rule).succeeds();
    let id = Points::new().fire(&server);
    workspace.apply_resource(&rule.set("enabled", "false")).succeeds();
    workspace.destroy().succeeds();
    let ok = server.receives(|post| post.level() == Some("OK"));
    assert_eq!(ok.alert_id(), id);
    assert_eq!(tasks(&server), Vec::<Value>::new());
}

/// A fault of the webhook, and what the error says of it.
struct WebhookFault {
    what: &'static str,
    kind: Kind,
    /// Whether the receiver has the recovery all the same.
    taken: bool,
    says: &'static [&'static str],
}

fn webhook_faults() -> Vec<WebhookFault> {
    let fault = |what, kind, taken, says| WebhookFault {
        what,
        kind,
        taken,
        says,
    };
    let cut: &[&str] = &["the webhook", "ended the connection", "may have taken"];
    vec![
        fault(
            "refused",
            Kind::Refuse,
            false,
            &["nobody listens", "where Terraform runs"],
        ),
        fault("reset", Kind::Drop { acted: false }, false, cut),
        fault(
            "hangs",
            Kind::Hang { acted: false },
            false,
            &["the webhook", "no answer within 1 s", "`timeout`"],
        ),
        fault(
            "500",
            Kind::status(500, "the disk is full"),
            false,
            &["the webhook", "500", "try again later"],
        ),
        fault("truncated answer", Kind::Truncate, true, cut),
        fault("lost answer", Kind::Drop { acted: true }, true, cut),
    ]
}

#[test]
fn a_destroy_whose_webhook_fails_keeps_the_rule_running_and_can_be_repeated() {
    for WebhookFault {
        what,
        kind,
        taken,
        says,
    } in webhook_faults()
    {
        let server = Server::start();
        let workspace = Workspace::with_settings(&server, IMPATIENT);
        workspace.apply_resource(&resolving(&server)).succeeds();
        let points = Points::new();
        let id = points.fire(&server);

        server.clear_posts();
        server.receiver_fails_with(Fault::new(kind));
        let run = workspace.destroy();
        server.receiver_recovers();
        let error = run.fails_once();
        error.mentions(says);
        error.mentions(&["incident", "runs as before", "resolve_on_destroy = false"]);
        let url = server.receiver_url("/rule");
        assert!(!error.whole().contains(&url), "{what}: the URL shows: {error:#?}");
        let posts = server.posts();
        let recoveries = posts.iter().filter(|post| post.level() == Some("OK")).count();
        assert_eq!(recoveries, usize::from(taken), "{what}: {posts:#?}");
        runs_as_before(&server, &workspace, what);

        server.clear_posts();
        let ok = points.recover(&server);
        assert_eq!(ok.alert_id(), id, "{what}");
        assert_eq!(ok.json().unwrap()["previousLevel"], "CRITICAL", "{what}");
        server.clear_posts();
        assert_eq!(points.fire(&server), id, "{what}");
        the_next_destroy_resolves(&server, &workspace, id, what);
    }
}

#[test]
fn a_webhook_that_fails_for_a_moment_is_posted_to_again() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&resolving(&server)).succeeds();
    let id = Points::new().fire(&server);
    server.receiver_fails_with(Fault::new(Kind::html(503)).times(2));
    the_next_destroy_resolves(&server, &workspace, id, "503 twice");
}

#[test]
fn a_webhook_that_hangs_does_not_hold_up_other_writes() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    // Nothing is given up here before the test says so.
    let workspace = Workspace::with_settings(&server, "max_retries = 1000\n  timeout = 600").real();
    let other = endpoint(&server);
    workspace.apply_resource(&resolving(&server)).succeeds();
    Points::new().fire(&server);
    workspace.write(&other.hcl());
    assert_eq!(workspace.plan().run.code, Some(2));

    // The other resource's first request waits until the webhook hangs.
    server.clear_posts();
    server.fails_with(Fault::new(Kind::html(503)).on("GET", "*/config/httppost/squadcast"));
    server.receiver_fails_with(Fault::new(Kind::Hang { acted: true }));
    let mut terraform = workspace.spawn(&["apply", "-input=false", "plan.tfplan"]);
    server.receives(|post| post.level() == Some("OK"));
    server.recovers();
    let is_set = |seen: &[SeenRequest]| {
        let sets = |one: &&SeenRequest| one.method == "POST" && one.path.ends_with("/config/httppost/squadcast");
        seen.iter()
            .filter(sets)
            .any(|one| matches!(one.outcome, Outcome::Answered(_)))
    };
    let set = block_on(async {
        let set = server.insides().wait_for_requests(is_set);
        tokio::time::timeout(Duration::from_secs(30), set).await
    });

    // The connection that hangs is cut, and the next post gets through.
    server.receiver_fails_with(Fault::new(Kind::Refuse));
    server.receiver_recovers();
    assert!(terraform.wait().unwrap().success());
    assert!(set.is_ok(), "the endpoint waited for the webhook");
    let endpoint = server.api().endpoint("squadcast").unwrap();
    assert_eq!(endpoint["url"], server.receiver_url("/endpoint"));
    assert_eq!(tasks(&server), Vec::<Value>::new());
}

#[test]
fn a_recovery_goes_where_kapacitor_posts_to() {
    let own = |server: &Server| Block::new().text("url", &server.receiver_url("/own"));
    type MakePost = fn(Block) -> Block;
    let posts: [(&str, MakePost, &str); 3] = [
        (
            "the endpoint is declared",
            |own| own.text("endpoint", "squadcast"),
            "/endpoint",
        ),
        (
            "the endpoint was only added",
            |own| own.text("endpoint", "added"),
            "/own",
        ),
        ("the endpoint is missing", |own| own.text("endpoint", "nowhere"), "/own"),
    ];
    for (what, make, path) in posts {
        let server = Server::start();
        let workspace = Workspace::new(&server);
        let url = server.receiver_url("/endpoint");
        let headers = json!({ "X-From": "endpoint", "x-team": "endpoint" });
        server
            .api()
            .set_endpoint("squadcast", &json!({ "url": url, "headers": headers }));
        server.api().add_endpoint(&json!({ "endpoint": "added", "url": url }));
        let post = make(own(&server)).set("headers", r#"{ X-Team = "rule" }"#);
        workspace
            .apply_resource(&resolving(&server).only_block("post", post))
            .succeeds();
        let id = Points::new().fire(&server);
        let alert = server.receives(|post| post.level() == Some("CRITICAL"));
        server.clear_posts();
        workspace.destroy().succeeds();
        let ok = server.receives(|post| post.level() == Some("OK"));
        server.api().remove_endpoint("added");
        assert_eq!((ok.path.as_str(), ok.alert_id()), (path, id), "{what}");
        assert_eq!(ok.path, alert.path, "{what}");
        for header in ["x-from", "x-team", "content-type"] {
            assert_eq!(ok.headers.get(header), alert.headers.get(header), "{what}: {header}");
        }
    }
}

#[test]
fn a_rule_that_authorizes_itself_needs_no_password_of_its_endpoint() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let auth = Block::new().text("username", "u").text("password", "p");
    let endpoint = endpoint(&server).block("basic_auth", auth);
    let post = Block::new()
        .set("endpoint", format!("{ENDPOINT}.name"))
        .set("sensitive_headers", r#"{ authorization = "Bearer t" }"#);
    let rule = resolving(&server).only_block("post", post);
    workspace.apply(&join(&[endpoint, rule])).succeeds();
    let id = Points::new().fire(&server);
    let alert = server.receives(|post| post.level() == Some("CRITICAL"));
    assert_eq!(alert.headers["authorization"], "Bearer t");
    the_next_destroy_resolves(&server, &workspace, id, "the rule's own credentials");
    let ok = server.receives(|post| post.level() == Some("OK"));
    assert_eq!(ok.headers["authorization"], "Bearer t");
}

/// Something that keeps Terraform from posting in Kapacitor's place.
struct Obstacle {
    what: &'static str,
    configuration: fn(&Server) -> Vec<Resource>,
    /// What the server says only while the destroy goes on.
    faults: fn(&Server),
    says: &'static [&'static str],
}

/// A rule that posts to the endpoint alone.
fn by_endpoint(server: &Server) -> Resource {
    let post = Block::new().set("endpoint", format!("{ENDPOINT}.name"));
    resolving(server).only_block("post", post)
}

fn obstacles() -> Vec<Obstacle> {
    let obstacle = |what, configuration, says| Obstacle {
        what,
        configuration,
        faults: |_| {},
        says,
    };
    const ENDPOINTS_PATH: &str = "*/config/httppost/squadcast";
    vec![
        obstacle(
            "basic authentication",
            |server| {
                let auth = Block::new().text("username", "u").text("password", "p");
                vec![endpoint(server).block("basic_auth", auth), by_endpoint(server)]
            },
            &["squadcast", "basic_auth", "password", "a `url` instead of `endpoint`"],
        ),
        obstacle(
            "a template for the body",
            |server| {
                let template = r#"{"id":{{json .ID}},"level":"{{.Level}}"}"#;
                vec![endpoint(server).text("alert_template", template), by_endpoint(server)]
            },
            &["squadcast", "alert_template", "a `url` instead of `endpoint`"],
        ),
        obstacle(
            "a template for the URL",
            |server| {
                let post = Block::new().text("url", &server.receiver_url("/{{ .Level }}"));
                vec![resolving(server).only_block("post", post)]
            },
            &["URL is a template"],
        ),
        Obstacle {
            faults: |server| {
                let gone = Kind::status(404, "unknown element: 0xc000f05950.squadcast");
                server.fails_with(Fault::new(gone).on("GET", ENDPOINTS_PATH));
            },
            ..obstacle(
                "an endpoint that is missing",
                |server| vec![endpoint(server), by_endpoint(server)],
                &["does not exist", "no URL of its own", "kapacitor.conf"],
            )
        },
        Obstacle {
            faults: |server| {
                let set = Kind::Answer {
                    status: 204,
                    headers: vec![("X-Kapacitor-Version".to_owned(), String::new())],
                    body: String::new(),
                    acted: false,
                };
                server.fails_with(Fault::new(set).on("POST", ENDPOINTS_PATH));
            },
            ..obstacle(
                "an endpoint that is not live",
                |server| vec![endpoint(server), by_endpoint(server)],
                &["not live", "no URL of its own", "kapacitor.conf"],
            )
        },
        Obstacle {
            faults: |server| {
                let off = Kind::status(
                    403,
                    "failed to process override: config override service is not enabled",
                );
                server.fails_with(Fault::new(off).on("GET", ENDPOINTS_PATH));
            },
            ..obstacle(
                "a configuration that cannot be read",
                |server| vec![endpoint(server), by_endpoint(server)],
                &["looking up the endpoint", "403", "config-override"],
            )
        },
    ]
}

#[test]
fn what_terraform_cannot_post_is_an_error_before_the_rule_is_stopped() {
    for Obstacle {
        what,
        configuration,
        faults,
        says,
    } in obstacles()
    {
        let Some(server) = Server::sandbox(Options::default(), "it sees each request") else {
            return;
        };
        let workspace = Workspace::with_settings(&server, IMPATIENT);
        workspace.apply(&join(&configuration(&server))).succeeds();
        let points = Points::new();
        let id = points.fire(&server);
        server.clear_posts();
        server.insides().clear_requests();
        faults(&server);
        let error = workspace.run(&DESTROY_WITHOUT_REFRESH).fails_once();
        server.recovers();
        error.mentions(says);
        error.mentions(&[
            "incident",
            "neither stopped nor destroyed",
            "resolve_on_destroy = false",
        ]);
        let requests = server.insides().requests();
        let to_tasks = requests.iter().find(|request| request.method == "PATCH");
        assert!(to_tasks.is_none(), "{what}: {to_tasks:#?}");
        assert_eq!(server.posts(), [], "{what}");
        runs_as_before(&server, &workspace, what);
        assert_eq!(points.recover(&server).alert_id(), id, "{what}");
    }
}

const DESTROY_WITHOUT_REFRESH: [&str; 5] = ["destroy", "-auto-approve", "-input=false", "-json", "-refresh=false"];

#[test]
fn a_rule_that_meets_an_obstacle_can_be_destroyed_without_its_recoveries() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let post = Block::new().text("url", &server.receiver_url("/{{ .Level }}"));
    let rule = resolving(&server).only_block("post", post);
    workspace.apply_resource(&rule).succeeds();
    Points::new().fire(&server);
    workspace.destroy().fails_once();
    workspace
        .apply_resource(&rule.set("resolve_on_destroy", "false"))
        .succeeds();
    workspace.destroy().succeeds();
    assert_eq!(tasks(&server), Vec::<Value>::new());
}

#[test]
fn a_url_variable_that_is_not_set_is_named_and_the_rule_runs_on() {
    const VARIABLE: &str = "WEBHOOK_URL";
    let server = Server::start();
    let workspace = Workspace::new(&server).env(VARIABLE, &server.receiver_url("/variable"));
    let rule = resolving(&server).only_block("post", Block::new().text("url_env", VARIABLE));
    workspace.apply_resource(&rule).succeeds();
    let id = Points::new().fire(&server);
    let without = workspace.env(VARIABLE, "");
    let error = without.run(&DESTROY_WITHOUT_REFRESH).fails_once();
    error.mentions(&[VARIABLE, "not set", "neither stopped"]);
    let workspace = without.env(VARIABLE, &server.receiver_url("/variable"));
    runs_as_before(&server, &workspace, "the variable is set again");
    the_next_destroy_resolves(&server, &workspace, id, "the variable is set again");
}

#[test]
fn a_firing_rule_without_a_webhook_is_warned_of() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let with_both = resolving(&server).set("handlers", r#"{ log = [{ file_path = "/dev/null" }] }"#);
    workspace.apply_resource(&with_both).succeeds();
    Points::new().fire(&server);
    workspace.apply_resource(&with_both.without("post")).succeeds();
    let run = workspace.destroy().succeeds();
    assert_eq!(summaries(&run.warnings()), ["The task is firing"]);
}

/// A rule that fired until Kapacitor was restarted without the endpoint that the rule needs, so that it cannot run any more.
fn fired_and_cannot_run(server: &Server, workspace: &Workspace) -> Resource {
    let post = Block::new().text("endpoint", "squadcast");
    let rule = resolving(server).only_block("post", post);
    let url = server.receiver_url("/endpoint");
    server.api().set_endpoint("squadcast", &json!({ "url": url }));
    workspace.apply_resource(&rule).succeeds();
    Points::new().fire(server);
    server.api().remove_endpoint("squadcast");
    let without = KapacitorConf {
        httpposts: vec![HttpPost::new("other", &url)],
        ..server.insides().conf()
    };
    server.insides().restart_blocking(without).unwrap();
    rule
}

#[test]
fn a_firing_rule_that_can_run_no_more_is_destroyed_once_that_is_decided() {
    let Some(server) = Server::sandbox(Options::default(), "it restarts the server") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let rule = fired_and_cannot_run(&server, &workspace);
    let error = workspace.destroy().fails_once();
    error.mentions(&["does not exist", "neither stopped", "resolve_on_destroy = false"]);
    assert_eq!(tasks(&server)[0]["status"], "enabled");

    let decided = rule.set("resolve_on_destroy", "false");
    let error = workspace.apply_resource(&decided).fails_once();
    error.mentions(&["appropriately formatted url"]);
    workspace.destroy().succeeds();
    assert_eq!(tasks(&server), Vec::<Value>::new());
}

#[test]
fn a_rule_whose_alerts_cannot_be_seen_is_destroyed_with_a_warning() {
    for left in ["enabled", "disabled"] {
        let server = Server::start();
        let workspace = Workspace::new(&server);
        workspace.apply_resource(&resolving(&server)).succeeds();
        Points::new().fire(&server);
        // Somebody gives the rule an endpoint that there is none of.
        let task = tasks(&server).remove(0);
        let script = task["script"].as_str().unwrap();
        let url = format!(".post('{}')", server.receiver_url("/rule"));
        let script = script.replace(&url, ".post()\n        .endpoint('nowhere')");
        for change in [
            json!({ "script": script, "status": "disabled" }),
            json!({ "status": "enabled" }),
            json!({ "status": left }),
        ] {
            server.api().patch_task(task["id"].as_str().unwrap(), &change);
        }
        assert_eq!(tasks(&server)[0]["executing"], false, "{left}");

        let run = workspace.destroy().succeeds();
        let warnings = run.warnings();
        assert_eq!(summaries(&warnings), ["The task may leave an incident open"], "{left}");
        warnings[0].mentions(&["appropriately formatted url", "Squadcast"]);
        assert_eq!(tasks(&server), Vec::<Value>::new(), "{left}");
    }
}

fn summaries(warnings: &[Diagnostic]) -> Vec<&str> {
    warnings.iter().map(|warning| warning.summary.as_str()).collect()
}
