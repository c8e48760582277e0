//! Recordings of data, and replays of them.

use serde::{Deserialize, Serialize};

use super::TaskType;

/// How far a recording or replay has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Progress {
    /// It is under way.
    Running,
    /// It is done.
    Finished,
    /// It broke off.
    Failed,
}

/// A recording, or a replay of one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Run {
    /// The id.
    pub id: String,
    /// How far it has come.
    pub status: Progress,
    /// Why it broke off, in Kapacitor's words, or empty.
    #[serde(default)]
    pub error: String,
}

/// A recording that is to be made.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum NewRecording {
    /// What an InfluxQL query brings. Kapacitor keeps the whole answer in memory.
    Query {
        /// The id: letters, digits, `-`, `.` and `_`.
        id: String,
        /// The query, which names database and retention policy.
        query: String,
        /// For which kind of task.
        #[serde(rename = "type")]
        task_type: TaskType,
        /// Kapacitor's name of the InfluxDB; empty for its default one.
        #[serde(skip_serializing_if = "String::is_empty")]
        cluster: String,
    },
    /// What the queries of a batch task bring.
    Batch {
        /// The id.
        id: String,
        /// The task.
        task: String,
        /// The first moment, RFC 3339.
        start: String,
        /// The last one.
        stop: String,
    },
}

/// A replay that is to be made: it runs the task over the recording, as fast as it can, at the recorded times. The task need
/// not be enabled, and its handlers post for real.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct NewReplay {
    /// The id.
    pub id: String,
    /// The task.
    pub task: String,
    /// The recording.
    pub recording: String,
    /// Whether the recorded times count.
    pub recording_time: bool,
    /// `fast`, or `real` for as long as it took.
    pub clock: &'static str,
}

impl NewReplay {
    /// A replay that takes no longer than it has to.
    pub fn fast(id: &str, task: &str, recording: &str) -> Self {
        NewReplay {
            id: id.to_owned(),
            task: task.to_owned(),
            recording: recording.to_owned(),
            recording_time: true,
            clock: "fast",
        }
    }
}

impl NewRecording {
    /// The id.
    pub fn id(&self) -> &str {
        match self {
            NewRecording::Query { id, .. } | NewRecording::Batch { id, .. } => id,
        }
    }
}
