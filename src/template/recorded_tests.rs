//! What Go made of templates on Kapacitor's data, held against this code; tests/contract/README.md says how it was recorded.

use super::{check, Place};
use serde::Deserialize;

#[derive(Deserialize)]
struct Record {
    place: String,
    template: String,
    #[serde(default)]
    parse: String,
    #[serde(default)]
    fails: usize,
    #[serde(default)]
    error: String,
}

/// Each template was executed for so many alerts, which differ in all that may differ.
const ALERTS: usize = 5;

fn records() -> Vec<(Place, Record)> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/go/templates.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let records = text.lines().map(|line| serde_json::from_str::<Record>(line).unwrap());
    records.map(|record| (place(&record.place), record)).collect()
}

fn place(name: &str) -> Place {
    match name {
        "id" => Place::Id,
        "message" => Place::Message,
        "details" => Place::Details,
        "url" => Place::Url,
        "endpoint_url" => Place::EndpointUrl,
        "kafka" => Place::Kafka,
        "event" => Place::Event,
        "alerta_event" => Place::AlertaEvent,
        "service_now" => Place::ServiceNow,
        "zenoss" => Place::Zenoss,
        other => panic!("there is no place {other}"),
    }
}

/// A template that may be right is never refused.
#[test]
fn what_go_executes_is_not_refused() {
    let (mut executed, mut wrong) = (0, Vec::new());
    for (place, record) in records() {
        if !record.parse.is_empty() || record.fails == ALERTS {
            continue;
        }
        let findings = check(&record.template, place);
        if let Some(error) = findings.fails {
            wrong.push(format!("{place:?}: {}: {error}", record.template));
        }
        executed += 1;
    }
    assert!(wrong.is_empty(), "refused:\n{}", wrong.join("\n"));
    assert!(executed > 800, "{executed}");
}

/// A template that Go does not parse is refused, or Kapacitor could not start the task.
#[test]
fn what_go_does_not_parse_is_refused() {
    let mut refused = 0;
    for (place, record) in records() {
        if record.parse.is_empty() || record.parse.contains("html/template:") {
            continue;
        }
        let findings = check(&record.template, place);
        assert_ne!(findings.fails, None, "{place:?}: {}: {}", record.template, record.parse);
        refused += 1;
    }
    assert!(refused > 400, "{refused}");
}

/// What fails for every alert is found, but for what depends on the value of a field or on HTML.
#[test]
fn what_fails_for_every_alert_is_found() {
    let (mut found, mut missed) = (0, Vec::new());
    for (place, record) in records() {
        if record.fails < ALERTS {
            continue;
        }
        let findings = check(&record.template, place);
        if findings.fails.is_some() || findings.may_fail.is_some() {
            found += 1;
        } else {
            missed.push(format!("{place:?}: {}: {}", record.template, record.error));
        }
    }
    println!("{found} found, these not:\n{}", missed.join("\n"));
    assert!(
        missed.len() * 20 < found,
        "{found} found, these not:\n{}",
        missed.join("\n")
    );
}

#[derive(Deserialize)]
struct DetailsRecord {
    template: String,
    #[serde(default)]
    error: String,
}

/// Details whose HTML Go cannot follow are found, and no others. Failures of an action's execution are looked at above, and
/// which attributes take the function `html` is left open.
#[test]
fn the_html_of_details_is_followed_as_go_does() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/go/details.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    let (mut followed, mut lost, mut differing) = (0, 0, Vec::new());
    for line in text.lines() {
        let record: DetailsRecord = serde_json::from_str(line).unwrap();
        let loses_its_way = record.error.contains("html/template:");
        if record.error.contains("predefined escaper \"html\"") || (!loses_its_way && !record.error.is_empty()) {
            continue;
        }
        *if loses_its_way { &mut lost } else { &mut followed } += 1;
        if check(&record.template, Place::Details).fails.is_some() != loses_its_way {
            differing.push(format!("{}: {}", record.template, record.error));
        }
    }
    assert!(followed > 300 && lost > 1_000, "{followed} and {lost}");
    assert!(differing.is_empty(), "these differ:\n{}", differing.join("\n"));
}
