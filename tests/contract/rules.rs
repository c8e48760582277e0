//! The recorded Chronograf rules, generated and read back.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use squadcast_kapacitor::rule::{Field, HandlerSpec, PostSpec, Rule, RuleSpec, TextList, TextMap};

/// A recorded rule.
struct Case {
    name: String,
    /// The JSON that Chronograf's UI sent.
    ui: Value,
    /// The script that creating the rule stored.
    created: String,
    /// The script that saving it again stored.
    saved: String,
}

/// Rules that Chronograf stores with a script that means something else, and why ours is another one.
fn chronograf_is_wrong(case: &Case) -> Option<&'static str> {
    let values = &case.ui["values"];
    let exponent = |key: &str| {
        let written = text(&values[key]);
        written.parse::<f64>().is_ok() && written.contains('e')
    };
    if exponent("value") || exponent("rangeValue") {
        return Some(
            "Chronograf writes an exponent, which Kapacitor takes for the name of a variable behind the number",
        );
    }
    None
}

#[test]
fn rules_are_written_byte_for_byte() {
    let cases = accepted_cases();
    let mut matched = 0;
    let mut excused = 0;
    for case in &cases {
        if let Some(reason) = chronograf_is_wrong(case) {
            println!("not compared: {}: {reason}", case.name);
            assert_ne!(
                rule_of(case).to_tickscript(),
                case.saved,
                "{} needs no excuse",
                case.name
            );
            excused += 1;
            continue;
        }
        assert_same_script(&rule_of(case).to_tickscript(), &case.saved, &case.name);
        matched += 1;
    }
    println!(
        "rules written byte for byte: {matched} of {} (with {excused} that Chronograf gets wrong)",
        cases.len()
    );
    assert_eq!(matched + excused, cases.len());
}

#[test]
fn saved_scripts_are_read_back_to_the_same_rule() {
    let cases = accepted_cases();
    let mut matched = 0;
    let mut excused = 0;
    for case in &cases {
        if chronograf_is_wrong(case).is_some() {
            let reason = Rule::from_tickscript(&case.saved).unwrap_err();
            println!("hand-edited: {}: {reason}", case.name);
            excused += 1;
            continue;
        }
        let read = Rule::from_tickscript(&case.saved).unwrap_or_else(|reason| panic!("{}: {reason}", case.name));
        assert_eq!(read, rule_of(case), "{}", case.name);
        matched += 1;
    }
    println!(
        "rules read back from what saving stores: {matched} of {} (with {excused} that Chronograf gets wrong)",
        cases.len()
    );
}

/// Creating a rule stores one `.stateChangesOnly()` more than saving it does, so a rule that was created without the flag
/// has it until it is saved again; where the rule has the flag, it is there twice.
#[test]
fn created_scripts_are_read_back_to_the_same_rule_that_alerts_on_changes_only() {
    let cases = accepted_cases();
    let mut matched = 0;
    let mut excused = 0;
    for case in &cases {
        if chronograf_is_wrong(case).is_some() {
            assert!(Rule::from_tickscript(&case.created).is_err(), "{}", case.name);
            excused += 1;
            continue;
        }
        let read = Rule::from_tickscript(&case.created).unwrap_or_else(|reason| panic!("{}: {reason}", case.name));
        let spec = RuleSpec {
            state_changes_only: Field::Known(true),
            ..spec_of(&case.ui)
        };
        assert_eq!(read, Rule::as_found(&spec).unwrap(), "{}", case.name);
        matched += 1;
    }
    println!(
        "rules read back from what creating stores: {matched} of {} (with {excused} that Chronograf gets wrong)",
        cases.len()
    );
}

/// Where the recorded rules are refused when a configuration says the same, it is for these reasons.
#[test]
fn recorded_rules_are_valid_configuration_but_for_swapped_bounds() {
    let cases = accepted_cases();
    let mut swapped = 0;
    for case in &cases {
        let errors = spec_of(&case.ui).check();
        if let [error] = errors.as_slice() {
            assert!(
                error.message.contains("is greater than upper"),
                "{}: {error}",
                case.name
            );
            swapped += 1;
        } else {
            assert_eq!(errors, [], "{}", case.name);
        }
    }
    println!(
        "recorded rules that check as valid configuration: {} of {}, the others have swapped bounds",
        cases.len() - swapped,
        cases.len()
    );
}

