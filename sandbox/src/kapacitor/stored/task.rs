//! A task as the database keeps it.

use crate::kapacitor::vars::Vars;
use serde::{Deserialize, Serialize};

/// A database and retention policy that a task reads.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(default)]
pub struct Dbrp {
    pub db: String,
    pub rp: String,
}

/// Whether a task should run.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    Enabled,
    Disabled,
}

/// Where a task takes its data from; the script decides.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum TaskType {
    Stream,
    Batch,
}

/// A task as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Task {
    pub id: String,
    /// The template that its script comes from; empty if it has one of its own.
    #[serde(default)]
    pub template_id: String,
    #[serde(rename = "type")]
    pub task_type: TaskType,
    pub dbrps: Vec<Dbrp>,
    /// As it was sent.
    pub script: String,
    pub vars: Vars,
    pub status: Status,
    /// Why the last start failed.
    pub error: String,
    pub created: String,
    pub modified: String,
    pub last_enabled: String,
}
