//! A Kapacitor that answers a ping, and nothing about tasks, while it stops one whose webhook does not answer.

use std::time::Duration;

use crate::kapacitor::models::{Status, UpdateTask};
use crate::kapacitor::tests::config;
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::{Reply, Server};
use crate::kapacitor::tests::writing::writer::task;
use crate::kapacitor::{Client, ClientConfig, Stall};
use crate::provider::remedy::remedy;
use serde_json::json;

/// A client that waits a moment for an answer, and this long for a stop.
pub(crate) fn client(server: &Server, stop_timeout: Duration) -> Client {
    let config = ClientConfig {
        timeout: Duration::from_millis(400),
        stop_timeout,
        max_retries: 0,
        ..config(server)
    };
    Client::new(config).unwrap()
}

pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Answers no request about tasks but those after the first `silent` ones, and every ping.
pub(crate) async fn stalled_for(silent: usize) -> Server {
    let about_tasks = std::sync::atomic::AtomicUsize::new(0);
    let task = recorded("02-task-list", "set-up: one with vars").reply();
    Server::with(move |seen, _| {
        if seen.path.contains("/ping") {
            return Reply::no_content();
        }
        if about_tasks.fetch_add(1, std::sync::atomic::Ordering::Relaxed) < silent {
            return Reply::Silence;
        }
        match seen.path.contains("/tasks?") {
            true => Reply::json(200, &json!({ "tasks": [{ "id": "v" }] })),
            false => task.clone(),
        }
    })
    .await
}

fn count(server: &Server, what: &str) -> usize {
    server.lines().iter().filter(|line| line.contains(what)).count()
}

#[tokio::test]
async fn a_read_that_meets_a_slow_stop_waits_for_its_end() {
    let server = stalled_for(3).await;
    let task = client(&server, LONG).tasks().get("v").await.unwrap();
    assert_eq!(task.unwrap().id, "v");
    assert_eq!(count(&server, "GET /kapacitor/v1/tasks/v"), 2, "{:?}", server.lines());
}

#[tokio::test]
async fn a_stop_that_outlasts_the_limit_is_told_from_a_server_that_is_down() {
    let server = stalled_for(usize::MAX).await;
    let error = client(&server, Duration::from_millis(150))
        .tasks()
        .get("v")
        .await
        .unwrap_err();
    assert!(error.is_stalled(), "{error:?}");
    let hint = remedy(&error).unwrap();
    for said in [
        "ends by itself",
        "nothing has to be restarted",
        "stop_timeout",
        "for good",
        "restart it",
    ] {
        assert!(hint.contains(said), "{said:?} is not said in {hint}");
    }
    assert!(error.to_string().contains("answers a ping"), "{error}");

    let server = Server::with(|_, _| Reply::Silence).await;
    let error = client(&server, LONG).tasks().get("v").await.unwrap_err();
    assert_eq!((error.stall(), error.is_timeout()), (None, true));
    assert!(!remedy(&error).unwrap().contains("restart"), "{error:?}");
    assert_eq!(count(&server, ""), 2, "{:?}", server.lines());
}

#[tokio::test]
async fn no_wait_is_made_where_none_is_wanted() {
    let server = stalled_for(usize::MAX).await;
    let error = client(&server, Duration::ZERO).tasks().get("v").await.unwrap_err();
    assert_eq!(error.stall(), None);
    assert_eq!(server.lines(), ["GET /kapacitor/v1/tasks/v"]);
}

#[tokio::test]
async fn a_write_that_waits_is_sent_once_and_what_it_did_is_for_a_look_to_say() {
    let server = stalled_for(3).await;
    let client = client(&server, LONG);
    let mut writes = client.writes().await.unwrap();
    let error = writes
        .update_task("v", &UpdateTask::status(Status::Disabled))
        .await
        .unwrap_err();
    assert!(matches!(error.stall(), Some(Stall::Ended(_))), "{error:?}");
    assert!(error.may_have_acted() && error.is_timeout());
    assert_eq!(count(&server, "PATCH"), 1);
    assert!(writes.client().tasks().get("v").await.unwrap().is_some());
}

#[tokio::test]
async fn those_who_meet_the_same_stall_wait_for_it_together() {
    let server = stalled_for(12).await;
    let client = client(&server, LONG);
    let reads: Vec<_> = (0..10)
        .map(|_| {
            let client = client.clone();
            tokio::spawn(async move { client.tasks().get("v").await })
        })
        .collect();
    for read in reads {
        assert!(read.await.unwrap().unwrap().is_some());
    }
    // Ten reads and two looks got no answer; the next look was answered, and so was each read's repeat.
    assert_eq!(count(&server, "/tasks?"), 3, "{:?}", server.lines());
    assert_eq!(count(&server, "/tasks/v"), 20, "{:?}", server.lines());
}

#[tokio::test]
async fn a_refusal_about_tasks_is_an_answer() {
    let server = Server::with(|seen, number| match (seen.path.contains("/ping"), number) {
        (true, _) => Reply::no_content(),
        (false, 0) => Reply::Silence,
        (false, _) => Reply::json(403, &json!({ "error": "user u does not have privilege" })),
    })
    .await;
    let client = client(&server, LONG);
    let mut writes = client.writes().await.unwrap();
    let error = writes
        .create_task(&task("v", "stream|from()", Status::Disabled))
        .await
        .unwrap_err();
    assert!(matches!(error.stall(), Some(Stall::Ended(_))), "{error:?}");
}
