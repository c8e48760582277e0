//! Writes, with the answers that were recorded.

use std::collections::BTreeMap;

use serde_json::json;

use crate::kapacitor::models::{
    BasicAuth, CreateTask, Dbrp, EndpointOption, EndpointOptions, HttpPostTest, Origin, Status, TaskType, UpdateTask,
    Vars,
};
use crate::kapacitor::tests::client;
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::{Reply, Server};
use crate::kapacitor::Secret;
use crate::provider::remedy::remedy;

pub(crate) fn task(id: &str, script: &str, status: Status) -> CreateTask {
    CreateTask {
        id: id.to_owned(),
        task_type: TaskType::Stream,
        dbrps: vec![Dbrp {
            db: "telegraf".to_owned(),
            rp: "autogen".to_owned(),
        }],
        script: script.to_owned(),
        template_id: String::new(),
        vars: Vars::new(),
        status,
        secrets: vec![],
    }
}

#[tokio::test]
async fn a_task_is_created_as_it_was_recorded() {
    let recording = recorded("02-task-list", "set-up: b");
    let server = Server::scripted(vec![recording.reply()]).await;
    let sent = task(
        "b",
        "stream\n    |from()\n        .measurement('cpu')\n",
        Status::Disabled,
    );
    let created = client(&server)
        .writes()
        .await
        .unwrap()
        .create_task(&sent)
        .await
        .unwrap();
    assert_eq!((created.id, created.status), (sent.id, sent.status));
    assert_eq!(server.lines(), ["POST /kapacitor/v1/tasks"]);
    assert_eq!(server.seen()[0].json(), *recording.request_body());
    assert_eq!(server.seen()[0].headers["content-type"], "application/json");
}

#[tokio::test]
async fn a_change_sends_only_what_changes() {
    let answer = recorded("02-task-rename", "rename it back").reply();
    let server = Server::scripted(vec![answer; 2]).await;
    let mut writes = client(&server).writes().await.unwrap();
    let change = UpdateTask {
        script: Some("stream".to_owned()),
        ..UpdateTask::status(Status::Disabled)
    };
    writes.update_task("a b/c", &change).await.unwrap();
    writes
        .update_task("x", &UpdateTask::status(Status::Enabled))
        .await
        .unwrap();
    assert_eq!(
        server.lines(),
        ["PATCH /kapacitor/v1/tasks/a%20b%2Fc", "PATCH /kapacitor/v1/tasks/x"]
    );
    assert_eq!(
        server.seen()[0].json(),
        json!({"script": "stream", "status": "disabled"})
    );
    assert_eq!(server.seen()[1].json(), json!({"status": "enabled"}));
}

#[tokio::test]
async fn a_task_is_deleted_whether_it_is_there_or_not() {
    let steps = ["delete", "delete one that never was"];
    let server = Server::scripted(steps.map(|step| recorded("02-task-delete", step).reply()).to_vec()).await;
    let mut writes = client(&server).writes().await.unwrap();
    writes.delete_task("r").await.unwrap();
    writes.delete_task("never").await.unwrap();
    assert_eq!(
        server.lines(),
        ["DELETE /kapacitor/v1/tasks/r", "DELETE /kapacitor/v1/tasks/never"]
    );
}

#[tokio::test]
async fn a_page_that_answers_200_to_everything_is_not_taken_for_success() {
    let page = Reply::with_headers(
        200,
        &[("Content-Type", "text/html")],
        "<html><title>Chronograf</title></html>",
    );
    let server = Server::scripted(vec![page]).await;
    let error = client(&server)
        .writes()
        .await
        .unwrap()
        .delete_task("r")
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("HTML page") && error.to_string().contains("Chronograf"),
        "{error}"
    );
}

