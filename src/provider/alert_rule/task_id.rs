//! The id of a rule's task.

use crate::provider::values::{known, Text};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};
use uuid::Uuid;

/// What Chronograf puts in front of the ids of its own rules.
const PREFIX: &str = "chronograf-v1-";

/// The namespace of the UUIDs that this provider makes from names; a random one, fixed for ever, since another one would
/// give every rule another id.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f2d_1f0e_9c57_4b1a_8e0d_5d1c_71b3_a9e4);

/// The id of a rule of that name, so that an apply that was killed half-way finds its own task again.
pub fn derived(name: &str) -> String {
    format!("{PREFIX}{}", Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

/// The id of a rule that is to be created.
pub fn planned(task_id: &Text, name: &Text) -> Text {
    match task_id {
        Value::Value(id) => Value::Value(id.clone()),
        Value::Unknown => Value::Unknown,
        Value::Null => name.clone().map(|name| derived(&name)),
    }
}

/// Reports an id that Kapacitor refuses, or cannot address.
pub fn check(diags: &mut Diagnostics, task_id: &Text) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    let Some(id) = known(task_id) else {
        return;
    };
    if id.is_empty() || !id.bytes().all(allowed) || id == "." || id == ".." {
        diags.error(
            "Invalid attribute value",
            "The id of a task has to be made of letters (a to z, A to Z), digits, `-`, `.` and `_`, and must not be `.` or \
             `..`. Leave `task_id` out to have one made from the name.",
            AttributePath::new("task_id"),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::derived;

    #[test]
    fn a_name_always_gives_the_same_id() {
        assert_eq!(derived("cpu high"), derived("cpu high"));
        assert_ne!(derived("cpu high"), derived("cpu low"));
        assert!(derived("cpu high").starts_with("chronograf-v1-"));
    }
}
