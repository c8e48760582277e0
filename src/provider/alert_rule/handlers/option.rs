//! The value of one option as Terraform has it, and the text that the rule has in its place.

use crate::rule::handlers::{HandlerOption, OptionKind, OptionValue};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};
use std::fmt;
use tf_provider::value::Value;

/// A value of the type that the schema gives the option.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub(super) enum TypedValue {
    /// A text.
    Text(String),
    /// A flag.
    Flag(bool),
    /// A whole number.
    Integer(i64),
    /// Any other number.
    Number(f64),
    /// Texts, each of which may be null or not known yet.
    List(Vec<Value<String>>),
}

impl TypedValue {
    /// The value of an option that is written like this.
    pub(super) fn of(option: &HandlerOption, written: &str) -> Self {
        match option.kind {
            OptionKind::Text => TypedValue::Text(written.to_owned()),
            OptionKind::Flag => TypedValue::Flag(written == "true"),
            OptionKind::Integer => match written.parse() {
                Ok(number) => TypedValue::Integer(number),
                Err(_) => TypedValue::Number(written.parse().unwrap_or_default()),
            },
            OptionKind::List => TypedValue::List(match option.parse(written) {
                Ok(Some(OptionValue::List(items))) => items.into_iter().map(Value::Value).collect(),
                _ => Vec::new(),
            }),
        }
    }

    /// How the option is written; none while an item of a list is null or not known.
    pub(super) fn written(&self) -> Option<String> {
        Some(match self {
            TypedValue::Text(text) => text.clone(),
            TypedValue::Flag(flag) => flag.to_string(),
            TypedValue::Integer(number) => number.to_string(),
            TypedValue::Number(number) => number.to_string(),
            TypedValue::List(items) => {
                let items = items.iter().map(|item| match item {
                    Value::Value(item) => Some(item.clone()),
                    _ => None,
                });
                OptionValue::List(items.collect::<Option<_>>()?).written()
            }
        })
    }
}

impl<'de> Deserialize<'de> for TypedValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

/// Terraform writes a number as an integer, a float, or, if neither holds it, a text.
struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = TypedValue;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a text, a flag, a number or a list of texts")
    }

    fn visit_str<E>(self, text: &str) -> Result<TypedValue, E> {
        Ok(TypedValue::Text(text.to_owned()))
    }

    fn visit_bool<E>(self, flag: bool) -> Result<TypedValue, E> {
        Ok(TypedValue::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<TypedValue, E> {
        Ok(TypedValue::Integer(number))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<TypedValue, E> {
        Ok(match number.try_into() {
            Ok(number) => TypedValue::Integer(number),
            Err(_) => TypedValue::Number(number as f64),
        })
    }

    fn visit_f64<E>(self, number: f64) -> Result<TypedValue, E> {
        Ok(TypedValue::Number(number))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<TypedValue, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element()? {
            list.push(item);
        }
        Ok(TypedValue::List(list))
    }
}
