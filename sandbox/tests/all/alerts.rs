//! Alerts of Chronograf's rules, from the point to the receiver.

use crate::support::{alert, Bench};
use sandbox::{KapacitorConf, Options};
use serde_json::{json, Value};

/// A script that Chronograf stored, from the recorded rules: the first whose rule the condition accepts.
fn chronograf_script(condition: impl Fn(&Value) -> bool) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/contract/rules/systematic.jsonl");
    let lines = std::fs::read_to_string(path).expect("the recorded rules");
    let cases = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a case"));
    let found = cases
        .filter(|case| condition(&case["rule"]))
        .find_map(|case| Some(case["tickscript"].as_str()?.to_owned()));
    found.expect("such a rule")
}

#[tokio::test]
async fn every_script_that_chronograf_stores_starts_and_prints_as_it_is() {
    // Kapacitor knew this Kafka when the rules were recorded.
    let conf = KapacitorConf {
        kafka_clusters: vec!["c".to_owned()],
        ..KapacitorConf::default()
    };
    let bench = Bench::start(Options {
        conf,
        ..Options::default()
    })
    .await;
    let mut scripts = 0;
    for file in ["systematic", "random"] {
        let path = format!("{}/../tests/contract/rules/{file}.jsonl", env!("CARGO_MANIFEST_DIR"));
        let lines = std::fs::read_to_string(path).expect("the recorded rules");
        for line in lines.lines() {
            let case: Value = serde_json::from_str(line).expect("a case");
            let Some(script) = case["tickscript"].as_str() else {
                continue;
            };
            let id = format!("rule-{scripts}");
            bench.create(&id, script, "enabled").await;
            let task = bench.get(&format!("/tasks/{id}")).await;
            assert_eq!(task["script"], script);
            assert_eq!((&task["executing"], &task["error"]), (&json!(true), &json!("")));
            scripts += 1;
        }
    }
    assert!(scripts > 300, "{scripts}");
}

/// The script with a handler that posts to the declared endpoint.
fn with_post(script: &str, url: &str) -> String {
    let handler =
        format!("        .durationField(durationField)\n        .post('{url}')\n        .endpoint('squadcast')\n");
    assert!(script.contains("        .durationField(durationField)\n"));
    script.replacen("        .durationField(durationField)\n", &handler, 1)
}

fn threshold(operator: &str) -> String {
    chronograf_script(|rule| {
        rule["trigger"] == "threshold"
            && rule["every"] == ""
            && rule["values"]["operator"] == operator
            && rule["values"]["value"] == "90"
            && rule["query"]["groupBy"]["tags"].as_array().is_some_and(Vec::is_empty)
    })
}

#[tokio::test]
async fn a_threshold_rule_opens_and_resolves_through_the_declared_endpoint() {
    let bench = Bench::start(Options::default()).await;
    let url = format!("{}/inline", bench.sandbox.receiver_url());
    bench
        .create("cpu", &with_post(&threshold("greater than"), &url), "enabled")
        .await;
    bench
        .write("cpu usage_idle=95 1000000000\ncpu usage_idle=50 1000000001\nother usage_idle=99 1000000002")
        .await;
    assert_eq!(bench.levels().await, ["CRITICAL", "OK"]);
    let posts = bench.sandbox.receiver().posts();
    assert!(posts.iter().all(|post| post.path == "/from-conf"));
    let opened = posts[0].json().unwrap();
    assert_eq!(opened["id"], "CPU high");
    assert_eq!(opened["data"]["series"][0]["columns"], json!(["time", "value"]));
    assert_eq!(posts[1].json().unwrap()["previousLevel"], "CRITICAL");
}

#[tokio::test]
async fn the_state_outlives_disabling_and_a_restart_but_not_deletion() {
    let bench = Bench::start(Options::default()).await;
    let script = alert(".stateChangesOnly().post().endpoint('squadcast')");
    bench.create("t", &script, "enabled").await;
    bench.write("cpu,host=a value=95 1000000000").await;
    assert_eq!(bench.get("/alerts/topics/main:t:alert2").await["level"], "CRITICAL");
    bench.patch("t", json!({ "status": "disabled" })).await;
    assert!(bench.get("/alerts/topics/main:t:alert2").await["error"].is_string());
    bench.patch("t", json!({ "status": "enabled" })).await;
    bench.sandbox.restart(KapacitorConf::default()).await.unwrap();
    bench.write("cpu,host=a value=5 1000000001").await;
    assert_eq!(bench.levels().await, ["CRITICAL", "OK"]);

    bench.write("cpu,host=a value=95 1000000002").await;
    assert_eq!(bench.send("DELETE", "/tasks/t", &json!(null)).await.status(), 204);
    bench.create("t", &script, "enabled").await;
    bench.write("cpu,host=a value=5 1000000003").await;
    assert_eq!(
        bench.levels().await,
        ["CRITICAL", "OK", "CRITICAL"],
        "the recovery is lost with the task"
    );
}

