//! The list of a server's rules, for `terraform query`.

use super::definition::IDENTITY;
use super::import::imported;
use super::state::model::AlertRuleState;
use crate::kapacitor::models::Task;
use crate::protocol::{ListResource, Listed, Wanted};
use crate::provider::attributes::{block, Definition};
use crate::provider::connection::Connection;
use crate::provider::filter::task_filter;
use crate::provider::filter::task_filter::{tasks_to_choose_from, TaskFilter};
use crate::rule::{self, Rule};
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// What the list is, for the schema and the docs page.
pub const DESCRIPTION: &str =
    "Lists the rules of a Kapacitor: all tasks whose script a rule can say, whoever made them. A \
    task of another kind is left out.";

/// The attributes of the block `config`.
pub fn attributes() -> Vec<Definition> {
    task_filter::attributes("rules", "name")
}

/// The list.
pub struct AlertRuleList {
    connection: Connection,
}

impl AlertRuleList {
    /// The list, which uses the provider's connection.
    pub fn new(connection: Connection) -> Self {
        AlertRuleList { connection }
    }
}

/// The rule that a task is; none if it is something else.
fn rule_of(task: &Task) -> Option<Rule> {
    if !task.template_id.is_empty() {
        return None;
    }
    Rule::from_tickscript(&task.script).ok()
}

#[async_trait]
impl ListResource for AlertRuleList {
    type Config<'a> = Value<TaskFilter>;
    type State = AlertRuleState;

    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            block: block(DESCRIPTION, &attributes(), &[]),
        }
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Value<TaskFilter>) {
        config.unwrap_or_default().check(diags);
    }

    async fn list<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Value<TaskFilter>,
        limit: usize,
        wanted: Wanted,
    ) -> Vec<Listed<AlertRuleState>> {
        let config = config.unwrap_or_default();
        let tasks = tasks_to_choose_from(diags, &self.connection, &config, "listing the rules").await;
        let Some(tasks) = tasks else {
            return Vec::new();
        };
        let rules = tasks.into_iter().filter_map(|task| Some((rule_of(&task)?, task)));
        let is_wanted =
            |rule: &Rule, task: &Task| config.wants(&[rule.name()], task, &rule::script_handlers(&task.script).kinds);
        let mut rules: Vec<_> = rules.filter(|(rule, task)| is_wanted(rule, task)).collect();
        rules.sort_by(|(one, _), (other, _)| one.name().cmp(other.name()));
        rules.truncate(limit);
        let listed = rules.into_iter().map(|(rule, task)| Listed {
            identity: IDENTITY.alone(&task.id),
            display_name: rule.name().to_owned(),
            state: match wanted {
                Wanted::Identity => None,
                Wanted::State => imported(diags, &task).map(|(state, _)| state),
            },
        });
        listed.collect()
    }
}
