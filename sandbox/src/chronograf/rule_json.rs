//! Rules as Chronograf's API shows them, and back. It reads them from the scripts of tasks and stores nothing itself.

use crate::go::duration;
use serde_json::{json, Map, Value};
use squadcast_kapacitor::rule::{
    ChangeKind, Definition, Field, Operator, Post, PostSpec, RangeOperator, Rule, RuleSpec, Source, TagFilter,
    TextList, Trigger, Value as RuleValue,
};
use std::collections::BTreeMap;

/// Handlers that are lists where there are none of them; the others are null then.
const LISTS: [&str; 17] = [
    "post",
    "tcp",
    "email",
    "exec",
    "log",
    "victorOps",
    "pagerDuty",
    "pagerDuty2",
    "pushover",
    "sensu",
    "slack",
    "telegram",
    "alerta",
    "opsGenie",
    "opsGenie2",
    "talk",
    "kafka",
];
const NULLS: [&str; 4] = ["serviceNow", "bigPanda", "teams", "zenoss"];

/// Stands for the missing URL of a post, which Chronograf writes and a rule of ours cannot have.
const NO_URL: &str = "http://no-url.invalid/";

/// Chronograf's words for operators, and TICKscript's.
const OPERATORS: [(&str, &str); 8] = [
    ("greater than", ">"),
    ("less than", "<"),
    ("equal to or less than", "<="),
    ("equal to or greater", ">="),
    ("equal to", "=="),
    ("not equal to", "!="),
    ("inside range", "inside"),
    ("outside range", "outside"),
];

/// A task of Kapacitor as a rule. What cannot be read as one has no query. `kapacitor` is the path of the connection.
pub fn view(task: &Value, kapacitor: &str) -> Value {
    let text = |name: &str| task[name].as_str().unwrap_or_default();
    let (id, script) = (text("id"), text("script"));
    let with_url = script.replace(".post()", &format!(".post('{NO_URL}')"));
    let rule = Rule::from_tickscript(script)
        .or_else(|_| Rule::from_tickscript(&with_url))
        .ok();
    let definition = rule.as_ref().map(Rule::definition);
    let task_path = format!("/kapacitor/v1/tasks/{id}").replace('/', "%2F");
    let mut view = json!({
        "id": id,
        "tickscript": script,
        "query": definition.map_or(Value::Null, |definition| query(id, definition)),
        "every": definition.map_or(String::new(), every),
        "alertNodes": alert_nodes(definition),
        "message": definition.map_or("", |definition| definition.message.as_str()),
        "details": definition.map_or("", |definition| definition.details.as_str()),
        "trigger": definition.map_or("", trigger),
        "values": definition.map_or_else(|| json!({ "rangeValue": "" }), values),
        "name": definition.map_or_else(|| name_of(task), |definition| definition.name.clone()),
        "type": task["type"],
        "dbrps": task["dbrps"],
        "status": task["status"],
        "executing": task["executing"],
        "error": task["error"],
        "created": task["created"],
        "modified": task["modified"],
        "last-enabled": task["last-enabled"],
        "links": {
            "self": format!("{kapacitor}/rules/{id}"),
            "kapacitor": format!("{kapacitor}/proxy?path={task_path}"),
            "output": format!("{kapacitor}/proxy?path={task_path}%2Foutput"),
        },
    });
    if task["vars"].as_object().is_some_and(|vars| !vars.is_empty()) {
        view["vars"] = task["vars"].clone();
    }
    if task["template-id"]
        .as_str()
        .is_some_and(|template| !template.is_empty())
    {
        view["template-id"] = task["template-id"].clone();
    }
    view
}

/// The name of a task that is no rule: its variable `name`, else its id.
fn name_of(task: &Value) -> String {
    if let Some(given) = task["vars"]["name"]["value"].as_str() {
        return given.to_owned();
    }
    let script = task["script"].as_str().unwrap_or_default();
    let declared = script
        .lines()
        .find_map(|line| line.strip_prefix("var name = '")?.strip_suffix('\''));
    declared.or_else(|| task["id"].as_str()).unwrap_or_default().to_owned()
}

