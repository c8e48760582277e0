//! What is sent again, how often, and what never is.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;

use crate::kapacitor::models::{EndpointOptions, HttpPostTest, Status, UpdateTask};
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::{nobody, Reply, Server};
use crate::kapacitor::tests::writing::writer::task;
use crate::kapacitor::tests::{client, config, impatient};
use crate::kapacitor::{Client, ClientConfig, ErrorKind, KapacitorAuth, Secret};

fn busy(status: u16) -> Reply {
    Reply::with_headers(status, &[("Retry-After", "0")], "busy")
}

/// Faults that a repeat may cure.
fn passing_faults() -> Vec<Reply> {
    vec![Reply::Drop, Reply::CutShort, busy(429), busy(502), busy(503), busy(504)]
}

fn test_alert() -> HttpPostTest {
    HttpPostTest {
        url: Secret::new("http://receiver/"),
        headers: BTreeMap::new(),
    }
}

#[tokio::test]
async fn a_read_is_repeated_until_it_is_answered() {
    for fault in passing_faults() {
        let good = recorded("02-task-read", "missing task").reply();
        let server = Server::scripted(vec![fault.clone(), fault, good]).await;
        assert_eq!(client(&server).tasks().get("nope").await.unwrap(), None);
        assert_eq!(server.lines(), ["GET /kapacitor/v1/tasks/nope"; 3]);
    }
}

#[tokio::test]
async fn a_read_is_repeated_as_often_as_is_set() {
    for max_retries in [0, 2] {
        let server = Server::with(|_, _| busy(503)).await;
        let client = Client::new(ClientConfig {
            max_retries,
            ..config(&server)
        })
        .unwrap();
        let error = client.tasks().get("cpu").await.unwrap_err();
        assert_eq!(error.status(), Some(503));
        assert_eq!(server.lines().len(), 1 + usize::try_from(max_retries).unwrap());
    }
}

#[tokio::test]
async fn a_refusal_is_not_repeated() {
    for status in [400, 401, 403, 404, 500] {
        let server = Server::with(move |_, _| Reply::json(status, &json!({"error": "no", "message": "no"}))).await;
        assert!(client(&server).httppost().list().await.is_err());
        assert_eq!(server.lines().len(), 1, "{status}");
    }
}

#[tokio::test]
async fn a_request_that_ran_into_its_timeout_is_not_repeated() {
    let server = Server::with(|_, _| Reply::Silence).await;
    let config = ClientConfig {
        timeout: Duration::from_millis(50),
        ..config(&server)
    };
    let mut writes = Client::new(config).unwrap().writes().await.unwrap();
    let error = writes
        .update_task("cpu", &UpdateTask::status(Status::Enabled))
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::TimedOut { .. }));
    // The ping tells a server that is down from one that stops a task.
    assert_eq!(
        server.lines(),
        ["PATCH /kapacitor/v1/tasks/cpu", "GET /kapacitor/v1/ping"]
    );
}

#[tokio::test]
async fn writes_that_may_be_repeated_are() {
    for fault in passing_faults() {
        let answer = recorded("02-task-rename", "rename it back").reply();
        let done = Reply::no_content();
        let script = [answer, done.clone(), done.clone(), done];
        let server = Server::scripted(script.into_iter().flat_map(|good| [fault.clone(), good]).collect()).await;
        let mut writes = client(&server).writes().await.unwrap();
        writes
            .update_task("x", &UpdateTask::status(Status::Disabled))
            .await
            .unwrap();
        writes.delete_task("x").await.unwrap();
        writes
            .set_endpoint("e", &EndpointOptions::default(), &[])
            .await
            .unwrap();
        writes.remove_endpoint("e").await.unwrap();
        let lines = server.lines();
        assert_eq!(lines.len(), 8);
        assert!(lines.chunks(2).all(|pair| pair[0] == pair[1]), "{lines:?}");
    }
}

#[tokio::test]
async fn writes_that_would_do_harm_twice_are_sent_once() {
    for fault in [Reply::Drop, Reply::CutShort, busy(502), busy(503), busy(504)] {
        let server = Server::with(move |_, _| fault.clone()).await;
        let client = client(&server);
        assert!(client
            .writes()
            .await
            .unwrap()
            .add_endpoint("e", &EndpointOptions::default())
            .await
            .is_err());
        assert!(client.service_tests().httppost(&test_alert()).await.is_err());
        let expected = [
            "POST /kapacitor/v1/config/httppost",
            "POST /kapacitor/v1/service-tests/httppost",
        ];
        assert_eq!(server.lines(), expected);
    }
}

#[tokio::test]
async fn too_many_requests_had_no_effect_so_every_write_is_repeated() {
    let server = Server::scripted(vec![busy(429), Reply::no_content()]).await;
    client(&server)
        .writes()
        .await
        .unwrap()
        .add_endpoint("e", &EndpointOptions::default())
        .await
        .unwrap();
    assert_eq!(server.lines().len(), 2);
}

#[tokio::test]
async fn nobody_listening_is_told_after_the_last_try_of_a_write_that_does_not_bear_repetition_too() {
    let config = impatient(ClientConfig::direct(nobody().await, KapacitorAuth::None));
    let error = Client::new(config)
        .unwrap()
        .service_tests()
        .httppost(&test_alert())
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Connect { .. }) && !error.may_have_acted());
}

/// Kapacitor's answer to a second POST of the same task.
fn exists(id: &str) -> Reply {
    let message = format!("task {id} already exists");
    Reply::json(400, &json!({"error": message, "message": message}))
}

fn stored(script: &str) -> Reply {
    Reply::json(
        200,
        &json!({"id": "cpu", "type": "stream", "dbrps": [{"db": "telegraf", "rp": "autogen"}], "script": script,
                "status": "disabled", "executing": false, "error": ""}),
    )
}

#[tokio::test]
async fn a_task_whose_creation_was_answered_by_silence_is_recognised() {
    let server = Server::scripted(vec![
        Reply::Drop,
        exists("cpu"),
        stored("stream|from()"),
        stored("formatted"),
    ])
    .await;
    let sent = task("cpu", "stream|from()", Status::Disabled);
    let created = client(&server)
        .writes()
        .await
        .unwrap()
        .create_task(&sent)
        .await
        .unwrap();
    assert_eq!(created.script, "formatted");
    let reads = [
        "GET /kapacitor/v1/tasks/cpu?script-format=raw",
        "GET /kapacitor/v1/tasks/cpu",
    ];
    assert_eq!(server.lines()[2..], reads);
}

#[tokio::test]
async fn a_task_that_was_there_before_is_no_success() {
    let sent = task("cpu", "stream|from()", Status::Disabled);

    let server = Server::scripted(vec![exists("cpu")]).await;
    let error = client(&server)
        .writes()
        .await
        .unwrap()
        .create_task(&sent)
        .await
        .unwrap_err();
    assert_eq!(error.kapacitor_message(), Some("task cpu already exists"));

    let server = Server::scripted(vec![busy(429), exists("cpu")]).await;
    assert!(client(&server)
        .writes()
        .await
        .unwrap()
        .create_task(&sent)
        .await
        .is_err());

    let server = Server::scripted(vec![Reply::Drop, exists("cpu"), stored("another script")]).await;
    let error = client(&server)
        .writes()
        .await
        .unwrap()
        .create_task(&sent)
        .await
        .unwrap_err();
    assert_eq!(error.kapacitor_message(), Some("task cpu already exists"));
}
