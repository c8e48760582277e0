//! The values of attributes: what one that is left out is, and which are the same.

use super::{attribute, AttributeKind, Number, Presence, Value};
use std::collections::BTreeMap;

/// What an attribute of a rule is if it is left out.
pub(in crate::rule) fn left_out<T: AttributeValue + Default>(name: &str) -> T {
    let default = attribute(name).and_then(|attribute| T::left_out(attribute.presence));
    default.unwrap_or_default()
}

/// A value that an attribute may have.
pub(crate) trait AttributeValue: Clone + PartialEq {
    /// What the rule has if the attribute is left out; none if that is not a value.
    fn left_out(presence: Presence) -> Option<Self>;

    /// Whether two values of an attribute of this kind are the same, however they are spelt.
    fn means(&self, other: &Self, _kind: AttributeKind) -> bool {
        self == other
    }
}

impl AttributeValue for String {
    fn left_out(presence: Presence) -> Option<Self> {
        match presence {
            Presence::TextDefault(default) => Some(default.to_owned()),
            _ => None,
        }
    }

    fn means(&self, other: &Self, kind: AttributeKind) -> bool {
        match kind {
            AttributeKind::Value => Value::parse(self) == Value::parse(other),
            AttributeKind::Number => match (self.parse::<Number>(), other.parse::<Number>()) {
                (Ok(one), Ok(other)) => one == other,
                _ => self == other,
            },
            _ => self == other,
        }
    }
}

impl AttributeValue for bool {
    fn left_out(presence: Presence) -> Option<Self> {
        match presence {
            Presence::BooleanDefault(default) => Some(default),
            _ => None,
        }
    }
}

impl<T: Clone + PartialEq> AttributeValue for Vec<T> {
    fn left_out(_presence: Presence) -> Option<Self> {
        Some(Vec::new())
    }
}

impl<T: Clone + PartialEq> AttributeValue for BTreeMap<String, T> {
    fn left_out(_presence: Presence) -> Option<Self> {
        Some(BTreeMap::new())
    }
}
