//! A rule as a data source shows it.

use super::task_view::TICKSCRIPT;
use crate::kapacitor::models::{Status, Task};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::task::fields::{dbrp_text, error_of, shown};
use crate::provider::values::{list_map_value, list_value, text_list, value, Flag, Text, TextList, TextListMap};
use crate::rule::{self, Rule, RuleSpec};
use crate::secret::{escaped, Key};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// A rule, without what may be a secret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct RuleView {
    pub id: Text,
    pub enabled: Flag,
    pub executing: Flag,
    pub error: Text,
    pub dbrps: TextList,
    pub handlers: TextList,
    pub endpoints: TextList,
    pub tickscript: Text,
    pub name: Text,
    pub database: Text,
    pub retention_policy: Text,
    pub measurement: Text,
    pub field: Text,
    pub aggregate: Text,
    pub period: Text,
    pub every: Text,
    pub group_by: TextList,
    #[serde(rename = "where")]
    pub where_tags: TextListMap,
    pub exclude: TextListMap,
    pub trigger: Text,
    pub operator: Text,
    pub value: Text,
    pub lower: Text,
    pub upper: Text,
    pub change: Text,
    pub shift: Text,
    pub message: Text,
    pub details: Text,
    pub state_changes_only: Flag,
    pub no_recoveries: Flag,
    pub flapping: Flag,
}

/// The attributes; `key` says who gives the id and the name.
pub(super) fn attributes(key: Given) -> Vec<Definition> {
    let computed = |name, kind, description| Definition::new(name, kind, Given::Computed, description);
    let mut attributes = vec![
        Definition::new("id", Kind::Text, key, "Id of the rule's Kapacitor task."),
        computed("enabled", Kind::Flag, "Whether the rule is enabled."),
        computed("executing", Kind::Flag, "Whether Kapacitor executes the rule's task."),
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
            "The endpoints that its alerts are posted to.",
        ),
        computed("tickscript", Kind::Text, TICKSCRIPT),
    ];
    attributes.extend(rule::ATTRIBUTES.iter().map(|attribute| of_resource(attribute, key)));
    attributes
}

/// An attribute of the resource, whose description may link to a section of the resource's page.
fn of_resource(attribute: &rule::Attribute, key: Given) -> Definition {
    let definition = Definition::from(attribute);
    Definition {
        given: match attribute.name {
            "name" => key,
            _ => Given::Computed,
        },
        description: definition
            .description
            .replace("](#", "](../resources/kapacitor_alert_rule.md#"),
        ..definition
    }
}

impl RuleView {
    /// What is shown of a rule, which is this task.
    pub(crate) fn of(rule: &Rule, task: &Task, key: &Key) -> Self {
        let handlers = rule::script_handlers(&task.script);
        let spec = RuleSpec::from(rule.clone());
        RuleView {
            id: Value::Value(task.id.clone()),
            enabled: Value::Value(task.status == Status::Enabled),
            executing: Value::Value(task.executing),
            error: Value::Value(escaped(&error_of(task)).into_owned()),
            dbrps: text_list(task.dbrps.iter().map(dbrp_text).collect()),
            handlers: text_list(handlers.kinds),
            endpoints: text_list(handlers.endpoints),
            tickscript: Value::Value(shown(rule::redact_script(&task.script, key))),
            name: value(&spec.name),
            database: value(&spec.database),
            retention_policy: value(&spec.retention_policy),
            measurement: value(&spec.measurement),
            field: value(&spec.field),
            aggregate: value(&spec.aggregate),
            period: value(&spec.period),
            every: value(&spec.every),
            group_by: list_value(&spec.group_by),
            where_tags: list_map_value(&spec.where_tags),
            exclude: list_map_value(&spec.exclude),
            trigger: value(&spec.trigger),
            operator: value(&spec.operator),
            value: value(&spec.value),
            lower: value(&spec.lower),
            upper: value(&spec.upper),
            change: value(&spec.change),
            shift: value(&spec.shift),
            message: value(&spec.message),
            details: value(&spec.details),
            state_changes_only: value(&spec.state_changes_only),
            no_recoveries: value(&spec.no_recoveries),
            flapping: value(&spec.flapping),
        }
    }
}
