//! A server that fails: the diagnostic says how, the state stays true, and the next apply ends where it should.

use crate::harness::{
    block_on, endpoint, join, rule, Diagnostic, Resource, Server, Transport, Workspace, ENDPOINT, LEASES, RULE,
};
use sandbox::{Auth, Fault, KapacitorConf, Kind, Options, Outcome};
use serde_json::{json, Value};

/// Each request is sent once, and a server that does not answer is given up soon.
const IMPATIENT: &str = "max_retries = 0\n  timeout = 1";

const INJECTS: &str = "it injects faults";

/// A way in which a server fails, and what the error has to say about it.
struct Failure {
    what: &'static str,
    kind: Kind,
    says: &'static [&'static str],
}

fn failures() -> Vec<Failure> {
    let failure = |what, kind, says| Failure { what, kind, says };
    // Behind Chronograf's back, all that it tells of a lost connection is that there is one.
    let (refused, dropped): (&[&str], &[&str]) = match Transport::of_this_run() {
        Transport::Direct => (&["127.0.0.1", "url"], &["127.0.0.1", "without a full answer"]),
        Transport::Chronograf => (
            &["502", "no answer from its Kapacitor", "connection"],
            &["502", "connection"],
        ),
    };
    vec![
        failure("nobody listens", Kind::Refuse, refused),
        failure("dropped connection", Kind::Drop { acted: false }, dropped),
        failure("no answer", Kind::Hang { acted: false }, &["127.0.0.1", "1 s"]),
        failure(
            "401",
            Kind::status(401, "unable to parse authentication credentials"),
            &["401", "username"],
        ),
        failure(
            "403",
            Kind::status(403, "user u does not have privilege"),
            &["403", "privilege"],
        ),
        failure("route not known", Kind::status(404, "Not Found"), &["404", "url"]),
        failure("404 of a proxy", Kind::html(404), &["404", "url"]),
        failure(
            "server error",
            Kind::status(500, "the disk is full"),
            &["500", "the disk is full"],
        ),
        failure("bad gateway", Kind::html(502), &["502"]),
        failure("HTML page", Kind::html(200), &["HTML", "url"]),
    ]
}

fn impatient(server: &Server) -> Workspace {
    Workspace::with_settings(server, IMPATIENT)
}

/// Summaries are the same for the same failure, so they hold nothing of the configuration; details tell the rest.
#[track_caller]
fn assert_clear(error: &Diagnostic, server: &Server, failure: &Failure) {
    let Failure { what, says, .. } = failure;
    let address = server.kapacitor_url();
    assert!(
        !error.summary.contains(&address),
        "{what}: the summary holds a value: {error:#?}"
    );
    assert!(!error.detail.is_empty(), "{what}: the error has no detail: {error:#?}");
    error.mentions(says);
}

#[test]
fn a_creation_that_meets_a_fault_is_clear_about_it_and_can_be_repeated() {
    type Make = fn(&Server) -> Resource;
    let resources: [(Make, &str); 2] = [(rule, RULE), (endpoint, ENDPOINT)];
    for (resource, address) in resources {
        for failure in failures() {
            // A server for each: a process remembers of one that it takes no template for the lease.
            let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
                return;
            };
            let before = server.snapshot();
            let workspace = impatient(&server);
            server.fails_with(Fault::new(failure.kind.clone()));
            let errors = workspace.apply_resource(&resource(&server)).fails();
            assert_clear(&errors[0], &server, &failure);
            server.recovers();
            assert_eq!(server.snapshot(), before, "{}", failure.what);
            assert_eq!(workspace.state().find(address), None, "{}", failure.what);
            workspace.apply_again().succeeds();
            workspace.plan().is_empty();
            workspace.destroy().succeeds();
        }
    }
}

