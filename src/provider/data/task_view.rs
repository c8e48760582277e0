//! A task as a data source shows it.

use crate::kapacitor::models::{Status, Task, TaskType};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::task::fields::{dbrp_text, error_of, shown, vars_of};
use crate::provider::values::{text_list, text_map, Flag, Text, TextList, TextMap};
use crate::rule;
use crate::secret::{escaped, Key};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// A task, without the texts of its script.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct TaskView {
    pub id: Text,
    pub r#type: Text,
    pub rule_name: Text,
    pub enabled: Flag,
    pub executing: Flag,
    pub error: Text,
    pub dbrps: TextList,
    pub handlers: TextList,
    pub endpoints: TextList,
    pub template_id: Text,
    pub vars: TextMap,
    pub tickscript: Text,
}

/// The attributes; `id` says who gives the id.
pub(super) fn attributes(id: Given) -> Vec<Definition> {
    let computed = |name, kind, description| Definition::new(name, kind, Given::Computed, description);
    vec![
        Definition::new("id", Kind::Text, id, "Id of the task."),
        computed("type", Kind::Text, "`stream` or `batch`."),
        computed(
            "rule_name",
            Kind::Text,
            "Name of the rule that Chronograf shows the task as; null for any other task.",
        ),
        computed("enabled", Kind::Flag, "Whether the task is enabled."),
        computed("executing", Kind::Flag, "Whether Kapacitor executes the task."),
        computed(
            "error",
            Kind::Text,
            "Why Kapacitor does not execute the enabled task, in its own words; empty if nothing is wrong.",
        ),
        computed(
            "dbrps",
            Kind::TextList,
            "The databases and retention policies that the task reads, each as `DATABASE.RETENTION_POLICY`.",
        ),
        computed(
            "handlers",
            Kind::TextList,
            "The kinds of handlers that its alerts are sent to, such as `post`, in the order of the alphabet.",
        ),
        computed(
            "endpoints",
            Kind::TextList,
            "The endpoints that its alerts are posted to, as `.post().endpoint('NAME')` names them.",
        ),
        computed(
            "template_id",
            Kind::Text,
            "Id of the template that the task is made from; empty for none.",
        ),
        computed(
            "vars",
            Kind::TextMap,
            "The values that the task has for vars of its script; texts as fingerprints.",
        ),
        computed("tickscript", Kind::Text, TICKSCRIPT),
    ]
}

/// What the attribute `tickscript` of a data source is.
pub(super) const TICKSCRIPT: &str = "The TICKscript, with each text replaced by a short fingerprint, such as `hmac:1a2b3c4d`, since \
    any of them may hold a secret. Shown are the names of databases, retention policies, measurements, fields and tags, and the \
    values of tags. The fingerprints follow from all secrets of what the data source lists, so that they differ from those of \
    a resource.";

/// The key of the fingerprints of these tasks, made once for all of them, since it is slow to make.
pub(super) fn key_of(tasks: &[&Task]) -> Key {
    let mut secrets: Vec<String> = tasks
        .iter()
        .flat_map(|task| rule::script_secrets(&task.script))
        .collect();
    secrets.sort();
    secrets.dedup();
    Key::derived(
        secrets.iter().map(String::as_str),
        tasks.iter().map(|task| task.id.as_str()),
    )
}

impl TaskView {
    /// What is shown of a task.
    pub(crate) fn of(task: &Task, key: &Key) -> Self {
        let handlers = rule::script_handlers(&task.script);
        let text = |text: &str| Value::Value(escaped(text).into_owned());
        TaskView {
            id: text(&task.id),
            r#type: text(match task.task_type {
                TaskType::Stream => "stream",
                TaskType::Batch => "batch",
            }),
            rule_name: match rule_name(task) {
                Some(name) => text(&name),
                None => Value::Null,
            },
            enabled: Value::Value(task.status == Status::Enabled),
            executing: Value::Value(task.executing),
            error: text(&error_of(task)),
            dbrps: text_list(task.dbrps.iter().map(dbrp_text).collect()),
            handlers: text_list(handlers.kinds),
            endpoints: text_list(handlers.endpoints),
            template_id: text(&task.template_id),
            vars: text_map(vars_of(task, key)),
            tickscript: Value::Value(shown(rule::redact_script(&task.script, key))),
        }
    }
}

/// The name of the rule that a task is; none for another task.
pub(super) fn rule_name(task: &Task) -> Option<String> {
    rule_of(task).map(|rule| rule.name().to_owned())
}

/// The rule that a task is; none for another task.
pub(super) fn rule_of(task: &Task) -> Option<rule::Rule> {
    if !task.template_id.is_empty() {
        return None;
    }
    rule::Rule::from_tickscript(&task.script).ok()
}
