//! What others change about a rule shows in a plan, and one apply repairs it.

use crate::harness::{rule, Api, Block, Resource, Server, Workspace, RULE};
use serde_json::json;

/// Changes the task of this id.
type Change = Box<dyn Fn(&Api, &str)>;

/// A change behind Terraform's back, and the attribute in which a plan shows it.
struct Drift {
    what: &'static str,
    make: Change,
    shows_in: &'static str,
    /// Part of the plan as a person reads it.
    reads: &'static str,
}

fn drift(
    what: &'static str,
    shows_in: &'static str,
    reads: &'static str,
    make: impl Fn(&Api, &str) + 'static,
) -> Drift {
    Drift {
        what,
        make: Box::new(make),
        shows_in,
        reads,
    }
}

fn replaced(from: &'static str, to: &'static str) -> impl Fn(&Api, &str) {
    move |api, id| api.edit_script(id, |script| script.replace(from, to))
}

/// Each drift: seen as an update of that attribute, repaired by one apply to what was there before, and then an empty plan.
fn each_is_seen_and_repaired(server: &Server, rule: &Resource, drifts: Vec<Drift>) {
    let workspace = Workspace::new(server);
    workspace.apply_resource(rule).succeeds();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    let api = server.api();
    let wanted = server.snapshot();
    for Drift {
        what,
        make,
        shows_in,
        reads,
    } in drifts
    {
        make(&api, &id);
        let plan = workspace.plan();
        assert_eq!(plan.run.code, Some(2), "the plan does not see: {what}\n{}", plan.run);
        plan.wants(&[(RULE, "update")]);
        let changed = plan.change(RULE).attributes();
        assert!(
            changed.iter().any(|name| name == shows_in),
            "{what} shows in {changed:?} instead of {shows_in}"
        );
        let text = plan.text();
        assert!(text.contains(reads), "{what} does not show as {reads:?}:\n{text}");
        workspace.apply_again().succeeds();
        assert_eq!(server.snapshot(), wanted, "after {what}");
        workspace.plan().is_empty();
    }
}

#[test]
fn what_still_reads_as_a_rule_shows_by_attribute() {
    let server = Server::start();
    let rule = rule(&server).set("group_by", r#"["host"]"#);
    let drifts = vec![
        drift("another message", "message", "paged", |api, id| {
            api.edit_script(id, |script| script.replace("{{ .ID }} is {{ .Level }}", "paged"))
        }),
        drift(
            "another value",
            "value",
            "\"95\"",
            replaced("var crit = 90", "var crit = 95"),
        ),
        drift(
            "another operator",
            "operator",
            "\"<\"",
            replaced("\"value\" > crit", "\"value\" < crit"),
        ),
        drift("another URL", "post", "~ post", |api, id| {
            api.edit_script(id, |script| script.replace("/rule')", "/elsewhere')"))
        }),
        drift(
            "a header more, which may be a secret",
            "post",
            "sensitive_headers",
            |api, id| {
                api.edit_script(id, |script| {
                    script.replace("/rule')", "/rule')\n        .header('X-More', 'y')")
                })
            },
        ),
        drift("another field", "field", "usage_idle", |api, id| {
            api.edit_script(id, |script| script.replace("usage_user", "usage_idle"))
        }),
        drift(
            "another grouping",
            "group_by",
            "region",
            replaced("['host']", "['host', 'region']"),
        ),
        drift(
            "another flag",
            "state_changes_only",
            "false",
            replaced("\n        .stateChangesOnly()", ""),
        ),
    ];
    each_is_seen_and_repaired(&server, &rule, drifts);
}

#[test]
fn what_is_edited_beyond_a_rule_shows_in_the_script() {
    let server = Server::start();
    let drifts = vec![
        drift(
            "a condition that no attribute has",
            "tickscript",
            "warn(lambda",
            |api, id| {
                api.edit_script(id, |script| {
                    script.replace("|alert()\n", "|alert()\n        .warn(lambda: \"value\" > 50)\n")
                })
            },
        ),
        drift("another script altogether", "tickscript", "|log()", |api, id| {
            api.edit_script(id, |_| {
                "stream\n    |from()\n        .measurement('mem')\n    |log()\n".to_owned()
            })
        }),
    ];
    each_is_seen_and_repaired(&server, &rule(&server), drifts);
}

#[test]
fn what_others_change_about_the_task_shows() {
    let server = Server::start();
    let drifts = vec![
        drift("switched off", "enabled", "false", |api, id| {
            let (status, body) = api.patch_task(id, &json!({ "status": "disabled" }));
            assert_eq!(status, 200, "{body}");
        }),
        drift("other databases", "dbrps", "other.weekly", |api, id| {
            let (status, body) = api.patch_task(id, &json!({ "dbrps": [{ "db": "other", "rp": "weekly" }] }));
            assert_eq!(status, 200, "{body}");
        }),
        drift(
            "not running although switched on",
            "executing",
            "executing",
            make_it_fail,
        ),
    ];
    each_is_seen_and_repaired(&server, &rule(&server), drifts);
}

/// Gives the task a script that cannot start and then its own one again: now it is enabled, has the wanted script, and
/// does not run.
fn make_it_fail(api: &Api, id: &str) {
    let task = api.task(id).unwrap();
    let script = task["script"].as_str().unwrap();
    let (_, rest) = script.split_once(".post('").unwrap();
    let (url, _) = rest.split_once("')").unwrap();
    let broken = script.replace(
        &format!(".post('{url}')"),
        ".post()\n        .endpoint('not-declared-anywhere')",
    );
    let (status, body) = api.patch_task(id, &json!({ "script": broken, "status": "disabled" }));
    assert_eq!(status, 200, "{body}");
    let (status, body) = api.patch_task(id, &json!({ "status": "enabled" }));
    assert_eq!(status, 500, "{body}");
    let (status, body) = api.patch_task(id, &json!({ "script": script }));
    assert_eq!(status, 200, "{body}");
    let task = api.task(id).unwrap();
    assert_eq!((&task["script"], &task["status"]), (&json!(script), &json!("enabled")));
    assert_eq!(task["executing"], false, "{task:#}");
}

#[test]
fn a_rule_that_was_deleted_is_made_again() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    let wanted = server.snapshot();
    server
        .api()
        .delete_task(workspace.state().of(RULE)["id"].as_str().unwrap());
    workspace.plan().wants(&[(RULE, "create")]);
    workspace.apply_again().succeeds();
    assert_eq!(server.snapshot(), wanted);
    workspace.plan().is_empty();
}

