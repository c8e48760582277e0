//! A task as the API shows it.

use crate::go::quote::quote;
use crate::kapacitor::process::state::Memory;
use crate::kapacitor::script;
use crate::kapacitor::stored::Task;
use crate::server::exchange::{Answer, Request};
use serde_json::{json, Value};

/// How scripts and graphs are shown.
#[derive(Clone, Copy, Debug)]
pub struct View {
    pub raw_script: bool,
    pub dot_labels: bool,
}

impl View {
    pub const DEFAULT: View = View {
        raw_script: false,
        dot_labels: false,
    };

    /// What the query asks for.
    pub fn of(request: &Request) -> Result<View, Answer> {
        let of_script = View::of_script(request)?;
        let dot_labels = match request.parameter("dot-view").unwrap_or_default().as_str() {
            "" | "attributes" => false,
            "labels" => true,
            other => return Err(invalid("dot-view", other)),
        };
        Ok(View {
            dot_labels,
            ..of_script
        })
    }

    /// What the query asks for where there is no choice of graphs.
    pub fn of_script(request: &Request) -> Result<View, Answer> {
        let raw_script = match request.parameter("script-format").unwrap_or_default().as_str() {
            "" | "formatted" => false,
            "raw" => true,
            other => return Err(invalid("script-format", other)),
        };
        Ok(View {
            raw_script,
            ..View::DEFAULT
        })
    }

    /// A task's script as this view shows it.
    pub fn script(self, task: &Task) -> String {
        self.of_text(&task.script)
    }

    /// A script as this view shows it. One that does not parse is shown as stored.
    pub fn of_text(self, source: &str) -> String {
        if self.raw_script {
            return source.to_owned();
        }
        script::format(source).unwrap_or_else(|| source.to_owned())
    }
}

fn invalid(parameter: &str, value: &str) -> Answer {
    Answer::error(400, &format!("invalid {parameter} parameter {}", quote(value)))
}

/// The whole task.
pub fn whole(task: &Task, memory: &Memory, view: View) -> Value {
    let running = memory.running.get(&task.id);
    json!({
        "link": link(&task.id),
        "id": task.id,
        "template-id": task.template_id,
        "type": task.task_type,
        "dbrps": task.dbrps,
        "script": view.script(task),
        "vars": task.vars,
        "dot": dot(task, memory, view),
        "status": task.status,
        "executing": running.is_some(),
        "error": script::fault(task).unwrap_or_else(|| task.error.clone()),
        "stats": running.map_or_else(|| json!({}), |running| running.stats()),
        "created": task.created,
        "modified": task.modified,
        "last-enabled": task.last_enabled,
    })
}

/// The link to a task; the path is cleaned, so that an id of dots leads elsewhere.
pub fn link(id: &str) -> Value {
    let mut parts: Vec<&str> = Vec::new();
    let whole = format!("/kapacitor/v1/tasks/{id}");
    for part in whole.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    json!({ "rel": "self", "href": format!("/{}", parts.join("/")) })
}

/// The graph of a task.
pub fn dot(task: &Task, memory: &Memory, view: View) -> String {
    match memory.running.get(&task.id) {
        Some(running) => running.dot(&task.id, view.dot_labels),
        None => script::dot(&task.id, task),
    }
}
