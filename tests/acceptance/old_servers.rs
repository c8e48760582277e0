//! Kapacitors that are older than the one that rules are written for.

use crate::harness::{join, rule, rules, Server, Workspace, RULE};
use sandbox::{Fault, Kind, Options};
use squadcast_kapacitor::rule::handlers::KINDS;

/// A sandbox that plays an older release; `None` where the suite runs against a real server.
fn release(version: &str) -> Option<Server> {
    let options = Options {
        version: version.to_owned(),
        ..Options::default()
    };
    Server::sandbox(options, "it plays another version")
}

/// Lists of tasks know the field `template-id` from 1.6.2 on, and earlier ones refuse a whole list for it.
#[test]
fn every_operation_works_on_servers_that_do_not_list_templates() {
    for version in ["1.5.9", "1.6.1", "1.6.2"] {
        let Some(server) = release(version) else {
            return;
        };
        let workspace = Workspace::new(&server);
        workspace.apply(&join(&rules(&server, 12, "one"))).succeeds();
        workspace.plan().is_empty();
        workspace.apply(&join(&rules(&server, 12, "two"))).succeeds();
        workspace.destroy().succeeds();
    }
}

/// Each handler that some supported version lacks is an error at plan there, and works from its version on.
#[test]
fn a_handler_that_the_servers_version_does_not_have_is_an_error_that_names_the_one_that_has_it() {
    for (kind, since, before) in [
        ("teams", "1.5.6", "1.5.5"),
        ("serviceNow", "1.5.7", "1.5.6"),
        ("bigPanda", "1.5.8", "1.5.7"),
        ("zenoss", "1.6.0", "1.5.9"),
    ] {
        let (Some(older), Some(newer)) = (release(before), release(since)) else {
            return;
        };
        let handlers = format!("{{ {} = [{{}}] }}", kind.to_lowercase());
        let with_handler = |server: &Server| rule(server).set("handlers", &handlers);
        let workspace = Workspace::new(&older);
        workspace.write(&with_handler(&older).hcl());
        let error = workspace.plan().run.fails_once();
        error.mentions(&[before, kind, since]);
        assert_eq!(error.address.as_deref(), Some(RULE));
        Workspace::new(&newer).apply_resource(&with_handler(&newer)).succeeds();
    }
    let with_version = KINDS.iter().filter(|kind| kind.since.is_some());
    assert_eq!(with_version.count(), 4, "a kind with a version is missing above");
}

/// A server that does not tell its version says it when the rule is written.
#[test]
fn a_handler_that_the_server_refuses_is_told_with_the_version_that_has_it() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    let refusal = "invalid TICKscript: line 44 char 10: no method or property \"zenoss\" on *pipeline.AlertNode";
    server.fails_with(Fault::new(Kind::status(400, refusal)).on("POST", "/kapacitor/v1/tasks"));
    let workspace = Workspace::new(&server);
    let zenoss = rule(&server).set("handlers", "{ zenoss = [{}] }");
    let error = workspace.apply_resource(&zenoss).fails_once();
    error.mentions(&["zenoss", "1.6.0 or later"]);
}
