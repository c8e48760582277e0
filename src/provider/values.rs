//! The framework's values in the forms that the resources use, and small helpers for them.

use crate::rule::{self, Field};
use std::collections::BTreeMap;
use std::ops::Deref;
use tf_provider::value::Value;

/// A string that may be null or not known yet.
pub(super) type Text = Value<String>;

/// A boolean that may be null or not known yet.
pub(super) type Flag = Value<bool>;

/// A map of strings that may be null or not known yet, as may each of its values.
pub(super) type TextMap = Value<BTreeMap<String, Text>>;

/// A list of strings that may be null or not known yet, as may each of its elements.
pub(super) type TextList = Value<Vec<Text>>;

/// A map of lists of strings, of which any part may be null or not known yet.
pub(super) type TextListMap = Value<BTreeMap<String, TextList>>;

/// The known string, if it is one.
pub(super) fn known(text: &Text) -> Option<&str> {
    match text {
        Value::Value(text) => Some(text),
        _ => None,
    }
}

/// A map's known entries; none where the map is null or unknown.
pub(super) fn known_entries(map: &TextMap) -> BTreeMap<String, String> {
    match map {
        Value::Value(map) => map
            .iter()
            .filter_map(|(key, value)| Some((key.clone(), known(value)?.to_owned())))
            .collect(),
        _ => BTreeMap::new(),
    }
}

/// The names in a map, as far as they are known.
pub(super) fn names(map: &TextMap) -> impl Iterator<Item = &str> {
    let names = match map {
        Value::Value(map) => Some(map.keys().map(String::as_str)),
        _ => None,
    };
    names.into_iter().flatten()
}

/// Whether the map or any value in it is not known yet.
pub(super) fn has_unknown(map: &TextMap) -> bool {
    match map {
        Value::Unknown => true,
        Value::Null => false,
        Value::Value(map) => map.values().any(Value::is_unknown),
    }
}

/// The map as the framework has it.
pub(super) fn text_map(entries: BTreeMap<String, String>) -> TextMap {
    Value::Value(
        entries
            .into_iter()
            .map(|(key, value)| (key, Value::Value(value)))
            .collect(),
    )
}

/// The list as the framework has it.
pub(super) fn text_list(elements: Vec<String>) -> TextList {
    Value::Value(elements.into_iter().map(Value::Value).collect())
}

/// The attribute as the rule layer has it.
pub(super) fn field<T: Clone>(value: &Value<T>) -> Field<T> {
    match value {
        Value::Null => Field::Absent,
        Value::Unknown => Field::Unknown,
        Value::Value(value) => Field::Known(value.clone()),
    }
}

/// The list as the rule layer has it.
pub(super) fn list_field(list: &TextList) -> Field<rule::TextList> {
    field(list).map(|list| list.iter().map(field).collect())
}

/// The map as the rule layer has it.
pub(super) fn map_field(map: &TextMap) -> Field<rule::TextMap> {
    field(map).map(|map| map.iter().map(|(key, value)| (key.clone(), field(value))).collect())
}

/// The map of lists as the rule layer has it.
pub(super) fn list_map_field(map: &TextListMap) -> Field<BTreeMap<String, Field<rule::TextList>>> {
    field(map).map(|map| map.iter().map(|(key, list)| (key.clone(), list_field(list))).collect())
}

/// The framework's form of an attribute.
pub(super) fn value<T: Clone>(field: &Field<T>) -> Value<T> {
    match field {
        Field::Absent => Value::Null,
        Field::Unknown => Value::Unknown,
        Field::Known(value) => Value::Value(value.clone()),
    }
}

/// The framework's form of a list.
pub(super) fn list_value(list: &Field<rule::TextList>) -> TextList {
    value(list).map(|list| list.iter().map(value).collect())
}

/// The framework's form of a map of lists.
pub(super) fn list_map_value(map: &Field<BTreeMap<String, Field<rule::TextList>>>) -> TextListMap {
    value(map).map(|map| map.iter().map(|(key, list)| (key.clone(), list_value(list))).collect())
}

/// The framework's form of a map.
pub(super) fn map_value(map: &Field<rule::TextMap>) -> TextMap {
    value(map).map(|map| map.iter().map(|(key, field)| (key.clone(), value(field))).collect())
}

/// The blocks of a list, as far as they are known.
pub(super) fn known_list<B, L: Deref<Target = [B]>>(blocks: &Value<L>) -> &[B] {
    match blocks {
        Value::Value(blocks) => blocks,
        _ => &[],
    }
}
