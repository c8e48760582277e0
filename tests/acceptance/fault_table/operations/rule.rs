//! What becomes of rules.

use super::endpoint::endpoint;
use super::{imported, nothing, operation, Operation, NAME, NOWHERE, PLAN, REFRESH};
use crate::harness::{join, threshold, Block, Resource, Server, ENDPOINT, RULE};

/// What an apply does to it.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("create the rule", nothing, one_rule),
        operation("create the rule, disabled", nothing, |server| {
            a_rule(server).set("enabled", "false").hcl()
        }),
        Operation {
            fails: true,
            ..operation("create a rule that cannot start", nothing, a_dead_rule)
        },
        operation("update the rule", one_rule, |server| {
            a_rule(server).text("message", "other").hcl()
        }),
        Operation {
            disturbed: |server| {
                let id = server.api().tasks()[0]["id"].as_str().unwrap().to_owned();
                let by_hand = |script: &str| script.replace("|alert()\n", "|alert()\n        .warn(lambda: TRUE)\n");
                server.api().edit_script(&id, by_hand);
            },
            ..operation("update the rule that was edited by hand", one_rule, |server| {
                a_rule(server).text("message", "other").hcl()
            })
        },
        Operation {
            fails: true,
            ..operation("update the rule to one that cannot start", one_rule, a_dead_rule)
        },
        operation("give the rule's task another id", one_rule, |server| {
            a_rule(server).text("task_id", "moved").hcl()
        }),
        operation("switch the rule off", one_rule, |server| {
            a_rule(server).set("enabled", "false").hcl()
        }),
        operation(
            "switch the rule on",
            |server| a_rule(server).set("enabled", "false").hcl(),
            one_rule,
        ),
        Operation {
            run: REFRESH,
            ..operation("read the rule", one_rule, one_rule)
        },
        operation("destroy the rule", one_rule, nothing),
        Operation {
            fires: true,
            holds: the_recovery_was_posted,
            ..operation("destroy the firing rule, and resolve", a_resolving_rule, nothing)
        },
        Operation {
            fires: true,
            fails: true,
            ..operation(
                "destroy the firing rule whose webhook fails",
                |server| a_rule(server).set("resolve_on_destroy", "true").hcl(),
                nothing,
            )
        },
        Operation {
            fires: true,
            holds: the_recovery_was_posted,
            ..operation(
                "destroy the firing rule and its endpoint, and resolve",
                an_endpoint_and_a_resolving_rule,
                nothing,
            )
        },
        Operation {
            imports: true,
            ..operation(
                "import the rule by its id",
                |server| a_rule_with_an_id(server).hcl(),
                |server| imported(a_rule_with_an_id(server), RULE, "of-old"),
            )
        },
        Operation {
            imports: true,
            ..operation(
                "import the rule by its name",
                |server| a_rule_with_an_id(server).hcl(),
                |server| imported(a_rule_with_an_id(server), RULE, NAME),
            )
        },
        Operation {
            run: PLAN,
            fires: true,
            ..operation("plan to destroy the firing rule", a_heard_rule, nothing)
        },
        Operation {
            run: PLAN,
            fires: true,
            ..operation("plan to rename the firing rule", a_heard_rule, |server| {
                a_rule(server).text("name", "renamed").hcl()
            })
        },
    ]
}

fn a_rule(_: &Server) -> Resource {
    posting_to(&format!("{NOWHERE}/rule"))
}

fn posting_to(url: &str) -> Resource {
    threshold(NAME, url)
}

fn one_rule(server: &Server) -> String {
    a_rule(server).hcl()
}

/// A rule that Kapacitor cannot start.
fn a_dead_rule(server: &Server) -> String {
    let post = Block::new().text("endpoint", "not-declared-anywhere");
    a_rule(server).text("message", "dead").only_block("post", post).hcl()
}

fn a_resolving_rule(server: &Server) -> String {
    let rule = posting_to(&server.receiver_url("/rule"));
    rule.set("resolve_on_destroy", "true").hcl()
}

/// A rule whose alerts arrive.
fn a_heard_rule(server: &Server) -> String {
    posting_to(&server.receiver_url("/rule")).hcl()
}

/// A rule under an id that does not follow from its name, so that by name it is found only by its script.
pub(super) fn a_rule_with_an_id(server: &Server) -> Resource {
    a_rule(server).text("task_id", "of-old")
}

/// A resolving rule whose alerts arrive by the endpoint.
fn an_endpoint_and_a_resolving_rule(server: &Server) -> String {
    let endpoint = endpoint(server).text("url", &server.receiver_url("/endpoint"));
    let post = Block::new().set("endpoint", format!("{ENDPOINT}.name"));
    let rule = a_rule(server).set("resolve_on_destroy", "true");
    join(&[endpoint, rule.only_block("post", post)])
}

fn the_recovery_was_posted(server: &Server) -> Result<(), String> {
    let posts = server.posts();
    let recovery = posts.iter().rev().find(|post| post.level() == Some("OK"));
    match recovery.and_then(|post| post.alert_id()) {
        Some(id) if id == NAME => Ok(()),
        _ => Err(format!("no recovery was posted: {posts:?}")),
    }
}
