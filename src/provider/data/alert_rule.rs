//! `squadcast_kapacitor_alert_rules` and `squadcast_kapacitor_alert_rule`: the tasks that Chronograf shows as rules, whoever
//! made them.

use super::rule_view::{attributes, RuleView};
use super::task_view::{key_of, rule_of};
use super::{block_with_list, Query};
use crate::kapacitor::models::Task;
use crate::kapacitor::{Client, Error};
use crate::provider::alert_rule::import;
use crate::provider::attributes::{block, Given};
use crate::provider::filter::task_filter;
use crate::provider::filter::task_filter::TaskFilter;
use crate::provider::values::known;
use crate::rule::{self, Rule};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Block;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// All rules that are asked for.
pub(crate) struct AlertRules;

/// One rule.
pub(crate) struct OneAlertRule;

/// The data source `squadcast_kapacitor_alert_rules`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct AlertRulesState {
    #[serde(flatten)]
    pub filter: TaskFilter,
    pub rules: Value<Vec<RuleView>>,
}

#[async_trait]
impl Query for AlertRules {
    type State = AlertRulesState;
    const DOING: &'static str = "listing the rules";

    fn block() -> Block {
        block_with_list(
            "Lists the rules of a Kapacitor: all tasks whose script a rule can say, whoever made them. A task of another kind is \
             left out.",
            &task_filter::attributes("rules", "name"),
            "rules",
            "The rules, in the order of their names.",
            &attributes(Given::Computed),
        )
    }

    fn check(diags: &mut Diagnostics, config: &AlertRulesState) {
        config.filter.check(diags);
    }

    async fn answer(
        _: &mut Diagnostics,
        client: &Client,
        mut state: AlertRulesState,
    ) -> Result<Option<AlertRulesState>, Error> {
        let tasks = client.tasks().all().await?;
        let rules = tasks.iter().filter_map(|task| Some((rule_of(task)?, task)));
        let mut rules: Vec<(Rule, &Task)> = rules
            .filter(|(rule, task)| {
                state
                    .filter
                    .wants(&[rule.name()], task, &rule::script_handlers(&task.script).kinds)
            })
            .collect();
        rules.sort_by(|(one, _), (other, _)| one.name().cmp(other.name()));
        let key = key_of(&rules.iter().map(|(_, task)| *task).collect::<Vec<_>>());
        let views = rules.iter().map(|(rule, task)| RuleView::of(rule, task, &key));
        state.rules = Value::Value(views.collect());
        Ok(Some(state))
    }
}

#[async_trait]
impl Query for OneAlertRule {
    type State = RuleView;
    const DOING: &'static str = "reading the rule";

    fn block() -> Block {
        block(
            "Reads one rule of a Kapacitor by its name or by the id of its task, whoever made it. Set one of the two.",
            &attributes(Given::Defaulted),
        )
    }

    fn check(diags: &mut Diagnostics, config: &RuleView) {
        let detail = match (&config.id, &config.attributes.name) {
            (Value::Null, Value::Null) => "Set `name` or `id`, so that it is clear which rule is meant.",
            (Value::Value(_), Value::Value(_)) => "Set either `name` or `id`, and not both.",
            _ => return,
        };
        diags.error("Invalid attribute value", detail, AttributePath::new("name"));
    }

    async fn answer(diags: &mut Diagnostics, client: &Client, state: RuleView) -> Result<Option<RuleView>, Error> {
        let (id, name) = (known(&state.id), known(&state.attributes.name));
        let found: Vec<(Rule, Task)> = client
            .tasks()
            .all()
            .await?
            .into_iter()
            .filter(|task| id.is_none_or(|id| task.id == id))
            .filter_map(|task| Some((rule_of(&task)?, task)))
            .filter(|(rule, _)| name.is_none_or(|name| rule.name() == name))
            .collect();
        let at = if id.is_some() { "id" } else { "name" };
        match found.as_slice() {
            [(rule, task)] => Ok(Some(RuleView::of(rule, task, &key_of(&[task])))),
            [] => {
                let detail = format!(
                    "Kapacitor has no rule with the {at} {:?}. A task whose script a rule cannot say is none: the data source \
                     squadcast_kapacitor_task reads it.",
                    id.or(name).unwrap_or_default()
                );
                diags.error("There is no such rule", detail, AttributePath::new(at));
                Ok(None)
            }
            several => {
                let ids = several.iter().map(|(_, task)| task.id.as_str());
                import::report_several(diags, AttributePath::new(at), ids);
                Ok(None)
            }
        }
    }
}
