//! The ids of tasks and templates in paths.

use crate::server::exchange::Answer;

/// The id in the path of a request, still encoded where Go leaves it so; an empty one is an error.
pub fn id_of(path: &str) -> Result<&str, Answer> {
    match path.strip_prefix("/kapacitor/v1/tasks/") {
        Some(id) if !id.is_empty() => Ok(id),
        _ => Err(Answer::error(400, "must specify task id on path")),
    }
}

/// Letters of any alphabet, digits, `-`, `.` and `_`.
pub fn is_valid_id(id: &str) -> bool {
    !id.is_empty()
        && id
            .chars()
            .all(|letter| letter.is_alphabetic() || letter.is_ascii_digit() || "-._".contains(letter))
}
