//! A rule as Chronograf shows it, read from the script of its task.

use crate::chronograf::rule_json::words::{NO_URL, OPERATORS};
use crate::go::duration;
use serde_json::{json, Map, Value};
use squadcast_kapacitor::rule::{
    ChangeKind, Definition, Operator, Post, RangeOperator, Rule, Source, TagFilter, Trigger, Value as RuleValue,
};

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