#[test]
fn a_refresh_that_meets_a_fault_loses_nothing() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    // Terraform reads both at once.
    let workspace = impatient(&server);
    workspace.apply(&join(&[rule(&server), endpoint(&server)])).succeeds();
    let state = workspace.state();
    for failure in failures() {
        server.fails_with(Fault::new(failure.kind.clone()));
        let run = workspace.run(&["apply", "-refresh-only", "-auto-approve", "-json"]);
        server.recovers();
        let errors = run.fails();
        assert_clear(&errors[0], &server, &failure);
        for address in [RULE, ENDPOINT] {
            let own = errors.iter().find(|error| error.address.as_deref() == Some(address));
            match own {
                Some(own) => assert_clear(own, &server, &failure),
                // The server was asked once for both.
                None => errors[0].mentions(&["This error speaks for 1 rule and 1 endpoint"]),
            }
            assert_eq!(workspace.state().of(address), state.of(address), "{}", failure.what);
        }
    }
    workspace.plan().is_empty();
}

#[test]
fn an_import_that_meets_a_fault_says_so_and_does_not_take_the_rule_for_missing() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let workspace = impatient(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    workspace.forget_state();
    let import = format!("import {{\n  to = {RULE}\n  id = \"{id}\"\n}}\n");
    workspace.write(&format!("{}\n{import}", rule(&server).hcl()));
    for failure in failures() {
        server.fails_with(Fault::new(failure.kind.clone()));
        let error = workspace.apply_again().fails_once();
        server.recovers();
        assert_clear(&error, &server, &failure);
        assert_eq!(workspace.state().find(RULE), None, "{}", failure.what);
    }
    workspace.apply_again().succeeds();
    assert_eq!(workspace.state().of(RULE)["id"], json!(id));
}

#[test]
fn an_update_that_meets_a_fault_keeps_the_old_state_and_can_be_repeated() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let workspace = impatient(&server);
    workspace.apply(&join(&[rule(&server), endpoint(&server)])).succeeds();
    let (state, before) = (workspace.state(), server.snapshot());
    let rule = rule(&server).text("message", "other");
    let endpoint = endpoint(&server).text("url", "http://127.0.0.1:9/other");
    workspace.write(&join(&[rule, endpoint]));
    for failure in failures() {
        server.fails_with(Fault::new(failure.kind.clone()));
        let run = workspace.run(&["apply", "-auto-approve", "-refresh=false", "-json"]);
        server.recovers();
        let errors = run.fails();
        assert_eq!(errors.len(), 2, "{}: {run}", failure.what);
        for error in &errors {
            assert_clear(error, &server, &failure);
        }
        assert_eq!(server.snapshot(), before, "{}", failure.what);
        for address in [RULE, ENDPOINT] {
            assert_eq!(workspace.state().of(address), state.of(address), "{}", failure.what);
        }
    }
    workspace.plan().wants(&[(RULE, "update"), (ENDPOINT, "update")]);
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
}

#[test]
fn a_destroy_that_meets_a_fault_keeps_the_resource() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let workspace = impatient(&server);
    workspace.apply(&join(&[rule(&server), endpoint(&server)])).succeeds();
    let (state, before) = (workspace.state(), server.snapshot());
    for failure in failures() {
        server.fails_with(Fault::new(failure.kind.clone()));
        let run = workspace.run(&["destroy", "-auto-approve", "-refresh=false", "-json"]);
        server.recovers();
        let errors = run.fails();
        assert_eq!(errors.len(), 2, "{}: {run}", failure.what);
        for error in &errors {
            assert_clear(error, &server, &failure);
        }
        assert_eq!(server.snapshot(), before, "{}", failure.what);
        for address in [RULE, ENDPOINT] {
            assert_eq!(workspace.state().of(address), state.of(address), "{}", failure.what);
        }
    }
    workspace.destroy().succeeds();
    assert_eq!(workspace.state().addresses(), Vec::<String>::new());
}

