//! What a type of resource says of itself whose objects are tasks.

use super::WantedTask;
use crate::kapacitor::models::Task;
use crate::provider::ownership::{Holder, Words};
use crate::provider::values::{known, Flag, Text, TextList, TextMap};
use crate::rule::Post;
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The attributes that the state of every task has.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct TaskAttributes {
    pub id: Text,
    /// The id that the configuration names; null if it leaves that open.
    pub task_id: Text,
    pub enabled: Flag,
    pub resolve_on_destroy: Flag,
    pub tickscript: Text,
    pub dbrps: TextList,
    pub vars: TextMap,
    pub template_id: Text,
    pub executing: Flag,
    pub error: Text,
}

impl TaskAttributes {
    /// Sets what the configuration leaves to the defaults.
    pub(crate) fn set_defaults(&mut self, config: &Self) {
        if config.enabled.is_null() {
            self.enabled = Value::Value(true);
        }
        if config.resolve_on_destroy.is_null() {
            self.resolve_on_destroy = Value::Value(false);
        }
    }

    /// Sets what Kapacitor says of a task that it runs, or does not run, as is wanted.
    pub(crate) fn set_running_as_wanted(&mut self) {
        self.executing = self.enabled;
        self.error = Value::Value(String::new());
    }
}

/// The state of a resource whose object is a task: configuration, plan or state.
pub(crate) trait ManagedTask: Clone + Send + Sync {
    /// What the resource and its object are called.
    const WORDS: Words;

    /// The attributes that every task has.
    fn task(&self) -> &TaskAttributes;

    /// The same, to be changed.
    fn task_mut(&mut self) -> &mut TaskAttributes;

    /// What a person calls the object.
    fn name(&self) -> &str;

    /// The ids that the task may have, in the order in which they are tried.
    fn candidate_ids(&self) -> Vec<String>;

    /// The attribute by which two resources are told apart.
    fn path_of_name(&self) -> AttributePath;

    /// The task as it is to be; none if the attributes make none, which is reported.
    fn wanted(&self, diags: &mut Diagnostics) -> Option<WantedTask>;

    /// The task that the state describes, if only the state is needed to tell.
    fn as_written(&self, key: &Key) -> Option<WantedTask>;

    /// Whether the server's task does what this one is to do.
    fn is_done_by(&self, task: &Task) -> bool;

    /// What its alerts are posted to, or why that is not known.
    fn posts(&self) -> Result<Vec<Post>, String>;

    /// Whether it posts to a webhook, and not only to other handlers.
    fn has_posts(&self) -> bool;

    /// Whether it gives the task other values that no attribute above shows.
    fn has_other_secrets(&self, _prior: &Self) -> bool {
        false
    }

    /// The planned state with what the server now says of the task.
    fn finished(self, task: &Task, key: &Key) -> Self;

    /// The task's id; empty if it is not known.
    fn id(&self) -> &str {
        known(&self.task().id).unwrap_or_default()
    }

    /// Whether the task is to run.
    fn is_enabled(&self) -> bool {
        self.task().enabled != Value::Value(false)
    }

    /// Whether a destroy resolves what is open.
    fn resolves_on_destroy(&self) -> bool {
        self.task().resolve_on_destroy == Value::Value(true) && self.has_posts()
    }

    /// The resource as one that has the task, or wants it.
    fn holder(&self) -> Holder {
        match self.task().task_id {
            Value::Null => Holder::named(self.name()),
            _ => Holder::fixed(self.name()),
        }
    }
}
