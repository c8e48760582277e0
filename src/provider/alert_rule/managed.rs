//! A rule as a Kapacitor task.

use super::plan::dbrps;
use super::refresh::examination::redacted;
use super::refresh::refresh;
use super::state::model::AlertRuleState;
use super::state::private_state::PrivateState;
use crate::kapacitor::models::{Task, TaskType, Vars};
use crate::kapacitor::Secret;
use crate::provider::diagnostics::rule_errors;
use crate::provider::ownership::Words;
use crate::provider::task::{task_id, ManagedTask, TaskAttributes, WantedTask};
use crate::provider::values::known;
use crate::rule::{Post, Rule};
use crate::secret::Key;
use tf_provider::{AttributePath, Diagnostics};

impl ManagedTask for AlertRuleState {
    const WORDS: Words = Words {
        resource: "squadcast_kapacitor_alert_rule",
        object: "the Kapacitor task",
        told_apart_by: "rule a name of its own, or a `task_id`",
    };

    fn task(&self) -> &TaskAttributes {
        &self.task
    }

    fn task_mut(&mut self) -> &mut TaskAttributes {
        &mut self.task
    }

    fn name(&self) -> &str {
        known(&self.attributes.name).unwrap_or_default()
    }

    fn candidate_ids(&self) -> Vec<String> {
        known(&self.attributes.name).map_or_else(Vec::new, |name| task_id::candidates(name).collect())
    }

    fn path_of_name(&self) -> AttributePath {
        AttributePath::new(if self.task.task_id.is_null() { "name" } else { "task_id" })
    }

    fn wanted(&self, diags: &mut Diagnostics) -> Option<WantedTask> {
        match Rule::try_from(self.spec()) {
            Ok(rule) => Some(task_of(self, &rule)),
            Err(errors) => {
                rule_errors(diags, &errors);
                None
            }
        }
    }

    /// The task follows from the state, unless the script was edited by hand: then only the server has it.
    fn as_written(&self, key: &Key) -> Option<WantedTask> {
        let rule = self.rule().filter(|rule| redacted(rule, key) == self.task.tickscript)?;
        Some(task_of(self, &rule))
    }

    fn is_done_by(&self, task: &Task) -> bool {
        let is_plain = task.vars.is_empty() && task.template_id.is_empty();
        is_plain
            && self
                .rule()
                .is_some_and(|rule| rule.is_written_as(&task.script) && dbrps(&rule) == task.dbrps)
    }

    fn posts(&self) -> Result<Vec<Post>, String> {
        if let Some(rule) = self.rule() {
            return Ok(rule.definition().posts.clone());
        }
        Err(self.missing_url_variable().unwrap_or_else(|| {
            "The rule's attributes, as they are in the state, make no rule, so that nothing tells where it posts to."
                .to_owned()
        }))
    }

    fn has_posts(&self) -> bool {
        AlertRuleState::has_posts(self)
    }

    fn finished(mut self, task: &Task, key: &Key) -> Self {
        let task_id = self.task.task_id.clone();
        // What the plan remembered of its blocks stays true: they are what was written.
        let _ = refresh(&mut self, &mut PrivateState::with_key(key), task);
        self.task.task_id = task_id;
        self
    }
}

/// The task of a state whose attributes make the rule.
fn task_of(state: &AlertRuleState, rule: &Rule) -> WantedTask {
    WantedTask {
        id: state.id().to_owned(),
        task_type: TaskType::Stream,
        script: rule.to_tickscript(),
        printed: rule.to_tickscript(),
        dbrps: dbrps(rule),
        script_has_dbrps: false,
        enabled: state.is_enabled(),
        vars: Vars::new(),
        template_id: String::new(),
        secrets: rule.secrets().into_iter().map(Secret::from).collect(),
    }
}