#[tokio::test]
async fn options_of_an_endpoint_are_set_and_reset_in_one_request() {
    let server = Server::scripted(vec![recorded("03-config-set", "set and delete together").reply()]).await;
    let options = EndpointOptions {
        url: Some(Secret::new("http://receiver/both")),
        headers: Some(BTreeMap::from([("X-A".to_owned(), Secret::new("1"))])),
        basic_auth: Some(BasicAuth {
            username: "u".to_owned(),
            password: Secret::new("p"),
        }),
        ..EndpointOptions::default()
    };
    let mut writes = client(&server).writes().await.unwrap();
    writes
        .set_endpoint("squadcast", &options, &[EndpointOption::AlertTemplate])
        .await
        .unwrap();
    assert_eq!(server.lines(), ["POST /kapacitor/v1/config/httppost/squadcast"]);
    let set = json!({"url": "http://receiver/both", "headers": {"X-A": "1"}, "basic-auth": {"username": "u", "password": "p"}});
    assert_eq!(
        server.seen()[0].json(),
        json!({"set": set, "delete": ["alert-template"]})
    );
}

#[tokio::test]
async fn endpoints_are_added_and_removed_at_the_section() {
    let added = recorded("03-config-remove", "add");
    let removed = recorded("03-config-remove", "remove");
    let server = Server::scripted(vec![added.reply(), removed.reply()]).await;
    let mut writes = client(&server).writes().await.unwrap();
    let options = EndpointOptions {
        url: Some(Secret::new("http://<receiver>/added")),
        ..EndpointOptions::default()
    };
    writes.add_endpoint("added", &options).await.unwrap();
    writes.remove_endpoint("added").await.unwrap();
    assert_eq!(server.lines(), ["POST /kapacitor/v1/config/httppost"; 2]);
    assert_eq!(server.seen()[0].json(), *added.request_body());
    assert_eq!(server.seen()[1].json(), *removed.request_body());
}

#[tokio::test]
async fn no_write_goes_to_an_endpoint_without_a_name() {
    let server = Server::scripted(vec![]).await;
    let mut writes = client(&server).writes().await.unwrap();
    let options = EndpointOptions::default();
    assert!(writes.set_endpoint("", &options, &[]).await.is_err());
    assert!(writes.remove_endpoint("").await.is_err());
    assert!(writes.add_endpoint("", &options).await.is_err());
    assert!(writes.endpoint_origin("").await.is_err());
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn the_origin_of_an_endpoint_is_told_by_how_its_name_is_taken() {
    let cases = [
        (
            "squadcast",
            Origin::Declared,
            "set the key of a declared element to its own name: 400, so it comes from kapacitor.conf",
        ),
        (
            "added",
            Origin::Added,
            "set the key of an added element to its own name: 204, so it comes from the API",
        ),
        ("nope", Origin::Missing, "the same for one that does not exist"),
    ];
    for (name, origin, step) in cases {
        let recording = recorded("03-config-origin-probe", step);
        let server = Server::scripted(vec![recording.reply()]).await;
        let told = client(&server)
            .writes()
            .await
            .unwrap()
            .endpoint_origin(name)
            .await
            .unwrap();
        assert_eq!(told, origin);
        assert_eq!(server.lines(), [format!("POST {}", recording.path())]);
        assert_eq!(server.seen()[0].json(), *recording.request_body());
    }
}

#[tokio::test]
async fn the_origin_stays_unknown_where_kapacitor_says_something_else() {
    let server = Server::scripted(vec![recorded("03-config-disabled", "set").reply()]).await;
    let error = client(&server)
        .writes()
        .await
        .unwrap()
        .endpoint_origin("squadcast")
        .await
        .unwrap_err();
    assert_eq!(error.status(), Some(403));
    assert!(remedy(&error).unwrap().contains("[config-override]"));
}

#[tokio::test]
async fn a_service_test_tells_kapacitors_words_without_the_url() {
    let steps = ["test a url that works", "connection refused: 200 with success false"];
    let server = Server::scripted(steps.map(|step| recorded("04-service-tests", step).reply()).to_vec()).await;
    let tests = client(&server).service_tests();
    let test = HttpPostTest {
        url: Secret::new("http://127.0.0.1:1/"),
        headers: BTreeMap::new(),
    };
    assert!(tests.httppost(&test).await.unwrap().success);
    let outcome = tests.httppost(&test).await.unwrap();
    assert!(
        !outcome.success && outcome.message.contains("connection refused"),
        "{}",
        outcome.message
    );
    assert!(!outcome.message.contains("http://127.0.0.1:1"), "{}", outcome.message);
    assert_eq!(server.seen()[0].json(), json!({"url": "http://127.0.0.1:1/"}));
}