fn query(id: &str, definition: &Definition) -> Value {
    let field = |name: &str| json!({ "value": name, "type": "field", "alias": "" });
    let fields = match definition.trigger.source() {
        Some(Source {
            field: name,
            aggregate: Some(aggregate),
        }) => {
            let function = aggregate.function.name();
            json!([{ "value": function, "type": "func", "alias": "", "args": [field(name)] }])
        }
        Some(source) => json!([field(&source.field)]),
        // Chronograf does not read the field of a deadman.
        None => json!([]),
    };
    let (tags, accepted) = match &definition.tags {
        TagFilter::All => (json!({}), false),
        TagFilter::Where(tags) => (json!(tags), true),
        TagFilter::Exclude(tags) => (json!(tags), false),
    };
    let window = aggregation(definition).map_or(String::new(), |period_and_every| period_and_every.0);
    json!({
        "id": id,
        "database": definition.database,
        "measurement": definition.measurement,
        "retentionPolicy": definition.retention_policy,
        "fields": fields,
        "tags": tags,
        "groupBy": { "time": window, "tags": definition.group_by },
        "areTagsAccepted": accepted,
        "rawText": null,
        "range": null,
        "shifts": null,
    })
}

/// The length of the window and how often it is evaluated, as Go writes them.
fn aggregation(definition: &Definition) -> Option<(String, String)> {
    let aggregate = definition.trigger.source()?.aggregate.as_ref()?;
    Some((
        duration::format(aggregate.period.nanoseconds()),
        duration::format(aggregate.every.nanoseconds()),
    ))
}

fn every(definition: &Definition) -> String {
    aggregation(definition).map_or(String::new(), |period_and_every| period_and_every.1)
}

fn trigger(definition: &Definition) -> &'static str {
    match definition.trigger {
        Trigger::Threshold { .. } | Trigger::Range { .. } => "threshold",
        Trigger::Relative { .. } => "relative",
        Trigger::Deadman { .. } => "deadman",
    }
}

fn values(definition: &Definition) -> Value {
    match &definition.trigger {
        Trigger::Threshold { operator, value, .. } => {
            json!({ "operator": operator_words(*operator), "value": shown(value), "rangeValue": "" })
        }
        Trigger::Range {
            operator, lower, upper, ..
        } => json!({
            "operator": words(RangeOperator::name(*operator)),
            "value": lower.to_string(),
            "rangeValue": upper.to_string(),
        }),
        Trigger::Relative {
            change,
            shift,
            operator,
            value,
            ..
        } => json!({
            "change": if *change == ChangeKind::Percent { "% change" } else { "change" },
            "shift": duration::format(shift.nanoseconds()),
            "operator": operator_words(*operator),
            "value": value.to_string(),
            "rangeValue": "",
        }),
        Trigger::Deadman { period, .. } => {
            json!({ "period": duration::format(period.nanoseconds()), "rangeValue": "" })
        }
    }
}

/// Booleans are shown as Go writes them.
fn shown(value: &RuleValue) -> String {
    let written = value.to_string();
    match written.as_str() {
        "TRUE" | "FALSE" => written.to_lowercase(),
        _ => written,
    }
}

fn operator_words(operator: Operator) -> &'static str {
    words(operator.name())
}

fn words(symbol: &str) -> &'static str {
    OPERATORS
        .iter()
        .find(|(_, known)| *known == symbol)
        .map_or("", |(words, _)| words)
}

