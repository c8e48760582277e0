//! `GET /kapacitor/v1/tasks`: stops at 100 without saying so.

use crate::kapacitor::execution::{reply, Stop};
use crate::kapacitor::page::{self, Page};
use crate::kapacitor::process::state::Memory;
use crate::kapacitor::release::Release;
use crate::kapacitor::stored::Task;
use crate::kapacitor::tasks::view::{self, View};
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};
use serde_json::{json, Map, Value};

/// What a list shows when it is not asked for certain fields. `template-id` is there only for tasks of a template.
const ALL_FIELDS: [&str; 15] = [
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
    "template-id",
];

pub async fn list(kapacitor: &Kapacitor, request: &Request) -> Reply {
    reply(list_or_stop(kapacitor, request).await)
}

async fn list_or_stop(kapacitor: &Kapacitor, request: &Request) -> Result<Answer, Stop> {
    let view = View::of(request)?;
    let page = Page::of(request)?;
    let tasks: Vec<Task> = {
        let state = kapacitor.state();
        page.of_all(state.database.tasks.iter()).into_iter().cloned().collect()
    };
    if tasks.is_empty() {
        return Ok(Answer::json(200, &json!({ "tasks": [] })));
    }
    // Whether a task executes is asked for each, shown or not.
    kapacitor.lifecycle.turn(request).await?;
    let state = kapacitor.state();
    let release = kapacitor.release();
    let all = ALL_FIELDS.into_iter();
    let all: Vec<&str> = all.filter(|field| is_known(field, release)).collect();
    let fields = page::fields(request, &all);
    let shown: Result<Vec<Value>, Answer> = tasks
        .iter()
        .map(|task| show(task, &state.memory, view, &fields, release))
        .collect();
    Ok(Answer::json(200, &json!({ "tasks": shown? })))
}

fn show(task: &Task, memory: &Memory, view: View, fields: &[String], release: Release) -> Result<Value, Answer> {
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
            unknown if !is_known(unknown, release) => return Err(page::unsupported(unknown)),
            "template-id" if task.template_id.is_empty() => continue,
            "template-id" => json!(task.template_id),
            other => return Err(page::unsupported(other)),
        };
        shown.insert(field.clone(), value);
    }
    Ok(Value::Object(shown.into_iter().collect::<Map<String, Value>>()))
}

fn is_known(field: &str, release: Release) -> bool {
    field != "template-id" || release.lists_template_ids()
}
