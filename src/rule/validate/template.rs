//! Whether a template can work.

use crate::template::{self, ErrorKind, Place};

/// Why a template never works, and what comes of it; nothing for one that may be right.
pub fn template_problem(text: &str, place: Place) -> Option<String> {
    let error = template::check(text, place).fails?;
    Some(match error.kind {
        ErrorKind::Syntax => format!("Kapacitor cannot read this template: {error}."),
        ErrorKind::Execution | ErrorKind::WithoutAlert => format!(
            "This template fails each time that Kapacitor executes it: {error}. {}.",
            place.consequence()
        ),
    })
}
