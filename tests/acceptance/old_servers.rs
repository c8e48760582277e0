//! Kapacitors that are older than the one that rules are written for.

use crate::harness::{join, rule, rules, Block, Server, Workspace, RULE};
use sandbox::{Fault, Kind, Options};

/// Kapacitor knows the field from 1.6.2 on, and refuses a whole list for one that it does not know.
#[test]
fn a_server_that_does_not_list_templates_is_worked_with_all_the_same() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    let refusal = Kind::status(400, "unsupported field \"template-id\"");
    server.fails_with(Fault::new(refusal).on("GET", "*template-id*"));
    let workspace = Workspace::new(&server);
    workspace.apply(&join(&rules(&server, 12, "one"))).succeeds();
    workspace.plan().is_empty();
    workspace.apply(&join(&rules(&server, 12, "two"))).succeeds();
    workspace.destroy().succeeds();
}

#[test]
fn a_handler_that_the_servers_version_does_not_have_is_an_error_that_names_the_one_that_has_it() {
    let mut options = Options::default();
    options.version = "1.5.9".to_owned();
    let Some(server) = Server::sandbox(options, "it says that it is another version") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let zenoss = rule(&server).block("handler", Block::new().text("kind", "zenoss"));
    workspace.write(&zenoss.hcl());
    let error = workspace.plan().run.fails_once();
    error.mentions(&["1.5.9", "zenoss", "1.6.0"]);
    assert_eq!(error.address.as_deref(), Some(RULE));
    let older = rule(&server).block("handler", Block::new().text("kind", "serviceNow"));
    workspace.apply_resource(&older).succeeds();
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
    let zenoss = rule(&server).block("handler", Block::new().text("kind", "zenoss"));
    let error = workspace.apply_resource(&zenoss).fails_once();
    error.mentions(&["zenoss", "1.6.0 or later"]);
}
