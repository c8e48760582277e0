//! The recorded Chronograf rules, generated and read back.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;
use squadcast_kapacitor::rule::{comparison_warnings, delivery_warnings, squadcast_warnings};
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

/// Rules that Chronograf stores with a script that means something else: what we write then, and why.
///
/// It writes numbers as they were typed; Kapacitor knows no exponents, and reads `1e3` as 1 and a name that does nothing.
fn chronograf_is_wrong(case: &Case) -> Option<&'static str> {
    ["value", "rangeValue"]
        .iter()
        .any(|key| mantissa(text(&case.ui["values"][key])).is_some())
        .then_some("Chronograf writes an exponent, which Kapacitor does not read as part of the number")
}

/// What Kapacitor reads of a number with an exponent.
fn mantissa(written: &str) -> Option<&str> {
    let (mantissa, _) = written.split_once('e')?;
    written.parse::<f64>().ok().map(|_| mantissa)
}

/// The rule that Kapacitor runs: what the UI says, but for the exponents.
fn running_rule(case: &Case) -> RuleSpec {
    let mut spec = spec_of(&case.ui);
    for field in [&mut spec.value, &mut spec.lower, &mut spec.upper] {
        let read = field.known().and_then(|written| mantissa(written)).map(str::to_owned);
        if let Some(mantissa) = read {
            *field = Field::Known(mantissa);
        }
    }
    spec
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
    for case in &cases {
        let read = Rule::from_tickscript(&case.saved).unwrap_or_else(|reason| panic!("{}: {reason}", case.name));
        assert_eq!(read, Rule::from_server(&running_rule(case)).unwrap(), "{}", case.name);
    }
    println!("rules read back from what saving stores: {0} of {0}", cases.len());
}

/// Creating a rule stores one `.stateChangesOnly()` more than saving it does, so a rule that was created without the flag
/// has it until it is saved again; where the rule has the flag, it is there twice.
#[test]
fn created_scripts_are_read_back_to_the_same_rule_that_alerts_on_changes_only() {
    let cases = accepted_cases();
    for case in &cases {
        let read = Rule::from_tickscript(&case.created).unwrap_or_else(|reason| panic!("{}: {reason}", case.name));
        let spec = RuleSpec {
            state_changes_only: Field::Known(true),
            ..running_rule(case)
        };
        assert_eq!(read, Rule::from_server(&spec).unwrap(), "{}", case.name);
    }
    println!("rules read back from what creating stores: {0} of {0}", cases.len());
}

/// A configuration that was made from a recorded rule plans as no change.
#[test]
fn recorded_rules_are_the_same_rule_over_their_attributes() {
    for case in &accepted_cases() {
        let read = Rule::from_tickscript(&case.saved).unwrap();
        let attributes = RuleSpec::from(read.clone());
        assert_eq!(Rule::from_server(&attributes), Ok(read), "{}", case.name);
        assert_eq!(
            attributes.clone().preserving_spelling(&attributes).spec,
            attributes,
            "{}",
            case.name
        );
    }
}

/// Scripts that were edited behind Chronograf's back: the rule is read where the attributes can say it, and nothing is lost
/// where they cannot.
#[test]
fn hand_edited_scripts_are_told_from_rules() {
    let rules = [
        "a rule",
        "hand-edited: the threshold var",
        "hand-edited: a comment",
        "hand-edited: an additional alert property (.noRecoveries)",
    ];
    let hand_edited = [
        ("a task not written by Chronograf", "`var trigger` is missing"),
        ("hand-edited: another crit expression", "`var trigger`"),
        (
            "hand-edited: an additional node",
            "a statement that begins with `trigger`",
        ),
        ("hand-edited: an additional var", "`var "),
        ("hand-edited: .stateChangesOnly(1h)", "`var trigger`"),
        ("hand-edited: a warn level beside crit", "`var trigger`"),
        ("hand-edited: two posts", "property `timeout` of `post`"),
    ];
    let Some(scripts) = recorded_scripts("10-rules-foreign.jsonl") else {
        return println!("no recorded exchanges in {}", crate::contract_dir().display());
    };
    for (step, script) in &scripts {
        let read = Rule::from_tickscript(script);
        if rules.contains(&step.as_str()) {
            assert!(read.is_ok(), "{step}: {read:?}");
        }
        if let Some((_, reason)) = hand_edited.iter().find(|(name, _)| name == step) {
            let said = read.unwrap_err().to_string();
            println!("{step}: {said}");
            assert!(said.contains(reason), "{step}: {said}");
        }
    }
    for name in rules.iter().skip(1).chain(hand_edited.iter().map(|(name, _)| name)) {
        assert!(scripts.iter().any(|(step, _)| step == name), "{name} was not recorded");
    }
}

#[test]
fn a_post_with_an_endpoint_is_read() {
    let Some(scripts) = recorded_scripts("10-rules-endpoint.jsonl") else {
        return println!("no recorded exchanges in {}", crate::contract_dir().display());
    };
    let mut with_endpoint = 0;
    for (step, script) in scripts.iter().filter(|(_, script)| script.contains(".endpoint(")) {
        let rule = Rule::from_tickscript(script).unwrap_or_else(|reason| panic!("{step}: {reason}"));
        assert!(
            rule.definition().posts.iter().any(|post| post.endpoint.is_some()),
            "{step}"
        );
        with_endpoint += 1;
    }
    assert!(with_endpoint > 0);
    println!("recorded rules with an endpoint that were read: {with_endpoint}");
}