#[test]
fn missing_credentials_are_named() {
    let conf = KapacitorConf {
        auth: Auth::any_user(),
        ..KapacitorConf::default()
    };
    let options = Options {
        conf,
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "it asks for credentials") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let error = workspace.apply_resource(&rule(&server)).fails_once();
    error.mentions(&["401", "unable to parse authentication credentials", "username"]);
    assert_eq!(workspace.state().find(RULE), None);
    let workspace = match server.chronograf_url() {
        None => Workspace::with_settings(&server, "username = \"any\"\n  password = \"thing\""),
        Some(_) => {
            server.set_chronografs_connection(&json!({ "username": "any", "password": "thing" }));
            Workspace::new(&server)
        }
    };
    workspace.apply_resource(&rule(&server)).succeeds();
    workspace.plan().is_empty();
}

#[test]
fn a_disabled_config_override_is_named() {
    let conf = KapacitorConf {
        config_override_enabled: false,
        ..KapacitorConf::default()
    };
    let options = Options {
        conf,
        ..Options::default()
    };
    let Some(server) = Server::sandbox(options, "its configuration cannot be overridden") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let error = workspace.apply_resource(&endpoint(&server)).fails_once();
    error.mentions(&["403", "config override service is not enabled", "[config-override]"]);
    assert_eq!(workspace.state().find(ENDPOINT), None);
}

#[test]
fn a_configuration_without_changes_plans_with_the_server_down() {
    let Some(server) = Server::sandbox(Options::default(), "it stops the server") else {
        return;
    };
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    server.insides().stop();
    workspace.plan_with(&["-refresh=false"]).is_empty();
}

/// How an apply ends after some of its requests.
#[derive(Clone, Copy, Debug)]
enum Cut {
    /// The server is gone from this request on; it did not get it.
    Before,
    /// The same, but the server did what this request asked for.
    After,
    /// Terraform and the provider are killed while this request waits for its answer; the server did what it asked for.
    Killed,
}

impl Cut {
    /// A workspace for an apply that ends in this way.
    fn workspace(self, server: &Server) -> Workspace {
        let workspace = Workspace::with_settings(server, ONCE);
        match self {
            Cut::Before | Cut::After => workspace,
            Cut::Killed => workspace.real(),
        }
    }
}

/// Applies, cut after `survivors` requests. Returns false where the apply came to its end before.
fn apply_cut(server: &Server, workspace: &Workspace, cut: Cut, survivors: usize) -> bool {
    let first = match cut {
        Cut::Before => Kind::Drop { acted: false },
        Cut::After => Kind::Drop { acted: true },
        Cut::Killed => Kind::Hang { acted: true },
    };
    server.insides().clear_requests();
    server.fails_with(Fault::new(first).except(LEASES).after(survivors).times(1));
    server.fails_with(
        Fault::new(Kind::Drop { acted: false })
            .except(LEASES)
            .after(survivors + 1),
    );
    let was_cut = match cut {
        Cut::Before | Cut::After => workspace.apply_again().code != Some(0),
        Cut::Killed => killed(server, workspace),
    };
    server.recovers();
    was_cut
}

/// Starts an apply and kills it once a request hangs. Returns false where the apply came to its end before.
pub(crate) fn killed(server: &Server, workspace: &Workspace) -> bool {
    let mut terraform = workspace.spawn(&["apply", "-auto-approve", "-input=false"]);
    let group = format!("-{}", terraform.id());
    loop {
        if let Some(status) = terraform.try_wait().unwrap() {
            assert!(status.success(), "terraform ended by itself: {status}");
            return false;
        }
        let hangs = block_on(async {
            let hanging = server
                .insides()
                .wait_for_requests(|requests| requests.iter().any(|request| request.outcome == Outcome::Hanging));
            tokio::time::timeout(std::time::Duration::from_millis(50), hanging)
                .await
                .is_ok()
        });
        if hangs {
            let killed = std::process::Command::new("kill")
                .args(["-KILL", "--", &group])
                .status()
                .unwrap();
            assert!(killed.success());
            terraform.wait().unwrap();
            return true;
        }
    }
}

