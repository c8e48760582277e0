//! A task: a TICKscript with the databases that it reads and its status.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::secret::Secret;

/// The vars of a task by name, each `{"type": …, "value": …}` as Kapacitor writes them.
pub(crate) type Vars = BTreeMap<String, serde_json::Value>;

/// A task as Kapacitor shows it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Task {
    /// The id, unique on the server.
    pub id: String,
    /// Stream or batch; the script decides it.
    #[serde(rename = "type")]
    pub task_type: TaskType,
    /// The databases and retention policies that it reads.
    #[serde(default, deserialize_with = "null_as_default")]
    pub dbrps: Vec<Dbrp>,
    /// The script, as Kapacitor formats it. After a change it is shown at once, but runs only from the next start.
    pub script: String,
    /// The values of the script's vars.
    #[serde(default, deserialize_with = "null_as_default")]
    pub vars: Vars,
    /// The template that the task was made from; empty for none.
    #[serde(default)]
    pub template_id: String,
    /// What was asked for. Whether it runs is said by [`Task::is_running`].
    pub status: Status,
    /// Whether the task executes.
    pub executing: bool,
    /// Why the task does not run, or empty. The answer to the PATCH that starts a task may still show an old error: only a
    /// fresh GET tells the truth.
    #[serde(default)]
    pub error: String,
}

impl Task {
    /// Whether the task really runs: enabled, executing and without an error.
    pub fn is_running(&self) -> bool {
        self.status == Status::Enabled && self.executing && self.error.is_empty()
    }

    /// Whether only the script says what the task does: it has no vars, which go over those of the script, and no template,
    /// whose script it would have.
    pub fn follows_its_script(&self) -> bool {
        self.vars.is_empty() && self.template_id.is_empty()
    }
}

/// A database and a retention policy.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Dbrp {
    /// The database.
    pub db: String,
    /// The retention policy.
    pub rp: String,
}

/// Whether data comes as a stream or is queried in batches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TaskType {
    /// Points as they arrive.
    Stream,
    /// Queries at intervals.
    Batch,
}

/// What a task should do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It should run.
    Enabled,
    /// It should not run.
    Disabled,
}

/// A task that is to be created.
#[derive(Debug, Clone, Serialize)]
pub struct CreateTask {
    /// The id: letters, digits, `-`, `.` and `_`.
    pub id: String,
    /// Stream or batch. Kapacitor 1.8 takes it from the script; older ones insist on being told.
    #[serde(rename = "type")]
    pub task_type: TaskType,
    /// The databases and retention policies that it reads; at least one.
    pub dbrps: Vec<Dbrp>,
    /// The TICKscript.
    pub script: String,
    /// Values of the script's vars.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub vars: Vars,
    /// The template to make it from, whose script it then has; empty for none.
    #[serde(rename = "template-id", skip_serializing_if = "String::is_empty")]
    pub template_id: String,
    /// Whether it starts at once. A task that cannot start is stored all the same, though the answer is an error.
    pub status: Status,
    /// What the script holds that no error message may show, e.g. a webhook URL. It is not sent.
    #[serde(skip)]
    pub secrets: Vec<Secret>,
}

/// A change of a task; what is `None` stays as it is. Kapacitor ignores empty values: a script, dbrps or vars cannot be
/// emptied.
#[derive(Debug, Clone, Default, Serialize)]
pub struct UpdateTask {
    /// The new id. The task starts afresh under it, without the state of its alerts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The new script; it runs only after the task has been disabled and enabled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub script: Option<String>,
    /// The new databases and retention policies; they too count from the next start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dbrps: Option<Vec<Dbrp>>,
    /// The template that the task is to be made from.
    #[serde(rename = "template-id", skip_serializing_if = "Option::is_none")]
    pub template_id: Option<String>,
    /// The new vars, replacing all old ones.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vars: Option<Vars>,
    /// Start or stop. Enabling a task that is enabled but failed does nothing: disable it first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// What the script holds that no error message may show, e.g. a webhook URL. It is not sent.
    #[serde(skip)]
    pub secrets: Vec<Secret>,
}

impl UpdateTask {
    /// Starts or stops a task and changes nothing else.
    pub fn status(status: Status) -> Self {
        UpdateTask {
            status: Some(status),
            ..UpdateTask::default()
        }
    }
}

/// Which tasks to list. The default lists all of them.
#[derive(Debug, Clone, Default)]
pub struct ListTasks {
    /// A glob over ids (`*`, `?`, `[ab]`); it must match the whole id.
    pub pattern: Option<String>,
    /// How many of the matching tasks, in the order of their ids, to leave out.
    pub offset: u32,
    /// How many tasks at most; `None` for all (Kapacitor's own default of 100 never applies).
    pub limit: Option<u32>,
}

/// Reads `null` like an absent value: Go writes nil maps and slices so.
fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: serde::Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
