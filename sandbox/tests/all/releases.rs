//! Older releases refuse what they do not know, and every server says who it is.

use crate::support::{alert, body, Bench};
use sandbox::{KapacitorConf, Options};
use serde_json::json;

async fn of_version(version: &str) -> Bench {
    let version = version.to_owned();
    Bench::start(Options {
        version,
        ..Options::default()
    })
    .await
}

/// Creates a disabled task and returns what a refusal says.
async fn refusal(bench: &Bench, id: &str, script: &str) -> Option<String> {
    let dbrps = json!([{ "db": "telegraf", "rp": "autogen" }]);
    let task = json!({ "id": id, "dbrps": dbrps, "script": script });
    let answer = body(bench.send("POST", "/tasks", &task).await).await;
    answer["error"]
        .as_str()
        .filter(|error| !error.is_empty())
        .map(str::to_owned)
}

#[tokio::test]
async fn the_field_template_id_is_unknown_before_1_6_2_once_there_is_a_task() {
    for (version, known) in [("1.5.9", false), ("1.6.1", false), ("1.6.2", true), ("1.8.3", true)] {
        let bench = of_version(version).await;
        let list = "/tasks?fields=status&fields=template-id";
        assert_eq!(bench.send("GET", list, &json!(null)).await.status(), 200, "{version}");
        bench.create("t", &alert(""), "disabled").await;
        let answer = bench.send("GET", list, &json!(null)).await;
        assert_eq!(answer.headers()["x-kapacitor-version"], version);
        let error = body(answer).await["error"].clone();
        let expected = json!("unsupported field \"template-id\"");
        assert_eq!(error == expected, !known, "{version}: {error}");
        assert_eq!(bench.get("/tasks/t").await["template-id"], "", "the task itself has it");
        assert_eq!(bench.send("GET", "/tasks", &json!(null)).await.status(), 200);
    }
}

#[tokio::test]
async fn handlers_are_unknown_before_their_release() {
    let cases = [
        ("teams", "1.5.5", "1.5.6"),
        ("serviceNow", "1.5.6", "1.5.7"),
        ("bigPanda", "1.5.7", "1.5.8"),
        ("zenoss", "1.5.9", "1.6.0"),
    ];
    for (handler, before, since) in cases {
        let script = alert(&format!(".{handler}()"));
        let refused = refusal(&of_version(before).await, "t", &script).await;
        let expected = format!("no method or property \"{handler}\" on *pipeline.AlertNode");
        assert!(
            refused.as_ref().is_some_and(|error| error.ends_with(&expected)),
            "{refused:?}"
        );
        assert_eq!(refusal(&of_version(since).await, "t", &script).await, None);
    }
}

#[tokio::test]
async fn a_server_keeps_its_id_and_no_two_have_the_same() {
    let (one, other) = (of_version("1.8.3").await, of_version("1.8.3").await);
    let id = one.get("/debug/vars").await["server_id"].clone();
    assert_eq!(id.as_str().map(str::len), Some(36));
    one.sandbox.restart(KapacitorConf::default()).await.expect("a restart");
    let again = one.get("/debug/vars").await;
    assert_eq!(again["server_id"], id);
    assert_eq!(
        (&again["product"], &again["version"]),
        (&json!("kapacitor"), &json!("1.8.3"))
    );
    assert_ne!(other.get("/debug/vars").await["server_id"], id);
}
