//! The list of a server's tasks, for `terraform query`.

use super::definition::IDENTITY;
use super::import::imported;
use super::state::model::KapacitorTaskState;
use crate::kapacitor::models::Task;
use crate::protocol::{ListResource, Listed, Wanted};
use crate::provider::attributes::{block, Definition};
use crate::provider::connection::Connection;
use crate::provider::filter::task_filter;
use crate::provider::filter::task_filter::{tasks_to_choose_from, TaskFilter};
use crate::rule;
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// What the list is, for the schema and the docs page.
pub const DESCRIPTION: &str = "Lists the tasks of a Kapacitor, whoever made them; the tasks of alert rules too.";

/// The attributes of the block `config`.
pub fn attributes() -> Vec<Definition> {
    task_filter::attributes("tasks", "id")
}

/// The list.
pub struct KapacitorTaskList {
    connection: Connection,
}

impl KapacitorTaskList {
    /// The list, which uses the provider's connection.
    pub fn new(connection: Connection) -> Self {
        KapacitorTaskList { connection }
    }
}

#[async_trait]
impl ListResource for KapacitorTaskList {
    type Config<'a> = Value<TaskFilter>;
    type State = KapacitorTaskState;

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
    ) -> Vec<Listed<KapacitorTaskState>> {
        let config = config.unwrap_or_default();
        let tasks = tasks_to_choose_from(diags, &self.connection, &config, "listing the tasks").await;
        let Some(tasks) = tasks else {
            return Vec::new();
        };
        let is_wanted = |task: &Task| config.wants(&[&task.id], task, &rule::script_handlers(&task.script).kinds);
        let tasks = tasks.into_iter().filter(is_wanted).take(limit);
        tasks.map(|task| listed(&task, wanted)).collect()
    }
}

fn listed(task: &Task, wanted: Wanted) -> Listed<KapacitorTaskState> {
    Listed {
        identity: IDENTITY.alone(&task.id),
        display_name: task.id.clone(),
        state: match wanted {
            Wanted::Identity => None,
            Wanted::State => Some(imported(task).0),
        },
    }
}