/// What Chronograf refuses, we refuse too, at the attribute; or write right where it writes wrong.
#[test]
fn rules_that_chronograf_refuses_are_refused_or_written_right() {
    let (mut refused, mut written) = (Vec::new(), Vec::new());
    let recorded = recorded_lines(&crate::contract_dir().join("rules"));
    for (name, line) in recorded.into_iter().filter(|(_, line)| line["create_status"] != 201) {
        match Rule::try_from(spec_of(&line["rule"])) {
            Err(errors) => {
                println!("refused: {name}: {}", errors[0]);
                refused.push(name);
            }
            Ok(rule) => {
                println!(
                    "written right: {name}, where Chronograf failed with {}",
                    text(&line["create_error"])
                );
                assert_eq!(Rule::from_tickscript(&rule.to_tickscript()), Ok(rule), "{name}");
                written.push(name);
            }
        }
    }
    println!(
        "rules that Chronograf refuses: {} refused by us too, {} written right",
        refused.len(),
        written.len()
    );
    let broken_by_chronograf = ["message backslash", "details quotes", "field double quote", "tag odd"];
    for name in written {
        assert!(
            broken_by_chronograf.contains(&name.as_str()),
            "{name} should have been refused"
        );
    }
}

/// Fails with the first line that differs, since whole scripts are hard to compare by eye.
fn assert_same_script(ours: &str, theirs: &str, case: &str) {
    for (number, (our, their)) in ours.lines().zip(theirs.lines()).enumerate() {
        assert_eq!(our, their, "{case}: line {}", number + 1);
    }
    assert_eq!(ours, theirs, "{case}");
}

fn rule_of(case: &Case) -> Rule {
    Rule::as_found(&spec_of(&case.ui)).unwrap_or_else(|errors| panic!("{}: {errors:?}", case.name))
}

fn accepted_cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for (name, line) in recorded_lines(&crate::contract_dir().join("rules")) {
        if line["create_status"] == 201 && line["update_status"] == 200 {
            let script = |key: &str| text(&line[key]).to_owned();
            let (created, saved) = (script("created_tickscript"), script("tickscript"));
            cases.push(Case {
                name,
                created,
                saved,
                ui: line["rule"].clone(),
            });
        }
    }
    assert!(!cases.is_empty(), "no recorded rules found");
    cases
}

fn recorded_lines(folder: &Path) -> Vec<(String, Value)> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "jsonl"))
        .collect();
    files.sort();
    let mut lines = Vec::new();
    for file in files {
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            lines.push((text(&line["case"]).to_owned(), line));
        }
    }
    lines
}

/// The attributes that say what the UI's JSON says.
fn spec_of(ui: &Value) -> RuleSpec {
    let query = &ui["query"];
    let values = &ui["values"];
    let nodes = &ui["alertNodes"];
    let mut spec = RuleSpec {
        name: known(&ui["name"]),
        database: known(&query["database"]),
        retention_policy: known(&query["retentionPolicy"]),
        measurement: known(&query["measurement"]),
        group_by: Field::Known(list(&query["groupBy"]["tags"])),
        message: known(&ui["message"]),
        details: known(&ui["details"]),
        state_changes_only: Field::Known(nodes["stateChangesOnly"] == true),
        no_recoveries: Field::Known(nodes["noRecoveries"] == true),
        flapping: Field::Known(nodes["useFlapping"] == true),
        posts: Field::Known(nodes["post"].as_array().into_iter().flatten().map(post_of).collect()),
        handlers: Field::Known(handlers_of(nodes)),
        ..RuleSpec::default()
    };
    let tags: BTreeMap<String, Field<TextList>> = query["tags"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(tag, values)| (tag.clone(), Field::Known(list(values))))
        .collect();
    if query["areTagsAccepted"] == true {
        spec.where_tags = Field::Known(tags);
    } else {
        spec.exclude = Field::Known(tags);
    }
    set_trigger(&mut spec, ui, values);
    spec
}

