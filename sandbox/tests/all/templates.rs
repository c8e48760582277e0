//! Templates, whose creation is a lock that all clients of a Kapacitor share.

use crate::support::{alert, ask, body, Bench};
use reqwest::StatusCode;
use sandbox::{Options, Outcome, SeenRequest, Step};
use serde_json::{json, Value};

/// A template that says who made it.
fn lock(holder: usize) -> Value {
    json!({ "id": "lock", "script": format!("var holder = '{holder}'\nstream|from()") })
}

#[tokio::test]
async fn of_many_that_create_one_id_at_the_same_time_one_succeeds() {
    let bench = Bench::start(Options::default()).await;
    let hold = bench.sandbox.hold_at(Step::Store);
    let clients: Vec<_> = (0..20)
        .map(|holder| ask(&bench, "POST", "/templates", &lock(holder)))
        .collect();
    let waits = |seen: &&SeenRequest| seen.outcome == Outcome::Waiting;
    bench
        .sandbox
        .wait_for_requests(|seen| seen.iter().filter(waits).count() == 20)
        .await;
    drop(hold);
    let mut statuses = Vec::new();
    for client in clients {
        statuses.push(client.await.expect("an answer"));
    }
    let succeeded = statuses.iter().filter(|status| **status == StatusCode::OK).count();
    assert_eq!(succeeded, 1, "{statuses:?}");
    let late = bench.send("POST", "/templates", &lock(20)).await;
    assert_eq!(late.status(), 400);
    assert_eq!(body(late).await["error"], "template lock already exists");
    let winner = statuses.iter().position(|status| *status == StatusCode::OK);
    let held = bench.get("/templates/lock").await;
    assert_eq!(
        held["vars"]["holder"]["value"],
        json!(winner.expect("a winner").to_string())
    );
    assert_eq!(
        bench.send("DELETE", "/templates/lock", &json!(null)).await.status(),
        204
    );
    assert_eq!(bench.send("POST", "/templates", &lock(0)).await.status(), 200);
}

#[tokio::test]
async fn a_template_tells_its_age_by_the_clock_of_the_server() {
    let bench = Bench::start(Options::default()).await;
    assert_eq!(bench.send("POST", "/templates", &lock(0)).await.status(), 200);
    let created = bench.get("/templates/lock").await["modified"].clone();
    let change = json!({ "script": "var holder = 'me'\nstream|from()" });
    assert_eq!(bench.send("PATCH", "/templates/lock", &change).await.status(), 200);
    let list = bench
        .send("GET", "/templates?fields=modified&pattern=lock", &json!(null))
        .await;
    let date = list
        .headers()
        .get("date")
        .expect("a Date")
        .to_str()
        .expect("text")
        .to_owned();
    assert!(date.ends_with(" GMT"), "{date}");
    let listed = body(list).await["templates"][0].clone();
    assert!(
        listed["modified"].as_str() > created.as_str(),
        "{listed} is younger than {created}"
    );
    assert!(listed.get("script").is_none());
}

#[tokio::test]
async fn templates_outlive_a_restart_and_so_do_their_tasks() {
    let bench = Bench::start(Options::default()).await;
    let script = format!(
        "var crit = 90\n{}",
        alert(".post().endpoint('squadcast')").replace("90", "crit")
    );
    let template = json!({ "id": "tpl", "script": script });
    assert_eq!(bench.send("POST", "/templates", &template).await.status(), 200);
    let dbrps = json!([{ "db": "telegraf", "rp": "autogen" }]);
    let vars = json!({ "crit": { "type": "int", "value": 50 } });
    let task = json!({ "id": "t", "template-id": "tpl", "dbrps": dbrps, "vars": vars, "status": "enabled" });
    assert_eq!(bench.send("POST", "/tasks", &task).await.status(), 200);
    bench.sandbox.restart(bench.sandbox.conf()).await.expect("a restart");
    assert_eq!(bench.get("/tasks/t").await["template-id"], "tpl");
    bench.write("cpu,host=a value=60 1000000000").await;
    assert_eq!(bench.levels().await, ["CRITICAL"]);
}