/// As Chronograf's rules have it: `var crit = 90`, and somebody sets the task's variable.
#[tokio::test]
async fn a_variable_of_the_task_beats_that_of_the_script_once_the_task_starts_again() {
    let bench = Bench::start(Options::default()).await;
    let script = format!("var crit = 90\n{}", alert(".post().endpoint('squadcast')")).replace("> 90", "> crit");
    bench.create("t", &script, "enabled").await;
    let vars = json!({ "crit": { "type": "int", "value": 50 } });
    bench.patch("t", json!({ "vars": vars })).await;
    assert_eq!(bench.get("/tasks/t").await["vars"]["crit"]["value"], 50);
    bench.write("cpu,host=a value=60 1000000000").await;
    assert!(bench.levels().await.is_empty(), "the task runs on as it was started");
    bench.patch("t", json!({ "status": "disabled" })).await;
    bench.patch("t", json!({ "status": "enabled" })).await;
    bench.write("cpu,host=a value=60 1000000001").await;
    assert_eq!(bench.levels().await, ["CRITICAL"]);
    bench.patch("t", json!({ "vars": {} })).await;
    assert_eq!(
        bench.get("/tasks/t").await["vars"]["crit"]["value"],
        50,
        "nothing empties them"
    );
}

#[tokio::test]
async fn groups_have_states_of_their_own() {
    let bench = Bench::start(Options::default()).await;
    bench
        .create(
            "t",
            &alert(".stateChangesOnly().post().endpoint('squadcast')"),
            "enabled",
        )
        .await;
    bench
        .write("cpu,host=a value=95 1000000000\ncpu,host=b value=1 1000000000\ncpu,host=a value=96 1000000001")
        .await;
    bench
        .write("cpu,host=b value=95 1000000002\ncpu,host=a value=5 1000000003")
        .await;
    bench.sandbox.settle().await;
    let posts = bench.sandbox.receiver().posts();
    let seen: Vec<_> = posts
        .iter()
        .map(|post| (post.alert_id().unwrap(), post.level().unwrap()))
        .collect();
    let expected = [
        ("cpu:host=a", "CRITICAL"),
        ("cpu:host=b", "CRITICAL"),
        ("cpu:host=a", "OK"),
    ];
    assert_eq!(seen, expected.map(|(id, level)| (id.to_owned(), level)));
}

#[tokio::test]
async fn no_recoveries_holds_back_the_ok() {
    let bench = Bench::start(Options::default()).await;
    bench
        .create("t", &alert(".noRecoveries().post().endpoint('squadcast')"), "enabled")
        .await;
    bench
        .write("cpu,host=a value=95 1000000000\ncpu,host=a value=5 1000000001")
        .await;
    assert_eq!(bench.levels().await, ["CRITICAL"]);
    assert_eq!(
        bench.sandbox.receiver().posts()[0].json().unwrap()["recoverable"],
        false
    );
}

#[tokio::test]
async fn points_of_other_databases_and_lambdas_without_their_field_fire_nothing() {
    let bench = Bench::start(Options::default()).await;
    bench
        .create("t", &alert(".post().endpoint('squadcast')"), "enabled")
        .await;
    let other = bench.url("/write?db=other&rp=autogen&precision=s");
    bench
        .client
        .post(other)
        .body("cpu,host=a value=95 1000000000")
        .send()
        .await
        .unwrap();
    bench.write("cpu,host=a nope=95 1000000001").await;
    assert!(bench.levels().await.is_empty());
}

#[tokio::test]
async fn aggregates_fire_when_a_later_point_closes_their_window() {
    let bench = Bench::start(Options::default()).await;
    let script = "stream|from().measurement('cpu')|window().period(10s).every(10s).align()|mean('value').as('value')\
        |alert().crit(lambda: \"value\" > 90).details('').post().endpoint('squadcast')";
    bench.create("t", script, "enabled").await;
    bench.write("cpu value=80 1000000001\ncpu value=110 1000000002").await;
    assert!(bench.levels().await.is_empty());
    bench.write("cpu value=1 1000000011").await;
    assert_eq!(bench.levels().await, ["CRITICAL"]);
    let values = bench.sandbox.receiver().posts()[0].json().unwrap()["data"]["series"][0]["values"].clone();
    assert_eq!(values, json!([["2001-09-09T01:46:50Z", 95]]));
}

#[tokio::test]
async fn a_relative_rule_compares_with_the_past() {
    let bench = Bench::start(Options::default()).await;
    let script = "var data = stream|from().measurement('cpu')|eval(lambda: \"value\").as('value')\n\
        var past = data|shift(10s)\nvar current = data\n\
        past|join(current).as('past', 'current')|eval(lambda: float(\"current.value\" - \"past.value\")).keep().as('value')\
        |alert().crit(lambda: \"value\" > 5).details('').post().endpoint('squadcast')";
    bench.create("t", script, "enabled").await;
    bench
        .write("cpu value=1 1000000000\ncpu value=3 1000000010\ncpu value=30 1000000020")
        .await;
    assert_eq!(bench.levels().await, ["CRITICAL"]);
}
