//! Reads, with the answers that were recorded.

use crate::kapacitor::models::{Level, ListTasks, Status, TaskType};
use crate::kapacitor::tests::support::recording::recorded;
use crate::kapacitor::tests::support::server::{Reply, Server};
use crate::kapacitor::tests::{client, config};
use crate::kapacitor::{Client, Secret, SetupError};
use crate::kapacitor::{ErrorKind, USER_AGENT};
use serde_json::json;

#[tokio::test]
async fn ping_tells_the_version_or_that_there_is_none() {
    let server = Server::scripted(vec![Reply::no_content(), recorded("01-ping", "ping").reply()]).await;
    let client = client(&server);
    assert_eq!(client.ping().await.unwrap().as_str(), Some("1.8.3"));
    assert_eq!(client.ping().await.unwrap().as_str(), None);
    assert_eq!(server.lines(), ["GET /kapacitor/v1/ping"; 2]);
    assert_eq!(server.seen()[0].headers["user-agent"], USER_AGENT);
}

#[tokio::test]
async fn making_a_client_asks_nobody() {
    let server = Server::scripted(vec![]).await;
    let _client = Client::new(config(&server)).unwrap();
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn a_task_is_read_with_all_its_fields() {
    let recording = recorded("02-task-list", "set-up: one with vars");
    let server = Server::scripted(vec![recording.reply()]).await;
    let task = client(&server).tasks().get("v").await.unwrap().unwrap();
    assert_eq!(
        (task.id.as_str(), task.task_type, task.status),
        ("v", TaskType::Stream, Status::Disabled)
    );
    assert_eq!(
        (task.dbrps[0].db.as_str(), task.dbrps[0].rp.as_str()),
        ("telegraf", "autogen")
    );
    assert_eq!(
        task.script,
        "var m = 'cpu'\n\nstream\n    |from()\n        .measurement(m)\n"
    );
    assert_eq!(task.vars["m"]["value"], "mem");
    assert!(!task.is_running());
}

/// Kapacitor 1.5.9 and 1.6.1 refuse a whole list for a field that they do not know.
#[tokio::test]
async fn a_list_of_an_old_server_leaves_out_what_it_does_not_know_and_asks_once() {
    let refused = Reply::json(
        400,
        &serde_json::json!({ "error": "unsupported field \"template-id\"" }),
    );
    let list = serde_json::json!({ "tasks": [{
        "id": "old", "type": "stream", "dbrps": null, "script": "stream|from()", "vars": {}, "status": "enabled",
        "executing": true, "error": "",
    }] });
    let server = Server::with(move |seen, _| match seen.path.contains("fields=template-id") {
        true => refused.clone(),
        false => Reply::json(200, &list),
    })
    .await;
    let client = client(&server);
    for _ in 0..2 {
        let tasks = client.tasks().list(&ListTasks::default()).await.unwrap();
        assert_eq!((tasks[0].id.as_str(), tasks[0].template_id.as_str()), ("old", ""));
    }
    let asked: Vec<bool> = server.lines().iter().map(|line| line.contains("template-id")).collect();
    assert_eq!(asked, [true, false, false]);
}

#[tokio::test]
async fn another_refusal_of_a_list_is_an_error() {
    let refused = Reply::json(400, &serde_json::json!({ "error": "unsupported field \"script\"" }));
    let server = Server::scripted(vec![refused]).await;
    let error = client(&server).tasks().list(&ListTasks::default()).await.unwrap_err();
    assert_eq!(error.status(), Some(400));
}

#[tokio::test]
async fn a_missing_task_is_none_and_a_wrong_path_is_not() {
    let missing = recorded("02-task-read", "missing task").reply();
    let server = Server::scripted(vec![missing, recorded("01-ping", "unknown path").reply()]).await;
    let client = client(&server);
    assert_eq!(client.tasks().get("nope").await.unwrap(), None);
    let error = client.tasks().get("nope").await.unwrap_err();
    assert_eq!(error.status(), Some(404));
    assert!(!error.is_not_found());
}

#[tokio::test]
async fn a_404_of_somebody_else_does_not_make_a_task_missing() {
    let gateway = Reply::with_headers(
        404,
        &[("Content-Type", "application/json")],
        r#"{"error":"no such backend"}"#,
    );
    let server = Server::scripted(vec![gateway]).await;
    let error = client(&server).tasks().get("cpu").await.unwrap_err();
    assert_eq!((error.status(), error.kapacitor_message()), (Some(404), None));
}

#[tokio::test]
async fn ids_are_encoded_in_the_path() {
    let rename = recorded("02-task-rename", "rename it back");
    let server = Server::scripted(vec![rename.reply()]).await;
    client(&server).tasks().get("a b/c").await.unwrap();
    assert_eq!(server.seen()[0].path, rename.path());
}

#[tokio::test]
async fn an_id_that_no_path_can_carry_is_refused_without_a_request() {
    let server = Server::scripted(vec![]).await;
    for id in ["", ".", ".."] {
        let error = client(&server).tasks().get(id).await.unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Setup(SetupError::Name { .. })),
            "{error}"
        );
    }
    assert!(server.lines().is_empty());
}

