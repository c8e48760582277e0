//! A task as a data source shows it.

use super::task_facts::{self, TaskFacts};
use crate::kapacitor::models::Task;
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::task::fields::vars_of;
use crate::provider::task::script::type_name;
use crate::provider::values::{text_map, Text, TextMap};
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
    #[serde(flatten)]
    pub facts: TaskFacts,
    pub template_id: Text,
    pub vars: TextMap,
}

/// The attributes; `id` says who gives the id.
pub(super) fn attributes(id: Given) -> Vec<Definition> {
    let computed = |name, kind, description| Definition::new(name, kind, Given::Computed, description);
    let mut attributes = vec![
        Definition::new("id", Kind::Text, id, "Id of the task."),
        computed("type", Kind::Text, "`stream` or `batch`."),
        computed(
            "rule_name",
            Kind::Text,
            "Name of the rule that Chronograf shows the task as; null for any other task.",
        ),
    ];
    attributes.extend(task_facts::attributes());
    attributes.push(computed(
        "template_id",
        Kind::Text,
        "Id of the template that the task is made from; empty for none.",
    ));
    attributes.push(computed(
        "vars",
        Kind::TextMap,
        "The values that the task has for vars of its script; texts as fingerprints.",
    ));
    attributes
}

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
        let text = |text: &str| Value::Value(escaped(text).into_owned());
        TaskView {
            id: text(&task.id),
            r#type: text(type_name(task.task_type)),
            rule_name: rule_name(task).map_or(Value::Null, |name| text(&name)),
            facts: TaskFacts::of(task, key),
            template_id: text(&task.template_id),
            vars: text_map(vars_of(task, key)),
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
