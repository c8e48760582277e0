//! Each kind of handler: created, seen when others change it, repaired, and imported.

use crate::examples::{copy_of_example, HANDLERS};
use crate::harness::{Server, State, Workspace};
use serde_json::json;
use squadcast_kapacitor::provider::NAMED_KINDS;
use squadcast_kapacitor::rule::handlers::KINDS;
use std::collections::BTreeMap;

const RULE: &str = "squadcast_kapacitor_alert_rule";

/// The published example of each kind of handler, applied: the workspace, and each rule's address by its handler's kind.
fn applied(server: &Server) -> (Workspace, BTreeMap<String, String>) {
    let workspace = copy_of_example(server, HANDLERS);
    workspace.apply_again().succeeds();
    let state = workspace.state();
    let addresses = state.addresses();
    let rules = addresses.into_iter().filter(|address| address.starts_with(RULE));
    let kind = |address: &str| {
        let handlers = &state.of(address)["handlers"];
        let kind = NAMED_KINDS.iter().find(|named| handlers[named.attribute].is_array());
        kind.unwrap().kind.name.to_owned()
    };
    (workspace, rules.map(|address| (kind(&address), address)).collect())
}

fn id(state: &State, address: &str) -> String {
    state.of(address)["id"].as_str().unwrap().to_owned()
}

#[test]
fn each_kind_has_an_example() {
    let Some(server) = Server::sandbox(sandbox::Options::default(), "a real one knows no Kafka cluster") else {
        return;
    };
    let (_, rules) = applied(&server);
    let mut kinds: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
    kinds.sort_unstable();
    assert_eq!(rules.keys().map(String::as_str).collect::<Vec<_>>(), kinds);
}

#[test]
fn each_kind_is_seen_when_it_changes_and_repaired() {
    let server = Server::start();
    let (workspace, rules) = applied(&server);
    let wanted = server.snapshot();
    let drifts: [fn(&str, &str) -> String; 2] = [without_handler, with_another_option];
    for drift in drifts {
        let state = workspace.state();
        let mut changed = Vec::new();
        for (kind, address) in &rules {
            let id = id(&state, address);
            let before = server.api().task(&id).unwrap()["script"].as_str().unwrap().to_owned();
            let after = drift(&before, kind);
            if after != before {
                server.api().edit_script(&id, |_| after.clone());
                changed.push(address.as_str());
            }
        }
        assert!(!changed.is_empty());
        let plan = workspace.plan();
        let updates: Vec<(&str, &str)> = changed.iter().map(|address| (*address, "update")).collect();
        plan.wants(&updates);
        for address in changed {
            let attributes = plan.change(address).attributes();
            assert!(
                attributes.contains(&"handlers".to_owned()),
                "{address} shows in {attributes:?}"
            );
        }
        workspace.apply_again().succeeds();
        assert_eq!(server.snapshot(), wanted);
        workspace.plan().is_empty();
    }
}

#[test]
fn each_kind_is_imported_without_a_difference() {
    let server = Server::start();
    let (workspace, rules) = applied(&server);
    let (state, before) = (workspace.state(), server.snapshot());
    let imports: String = rules
        .values()
        .map(|address| {
            format!(
                "import {{\n  to = {address}\n  id = {}\n}}\n",
                json!(id(&state, address))
            )
        })
        .collect();
    std::fs::write(workspace.path("imports.tf"), imports).unwrap();
    workspace.forget_state();
    workspace.apply_again().succeeds();
    assert_eq!(server.snapshot(), before);
    workspace.plan().is_empty();
}

/// The beginning of the lines of an alert's properties, as Kapacitor prints them.
const PROPERTY: &str = "        .";

/// The script without its handler, whose lines are the last ones of the alert.
fn without_handler(script: &str, kind: &str) -> String {
    let call = format!("{PROPERTY}{kind}(");
    let mut inside = false;
    let kept = script.lines().filter(|line| {
        inside = line.starts_with(&call) || (inside && line.starts_with(PROPERTY));
        !inside
    });
    kept.map(|line| format!("{line}\n")).collect()
}

/// The script with another text in the last option of its handler that is a text; the same where it has none. Not in the
/// first: of `kafka`, that is a cluster which Kapacitor has to know.
fn with_another_option(script: &str, kind: &str) -> String {
    let Some(start) = script.find(&format!("{PROPERTY}{kind}(")) else {
        panic!("{kind} is not in the script:\n{script}");
    };
    let end = start + script[start..].find("\n\n").unwrap();
    match script[start..end].rfind("')") {
        Some(quote) => format!("{}-changed{}", &script[..start + quote], &script[start + quote..]),
        None => script.to_owned(),
    }
}
