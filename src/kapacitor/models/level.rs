//! The level of an alert.

use serde::{Deserialize, Serialize};

/// The level of an alert, in rising order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Level {
    /// Nothing is wrong.
    Ok,
    /// Worth knowing.
    Info,
    /// Worth a look.
    Warning,
    /// Worth waking somebody.
    Critical,
}

impl Level {
    /// All of them, in rising order.
    pub const ALL: [Level; 4] = [Level::Ok, Level::Info, Level::Warning, Level::Critical];

    /// The level of this word, as Kapacitor writes it.
    pub fn named(word: &str) -> Option<Self> {
        Level::ALL.into_iter().find(|level| level.as_str() == word)
    }

    /// The word that Kapacitor uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Ok => "OK",
            Level::Info => "INFO",
            Level::Warning => "WARNING",
            Level::Critical => "CRITICAL",
        }
    }
}
