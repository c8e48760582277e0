//! A number that must be whole.

use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;

/// A number as Terraform gives it. One with a fraction, or too large, is kept as such, so that the error can name the
/// attribute; the framework's own error would not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Count(Option<i64>);

impl Count {
    /// The number, if it is whole.
    pub(crate) fn whole(self) -> Option<i64> {
        self.0
    }
}

impl From<i64> for Count {
    fn from(count: i64) -> Self {
        Count(Some(count))
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyNumber)
    }
}

/// Terraform writes a number as an integer, a float, or, if neither holds it, a text.
struct AnyNumber;

impl<'de> Visitor<'de> for AnyNumber {
    type Value = Count;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_i64<E>(self, number: i64) -> Result<Count, E> {
        Ok(Count(Some(number)))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Count, E> {
        Ok(Count(number.try_into().ok()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Count, E> {
        // Beyond this, floats leave out whole numbers.
        const LARGEST: f64 = 9_007_199_254_740_992.0;
        let is_whole = number.fract() == 0.0 && number.abs() <= LARGEST;
        Ok(Count(is_whole.then_some(number as i64)))
    }

    fn visit_str<E>(self, number: &str) -> Result<Count, E> {
        Ok(Count(number.parse().ok()))
    }
}

#[cfg(test)]
mod tests {
    use super::Count;

    #[test]
    fn a_number_with_a_fraction_is_kept_as_not_whole() {
        for (json, whole) in [
            ("3", Some(3)),
            ("-1", Some(-1)),
            ("3.0", Some(3)),
            ("1.5", None),
            ("1e300", None),
            ("18446744073709551615", None),
            ("\"12345678901234567890123\"", None),
        ] {
            assert_eq!(serde_json::from_str::<Count>(json).unwrap().whole(), whole, "{json}");
        }
    }
}
