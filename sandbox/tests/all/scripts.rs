//! The recorded scripts, taken and printed, or refused in the same words.

use crate::support::{body, Bench};
use sandbox::Options;
use serde_json::{json, Map, Value};

/// Scripts whose error only Kapacitor's compiler can know: what it says of operands that no rule has, and how many arguments
/// the methods of nodes take that no rule uses.
const LEFT_OUT: [&str; 7] = [
    "var x = 1 + * 2\nstream|from()",
    "var x = 1 ** 2\nstream|from()",
    "var x = !1\nstream|from()",
    "var x = -'a'\nstream|from()",
    "stream|from()|influxDBOut().tag('a')",
    "stream|from()|join(1)",
    "batch|query()",
];

/// Values for the variables that a script declares without one.
fn vars(script: &str) -> Value {
    let words: Vec<&str> = script.split_whitespace().collect();
    let declared = words.windows(3).filter(|words| words[0] == "var").filter_map(|words| {
        let value = match words[2] {
            "int" | "duration" => json!(1),
            "float" => json!(1.5),
            "string" | "regex" => json!("a"),
            "bool" => json!(true),
            "lambda" => json!("TRUE"),
            "list" => json!([{ "type": "string", "value": "a" }]),
            "star" => Value::Null,
            _ => return None,
        };
        Some((words[1].to_owned(), json!({ "type": words[2], "value": value })))
    });
    Value::Object(declared.collect::<Map<String, Value>>())
}

#[tokio::test]
async fn recorded_scripts_are_taken_and_refused_as_kapacitor_does() {
    let bench = Bench::start(Options::default()).await;
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/contract/tickscript-format.jsonl");
    let lines = std::fs::read_to_string(path).expect("the recorded scripts");
    let (mut matched, mut left_out, mut wrong) = (0, 0, Vec::new());
    for (number, line) in (1..).zip(lines.lines()) {
        let case: Value = serde_json::from_str(line).expect("a case");
        let script = case["script"].as_str().expect("a script");
        let mut task = json!({ "id": format!("t{number}"), "script": script, "vars": {} });
        if case["formatted"].is_string() {
            task["vars"] = vars(script);
        }
        if !script.contains("dbrp \"") {
            task["dbrps"] = json!([{ "db": "d", "rp": "r" }]);
        }
        let answer = body(bench.send("POST", "/tasks", &task).await).await;
        let same = match case["formatted"].as_str() {
            Some(formatted) => answer["script"] == formatted,
            None => answer["error"] == case["error"],
        };
        match (same, LEFT_OUT.contains(&script)) {
            (true, false) => matched += 1,
            (false, true) => left_out += 1,
            (true, true) => wrong.push(format!("{script:?} need not be left out")),
            (false, false) => wrong.push(format!("{case}, found {}", answer["error"])),
        }
    }
    println!("{matched} recorded scripts are taken and refused as recorded, {left_out} left out");
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
    assert_eq!(left_out, LEFT_OUT.len());
}
