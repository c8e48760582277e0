//! Many rules at once, whatever `-parallelism` says: Kapacitor hangs for good where starts and stops of tasks coincide.

use crate::harness::{join, rules, Server, Workspace};
use sandbox::Options;
use serde_json::Value;

const RULES: usize = 200;

/// The tasks of this test, on a server that may have others.
fn tasks(server: &Server) -> Vec<Value> {
    let run = server.unique("");
    let mut tasks = server.api().tasks();
    tasks.retain(|task| task["script"].as_str().is_some_and(|script| script.contains(&run)));
    tasks
}

#[test]
fn two_hundred_rules_are_created_updated_and_destroyed_fifty_at_a_time() {
    let strict = Options {
        strict_pace: true,
        ..Options::default()
    };
    let server = Server::start_with(strict);
    let workspace = Workspace::new(&server);
    for message in ["first", "second"] {
        workspace.write(&join(&rules(&server, RULES, message)));
        workspace
            .run(&["apply", "-auto-approve", "-json", "-parallelism=50"])
            .succeeds();
        let tasks = tasks(&server);
        assert_eq!(tasks.len(), RULES);
        let line = format!("var message = '{message}'\n");
        for task in &tasks {
            assert_eq!(
                (&task["executing"], &task["error"]),
                (&true.into(), &"".into()),
                "{task:#}"
            );
            assert!(task["script"].as_str().unwrap().contains(&line), "{task:#}");
        }
    }
    workspace.plan().is_empty();
    workspace
        .run(&["destroy", "-auto-approve", "-json", "-parallelism=50"])
        .succeeds();
    assert_eq!(tasks(&server), Vec::<Value>::new());
    if !server.is_real() {
        assert!(!server.insides().is_hung());
        assert_eq!(server.insides().pace().most_at_once, 1);
    }
}
