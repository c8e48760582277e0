//! A setting or a choice that turned out not to work when the first request needed it.

use std::fmt;

use crate::kapacitor::error::config_error::ConfigError;

/// A setting that turned out not to work when the first request needed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// A setting that cannot work.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A PEM file that cannot be read. The path is not shown: it may be a key that was not recognised as one.
    #[error("the {setting} is neither PEM text, nor its base64, nor the path of a file that can be read: {reason}")]
    Unreadable {
        /// Which setting, e.g. `CA certificate`.
        setting: &'static str,
        /// The system's words.
        reason: String,
    },
    /// A PEM text that holds nothing usable.
    #[error("the {setting} cannot be used: {reason}")]
    Unusable {
        /// Which setting, e.g. `client key`.
        setting: &'static str,
        /// What is wrong with it; never its content.
        reason: String,
    },
    /// An id or name that no path can carry.
    #[error("\"{name}\" cannot be the {what}: {reason}")]
    Name {
        /// What it names, e.g. `id of a task`.
        what: &'static str,
        /// The name.
        name: String,
        /// Why not.
        reason: &'static str,
    },
}

/// Why no source or Kapacitor of a Chronograf could be chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceError {
    /// `source` or `kapacitor`: also the name of the setting.
    pub what: &'static str,
    /// What was asked for; `None` where nothing was, and no default exists.
    pub wanted: Option<String>,
    /// What there is, each as `ID (NAME)`.
    pub choices: Vec<String>,
}

impl fmt::Display for ChoiceError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = self.what;
        match (&self.wanted, self.choices.len()) {
            (Some(wanted), 0) => write!(f, "Chronograf shows no {what} at all, so none \"{wanted}\"")?,
            (Some(wanted), _) => write!(f, "Chronograf has no {what} whose id or name is \"{wanted}\"")?,
            (None, 0) => write!(f, "Chronograf shows no {what} to this user")?,
            (None, _) => write!(f, "Chronograf has several {what}s and none of them is the active one")?,
        }
        if self.choices.is_empty() {
            return Ok(());
        }
        write!(f, "; there are: {}", self.choices.join(", "))
    }
}