#[test]
fn a_script_in_another_spacing_is_no_drift() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    workspace.apply_resource(&rule(&server)).succeeds();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    let task = server.api().task(&id).unwrap();
    let squeezed = task["script"]
        .as_str()
        .unwrap()
        .replace("\n        ", "")
        .replace("\n    ", "");
    let (status, body) = server.api().patch_task(&id, &json!({ "script": squeezed }));
    assert_eq!(status, 200, "{body}");
    workspace.plan().is_empty();
}

#[test]
fn a_secret_header_changed_by_others_shows_without_being_shown() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let secret = Block::new()
        .text("url", &server.receiver_url("/rule"))
        .set("sensitive_headers", r#"{ Authorization = "Bearer of-good-news" }"#);
    workspace
        .apply_resource(&rule(&server).only_block("post", secret))
        .succeeds();
    workspace.plan().is_empty();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    server
        .api()
        .edit_script(&id, |script| script.replace("of-good-news", "of-bad-news"));
    let plan = workspace.plan();
    plan.wants(&[(RULE, "update")]);
    let shown = [plan.text(), plan.run.stdout.clone()].concat();
    for secret in ["of-good-news", "of-bad-news"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    workspace.apply_again().succeeds();
    let task = server.api().task(&id).unwrap();
    assert!(task["script"].as_str().unwrap().contains("of-good-news"));
    workspace.plan().is_empty();
}

#[test]
fn a_rule_deleted_between_plan_and_apply_is_missed_and_then_made_again() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace.apply_resource(&rule).succeeds();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    workspace.write(&rule.text("message", "other").hcl());
    workspace.plan().wants(&[(RULE, "update")]);
    server.api().delete_task(&id);
    let error = workspace
        .run(&["apply", "-input=false", "-json", "plan.tfplan"])
        .fails_once();
    error.mentions(&[&id, "apply"]);
    assert_eq!(server.api().task(&id), None);

    workspace.plan().wants(&[(RULE, "create")]);
    workspace.apply_again().succeeds();
    assert_eq!(
        server.api().task(&id).expect("the task is there again")["executing"],
        true
    );
    workspace.plan().is_empty();
}

#[test]
fn what_others_change_between_plan_and_apply_is_put_right_by_the_next_apply() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server);
    workspace.apply_resource(&rule).succeeds();
    let id = workspace.state().of(RULE)["id"].as_str().unwrap().to_owned();
    workspace.write(&rule.text("message", "wanted").hcl());
    workspace.plan().wants(&[(RULE, "update")]);
    server
        .api()
        .edit_script(&id, |script| script.replace("var crit = 90", "var crit = 50"));
    workspace
        .run(&["apply", "-input=false", "-json", "plan.tfplan"])
        .succeeds();
    workspace.apply_again().succeeds();
    let task = server.api().task(&id).unwrap();
    let script = task["script"].as_str().unwrap();
    assert!(
        script.contains("var message = 'wanted'") && script.contains("var crit = 90"),
        "{script}"
    );
    workspace.plan().is_empty();
}