fn set_trigger(spec: &mut RuleSpec, ui: &Value, values: &Value) {
    let deadman = ui["trigger"] == "deadman";
    let field = &ui["query"]["fields"][0];
    if field["type"] == "func" {
        spec.field = known(&field["args"][0]["value"]);
        if !deadman {
            spec.aggregate = known(&field["value"]);
            spec.period = known(&ui["query"]["groupBy"]["time"]);
            spec.every = known(&ui["every"]);
        }
    } else if field["type"] == "field" {
        spec.field = known(&field["value"]);
    }
    let operator = operator_of(text(&values["operator"]));
    match text(&ui["trigger"]) {
        "deadman" => {
            spec.trigger = "deadman".into();
            spec.period = known(&values["period"]);
        }
        "relative" => {
            spec.trigger = "relative".into();
            spec.change = match text(&values["change"]) {
                "change" => "amount".into(),
                "% change" => "percent".into(),
                other => other.into(),
            };
            spec.shift = known(&values["shift"]);
            spec.operator = operator.into();
            spec.value = known(&values["value"]);
        }
        "threshold" if text(&values["rangeValue"]).is_empty() => {
            spec.trigger = "threshold".into();
            spec.operator = operator.into();
            spec.value = known(&values["value"]);
        }
        "threshold" => {
            spec.trigger = "range".into();
            spec.operator = operator.into();
            spec.lower = known(&values["value"]);
            spec.upper = known(&values["rangeValue"]);
        }
        other => spec.trigger = other.into(),
    }
}

fn operator_of(chronograf: &str) -> &str {
    match chronograf {
        "greater than" => ">",
        "less than" => "<",
        "equal to or less than" => "<=",
        "equal to or greater" => ">=",
        "equal to" => "==",
        "not equal to" => "!=",
        "inside range" => "inside",
        "outside range" => "outside",
        other => other,
    }
}

fn post_of(post: &Value) -> PostSpec {
    PostSpec {
        url: known(&post["url"]),
        headers: Field::Known(map(&post["headers"])),
        ..PostSpec::default()
    }
}

/// Chronograf's names of options (its kapacitor.go) where ours, which are TICKscript's, are others.
const RENAMED: &[(&str, &str, &str)] = &[
    ("kafka", "kafka-topic", "kafkaTopic"),
    ("serviceNow", "metric_name", "metricName"),
    ("serviceNow", "message_key", "messageKey"),
    ("bigPanda", "app-key", "appKey"),
    ("bigPanda", "primary-property", "primaryProperty"),
    ("bigPanda", "secondary-property", "secondaryProperty"),
    ("teams", "channel_url", "channelURL"),
    ("zenoss", "evclasskey", "eventClassKey"),
    ("zenoss", "evclass", "eventClass"),
];

/// Options that Chronograf takes and never stores: its key of PagerDuty's second API gets lost.
const LOST: &[(&str, &str)] = &[("pagerDuty2", "serviceKey")];

/// Our names of the options that are secret.
const SECRET: &[(&str, &str)] = &[
    ("pagerDuty", "serviceKey"),
    ("pushover", "userKey"),
    ("bigPanda", "appKey"),
    ("alerta", "token"),
    ("teams", "channelURL"),
];

fn handlers_of(nodes: &Value) -> Vec<HandlerSpec> {
    let mut handlers = Vec::new();
    for (kind, instances) in nodes.as_object().unwrap() {
        if kind != "post" {
            handlers.extend(
                instances
                    .as_array()
                    .into_iter()
                    .flatten()
                    .map(|options| handler_of(kind, options)),
            );
        }
    }
    handlers
}

fn handler_of(kind: &str, ui: &Value) -> HandlerSpec {
    let mut options = TextMap::new();
    let mut secrets = TextMap::new();
    for (name, value) in ui.as_object().unwrap() {
        if LOST.contains(&(kind, name)) {
            continue;
        }
        let renamed = RENAMED
            .iter()
            .find(|(of, chronograf, _)| *of == kind && chronograf == name);
        let name = renamed.map_or(name.as_str(), |(_, _, ours)| ours);
        let written = match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        let map = if SECRET.contains(&(kind, name)) {
            &mut secrets
        } else {
            &mut options
        };
        map.insert(name.to_owned(), Field::Known(written));
    }
    HandlerSpec {
        kind: kind.into(),
        options: Field::Known(options),
        secrets: Field::Known(secrets),
    }
}

fn known(value: &Value) -> Field<String> {
    text(value).into()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list(value: &Value) -> TextList {
    value.as_array().into_iter().flatten().map(known).collect()
}

fn map(value: &Value) -> TextMap {
    value
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| (name.clone(), known(value)))
        .collect()
}