fn alert_nodes(definition: Option<&Definition>) -> Value {
    let flag = |read: fn(&Definition) -> bool| definition.is_some_and(read);
    let mut nodes = Map::new();
    nodes.insert("typeOf".to_owned(), json!("alert"));
    nodes.insert(
        "stateChangesOnly".to_owned(),
        json!(flag(|definition| definition.state_changes_only)),
    );
    nodes.insert(
        "noRecoveries".to_owned(),
        json!(flag(|definition| definition.no_recoveries)),
    );
    nodes.insert("useFlapping".to_owned(), json!(flag(|definition| definition.flapping)));
    for name in LISTS {
        nodes.insert(name.to_owned(), json!([]));
    }
    for name in NULLS {
        nodes.insert(name.to_owned(), Value::Null);
    }
    let Some(definition) = definition else {
        return Value::Object(nodes);
    };
    nodes.insert("post".to_owned(), definition.posts.iter().map(post).collect());
    for handler in &definition.handlers {
        let kind = handler.kind();
        let options = kind
            .options
            .iter()
            .filter_map(|option| Some((option.name.to_owned(), json!(handler.option(option.name)?.written()))));
        let shown = Value::Object(options.collect());
        match nodes.get_mut(kind.name) {
            Some(Value::Array(list)) => list.push(shown),
            _ => drop(nodes.insert(kind.name.to_owned(), json!([shown]))),
        }
    }
    Value::Object(nodes)
}

/// A post without its endpoint, which Chronograf drops.
fn post(post: &Post) -> Value {
    let url = post.url.as_deref().filter(|url| *url != NO_URL).unwrap_or_default();
    json!({ "url": url, "headers": post.headers })
}

/// The script that Chronograf makes of the rule in a body, or its words, or the sandbox's own for what it does not know.
pub fn script(body: &Value) -> Result<String, String> {
    let written = read(body)?.to_tickscript();
    let mut written = written.replace(&format!(".post('{NO_URL}')"), ".post()");
    let values = &body["values"];
    for (variable, duration) in [
        ("period", &body["query"]["groupBy"]["time"]),
        ("period", &values["period"]),
        ("every", &body["every"]),
        ("shift", &values["shift"]),
    ] {
        let units = units(duration);
        if let [first, rest @ ..] = units.as_slice() {
            let line = format!("var {variable} = {first}\n");
            let rest: String = rest.iter().map(|unit| format!("\n{unit}\n")).collect();
            written = written.replace(&line, &format!("{line}{rest}"));
        }
    }
    Ok(written)
}

/// A duration's units, each with its number. It is written as it comes, e.g. `10m0s` as Chronograf itself shows `10m`, of
/// which Kapacitor takes the first unit for the value, and each other one for a statement of its own.
fn units(duration: &Value) -> Vec<&str> {
    let text = duration.as_str().unwrap_or_default();
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    let mut starts: Vec<usize> = (1..text.len()).filter(|&at| digit(at) && !digit(at - 1)).collect();
    starts.push(text.len());
    let mut from = 0;
    let cut = |end| text.get(std::mem::replace(&mut from, end)..end).unwrap_or_default();
    starts.into_iter().map(cut).collect()
}

/// The part of a duration that counts.
fn first_unit(duration: &Value) -> Field<String> {
    units(duration).first().copied().unwrap_or_default().into()
}

fn read(body: &Value) -> Result<Rule, String> {
    let (query, values, nodes) = (&body["query"], &body["values"], &body["alertNodes"]);
    if ["value", "rangeValue"]
        .iter()
        .any(|name| values[name].as_str().is_some_and(has_exponent))
    {
        // It would write the number as it is, which Kapacitor reads as another one; ours writes it right.
        return Err("the sandbox, which is not Chronograf, does not store numbers with an exponent".to_owned());
    }
    if let Some(kind) = other_handler(nodes) {
        return Err(format!(
            "the sandbox, which is not Chronograf, does not store handlers of kind {kind}"
        ));
    }
    let spec = RuleSpec {
        name: known(&body["name"]),
        database: known(&query["database"]),
        retention_policy: known(&query["retentionPolicy"]),
        measurement: known(&query["measurement"]),
        group_by: Field::Known(list(&query["groupBy"]["tags"])),
        message: known(&body["message"]),
        details: known(&body["details"]),
        state_changes_only: Field::Known(nodes["stateChangesOnly"] == true),
        no_recoveries: Field::Known(nodes["noRecoveries"] == true),
        flapping: Field::Known(nodes["useFlapping"] == true),
        posts: Field::Known(nodes["post"].as_array().into_iter().flatten().map(post_spec).collect()),
        ..RuleSpec::default()
    };
    let spec = with_trigger(with_tags(spec, query), body, values)?;
    Rule::from_server(&spec).map_err(|errors| format!("{errors:?}"))
}

