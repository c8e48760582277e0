//! Against the rules that a real Chronograf stored and read back.

use super::script::{has_exponent, other_handler};
use super::{script, view};
use serde_json::{json, Value};

/// The recorded rules that have no handlers but posts, with what Chronograf stored and read back.
fn cases() -> Vec<Value> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/contract/rules");
    let files = ["systematic", "random"].map(|file| format!("{folder}/{file}.jsonl"));
    let lines = files
        .map(|file| std::fs::read_to_string(file).expect("the recorded rules"))
        .concat();
    let cases = lines
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("a case"));
    let accepted = cases.filter(|case| case["update_status"] == 200 && case["create_status"] == 201);
    accepted
        .filter(|case| other_handler(&case["rule"]["alertNodes"]).is_none())
        .collect()
}

#[test]
fn scripts_read_as_chronograf_reads_them() {
    let (mut read, mut wrong) = (0, Vec::new());
    for case in cases() {
        let recorded = &case["read_back"];
        let shown = view(
            &json!({ "id": recorded["query"]["id"], "script": case["tickscript"] }),
            "",
        );
        let parts = [
            "query",
            "every",
            "alertNodes",
            "message",
            "details",
            "trigger",
            "values",
            "name",
        ];
        let different: Vec<&str> = parts.into_iter().filter(|part| shown[part] != recorded[part]).collect();
        match different.first() {
            None => read += 1,
            Some(part) => {
                wrong.push(format!(
                    "{}: {part}: recorded {}, found {}",
                    case["case"], recorded[part], shown[part]
                ));
            }
        }
    }
    println!("{read} scripts read as recorded");
    assert!(wrong.is_empty(), "{} scripts:\n{}", wrong.len(), wrong.join("\n"));
    assert!(read > 0);
}

#[test]
fn durations_in_gos_form_fall_apart() {
    let case = cases()
        .into_iter()
        .find(|case| case["rule"]["query"]["groupBy"]["time"] == "10m");
    let mut rule = case.expect("a recorded rule with a period of 10m")["rule"].clone();
    rule["query"]["groupBy"]["time"] = json!("1h0m0s");
    let script = script(&rule).expect("a script");
    assert!(
        script.contains("var period = 1h\n\n0m\n\n0s\n\nvar every = "),
        "{script}"
    );
}

#[test]
fn rules_are_stored_as_chronograf_stores_them() {
    let (mut written, mut wrong) = (0, Vec::new());
    for case in cases() {
        let values = &case["rule"]["values"];
        if ["value", "rangeValue"]
            .iter()
            .any(|name| values[name].as_str().is_some_and(has_exponent))
        {
            assert!(script(&case["rule"]).is_err());
            continue;
        }
        match script(&case["rule"]) {
            Ok(made) if case["tickscript"] == made.as_str() => written += 1,
            other => wrong.push(format!("{}: {other:?}", case["case"])),
        }
    }
    println!("{written} rules written as recorded");
    assert!(wrong.is_empty(), "{} rules:\n{}", wrong.len(), wrong.join("\n"));
    assert!(written > 0);
}
