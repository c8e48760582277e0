//! The id of a rule's task.

use crate::provider::values::{known, Text};
use crate::tickscript::is_letter;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};
use uuid::Uuid;

/// What Chronograf puts in front of the ids of its own rules.
pub(crate) const PREFIX: &str = "chronograf-v1-";

/// The namespace of the UUIDs that this provider makes from names; a random one, fixed for ever, since another one would
/// give every rule another id.
const NAMESPACE: Uuid = Uuid::from_u128(0x6f2d_1f0e_9c57_4b1a_8e0d_5d1c_71b3_a9e4);

/// The id of a rule of that name, so that an apply that was killed half-way finds its own task again.
pub(crate) fn derived(name: &str) -> String {
    format!("{PREFIX}{}", Uuid::new_v5(&NAMESPACE, name.as_bytes()))
}

/// How many ids a rule can have.
const MOST: usize = 16;

/// The ids of a rule of that name, in the order in which they are tried: others may have the first ones.
pub(crate) fn candidates(name: &str) -> impl Iterator<Item = String> + '_ {
    let others = (2..=MOST).map(move |number| derived(&format!("{name}\0{number}")));
    std::iter::once(derived(name)).chain(others)
}

/// The id of a rule that is to be created.
pub(crate) fn planned(task_id: &Text, name: &Text) -> Text {
    match task_id {
        Value::Value(id) => Value::Value(id.clone()),
        Value::Unknown => Value::Unknown,
        Value::Null => name.clone().map(|name| derived(&name)),
    }
}

/// Reports an id that Kapacitor refuses, or cannot address; `otherwise` says what else may be done.
pub(crate) fn check(diags: &mut Diagnostics, task_id: &Text, otherwise: &str) {
    let Some(id) = known(task_id) else {
        return;
    };
    if !can_be(id) {
        diags.error(
            "Invalid attribute value",
            format!(
                "The id of a task consists of letters (of any alphabet), digits (0 to 9), `-`, `.` and `_`, and must not be \
                 `.` or `..`.{otherwise}"
            ),
            AttributePath::new("task_id"),
        );
    }
}

/// Whether Kapacitor takes a task of that id (its `^[-\._\p{L}0-9]+$`) and a URL can name it.
pub(crate) fn can_be(id: &str) -> bool {
    let allowed = |c: char| is_letter(c) || c.is_ascii_digit() || "-._".contains(c);
    !id.is_empty() && id.chars().all(allowed) && id != "." && id != ".."
}

#[cfg(test)]
mod tests {
    use super::{can_be, candidates, derived, MOST};
    use std::collections::BTreeSet;

    #[test]
    fn an_id_is_what_kapacitor_takes_for_one() {
        for id in ["cpu", "Überwachung", "監視-1", "a.b_c-d", "...", "ª"] {
            assert!(can_be(id), "{id}");
        }
        // A combining mark, a roman numeral and digits of other scripts are not in `\\p{L}0-9`.
        for id in ["", ".", "..", "a b", "a/b", "e\u{301}", "Ⅷ", "٣", "a²", "☃"] {
            assert!(!can_be(id), "{id}");
        }
    }

    #[test]
    fn a_name_has_more_ids_than_one_and_the_first_is_its_own() {
        let ids: Vec<String> = candidates("cpu high").collect();
        assert_eq!(ids[0], derived("cpu high"));
        assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), MOST);
        assert!(candidates("cpu high").eq(ids));
    }

    #[test]
    fn a_name_always_gives_the_same_id() {
        assert_eq!(derived("cpu high"), derived("cpu high"));
        assert_ne!(derived("cpu high"), derived("cpu low"));
        assert!(derived("cpu high").starts_with("chronograf-v1-"));
    }

    #[test]
    fn a_name_that_no_task_can_have_as_its_id_is_known() {
        for id in ["cpu", "chronograf-v1-0a", "a_b.c", "größe", "..."] {
            assert!(can_be(id), "{id}");
        }
        for name in [
            "",
            ".",
            "..",
            "cpu high",
            "https://shop.example.com is down",
            "a/b",
            "a:b",
            "a%2Fb",
        ] {
            assert!(!can_be(name), "{name}");
        }
    }
}
