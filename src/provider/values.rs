//! The framework's values in the forms that the resources use, and small helpers for them.

use std::collections::BTreeMap;
use tf_provider::value::Value;

/// A string that may be null or not known yet.
pub type Text = Value<String>;

/// A boolean that may be null or not known yet.
pub type Flag = Value<bool>;

/// A map of strings that may be null or not known yet, as may each of its values.
pub type TextMap = Value<BTreeMap<String, Text>>;

/// A list of strings that may be null or not known yet, as may each of its elements.
pub type TextList = Value<Vec<Text>>;

/// A map of lists of strings, of which any part may be null or not known yet.
pub type TextListMap = Value<BTreeMap<String, TextList>>;

/// The known string, if it is one.
pub fn known(text: &Text) -> Option<&str> {
    match text {
        Value::Value(text) => Some(text),
        _ => None,
    }
}

/// A map's known entries; none where the map is null or unknown.
pub fn known_entries(map: &TextMap) -> BTreeMap<String, String> {
    match map {
        Value::Value(map) => map
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), known(value)?.to_owned())))
            .collect(),
        _ => BTreeMap::new(),
    }
}

/// Whether the map or any value in it is not known yet.
pub fn has_unknown(map: &TextMap) -> bool {
    match map {
        Value::Unknown => true,
        Value::Null => false,
        Value::Value(map) => map.values().any(Value::is_unknown),
    }
}

/// The map as the framework has it.
pub fn text_map(entries: BTreeMap<String, String>) -> TextMap {
    Value::Value(
        entries
            .into_iter()
            .map(|(key, value)| (key, Value::Value(value)))
            .collect(),
    )
}

/// The list as the framework has it.
pub fn text_list(elements: Vec<String>) -> TextList {
    Value::Value(elements.into_iter().map(Value::Value).collect())
}