#[tokio::test]
async fn a_list_asks_for_all_tasks_and_only_for_what_is_read() {
    let list = recorded("02-task-list", "list, default fields; sorted by id bytes");
    let server = Server::scripted(vec![list.reply()]).await;
    let which = ListTasks {
        pattern: Some("chronograf-v1-*".to_owned()),
        ..ListTasks::default()
    };
    let tasks = client(&server).tasks().list(&which).await.unwrap();
    assert!(tasks.windows(2).all(|pair| pair[0].id < pair[1].id) && tasks.len() > 5);
    let failed = tasks.iter().find(|task| task.id == "w").unwrap();
    assert!(failed.status == Status::Enabled && !failed.executing && !failed.is_running());

    let path = &server.seen()[0].path;
    let query = path.strip_prefix("/kapacitor/v1/tasks?").unwrap();
    assert!(
        query.starts_with("limit=-1&pattern=chronograf-v1-%2A&fields=id&fields=type"),
        "{query}"
    );
    assert!(
        !query.contains("fields=dot") && !query.contains("fields=stats"),
        "{query}"
    );
}

#[tokio::test]
async fn a_page_of_ids_is_asked_for_by_limit_and_offset() {
    let page = recorded("02-task-list", "limit and offset");
    let server = Server::scripted(vec![page.reply()]).await;
    let which = ListTasks {
        offset: 2,
        limit: Some(2),
        pattern: None,
    };
    assert_eq!(
        client(&server).tasks().list_ids(&which).await.unwrap(),
        ["b", "chronograf-v1-0001"]
    );
    assert_eq!(server.seen()[0].path, page.path());
}

#[tokio::test]
async fn endpoints_are_read_with_headers_and_without_credentials() {
    let replies = [
        "one section; elements are sorted by name, not in the order of kapacitor.conf",
        "missing element",
    ];
    let replies = replies.map(|step| recorded("03-config-read", step).reply());
    let server = Server::scripted(replies.to_vec()).await;
    let client = client(&server);
    let endpoints = client.httppost().list().await.unwrap();
    assert_eq!(
        endpoints.iter().map(|one| one.name.as_str()).collect::<Vec<_>>(),
        ["other", "squadcast"]
    );
    assert!(endpoints[0].basic_auth && endpoints[0].headers.is_empty());
    assert_eq!(endpoints[1].headers["Content-Type"], Secret::new("application/json"));
    assert_eq!(endpoints[1].url.expose(), "http://<receiver>/from-conf");
    assert_eq!(client.httppost().get("nope").await.unwrap(), None);
    assert_eq!(server.seen()[1].path, "/kapacitor/v1/config/httppost/nope");
}

/// Kapacitor's own filter by level hides alerts that are open, so it is never asked to filter.
#[tokio::test]
async fn topics_and_their_open_events_are_read_whatever_the_topics_level() {
    let topic = Reply::json(
        200,
        &json!({ "topics": [{ "id": "main:cpu:alert2", "level": "OK", "collected": 3 }] }),
    );
    let event = |id: &str, level: &str| {
        let state =
            json!({ "message": "m", "details": "", "time": "2001-09-09T01:46:40Z", "duration": "0s", "level": level });
        json!({ "id": id, "state": state })
    };
    let events = json!({ "events": [event("a", "OK"), event("b", "CRITICAL"), event("c", "INFO")] });
    let replies = vec![
        topic,
        Reply::json(200, &events),
        recorded("05-topics", "events of a missing topic").reply(),
    ];
    let server = Server::scripted(replies).await;
    let topics = client(&server).topics();
    let listed = topics.list("main:cpu:*").await.unwrap();
    assert_eq!(
        (listed[0].id.as_str(), listed[0].level, listed[0].collected),
        ("main:cpu:alert2", Level::Ok, 3)
    );
    let events = topics.open_events("main:cpu:alert2").await.unwrap().unwrap();
    let open: Vec<_> = events.iter().map(|event| event.id.as_str()).collect();
    assert_eq!(open, ["b", "c"]);
    assert_eq!(topics.open_events("top").await.unwrap(), None);
    assert_eq!(
        server.seen()[0].path,
        "/kapacitor/v1/alerts/topics?pattern=main%3Acpu%3A%2A"
    );
    assert_eq!(
        server.seen()[1].path,
        "/kapacitor/v1/alerts/topics/main%3Acpu%3Aalert2/events"
    );
}

/// Without a limit Kapacitor looks at every task that it has.
#[tokio::test]
async fn a_task_that_is_looked_up_is_asked_for_with_a_limit_of_one() {
    let server = Server::with(|_, _| Reply::json(200, &json!({ "tasks": [] }))).await;
    assert_eq!(client(&server).tasks().find("t*").await.unwrap(), None);
    let path = &server.seen()[0].path;
    assert!(
        path.starts_with("/kapacitor/v1/tasks?limit=1&pattern=t%5C%2A&"),
        "{path}"
    );
}
