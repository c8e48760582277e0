//! A rule as a data source shows it.

use super::task_facts::{self, TaskFacts};
use crate::kapacitor::models::Task;
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::rule_attributes::RuleAttributes;
use crate::provider::values::Text;
use crate::rule::{self, Rule, RuleSpec};
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// A rule, without what may be a secret.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct RuleView {
    pub id: Text,
    #[serde(flatten)]
    pub facts: TaskFacts,
    #[serde(flatten)]
    pub attributes: RuleAttributes,
}

/// The attributes; `key` says who gives the id and the name.
pub(super) fn attributes(key: Given) -> Vec<Definition> {
    let mut attributes = vec![Definition::new(
        "id",
        Kind::Text,
        key,
        "Id of the rule's Kapacitor task.",
    )];
    attributes.extend(task_facts::attributes());
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
        RuleView {
            id: Value::Value(task.id.clone()),
            facts: TaskFacts::of(task, key),
            attributes: RuleAttributes::from(&RuleSpec::from(rule.clone())),
        }
    }
}
