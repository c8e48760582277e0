//! A stop waits for a webhook that hangs, and everybody who wants to see a task waits for the stop. It ends by itself.

use crate::support::{alert, ask, Bench};
use reqwest::StatusCode;
use sandbox::{Hold, Options, Outcome, Post, SeenRequest};
use serde_json::{json, Value};

/// The id of the rule whose webhook hangs.
const RULE: &str = "/tasks/w";

fn script(bench: &Bench, message: &str) -> String {
    let receiver = bench.sandbox.receiver_url();
    alert(&format!(".message('{message}').post('{receiver}/slow/hook')"))
}

/// A rule whose webhook hangs, and four posts on their way to it.
async fn firing() -> (Bench, Hold) {
    let bench = Bench::start(Options::default()).await;
    let hold = bench.sandbox.receiver().hold("/slow/*");
    bench.create("w", &script(&bench, "old"), "enabled").await;
    bench
        .create("other", &alert(".post().endpoint('squadcast')"), "enabled")
        .await;
    let lines = ["a", "b", "c", "d"].map(|host| format!("cpu,host={host} value=95 1000000000"));
    bench.write(&lines.join("\n")).await;
    bench
        .sandbox
        .receiver()
        .wait_for(is_slow)
        .await
        .expect("the first post");
    (bench, hold)
}

fn is_slow(post: &Post) -> bool {
    post.path == "/slow/hook"
}

/// Waits until as many requests wait for the stop.
async fn until_waiting(bench: &Bench, count: usize) -> Vec<SeenRequest> {
    let waits = |seen: &&SeenRequest| seen.outcome == Outcome::Waiting;
    bench
        .sandbox
        .wait_for_requests(|seen| seen.iter().filter(waits).count() >= count)
        .await
}

#[tokio::test]
async fn reads_and_writes_of_tasks_wait_for_the_stop_while_all_else_answers() {
    let (bench, hold) = firing().await;
    let change = json!({ "script": script(&bench, "new"), "status": "disabled" });
    let disabled = json!([{ "db": "telegraf", "rp": "autogen" }]);
    let new = json!({ "id": "new", "dbrps": disabled, "script": alert(""), "status": "disabled" });
    let mut waiting = vec![ask(&bench, "PATCH", RULE, &change)];
    until_waiting(&bench, 1).await;
    let requests = [
        ("GET", RULE, json!(null)),
        ("GET", "/tasks?fields=id", json!(null)),
        ("PATCH", "/tasks/other", json!({ "status": "enabled" })),
        ("POST", "/tasks", new),
        ("GET", "/alerts/topics/main:other:alert2/handlers", json!(null)),
    ];
    for (method, path, body) in &requests {
        waiting.push(ask(&bench, method, path, body));
        until_waiting(&bench, waiting.len()).await;
    }
    let answered = [
        ("/ping", 204),
        ("/alerts/topics", 200),
        ("/config/httppost", 200),
        ("/templates", 200),
        ("/tasks?pattern=nope", 200),
        ("/tasks/nope", 404),
    ];
    for (path, status) in answered {
        assert_eq!(bench.send("GET", path, &json!(null)).await.status(), status, "{path}");
    }
    let seen = bench.sandbox.requests();
    let still_waiting = seen.iter().filter(|seen| seen.outcome == Outcome::Waiting).count();
    assert_eq!(still_waiting, waiting.len(), "nothing ends before the webhook answers");
    drop(hold);
    for request in waiting {
        assert_eq!(request.await.expect("an answer"), StatusCode::OK);
    }
    assert_eq!(
        bench
            .sandbox
            .receiver()
            .posts()
            .iter()
            .filter(|post| is_slow(post))
            .count(),
        4
    );
    let task = bench.get(RULE).await;
    assert_eq!(
        (&task["status"], &task["executing"]),
        (&json!("disabled"), &json!(false))
    );
    assert!(task["script"].as_str().is_some_and(|script| script.contains("'new'")));
    assert!(!bench.sandbox.is_hung());
}

#[tokio::test]
async fn the_script_and_the_status_are_stored_before_the_stop() {
    let (bench, hold) = firing().await;
    let change = json!({ "script": script(&bench, "new"), "status": "disabled" });
    let stop = ask(&bench, "PATCH", RULE, &change);
    until_waiting(&bench, 1).await;
    bench.sandbox.restart(bench.sandbox.conf()).await.expect("a restart");
    drop(hold);
    stop.await.expect_err("the connection ends with the process");
    let task: Value = bench.get(RULE).await;
    assert_eq!(task["status"], "disabled");
    assert!(task["script"].as_str().is_some_and(|script| script.contains("'new'")));
}