/// Cuts the creation of a resource after each number of requests, and applies again: what `check` looks at has to be as if
/// nothing had happened.
fn creation_survives_cuts(server: &Server, wanted: &Resource, check: impl Fn(&Workspace)) {
    for cut in [Cut::Before, Cut::After, Cut::Killed] {
        for survivors in 0.. {
            let workspace = cut.workspace(server);
            workspace.write(&wanted.hcl());
            let was_cut = apply_cut(server, &workspace, cut, survivors);
            if was_cut {
                workspace.apply_again().succeeds();
            }
            check(&workspace);
            workspace.plan().is_empty();
            server.api().clean_up(&[]);
            if !was_cut {
                report(cut, survivors);
                break;
            }
        }
    }
}

/// The same for an update, to and fro between two configurations.
fn update_survives_cuts(server: &Server, configurations: [&Resource; 2], check: impl Fn(&Workspace, usize)) {
    for cut in [Cut::Before, Cut::After, Cut::Killed] {
        let workspace = cut.workspace(server);
        workspace.apply_resource(configurations[0]).succeeds();
        for survivors in 0.. {
            let wanted = (survivors + 1) % 2;
            workspace.write(&configurations[wanted].hcl());
            let was_cut = apply_cut(server, &workspace, cut, survivors);
            if was_cut {
                workspace.apply_again().succeeds();
            }
            check(&workspace, wanted);
            workspace.plan().is_empty();
            if !was_cut {
                report(cut, survivors);
                break;
            }
        }
        server.api().clean_up(&[]);
    }
}

/// Each request is sent once, so that the nth request is always the same one.
const ONCE: &str = "max_retries = 0";

fn report(cut: Cut, requests: usize) {
    println!("{cut:?}: cut at each of {requests} requests");
    assert!(requests > 1, "the apply made no request that could be cut");
}

/// The one rule of that name, running, with this message.
fn assert_runs(server: &Server, workspace: &Workspace, message: &str) {
    let tasks: Vec<Value> = server.api().tasks_named(&server.unique("cpu high"));
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    let task = &tasks[0];
    assert_eq!(
        (&task["status"], &task["executing"]),
        (&json!("enabled"), &json!(true)),
        "{task:#}"
    );
    let line = format!("var message = '{message}'");
    assert!(task["script"].as_str().unwrap().contains(&line), "{task:#}");
    assert_eq!(workspace.state().of(RULE)["id"], task["id"]);
}

#[test]
fn a_creation_cut_at_any_request_ends_in_one_running_rule() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let rule = rule(&server).text("message", "wanted");
    creation_survives_cuts(&server, &rule, |workspace| assert_runs(&server, workspace, "wanted"));
}

#[test]
fn an_update_cut_at_any_request_ends_in_one_running_rule() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let messages = ["one", "other"];
    let rules = messages.map(|message| rule(&server).text("message", message));
    update_survives_cuts(&server, [&rules[0], &rules[1]], |workspace, wanted| {
        assert_runs(&server, workspace, messages[wanted]);
    });
}

#[test]
fn an_endpoint_cut_at_any_request_ends_as_wanted() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let paths = ["/one", "/other"].map(|path| server.receiver_url(path));
    let endpoints = [0, 1].map(|number| {
        endpoint(&server)
            .text("url", &paths[number])
            .set("headers", r#"{ X-Team = "sre" }"#)
    });
    let check = |number: usize| {
        let options = server.api().endpoint("squadcast").unwrap();
        assert_eq!(options["url"], json!(paths[number]));
        assert_eq!(options["headers"], json!({ "X-Team": "sre" }));
    };
    creation_survives_cuts(&server, &endpoints[0], |_| check(0));
    update_survives_cuts(&server, [&endpoints[0], &endpoints[1]], |_, wanted| check(wanted));
}

#[test]
fn a_server_that_recovers_in_time_costs_nothing_but_time() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    server.fails_with(Fault::new(Kind::html(503)).on("GET", "*").times(2));
    workspace.plan().is_empty();
    assert!(
        server.insides().faults().pending().is_empty(),
        "the fault did not strike"
    );
}
