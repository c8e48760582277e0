//! The framework's values in the forms that the resources use, and small helpers for them.

use crate::rule::Field;
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

/// A value of the rule layer that Terraform has in a form of its own.
pub(super) trait InTerraform {
    /// That form.
    type Value;

    /// The value as Terraform has it.
    fn value(&self) -> Self::Value;

    /// The value that Terraform has.
    fn from_value(value: &Self::Value) -> Self;
}

macro_rules! same_in_terraform {
    ($($type:ty),+) => {
        $(impl InTerraform for $type {
            type Value = $type;

            fn value(&self) -> $type {
                self.clone()
            }

            fn from_value(value: &$type) -> $type {
                value.clone()
            }
        })+
    };
}
same_in_terraform!(String, bool);

impl<T: InTerraform> InTerraform for Vec<T> {
    type Value = Vec<T::Value>;

    fn value(&self) -> Self::Value {
        self.iter().map(T::value).collect()
    }

    fn from_value(values: &Self::Value) -> Self {
        values.iter().map(T::from_value).collect()
    }
}

impl<T: InTerraform> InTerraform for BTreeMap<String, T> {
    type Value = BTreeMap<String, T::Value>;

    fn value(&self) -> Self::Value {
        self.iter().map(|(key, entry)| (key.clone(), entry.value())).collect()
    }

    fn from_value(values: &Self::Value) -> Self {
        values
            .iter()
            .map(|(key, value)| (key.clone(), T::from_value(value)))
            .collect()
    }
}

impl<T: InTerraform> InTerraform for Field<T> {
    type Value = Value<T::Value>;

    fn value(&self) -> Self::Value {
        match self {
            Field::Absent => Value::Null,
            Field::Unknown => Value::Unknown,
            Field::Known(value) => Value::Value(value.value()),
        }
    }

    fn from_value(value: &Self::Value) -> Self {
        field_with(value, T::from_value)
    }
}

/// The attribute as the rule layer has it, whose value the function makes.
pub(super) fn field_with<V, T>(value: &Value<V>, of_value: impl FnOnce(&V) -> T) -> Field<T> {
    match value {
        Value::Null => Field::Absent,
        Value::Unknown => Field::Unknown,
        Value::Value(value) => Field::Known(of_value(value)),
    }
}

/// The blocks of a list, as far as they are known.
pub(super) fn known_list<B, L: Deref<Target = [B]>>(blocks: &Value<L>) -> &[B] {
    match blocks {
        Value::Value(blocks) => blocks,
        _ => &[],
    }
}