/// Kapacitor's statistics name the nodes of a running task; the alert's is the end of its topic's name.
#[test]
fn the_alert_node_is_named_as_kapacitor_names_it() {
    let Some(tasks) = recorded_tasks("10-rules.jsonl") else {
        return println!("no recorded exchanges in {}", crate::contract_dir().display());
    };
    let mut compared = 0;
    for task in tasks {
        let Some(nodes) = task["stats"]["node-stats"].as_object() else {
            continue;
        };
        let rule = Rule::from_tickscript(text(&task["script"])).unwrap();
        let alerts: Vec<&String> = nodes.keys().filter(|node| node.starts_with("alert")).collect();
        assert_eq!(alerts, [rule.alert_node()]);
        compared += 1;
    }
    assert!(compared > 0);
    println!("alert nodes compared: {compared}");
}

/// The tasks that Kapacitor answered with, in the order of the recording; nothing where there is no such recording.
fn recorded_tasks(file: &str) -> Option<Vec<Value>> {
    let exchanges = std::fs::read_to_string(crate::contract_dir().join("http").join(file)).ok()?;
    let answers = exchanges
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["response"]["body"].clone());
    Some(
        answers
            .filter(|body| body["script"].is_string() && body["dbrps"].is_array())
            .collect(),
    )
}

/// The scripts that Kapacitor answered with, by the step of the recording.
fn recorded_scripts(file: &str) -> Option<Vec<(String, String)>> {
    let exchanges = std::fs::read_to_string(crate::contract_dir().join("http").join(file)).ok()?;
    let exchanges = exchanges
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let scripts = exchanges.filter_map(|exchange| {
        let script = exchange["response"]["body"]["script"].as_str()?;
        Some((text(&exchange["step"]).to_owned(), script.to_owned()))
    });
    Some(scripts.collect())
}

/// Where the recorded rules are refused when a configuration says the same, it is for these reasons.
#[test]
fn recorded_rules_are_valid_configuration_but_for_what_never_alerts() {
    let cases = accepted_cases();
    // A name that asks for the alert's id, which the id's own template does not know, ends the task at the first alert.
    let reasons = [
        "is greater than upper",
        "is a text, which",
        "This template fails each time that Kapacitor executes it",
    ];
    let mut refused = BTreeMap::new();
    for case in &cases {
        for error in spec_of(&case.ui).check() {
            let reason = reasons.iter().find(|reason| error.message.contains(**reason));
            *refused
                .entry(reason.unwrap_or_else(|| panic!("{}: {error}", case.name)))
                .or_insert(0) += 1;
        }
    }
    println!(
        "of {} recorded rules, refused as a configuration: {refused:?}",
        cases.len()
    );
    // The generated rules put templates into names and texts behind orders more often than people do.
    assert!(refused.values().sum::<usize>() * 7 < cases.len(), "{refused:?}");
}

/// No false alarm: what the recorded rules are warned of is true of each, and nothing else is said.
#[test]
fn recorded_rules_are_warned_of_what_is_true_of_them() {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let cases = accepted_cases();
    for case in &cases {
        let rule = rule_of(case);
        for warning in delivery_warnings(&rule) {
            let is_true = match warning.summary {
                "The rule sends its alerts to nobody" => case.ui["alertNodes"]
                    .as_object()
                    .is_some_and(|nodes| nodes.values().all(|node| node.as_array().is_none_or(Vec::is_empty))),
                "The rule never sends an alert" => case.ui["alertNodes"]["useFlapping"] == true,
                "A grouped deadman can open an incident that never resolves" => {
                    let tags = case.ui["query"]["groupBy"]["tags"].as_array();
                    case.ui["trigger"] == "deadman" && tags.is_some_and(|tags| !tags.is_empty())
                }
                _ => false,
            };
            assert!(is_true, "{}: {warning:?}", case.name);
            *counts.entry(warning.summary).or_default() += 1;
        }
        for warning in comparison_warnings(&rule) {
            *counts.entry(warning.summary).or_default() += 1;
        }
        for warning in squadcast_warnings(&rule) {
            *counts.entry(warning.summary).or_default() += 1;
        }
    }
    println!("warnings of {} recorded rules: {counts:#?}", cases.len());
    let deadmen = cases.iter().filter(|case| {
        let tags = case.ui["query"]["groupBy"]["tags"].as_array();
        case.ui["trigger"] == "deadman" && tags.is_some_and(|tags| !tags.is_empty())
    });
    let told = counts["A grouped deadman can open an incident that never resolves"];
    assert_eq!(told, deadmen.count(), "each grouped deadman is warned of");
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
    Rule::from_server(&spec_of(&case.ui)).unwrap_or_else(|errors| panic!("{}: {errors:?}", case.name))
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
        spec.r#where = Field::Known(tags);
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
