//! `GET /kapacitor/v1/tasks`: stops at 100 without saying so.

use crate::exchange::{Answer, Reply, Request};
use crate::go::{path, quote::quote};
use crate::kapacitor::state::Memory;
use crate::kapacitor::tasks::view::{self, View};
use crate::kapacitor::tasks::Task;
use crate::kapacitor::Kapacitor;
use serde_json::{json, Map, Value};

const DEFAULT_LIMIT: i64 = 100;

/// What a list shows when it is not asked for certain fields. `template-id` is there only for tasks of a template.
const ALL_FIELDS: [&str; 14] = [
    "link",
    "id",
    "type",
    "dbrps",
    "script",
    "dot",
    "status",
    "executing",
    "error",
    "stats",
    "created",
    "modified",
    "last-enabled",
    "vars",
];

pub fn list(kapacitor: &Kapacitor, request: &Request) -> Reply {
    list_or_error(kapacitor, request).unwrap_or_else(Reply::from)
}

fn list_or_error(kapacitor: &Kapacitor, request: &Request) -> Result<Reply, Answer> {
    let view = View::of(request)?;
    let offset = integer(request, "offset")?.unwrap_or(0);
    let limit = integer(request, "limit")?.unwrap_or(DEFAULT_LIMIT);
    let pattern = request.parameter("pattern").unwrap_or_default();
    let state = kapacitor.state();
    let matching = state
        .database
        .tasks
        .values()
        .filter(|task| path::lets_through(&pattern, &task.id));
    let tasks: Vec<&Task> = matching
        .skip(usize::try_from(offset).unwrap_or(0))
        .take(usize::try_from(limit).unwrap_or(usize::MAX))
        .collect();
    if kapacitor.lifecycle.is_hung() && !tasks.is_empty() {
        return Ok(Reply::Hang);
    }
    let fields = fields(request);
    let shown: Result<Vec<Value>, Answer> = tasks
        .into_iter()
        .map(|task| show(task, &state.memory, view, &fields))
        .collect();
    Ok(Answer::json(200, &json!({ "tasks": shown? })).into())
}

fn integer(request: &Request, parameter: &str) -> Result<Option<i64>, Answer> {
    let Some(text) = request.parameter(parameter).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let number = text.parse().map_err(|_| {
        let value = quote(&text);
        let message = format!(
            "invalid {parameter} parameter {value} must be an integer: strconv.ParseInt: parsing {value}: invalid syntax"
        );
        Answer::error(400, &message)
    })?;
    Ok(Some(number))
}

fn fields(request: &Request) -> Vec<String> {
    let asked: Vec<String> = request
        .query()
        .into_iter()
        .filter(|(name, _)| name == "fields")
        .map(|(_, value)| value)
        .collect();
    if asked.is_empty() {
        return ALL_FIELDS.map(str::to_owned).to_vec();
    }
    asked.into_iter().chain(["id".to_owned(), "link".to_owned()]).collect()
}

fn show(task: &Task, memory: &Memory, view: View, fields: &[String]) -> Result<Value, Answer> {
    let mut shown = std::collections::BTreeMap::new();
    for field in fields {
        let running = memory.running.get(&task.id);
        let value = match field.as_str() {
            "link" => view::link(&task.id),
            "id" => json!(task.id),
            "type" => json!(task.task_type),
            "dbrps" => json!(task.dbrps),
            "script" => json!(view.script(task)),
            "dot" => json!(view::dot(task, memory, view)),
            "status" => json!(task.status),
            "executing" => json!(running.is_some()),
            "error" => json!(task.error),
            "stats" => running.map_or(Value::Null, |running| running.stats()),
            "created" => json!(task.created),
            "modified" => json!(task.modified),
            "last-enabled" => json!(task.last_enabled),
            "vars" => json!(task.vars),
            "template-id" => continue,
            other => return Err(Answer::error(400, &format!("unsupported field {}", quote(other)))),
        };
        shown.insert(field.clone(), value);
    }
    Ok(Value::Object(shown.into_iter().collect::<Map<String, Value>>()))
}
