//! The list of a server's tasks, for `terraform query`.

use super::definition::IDENTITY;
use super::import::imported;
use super::state::model::KapacitorTaskState;
use crate::kapacitor::models::{ListTasks, Task};
use crate::kapacitor::{Client, Error};
use crate::protocol::{identity_of, Listed, Wanted};
use crate::provider::attributes::Definition;
use crate::provider::filter::task_filter::{self, TaskFilter};
use crate::provider::list::Listing;
use crate::rule;
use async_trait::async_trait;
use tf_provider::Diagnostics;

/// The tasks of a server.
pub(crate) struct Tasks;

#[async_trait]
impl Listing for Tasks {
    const DESCRIPTION: &'static str =
        "Lists the tasks of a Kapacitor, whoever made them; the tasks of alert rules too.";
    const DOING: &'static str = "listing the tasks";
    type Config = TaskFilter;
    type State = KapacitorTaskState;

    fn attributes() -> Vec<Definition> {
        task_filter::attributes("tasks", "id")
    }

    fn check(diags: &mut Diagnostics, config: &TaskFilter) {
        config.check(diags);
    }

    async fn find(
        _: &mut Diagnostics,
        client: &Client,
        config: &TaskFilter,
        limit: usize,
        wanted: Wanted,
    ) -> Result<Vec<Listed<KapacitorTaskState>>, Error> {
        let is_wanted = |task: &Task| config.wants(&[&task.id], task, &rule::script_handlers(&task.script).kinds);
        let tasks = client.tasks().list(&ListTasks::default()).await?.into_iter();
        let tasks = tasks.filter(is_wanted).take(limit);
        Ok(tasks.map(|task| listed(&task, wanted)).collect())
    }
}

fn listed(task: &Task, wanted: Wanted) -> Listed<KapacitorTaskState> {
    Listed {
        identity: identity_of(IDENTITY, &[&task.id]),
        display_name: task.id.clone(),
        state: (wanted == Wanted::State).then(|| imported(task).0),
    }
}
