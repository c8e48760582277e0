//! A template as the database keeps it.

use crate::kapacitor::stored::task::TaskType;
use serde::{Deserialize, Serialize};

/// A template as stored.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Template {
    pub id: String,
    #[serde(rename = "type")]
    pub task_type: TaskType,
    /// As it was sent.
    pub script: String,
    pub created: String,
    pub modified: String,
}
