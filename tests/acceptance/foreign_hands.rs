//! Two people apply the same rule at once, each with a state of their own, as when nothing locks it.

use crate::harness::{block_on, rule, Resource, Server, Workspace, RULE};

/// Applies in both workspaces at once, and returns how many of the applies succeeded.
fn race(workspaces: &[Workspace; 2], rules: [&Resource; 2]) -> usize {
    std::thread::scope(|scope| {
        let applies = [0, 1].map(|number| scope.spawn(move || workspaces[number].apply_resource(rules[number])));
        let runs = applies.map(|apply| apply.join().unwrap());
        for run in runs.iter().filter(|run| run.code != Some(0)) {
            let errors = run.fails();
            assert!(errors.iter().all(|error| !error.detail.is_empty()), "{errors:#?}");
        }
        runs.iter().filter(|run| run.code == Some(0)).count()
    })
}

/// The rule's alert and its recovery arrive, once each, with this message.
fn delivers_once(server: &Server, message: &str, seconds: u64) {
    server.clear_posts();
    for (second, (value, level)) in (0..).zip([(95, "CRITICAL"), (5, "OK")]) {
        let point = format!("cpu,host=a usage_user={value}");
        server.api().write(&point, seconds + second);
        let post = server.receives(|post| post.level() == Some(level));
        assert_eq!(post.json().unwrap()["message"], message);
    }
    if !server.is_real() {
        block_on(server.insides().settle());
    }
    assert_eq!(server.posts().len(), 2, "{:?}", server.posts());
}

#[test]
fn two_applies_at_once_end_in_one_running_rule_that_the_next_apply_settles() {
    let server = Server::start();
    let workspaces = [Workspace::new(&server).real(), Workspace::new(&server).real()];
    let first = rule(&server).text("message", "first");
    let same = race(&workspaces, [&first, &first]);
    assert!(same >= 1, "neither apply of the same rule succeeded");
    for workspace in &workspaces {
        workspace.apply_again().succeeds();
    }
    delivers_once(&server, "first", 1_000_000_000);

    let second = first.clone().text("message", "second");
    race(&workspaces, [&first, &second]);
    workspaces[1].apply_again().succeeds();
    workspaces[1].plan().is_empty();
    let tasks = server.api().tasks_named(&server.unique("cpu high"));
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    assert_eq!(tasks[0]["executing"], true);
    assert!(tasks[0]["script"].as_str().unwrap().contains("var message = 'second'"));
    assert_eq!(workspaces[1].state().of(RULE)["id"], tasks[0]["id"]);
    delivers_once(&server, "second", 1_000_001_000);
    assert!(server.is_real() || !server.insides().is_hung());
}
