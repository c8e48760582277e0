//! A handler that the API adds to a topic.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::kapacitor::Secret;

/// A handler of a topic, as it is sent and shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TopicHandler {
    /// Its id, unique among those of its topic.
    pub id: String,
    /// Its kind, such as `post`.
    pub kind: String,
    /// Its options, by the names on the wire. Kapacitor shows them as they were sent.
    #[serde(default)]
    pub options: Map<String, Value>,
    /// A lambda expression that decides which alerts it takes; empty for all.
    #[serde(default, rename = "match")]
    pub condition: String,
    /// What the options hold that no error message may show. It is not sent.
    #[serde(skip)]
    pub secrets: Vec<Secret>,
}

impl TopicHandler {
    /// Whether both do the same.
    pub fn is_same(&self, other: &TopicHandler) -> bool {
        (&self.kind, &self.options, &self.condition) == (&other.kind, &other.options, &other.condition)
    }
}
