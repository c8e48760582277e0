//! What becomes of a task that two clients change at the same time.

use crate::support::{alert, ask, Bench};
use reqwest::StatusCode;
use sandbox::{KapacitorConf, Options, Outcome, SeenRequest, Step};
use serde_json::json;

async fn until_waiting(bench: &Bench, count: usize) {
    let waits = |seen: &&SeenRequest| seen.outcome == Outcome::Waiting;
    bench
        .sandbox
        .wait_for_requests(|seen| seen.iter().filter(waits).count() >= count)
        .await;
}

async fn disabled_task(script: &str) -> Bench {
    let bench = Bench::start(Options::default()).await;
    bench.create("t", script, "disabled").await;
    bench
}

#[tokio::test]
async fn two_starts_at_one_time_both_succeed_and_the_alert_is_posted_twice() {
    let bench = disabled_task(&alert(".post().endpoint('squadcast')")).await;
    let hold = bench.sandbox.hold_at(Step::Store);
    let starts = [0, 1].map(|_| ask(&bench, "PATCH", "/tasks/t", &json!({ "status": "enabled" })));
    until_waiting(&bench, 2).await;
    drop(hold);
    for start in starts {
        assert_eq!(start.await.expect("an answer"), StatusCode::OK);
    }
    bench.write("cpu,host=a value=95 1000000000").await;
    assert_eq!(bench.levels().await, ["CRITICAL", "CRITICAL"]);
}

/// As each of Chronograf's rules does, this one shows its output at a path, which only one can have.
#[tokio::test]
async fn a_rule_that_was_started_twice_ends_with_its_first_alert() {
    let script = format!(
        "var trigger = {}\ntrigger|httpOut('output')",
        alert(".post().endpoint('squadcast')")
    );
    let bench = disabled_task(&script).await;
    let hold = bench.sandbox.hold_at(Step::Store);
    let starts = [0, 1].map(|_| ask(&bench, "PATCH", "/tasks/t", &json!({ "status": "enabled" })));
    until_waiting(&bench, 2).await;
    drop(hold);
    for start in starts {
        assert_eq!(start.await.expect("an answer"), StatusCode::OK);
    }
    bench.write("cpu,host=a value=5 1000000000").await;
    let task = bench.get("/tasks/t").await;
    assert_eq!(
        (&task["executing"], &task["error"]),
        (&json!(true), &json!("")),
        "nothing has fired yet"
    );
    bench.write("cpu,host=a value=95 1000000001").await;
    assert_eq!(bench.levels().await, ["CRITICAL", "CRITICAL"]);
    let task = bench.get("/tasks/t").await;
    assert_eq!(
        (&task["status"], &task["executing"]),
        (&json!("enabled"), &json!(false))
    );
    let error = "http_out3: http: multiple registrations for /kapacitor/v1/tasks/t/output";
    assert_eq!(task["error"], error);
    bench.write("cpu,host=b value=95 1000000002").await;
    assert_eq!(bench.levels().await.len(), 2, "nothing fires any more");
    bench.patch("t", json!({ "status": "disabled" })).await;
    bench.patch("t", json!({ "status": "enabled" })).await;
    bench.write("cpu,host=c value=95 1000000003").await;
    assert_eq!(bench.levels().await.len(), 2 + 3, "the handlers of both have stayed");
}

#[tokio::test]
async fn a_stop_ends_both() {
    let bench = disabled_task(&alert(".post().endpoint('squadcast')")).await;
    let hold = bench.sandbox.hold_at(Step::Store);
    let starts = [0, 1].map(|_| ask(&bench, "PATCH", "/tasks/t", &json!({ "status": "enabled" })));
    until_waiting(&bench, 2).await;
    drop(hold);
    for start in starts {
        start.await.expect("an answer");
    }
    bench.patch("t", json!({ "status": "disabled" })).await;
    bench.patch("t", json!({ "status": "enabled" })).await;
    bench.write("cpu,host=a value=95 1000000000").await;
    assert_eq!(bench.levels().await, ["CRITICAL"]);
}

#[tokio::test]
async fn a_task_that_is_deleted_while_it_starts_posts_on_until_a_restart() {
    let bench = disabled_task(&alert(".post().endpoint('squadcast')")).await;
    let hold = bench.sandbox.hold_at(Step::Start);
    let start = ask(&bench, "PATCH", "/tasks/t", &json!({ "status": "enabled" }));
    until_waiting(&bench, 1).await;
    assert_eq!(bench.send("DELETE", "/tasks/t", &json!(null)).await.status(), 204);
    drop(hold);
    assert_eq!(start.await.expect("an answer"), StatusCode::OK);
    assert!(!bench.sandbox.is_hung());
    assert_eq!(bench.send("GET", "/tasks/t", &json!(null)).await.status(), 404);
    bench.write("cpu,host=a value=95 1000000000").await;
    assert_eq!(bench.levels().await, ["CRITICAL"], "the ghost posts");
    bench
        .sandbox
        .restart(KapacitorConf::default())
        .await
        .expect("a restart");
    bench.write("cpu,host=b value=95 1000000001").await;
    assert_eq!(bench.levels().await, ["CRITICAL"], "and is gone");
}

#[tokio::test]
async fn a_task_that_is_disabled_while_it_starts_executes_all_the_same() {
    let bench = disabled_task(&alert(".post().endpoint('squadcast')")).await;
    let hold = bench.sandbox.hold_at(Step::Start);
    let start = ask(&bench, "PATCH", "/tasks/t", &json!({ "status": "enabled" }));
    until_waiting(&bench, 1).await;
    bench.patch("t", json!({ "status": "disabled" })).await;
    drop(hold);
    assert_eq!(start.await.expect("an answer"), StatusCode::OK);
    let task = bench.get("/tasks/t").await;
    assert_eq!(
        (&task["status"], &task["executing"]),
        (&json!("disabled"), &json!(true))
    );
}

#[tokio::test]
async fn a_task_that_is_deleted_before_its_change_is_stored_cannot_be_changed() {
    let bench = disabled_task(&alert(".post().endpoint('squadcast')")).await;
    let hold = bench.sandbox.hold_at(Step::Store);
    let start = ask(&bench, "PATCH", "/tasks/t", &json!({ "status": "enabled" }));
    until_waiting(&bench, 1).await;
    assert_eq!(bench.send("DELETE", "/tasks/t", &json!(null)).await.status(), 204);
    drop(hold);
    assert_eq!(start.await.expect("an answer"), StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(bench.send("GET", "/tasks/t", &json!(null)).await.status(), 404);
}

#[tokio::test]
async fn a_disabled_task_that_is_deleted_leaves_its_alerts_to_the_next_of_its_name() {
    let bench = Bench::start(Options::default()).await;
    let script = alert(".stateChangesOnly().post().endpoint('squadcast')");
    bench.create("t", &script, "enabled").await;
    bench.write("cpu,host=a value=95 1000000000").await;
    bench.patch("t", json!({ "status": "disabled" })).await;
    assert_eq!(bench.send("DELETE", "/tasks/t", &json!(null)).await.status(), 204);
    bench.create("t", &script, "enabled").await;
    bench.write("cpu,host=a value=96 1000000001").await;
    assert_eq!(bench.levels().await, ["CRITICAL"], "it has alerted already");
    bench.write("cpu,host=a value=5 1000000002").await;
    assert_eq!(bench.levels().await, ["CRITICAL", "OK"]);
}
