//! Lists of objects of which one may be null, or not be known as a whole: what a `for` expression over a resource that does
//! not exist yet makes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use tf_provider::value::Value;

/// How much of an element is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Whole {
    /// Its attributes, each of which may be null or unknown.
    #[default]
    Known,
    /// It is null.
    Null,
    /// Nothing of it is known yet.
    Unknown,
}

/// An object that knows whether it is one.
pub(crate) trait Element: Default {
    /// How much of it is there.
    fn whole(&self) -> Whole;

    /// The same, of which this is there.
    fn with_whole(self, whole: Whole) -> Self;

    /// One of which no attribute is known.
    fn unknown() -> Self;
}

/// Serializes each element as Terraform has it. One of which nothing is known is an object all the same: Terraform wants its
/// write-only attributes to be null.
pub(crate) fn serialize<S: Serializer, T: Element + Serialize>(list: &Value<Vec<T>>, to: S) -> Result<S::Ok, S::Error> {
    let of_element = |element| match T::whole(element) {
        Whole::Known | Whole::Unknown => Value::Value(element),
        Whole::Null => Value::Null,
    };
    let list: Value<Vec<Value<&T>>> = list.as_ref().map(|list| list.iter().map(of_element).collect());
    list.serialize(to)
}

/// Reads each element, whatever it is.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: Element + Deserialize<'de>>(
    from: D,
) -> Result<Value<Vec<T>>, D::Error> {
    let list = Value::<Vec<Value<T>>>::deserialize(from)?;
    Ok(list.map(|list| list.into_iter().map(element).collect()))
}

/// The element for a value.
pub(crate) fn element<T: Element>(value: Value<T>) -> T {
    match value {
        Value::Value(element) => element,
        Value::Null => T::default().with_whole(Whole::Null),
        Value::Unknown => T::unknown().with_whole(Whole::Unknown),
    }
}
