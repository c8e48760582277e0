//! The list of a server's rules, for `terraform query`.

use super::definition::IDENTITY;
use super::import::imported;
use super::state::model::AlertRuleState;
use crate::kapacitor::models::{ListTasks, Task};
use crate::kapacitor::{Client, Error};
use crate::protocol::{identity_of, Listed, Wanted};
use crate::provider::attributes::Definition;
use crate::provider::filter::task_filter::{self, TaskFilter};
use crate::provider::list::Listing;
use crate::rule::{self, Rule};
use async_trait::async_trait;
use tf_provider::Diagnostics;

/// The rules of a server.
pub(crate) struct Rules;

/// The rule that a task is; none if it is something else.
fn rule_of(task: &Task) -> Option<Rule> {
    if !task.template_id.is_empty() {
        return None;
    }
    Rule::from_tickscript(&task.script).ok()
}

#[async_trait]
impl Listing for Rules {
    const DESCRIPTION: &'static str =
        "Lists the rules of a Kapacitor: all tasks whose script a rule can say, whoever made them. A \
    task of another kind is left out.";
    const DOING: &'static str = "listing the rules";
    type Config = TaskFilter;
    type State = AlertRuleState;

    fn attributes() -> Vec<Definition> {
        task_filter::attributes("rules", "name")
    }

    fn check(diags: &mut Diagnostics, config: &TaskFilter) {
        config.check(diags);
    }

    async fn find(
        diags: &mut Diagnostics,
        client: &Client,
        config: &TaskFilter,
        limit: usize,
        wanted: Wanted,
    ) -> Result<Vec<Listed<AlertRuleState>>, Error> {
        let tasks = client.tasks().list(&ListTasks::default()).await?.into_iter();
        let rules = tasks.filter_map(|task| Some((rule_of(&task)?, task)));
        let is_wanted =
            |rule: &Rule, task: &Task| config.wants(&[rule.name()], task, &rule::script_handlers(&task.script).kinds);
        let mut rules: Vec<_> = rules.filter(|(rule, task)| is_wanted(rule, task)).collect();
        rules.sort_by(|(one, _), (other, _)| one.name().cmp(other.name()));
        rules.truncate(limit);
        let listed = rules.into_iter().map(|(rule, task)| Listed {
            identity: identity_of(IDENTITY, &[&task.id]),
            display_name: rule.name().to_owned(),
            state: match wanted {
                Wanted::Identity => None,
                Wanted::State => imported(diags, &task).map(|(state, _)| state),
            },
        });
        Ok(listed.collect())
    }
}