fn has_exponent(value: &str) -> bool {
    value.contains('e') && value.parse::<f64>().is_ok()
}

fn other_handler(nodes: &Value) -> Option<&str> {
    let lists = nodes
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(name, _)| *name != "post");
    let used = lists
        .into_iter()
        .find(|(_, value)| value.as_array().is_some_and(|list| !list.is_empty()));
    used.map(|(name, _)| name.as_str())
}

fn with_tags(mut spec: RuleSpec, query: &Value) -> RuleSpec {
    let tags = query["tags"].as_object().into_iter().flatten();
    let tags: BTreeMap<String, Field<TextList>> = tags
        .map(|(tag, values)| (tag.clone(), Field::Known(list(values))))
        .collect();
    if query["areTagsAccepted"] == true {
        spec.where_tags = Field::Known(tags);
    } else {
        spec.exclude = Field::Known(tags);
    }
    spec
}

fn with_trigger(mut spec: RuleSpec, body: &Value, values: &Value) -> Result<RuleSpec, String> {
    let trigger = body["trigger"].as_str().unwrap_or_default();
    let field = &body["query"]["fields"][0];
    if field["type"] == "func" {
        spec.field = known(&field["args"][0]["value"]);
        if trigger != "deadman" {
            spec.aggregate = known(&field["value"]);
            spec.period = first_unit(&body["query"]["groupBy"]["time"]);
            spec.every = first_unit(&body["every"]);
        }
    } else if field["type"] == "field" {
        spec.field = known(&field["value"]);
    }
    let is_range = values["rangeValue"].as_str().is_some_and(|value| !value.is_empty());
    let operator = || -> Result<Field<String>, String> {
        let written = values["operator"].as_str().unwrap_or_default();
        let symbol = OPERATORS
            .iter()
            .find(|(words, _)| *words == written)
            .map(|(_, symbol)| (*symbol).to_owned());
        symbol
            .map(Field::Known)
            .ok_or_else(|| format!("invalid operator: {written} is unknown"))
    };
    match trigger {
        "deadman" => spec.period = first_unit(&values["period"]),
        "relative" => {
            let percent = values["change"] == "% change";
            spec.change = Field::Known(if percent { "percent" } else { "amount" }.to_owned());
            spec.shift = first_unit(&values["shift"]);
            spec.operator = operator()?;
            spec.value = known(&values["value"]);
        }
        "threshold" => {
            spec.operator = operator()?;
            if is_range {
                spec.lower = known(&values["value"]);
                spec.upper = known(&values["rangeValue"]);
            } else {
                spec.value = known(&values["value"]);
            }
        }
        _ => return Err("Unknown trigger mechanism".to_owned()),
    }
    spec.trigger = Field::Known(
        if trigger == "threshold" && is_range {
            "range"
        } else {
            trigger
        }
        .to_owned(),
    );
    Ok(spec)
}

fn post_spec(post: &Value) -> PostSpec {
    let headers = post["headers"].as_object().into_iter().flatten();
    let headers = headers.map(|(name, value)| (name.clone(), known(value))).collect();
    let url = post["url"].as_str().filter(|url| !url.is_empty()).unwrap_or(NO_URL);
    PostSpec {
        url: url.into(),
        headers: Field::Known(headers),
        ..PostSpec::default()
    }
}

fn known(value: &Value) -> Field<String> {
    value.as_str().unwrap_or_default().into()
}

fn list(value: &Value) -> TextList {
    value.as_array().into_iter().flatten().map(known).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
}
