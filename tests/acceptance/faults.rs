//! A server that fails: the diagnostic says how, the state stays true, and the next apply ends where it should.

use crate::harness::{block_on, endpoint, rule, Diagnostic, Resource, Server, Workspace, ENDPOINT, RULE};
use sandbox::{Auth, Fault, KapacitorConf, Kind, Options, Outcome};
use serde_json::{json, Value};

/// Each request is sent once, and a server that does not answer is given up soon.
const IMPATIENT: &str = "max_retries = 0\n  timeout = 2";

const INJECTS: &str = "it injects faults";

/// A way in which a server fails, and what the error has to say about it.
struct Failure {
    what: &'static str,
    kind: Kind,
    says: &'static [&'static str],
}

fn failures() -> Vec<Failure> {
    let failure = |what, kind, says| Failure { what, kind, says };
    vec![
        failure("nobody listens", Kind::Refuse, &["127.0.0.1", "url"]),
        failure(
            "dropped connection",
            Kind::Drop { acted: false },
            &["127.0.0.1", "without a full answer"],
        ),
        failure("no answer", Kind::Hang { acted: false }, &["127.0.0.1", "2 s"]),
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
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    for (resource, address) in [(rule(&server), RULE), (endpoint(&server), ENDPOINT)] {
        for failure in failures() {
            let before = server.snapshot();
            let workspace = impatient(&server);
            server.insides().faults().add(Fault::new(failure.kind.clone()));
            let errors = workspace.apply_resource(&resource).fails();
            assert_clear(&errors[0], &server, &failure);
            server.insides().faults().clear();
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
    for (resource, address) in [(rule(&server), RULE), (endpoint(&server), ENDPOINT)] {
        let workspace = impatient(&server);
        workspace.apply_resource(&resource).succeeds();
        let state = workspace.state();
        for failure in failures() {
            server.insides().faults().add(Fault::new(failure.kind.clone()));
            let errors = workspace.plan().run.fails();
            assert_clear(&errors[0], &server, &failure);
            let refreshed = workspace.run(&["apply", "-refresh-only", "-auto-approve", "-json"]);
            refreshed.fails();
            assert_eq!(workspace.state().find(address), state.find(address), "{}", failure.what);
            server.insides().faults().clear();
            workspace.plan().is_empty();
        }
        workspace.destroy().succeeds();
    }
}

#[test]
fn an_update_that_meets_a_fault_keeps_the_old_state_and_can_be_repeated() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    type Edit = fn(Resource) -> Resource;
    let cases: [(Resource, &str, Edit); 2] = [
        (rule(&server), RULE, |rule| rule.text("message", "other")),
        (endpoint(&server), ENDPOINT, |endpoint| {
            endpoint.text("url", "http://127.0.0.1:9/other")
        }),
    ];
    for (resource, address, edit) in cases {
        let workspace = impatient(&server);
        workspace.apply_resource(&resource).succeeds();
        let (state, before) = (workspace.state().of(address), server.snapshot());
        let edited = edit(resource.clone());
        for failure in failures() {
            workspace.write(&edited.hcl());
            server.insides().faults().add(Fault::new(failure.kind.clone()));
            let run = workspace.run(&["apply", "-auto-approve", "-refresh=false", "-json"]);
            assert_clear(&run.fails()[0], &server, &failure);
            server.insides().faults().clear();
            assert_eq!(server.snapshot(), before, "{}", failure.what);
            assert_eq!(workspace.state().of(address), state, "{}", failure.what);
            workspace.plan().wants(&[(address, "update")]);
        }
        workspace.apply_again().succeeds();
        workspace.plan().is_empty();
        workspace.destroy().succeeds();
    }
}

#[test]
fn a_destroy_that_meets_a_fault_keeps_the_resource() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    for (resource, address) in [(rule(&server), RULE), (endpoint(&server), ENDPOINT)] {
        let workspace = impatient(&server);
        workspace.apply_resource(&resource).succeeds();
        let state = workspace.state().of(address);
        for failure in failures() {
            server.insides().faults().add(Fault::new(failure.kind.clone()));
            let run = workspace.run(&["destroy", "-auto-approve", "-refresh=false", "-json"]);
            assert_clear(&run.fails()[0], &server, &failure);
            server.insides().faults().clear();
            assert_eq!(workspace.state().of(address), state, "{}", failure.what);
        }
        workspace.destroy().succeeds();
        assert_eq!(workspace.state().addresses(), Vec::<String>::new());
    }
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
    let workspace = Workspace::with_settings(&server, "username = \"any\"\n  password = \"thing\"");
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

/// Applies, cut after `survivors` requests. Returns false where the apply came to its end before.
fn apply_cut(server: &Server, workspace: &Workspace, cut: Cut, survivors: usize) -> bool {
    let faults = server.insides().faults();
    server.insides().clear_requests();
    let first = match cut {
        Cut::Before => Kind::Drop { acted: false },
        Cut::After => Kind::Drop { acted: true },
        Cut::Killed => Kind::Hang { acted: true },
    };
    faults.add(Fault::new(first).after(survivors).times(1));
    faults.add(Fault::new(Kind::Drop { acted: false }).after(survivors + 1));
    let was_cut = match cut {
        Cut::Before | Cut::After => workspace.apply_again().code != Some(0),
        Cut::Killed => killed(server, workspace),
    };
    faults.clear();
    was_cut
}

/// Starts an apply and kills it once a request hangs. Returns false where the apply came to its end before.
fn killed(server: &Server, workspace: &Workspace) -> bool {
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

/// Cuts the apply of `wanted` after each number of requests, and applies again: what `check` looks at has to be as if nothing
/// had happened. `prepare` makes what is there before.
fn survives_cuts(
    server: &Server,
    wanted: &Resource,
    prepare: impl Fn(&Workspace),
    check: impl Fn(&Workspace),
    cuts: &[Cut],
) {
    for cut in cuts {
        let mut survivors = 0;
        loop {
            let workspace = Workspace::with_settings(server, "max_retries = 0");
            prepare(&workspace);
            workspace.write(&wanted.hcl());
            let was_cut = apply_cut(server, &workspace, *cut, survivors);
            if was_cut {
                workspace.apply_again().succeeds();
            }
            check(&workspace);
            workspace.plan().is_empty();
            workspace.destroy().succeeds();
            if !was_cut {
                break;
            }
            survivors += 1;
        }
        println!("{cut:?}: cut after each of {survivors} requests");
        assert!(survivors > 1, "the apply made no request that could be cut");
    }
}

/// The one rule of that name, running, with this message.
fn assert_runs(server: &Server, workspace: &Workspace, message: &str, cut: &str) {
    let tasks: Vec<Value> = server.api().tasks_named(&server.unique("cpu high"));
    assert_eq!(tasks.len(), 1, "{cut}: {tasks:#?}");
    let task = &tasks[0];
    assert_eq!(
        (&task["status"], &task["executing"]),
        (&json!("enabled"), &json!(true)),
        "{cut}"
    );
    let line = format!("var message = '{message}'");
    assert!(task["script"].as_str().unwrap().contains(&line), "{cut}: {task:#}");
    assert_eq!(workspace.state().of(RULE)["id"], task["id"], "{cut}");
}

#[test]
fn a_creation_cut_after_any_request_ends_in_one_running_rule() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let rule = rule(&server).text("message", "wanted");
    let check = |workspace: &Workspace| assert_runs(&server, workspace, "wanted", "creation");
    survives_cuts(&server, &rule, |_| (), check, &[Cut::Before, Cut::After, Cut::Killed]);
}

#[test]
fn an_update_cut_after_any_request_ends_in_one_running_rule() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let rule = rule(&server);
    let old = rule.clone().text("message", "old");
    let prepare = |workspace: &Workspace| {
        workspace.apply_resource(&old).succeeds();
    };
    let check = |workspace: &Workspace| assert_runs(&server, workspace, "wanted", "update");
    let wanted = rule.text("message", "wanted");
    survives_cuts(
        &server,
        &wanted,
        prepare,
        check,
        &[Cut::Before, Cut::After, Cut::Killed],
    );
}

#[test]
fn an_endpoint_cut_after_any_request_ends_as_wanted() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let endpoint = endpoint(&server).set("headers", r#"{ X-Team = "sre" }"#);
    let prepare = |workspace: &Workspace| {
        workspace
            .apply_resource(&endpoint.clone().text("url", "http://127.0.0.1:9/old"))
            .succeeds();
    };
    let check = |_: &Workspace| {
        let options = server.api().endpoint("squadcast").unwrap();
        assert_eq!(options["url"], json!(server.receiver_url("/endpoint")));
        assert_eq!(options["headers"], json!({ "X-Team": "sre" }));
    };
    survives_cuts(
        &server,
        &endpoint,
        |_| (),
        check,
        &[Cut::Before, Cut::After, Cut::Killed],
    );
    survives_cuts(&server, &endpoint, prepare, check, &[Cut::Before, Cut::After]);
}

#[test]
fn a_server_that_recovers_in_time_costs_nothing_but_time() {
    let Some(server) = Server::sandbox(Options::default(), INJECTS) else {
        return;
    };
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    server
        .insides()
        .faults()
        .add(Fault::new(Kind::html(503)).on("GET", "*").times(2));
    workspace.plan().is_empty();
    assert!(
        server.insides().faults().pending().is_empty(),
        "the fault did not strike"
    );
}
