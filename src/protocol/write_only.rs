//! A value that only the configuration has.

use serde::{Deserialize, Serialize, Serializer};
use tf_provider::value::Value;

/// The value of a write-only attribute. It is read from a configuration, and written as null, so that no plan and no state
/// ever holds it.
#[derive(Clone, Default, Deserialize)]
#[serde(transparent)]
pub struct WriteOnly<T>(pub Value<T>);

/// What a configuration writes is no part of what a state is, so that it makes no difference between two of them.
impl<T> PartialEq for WriteOnly<T> {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl<T> Serialize for WriteOnly<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_unit()
    }
}

impl<T> std::fmt::Debug for WriteOnly<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self.0 {
            Value::Value(_) => "WriteOnly(…)",
            Value::Null => "WriteOnly(Null)",
            Value::Unknown => "WriteOnly(Unknown)",
        })
    }
}
