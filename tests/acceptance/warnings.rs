//! What works and is probably not what was meant: a plan warns, and says what will happen.

use crate::harness::{rule, Resource, Server, Workspace, RULE};

#[test]
fn a_plan_warns_of_what_squadcast_does_badly() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    type Edit = fn(Resource) -> Resource;
    let cases: [(Edit, &[&str]); 3] = [
        (|rule| rule.set("no_recoveries", "true"), &["no_recoveries", "resolve"]),
        (
            |rule| rule.set("state_changes_only", "false"),
            &["state_changes_only", "limit"],
        ),
        (|rule| rule.set("flapping", "true"), &["flapping", "neither an alert"]),
    ];
    for (edit, words) in cases {
        workspace.write(&edit(rule(&server)).hcl());
        let run = workspace.plan().run;
        let warnings = run.warnings();
        let [warning] = warnings.as_slice() else {
            panic!("{} warnings instead of one: {run}", warnings.len());
        };
        warning.mentions(words);
        assert_eq!(warning.address.as_deref(), Some(RULE));
    }
    workspace.write(&rule(&server).hcl());
    assert!(workspace.plan().run.warnings().is_empty(), "a plain rule is warned of");
}

#[test]
fn a_plan_warns_of_changes_that_leave_an_incident_open() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server).set("group_by", r#"["host"]"#);
    workspace.apply_resource(&rule).succeeds();
    assert!(
        workspace.plan_with(&["-destroy"]).run.warnings().is_empty(),
        "nothing fires yet"
    );
    server.api().write("cpu,host=web01 usage_user=95", 1_000_000_000);
    server.receives(|post| post.level() == Some("CRITICAL"));

    let fires = |run: crate::harness::Run| {
        let warnings = run.warnings();
        assert_eq!(warnings.len(), 1, "{run}");
        warnings[0].mentions(&["firing", "host=web01", "CRITICAL", "stays open"]);
    };
    fires(workspace.plan_with(&["-destroy"]).run);
    let cutting = [
        rule.clone().text("name", &server.unique("renamed")),
        rule.clone().without("group_by"),
        rule.clone()
            .text("aggregate", "max")
            .text("period", "1m")
            .text("every", "1m"),
        rule.clone().text("task_id", &server.unique("other").replace(' ', "-")),
    ];
    for resource in cutting {
        workspace.write(&resource.hcl());
        fires(workspace.plan().run);
    }
    let keeping = [
        rule.clone().text("message", "other"),
        rule.clone().set("value", "50"),
        rule.clone().set("enabled", "false"),
    ];
    for resource in keeping {
        workspace.write(&resource.hcl());
        let run = workspace.plan().run;
        assert!(run.warnings().is_empty(), "{run}");
    }
    server.api().write("cpu,host=web01 usage_user=5", 1_000_000_060);
    server.receives(|post| post.level() == Some("OK"));
    assert!(
        workspace.plan_with(&["-destroy"]).run.warnings().is_empty(),
        "it has recovered"
    );
}

/// Kapacitor says of such a topic that its level is OK, and its filter by level shows none of its alerts.
#[test]
fn open_alerts_are_seen_behind_one_that_has_recovered() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let rule = rule(&server).set("group_by", r#"["host"]"#);
    workspace.apply_resource(&rule).succeeds();
    let write = |host: &str, value: u32, second: u64| {
        let point = format!("cpu,host={host} usage_user={value}");
        server.api().write(&point, 1_000_000_000 + second);
    };
    write("a", 95, 0);
    write("b", 95, 1);
    write("a", 5, 2);
    write("c", 95, 3);
    server.receives(|post| post.body.contains("host=c"));
    let run = workspace.plan_with(&["-destroy"]).run;
    let warnings = run.warnings();
    assert_eq!(warnings.len(), 1, "{run}");
    warnings[0].mentions(&["firing", "host=b", "host=c"]);
}
