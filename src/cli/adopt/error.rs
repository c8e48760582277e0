//! Why nothing was adopted.

use super::output::files::WriteError;
use crate::kapacitor;
use crate::provider::inventory;

/// Why nothing was adopted.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AdoptError {
    /// The settings of the connection are wrong.
    #[error("{0}")]
    Settings(String),
    /// The server could not be read.
    #[error("{}", inventory::told(.doing, .source))]
    Read {
        /// What was being done.
        doing: &'static str,
        /// The reason, in Kapacitor's own words if it spoke.
        source: kapacitor::Error,
    },
    /// Somebody asked it to stop.
    #[error("interrupted, and nothing was written")]
    Interrupted,
    /// The files could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}
