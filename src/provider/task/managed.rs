//! What a type of resource says of itself whose objects are tasks.

use super::WantedTask;
use crate::kapacitor::models::Task;
use crate::provider::ownership::{Holder, Words};
use crate::provider::values::{known, Flag, Text, TextList, TextMap};
use crate::rule::Post;
use crate::secret::Key;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The attributes that the state of every task has.
#[derive(Debug, Clone, Copy)]
#[allow(missing_docs)]
pub(crate) struct TaskFields<'a> {
    pub id: &'a Text,
    pub enabled: &'a Flag,
    pub resolve_on_destroy: &'a Flag,
    pub tickscript: &'a Text,
    pub dbrps: &'a TextList,
    pub vars: &'a TextMap,
    pub template_id: &'a Text,
    pub executing: &'a Flag,
    pub error: &'a Text,
}

/// The state of a resource whose object is a task: configuration, plan or state.
pub(crate) trait ManagedTask: Clone + Send + Sync {
    /// What the resource and its object are called.
    const WORDS: Words;

    /// The attributes that every task has.
    fn fields(&self) -> TaskFields<'_>;

    /// Sets the id of the task.
    fn set_id(&mut self, id: Text);

    /// Sets whether Kapacitor executes the task.
    fn set_executing(&mut self, executing: Flag);

    /// Sets what a destroy does about open alerts.
    fn set_resolve_on_destroy(&mut self, resolves: Flag);

    /// The id that the configuration names; null if it leaves that open.
    fn configured_id(&self) -> &Text;

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
        known(self.fields().id).unwrap_or_default()
    }

    /// Whether the task is to run.
    fn is_enabled(&self) -> bool {
        *self.fields().enabled != Value::Value(false)
    }

    /// Whether a destroy resolves what is open.
    fn resolves_on_destroy(&self) -> bool {
        *self.fields().resolve_on_destroy == Value::Value(true) && self.has_posts()
    }

    /// The resource as one that has the task, or wants it.
    fn holder(&self) -> Holder {
        match self.configured_id() {
            Value::Null => Holder::named(self.name()),
            _ => Holder::fixed(self.name()),
        }
    }
}
