//! What a person can do about an error.

use crate::kapacitor::error::{ConnectFailure, Error, Phase, Speaker, NO_SUCH_ROUTE};

impl Error {
    /// What to do about it, in one or two sentences, where anything helps.
    pub fn hint(&self) -> Option<String> {
        hint(self).map(str::to_owned)
    }
}

fn hint(error: &Error) -> Option<&'static str> {
    match error.phase() {
        _ => None,
    }
}
