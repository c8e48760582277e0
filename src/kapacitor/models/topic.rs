//! An alert topic and the state of each of its events.

use serde::Deserialize;

use super::Level;

/// A topic. Kapacitor makes one for each alert node that has handlers of its own, called `main:TASK:NODE`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Topic {
    /// The topic's name.
    pub id: String,
    /// The highest level of its events.
    pub level: Level,
    /// How many events it has taken since Kapacitor started.
    #[serde(default)]
    pub collected: u64,
}

/// One alert id of a topic, with its state.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Event {
    /// The alert's id, as the rule's `.id()` makes it.
    pub id: String,
    /// Its newest state.
    pub state: EventState,
}

/// The newest state of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct EventState {
    /// The level.
    pub level: Level,
    /// The message.
    #[serde(default)]
    pub message: String,
    /// The details.
    #[serde(default)]
    pub details: String,
    /// The time of the point that led to this state, RFC 3339.
    pub time: String,
    /// How long the alert had lasted at that time, as Go writes durations (`1m30s`).
    #[serde(default)]
    pub duration: String,
}
