//! What clients see of ordered faults.

use crate::support::Bench;
use sandbox::{Fault, Kind, Options, Outcome};
use serde_json::json;
use std::time::Duration;

const SCRIPT: &str = "stream|from().measurement('cpu')";

async fn create(bench: &Bench) -> Result<reqwest::Response, reqwest::Error> {
    let dbrps = json!([{ "db": "telegraf", "rp": "autogen" }]);
    let task = json!({ "id": "t", "dbrps": dbrps, "script": SCRIPT }).to_string();
    bench.client.post(bench.url("/tasks")).body(task).send().await
}

async fn exists(bench: &Bench) -> bool {
    bench.get("/tasks/t").await.get("id").is_some()
}

#[tokio::test]
async fn a_dropped_request_acts_or_not_as_ordered() {
    for acted in [false, true] {
        let bench = Bench::start(Options::default()).await;
        bench
            .sandbox
            .faults()
            .add(Fault::new(Kind::Drop { acted }).on("POST", "*/tasks").times(1));
        assert!(create(&bench).await.is_err());
        assert_eq!(exists(&bench).await, acted);
        assert_eq!(bench.sandbox.requests()[0].outcome, Outcome::Dropped);
    }
}

#[tokio::test]
async fn a_hanging_request_is_seen_and_acts_as_ordered() {
    for acted in [false, true] {
        let bench = Bench::start(Options::default()).await;
        bench
            .sandbox
            .faults()
            .add(Fault::new(Kind::Hang { acted }).on("POST", "*/tasks").times(1));
        tokio::select! {
            answer = create(&bench) => panic!("{answer:?}"),
            _ = bench.sandbox.wait_for_requests(|seen| seen.iter().any(|one| one.outcome == Outcome::Hanging)) => {}
        }
        assert_eq!(exists(&bench).await, acted);
    }
}

#[tokio::test]
async fn other_answers_come_after_the_requests_that_pass() {
    let bench = Bench::start(Options::default()).await;
    let retry_after = Kind::Answer {
        status: 429,
        headers: vec![("Retry-After".to_owned(), "1".to_owned())],
        body: String::new(),
        acted: false,
    };
    bench.sandbox.faults().add(Fault::new(retry_after).after(1).times(1));
    bench
        .sandbox
        .faults()
        .add(Fault::new(Kind::html(502)).after(2).times(1));
    assert_eq!(create(&bench).await.unwrap().status(), 200);
    let refused = bench.client.get(bench.url("/ping")).send().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), refused.headers()["retry-after"].as_bytes()),
        (429, b"1".as_slice())
    );
    let html = bench.client.get(bench.url("/ping")).send().await.unwrap();
    assert_eq!(html.status(), 502);
    assert!(html.text().await.unwrap().starts_with("<html>"));
    assert!(exists(&bench).await);
}

#[tokio::test]
async fn a_truncated_answer_breaks_in_the_middle_of_its_body() {
    let bench = Bench::start(Options::default()).await;
    bench
        .sandbox
        .faults()
        .add(Fault::new(Kind::Truncate).on("POST", "*/tasks").times(1));
    let answer = create(&bench).await.expect("the head of an answer");
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.is_err());
    assert!(exists(&bench).await);
}

#[tokio::test]
async fn a_refusing_port_opens_again_with_the_same_number() {
    let bench = Bench::start(Options::default()).await;
    bench
        .sandbox
        .faults()
        .add(Fault::new(Kind::Refuse).on("POST", "*/tasks"));
    assert_eq!(bench.client.get(bench.url("/ping")).send().await.unwrap().status(), 204);
    assert!(create(&bench).await.is_err());
    for _ in 0..3 {
        assert!(bench
            .client
            .get(bench.url("/ping"))
            .send()
            .await
            .unwrap_err()
            .is_connect());
        bench.sandbox.faults().clear();
        assert_eq!(bench.client.get(bench.url("/ping")).send().await.unwrap().status(), 204);
        bench.sandbox.faults().add(Fault::new(Kind::Refuse));
    }
}

#[tokio::test]
async fn a_slow_answer_outlasts_an_impatient_client() {
    let bench = Bench::start(Options::default()).await;
    bench
        .sandbox
        .faults()
        .add(Fault::new(Kind::slow(Duration::from_secs(3600))).times(1));
    let impatient = bench
        .client
        .get(bench.url("/ping"))
        .timeout(Duration::from_millis(100))
        .send()
        .await;
    assert!(impatient.unwrap_err().is_timeout());
}
