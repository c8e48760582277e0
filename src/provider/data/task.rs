//! `squadcast_kapacitor_tasks` and `squadcast_kapacitor_task`: any task of a server, whoever made it.

use super::task_view::{attributes, key_of, rule_name, TaskView};
use super::{block_with_list, Query};
use crate::kapacitor::models::Task;
use crate::kapacitor::{Client, Error};
use crate::provider::attributes::{block, Given};
use crate::provider::filter::task_filter;
use crate::provider::filter::task_filter::TaskFilter;
use crate::provider::values::known;
use crate::rule;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Block;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// All tasks that are asked for.
pub(crate) struct Tasks;

/// One task.
pub(crate) struct OneTask;

/// The data source `squadcast_kapacitor_tasks`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct TasksState {
    #[serde(flatten)]
    pub filter: TaskFilter,
    pub tasks: Value<Vec<TaskView>>,
}

#[async_trait]
impl Query for Tasks {
    type State = TasksState;
    const DOING: &'static str = "listing the tasks";

    fn block() -> Block {
        block_with_list(
            "Lists the tasks of a Kapacitor: rules, and any other TICKscript, whoever made them.",
            &task_filter::attributes("tasks", "id, or rule name"),
            "tasks",
            "The tasks, in the order of their ids.",
            &attributes(Given::Computed),
        )
    }

    fn check(diags: &mut Diagnostics, config: &TasksState) {
        config.filter.check(diags);
    }

    async fn answer(_: &mut Diagnostics, client: &Client, mut state: TasksState) -> Result<Option<TasksState>, Error> {
        let tasks = client.tasks().all().await?;
        let wanted: Vec<&Task> = tasks.iter().filter(|task| is_wanted(&state.filter, task)).collect();
        let key = key_of(&wanted);
        state.tasks = Value::Value(wanted.into_iter().map(|task| TaskView::of(task, &key)).collect());
        Ok(Some(state))
    }
}

fn is_wanted(filter: &TaskFilter, task: &Task) -> bool {
    let rule_name = rule_name(task);
    let names = [Some(task.id.as_str()), rule_name.as_deref()];
    let names: Vec<&str> = names.into_iter().flatten().collect();
    filter.wants(&names, task, &rule::script_handlers(&task.script).kinds)
}

#[async_trait]
impl Query for OneTask {
    type State = TaskView;
    const DOING: &'static str = "reading the task";

    fn block() -> Block {
        block(
            "Reads one task of a Kapacitor, a rule or any other TICKscript, whoever made it.",
            &attributes(Given::Required),
        )
    }

    async fn answer(diags: &mut Diagnostics, client: &Client, state: TaskView) -> Result<Option<TaskView>, Error> {
        let id = known(&state.id).unwrap_or_default();
        // A path with a slash would ask for something else.
        let task = match id.is_empty() || id.contains('/') {
            true => None,
            false => client.tasks().refresh(id).await?,
        };
        let Some(task) = task else {
            diags.error(
                "There is no such task",
                format!(
                    "Kapacitor has no task with the id {id:?}. The data source squadcast_kapacitor_tasks lists all."
                ),
                AttributePath::new("id"),
            );
            return Ok(None);
        };
        let key = key_of(&[&task]);
        Ok(Some(TaskView::of(&task, &key)))
    }
}