#[tokio::test]
async fn a_task_that_is_deleted_is_stored_until_its_stop_has_ended() {
    let (bench, hold) = firing().await;
    let delete = ask(&bench, "DELETE", RULE, &json!(null));
    until_waiting(&bench, 1).await;
    let read = ask(&bench, "GET", RULE, &json!(null));
    until_waiting(&bench, 2).await;
    drop(hold);
    assert_eq!(delete.await.expect("an answer"), StatusCode::NO_CONTENT);
    assert_eq!(read.await.expect("an answer"), StatusCode::OK, "it was read before");
    assert_eq!(bench.send("GET", RULE, &json!(null)).await.status(), 404);
    let topics = bench.get("/alerts/topics").await;
    assert_eq!(topics["topics"].as_array().map(Vec::len), Some(1), "{topics}");
}

#[tokio::test]
async fn points_that_come_meanwhile_reach_the_other_tasks_afterwards() {
    let (bench, hold) = firing().await;
    let stop = ask(&bench, "PATCH", RULE, &json!({ "status": "disabled" }));
    until_waiting(&bench, 1).await;
    bench.write("cpu,host=e value=95 1000000001").await;
    let of_e = |post: &Post| post.alert_id().as_deref() == Some("cpu:host=e");
    assert!(!bench.sandbox.receiver().posts().iter().any(of_e));
    drop(hold);
    assert_eq!(stop.await.expect("an answer"), StatusCode::OK);
    let post = bench.sandbox.receiver().wait_for(of_e).await.expect("the other's post");
    assert_eq!(post.path, "/from-conf");
}

#[tokio::test]
async fn a_post_that_is_given_up_lets_the_stop_end() {
    let bench = Bench::start(Options::default()).await;
    let _hold = bench.sandbox.receiver().hold("/slow/*");
    let url = format!("{}/slow/hook", bench.sandbox.receiver_url());
    bench
        .create("w", &alert(&format!(".post('{url}').timeout(10ms)")), "enabled")
        .await;
    bench
        .write("cpu,host=a value=95 1000000000\ncpu,host=b value=95 1000000000")
        .await;
    bench.patch("w", json!({ "status": "disabled" })).await;
    assert_eq!(bench.get(RULE).await["executing"], false);
}

#[tokio::test]
async fn the_deletion_of_a_handler_waits_for_its_posts_and_the_topics_for_the_deletion() {
    let (bench, hold) = firing_topic().await;
    let mut waiting = vec![ask(&bench, "DELETE", "/alerts/topics/x/handlers/h", &json!(null))];
    until_waiting(&bench, 1).await;
    for path in ["/alerts/topics", "/alerts/topics/x/events"] {
        waiting.push(ask(&bench, "GET", path, &json!(null)));
        until_waiting(&bench, waiting.len()).await;
    }
    assert_eq!(bench.send("GET", "/tasks/t", &json!(null)).await.status(), 200);
    drop(hold);
    for request in waiting {
        assert!(request.await.expect("an answer").is_success());
    }
}

#[tokio::test]
async fn the_deletion_of_a_topic_waits_for_its_handlers() {
    let (bench, hold) = firing_topic().await;
    let delete = ask(&bench, "DELETE", "/alerts/topics/x", &json!(null));
    until_waiting(&bench, 1).await;
    for path in ["/tasks/t", "/alerts/topics"] {
        assert_eq!(bench.send("GET", path, &json!(null)).await.status(), 200);
    }
    drop(hold);
    assert_eq!(delete.await.expect("an answer"), StatusCode::NO_CONTENT);
}

/// A topic with a handler of the API whose webhook hangs, and a post on its way to it.
async fn firing_topic() -> (Bench, Hold) {
    let bench = Bench::start(Options::default()).await;
    let hold = bench.sandbox.receiver().hold("/slow/*");
    let url = format!("{}/slow/hook", bench.sandbox.receiver_url());
    let handler = json!({ "id": "h", "kind": "post", "options": { "url": url } });
    assert_eq!(
        bench.send("POST", "/alerts/topics/x/handlers", &handler).await.status(),
        200
    );
    bench.create("t", &alert(".topic('x')"), "enabled").await;
    bench.write("cpu,host=a value=95 1000000000").await;
    bench.sandbox.receiver().wait_for(is_slow).await.expect("the post");
    (bench, hold)
}
