//! A template: a TICKscript that tasks are made from.

use serde::{Deserialize, Serialize};

use super::TaskType;
use crate::secret::Secret;

/// A template as Kapacitor shows it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Template {
    /// The id, unique among the server's templates.
    pub id: String,
    /// Stream or batch.
    #[serde(rename = "type")]
    pub task_type: TaskType,
    /// The script, as Kapacitor formats it.
    pub script: String,
}

/// A template as it is to be.
#[derive(Debug, Clone, Serialize)]
pub struct NewTemplate {
    /// The id: letters, digits, `-`, `.` and `_`.
    pub id: String,
    /// Stream or batch. A creation takes it from the script; a change is refused if the script is of the other type.
    #[serde(rename = "type")]
    pub task_type: TaskType,
    /// The TICKscript.
    pub script: String,
    /// What the script holds that no error message may show, e.g. a webhook URL. It is not sent.
    #[serde(skip)]
    pub secrets: Vec<Secret>,
}
