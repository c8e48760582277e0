//! What each place of a script holds, which decides whether its text is shown.

use crate::rule::terms::keywords::Aggregate;

/// Chronograf's variables that name data.
const DATA_VARIABLES: &[&str] = &[
    "db",
    "rp",
    "measurement",
    "groupBy",
    "whereFilter",
    "idTag",
    "levelTag",
    "messageField",
    "durationField",
    "outputDB",
    "outputRP",
    "outputMeasurement",
];

/// Calls that take names of data, outside of an alert.
pub(super) const DATA_CALLS: &[&str] = &[
    "database",
    "retentionPolicy",
    "measurement",
    "groupBy",
    "where",
    "as",
    "keep",
    "on",
];

/// Calls that take the name of a tag or field, and then its value.
pub(super) const NAMING_CALLS: &[&str] = &["tag", "field"];

/// An alert's own properties. What they take from a variable may be shown there if the variable names data.
pub(super) const ALERT_PROPERTIES: &[&str] = &[
    "alert",
    "deadman",
    "crit",
    "warn",
    "info",
    "id",
    "message",
    "details",
    "idTag",
    "idField",
    "levelTag",
    "levelField",
    "messageField",
    "durationField",
];

/// What Chronograf writes itself, by the variable or call that holds it.
const OWN_WORDS: &[(&str, &str)] = &[
    ("idVar", "-{{.Group}}"),
    ("idVar", ":{{.Group}}"),
    ("triggerType", "threshold"),
    ("triggerType", "relative"),
    ("triggerType", "deadman"),
    ("httpOut", "output"),
];

/// What a place in the script holds.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Place {
    /// Names of data, and the values of tags.
    Data,
    /// Anything.
    Text,
    /// What Chronograf writes there itself, and anything else.
    OwnWord(&'static str),
}

pub(super) fn place_of_variable(name: &str) -> Place {
    match OWN_WORDS.iter().find(|(place, _)| *place == name) {
        Some((place, _)) => Place::OwnWord(place),
        None if DATA_VARIABLES.contains(&name) => Place::Data,
        None => Place::Text,
    }
}

/// What the first and the other arguments of a node's call hold.
pub(super) fn places_of_call(name: &str) -> (Place, Place) {
    if DATA_CALLS.contains(&name) {
        return (Place::Data, Place::Data);
    }
    let names_data = NAMING_CALLS.contains(&name) || Aggregate::WORDS.contains(&name);
    match OWN_WORDS.iter().find(|(place, _)| *place == name) {
        Some((place, _)) => (Place::OwnWord(place), Place::Text),
        None if names_data => (Place::Data, Place::Text),
        None => (Place::Text, Place::Text),
    }
}

/// Only what selects data compares tags with their values.
pub(super) fn lambda_place(place: Place) -> Place {
    match place {
        Place::Data => Place::Data,
        Place::Text | Place::OwnWord(_) => Place::Text,
    }
}

pub(super) fn is_shown(text: &str, place: Place) -> bool {
    match place {
        _ if text.is_empty() => true,
        Place::Data => !holds_url(text),
        Place::Text => false,
        Place::OwnWord(place) => OWN_WORDS.contains(&(place, text)),
    }
}

/// Whether a text holds a URL, be it with the escapes of a regular expression.
pub(super) fn holds_url(text: &str) -> bool {
    text.contains("//") || text.contains(":\\/")
}

/// Kapacitor does not tell `.URL` and `.uRL` apart.
pub(super) fn small_first(name: &str) -> String {
    let mut letters = name.chars();
    match letters.next() {
        Some(first) => first.to_ascii_lowercase().to_string() + letters.as_str(),
        None => String::new(),
    }
}
