//! Two people apply the same rule at once, each with a state of their own, as when nothing locks it.

use crate::harness::{rule, Resource, Server, Workspace, RULE};

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

#[test]
fn two_applies_at_once_end_in_one_running_rule_that_the_next_apply_settles() {
    let server = Server::start();
    let workspaces = [Workspace::new(&server), Workspace::new(&server)];
    let first = rule(&server).text("message", "first");
    let same = race(&workspaces, [&first, &first]);
    assert!(same >= 1, "neither apply of the same rule succeeded");
    for workspace in &workspaces {
        workspace.apply_again().succeeds();
    }

    let second = first.clone().text("message", "second");
    race(&workspaces, [&first, &second]);
    workspaces[1].apply_again().succeeds();
    workspaces[1].plan().is_empty();
    let tasks = server.api().tasks_named(&server.unique("cpu high"));
    assert_eq!(tasks.len(), 1, "{tasks:#?}");
    assert_eq!(tasks[0]["executing"], true);
    assert!(tasks[0]["script"].as_str().unwrap().contains("var message = 'second'"));
    assert_eq!(workspaces[1].state().of(RULE)["id"], tasks[0]["id"]);
    assert!(server.is_real() || !server.insides().is_hung());
}
