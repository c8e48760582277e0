//! A value as Terraform and the provider exchange it.

use serde::Deserialize;
use serde_json::{json, Value as Json};
use std::collections::BTreeMap;
use tf_provider::value::ValueAny;

/// Null, not known yet, or what its type says. A block and a resource are maps, too.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    #[default]
    Null,
    Unknown,
    Flag(bool),
    Number(i64),
    /// A number that is none of those. Only results have such.
    Fraction(f64),
    Text(String),
    List(Vec<Value>),
    Map(BTreeMap<String, Value>),
}

impl Value {
    /// What a map has under this key, or a list under this index.
    pub fn get(&self, key: &str) -> Option<&Value> {
        match self {
            Value::Map(entries) => entries.get(key),
            Value::List(items) => items.get(key.parse::<usize>().ok()?),
            _ => None,
        }
    }

    /// The same, and null for what is not there.
    pub fn of(&self, key: &str) -> Value {
        self.get(key).cloned().unwrap_or_default()
    }

    /// The items of a list; none of anything else.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    pub fn is_null(&self) -> bool {
        *self == Value::Null
    }

    /// Whether nothing in it is unknown.
    pub fn is_known(&self) -> bool {
        match self {
            Value::Unknown => false,
            Value::List(items) => items.iter().all(Value::is_known),
            Value::Map(entries) => entries.values().all(Value::is_known),
            _ => true,
        }
    }

    /// As a state file and `terraform show -json` have it: without what is unknown.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Null | Value::Unknown => Json::Null,
            Value::Flag(flag) => json!(flag),
            Value::Number(number) => json!(number),
            Value::Fraction(number) => json!(number),
            Value::Text(text) => json!(text),
            Value::List(items) => items.iter().map(Value::to_json).collect(),
            Value::Map(entries) => {
                let known = entries.iter().filter(|(_, value)| **value != Value::Unknown);
                known.map(|(name, value)| (name.clone(), value.to_json())).collect()
            }
        }
    }

    pub fn from_json(json: &Json) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(flag) => Value::Flag(*flag),
            Json::Number(number) => number.as_i64().map_or_else(
                || Value::of_fraction(number.as_f64().unwrap_or_default()),
                Value::Number,
            ),
            Json::String(text) => Value::Text(text.clone()),
            Json::Array(items) => Value::List(items.iter().map(Value::from_json).collect()),
            Json::Object(entries) => {
                let entries = entries.iter();
                Value::Map(
                    entries
                        .map(|(name, value)| (name.clone(), Value::from_json(value)))
                        .collect(),
                )
            }
        }
    }

    /// As it goes to the provider.
    pub fn encode(&self) -> Vec<u8> {
        rmp_serde::to_vec_named(&ValueAny::from(self)).expect("every value can be encoded")
    }

    /// What came from the provider.
    pub fn decode(bytes: &[u8]) -> Self {
        let value: Received = rmp_serde::from_slice(bytes).expect("the provider answers with a value");
        value.into()
    }

    fn of_fraction(number: f64) -> Self {
        match number.fract() == 0.0 {
            true => Value::Number(number as i64),
            false => Value::Fraction(number),
        }
    }
}

impl From<&Value> for ValueAny {
    fn from(value: &Value) -> Self {
        match value {
            Value::Null => ValueAny::Null,
            Value::Unknown => ValueAny::Unknown,
            Value::Flag(flag) => ValueAny::Bool(*flag),
            Value::Number(number) => ValueAny::Number(*number),
            Value::Fraction(number) => panic!("teach the tests' Terraform to send {number}"),
            Value::Text(text) => ValueAny::String(text.clone()),
            Value::List(items) => ValueAny::List(items.iter().map(ValueAny::from).collect()),
            Value::Map(entries) => {
                let entries = entries.iter();
                ValueAny::Map(
                    entries
                        .map(|(name, value)| (name.clone(), ValueAny::from(value)))
                        .collect(),
                )
            }
        }
    }
}

impl From<ValueAny> for Value {
    fn from(value: ValueAny) -> Self {
        match value {
            ValueAny::Null => Value::Null,
            ValueAny::Unknown => Value::Unknown,
            ValueAny::Bool(flag) => Value::Flag(flag),
            ValueAny::Number(number) => Value::Number(number),
            ValueAny::String(text) => Value::Text(text),
            ValueAny::List(items) => Value::List(items.into_iter().map(Value::from).collect()),
            ValueAny::Map(entries) => {
                let entries = entries.into_iter();
                Value::Map(entries.map(|(name, value)| (name, Value::from(value))).collect())
            }
        }
    }
}

/// What comes over the wire: the framework's own value of any type knows no fractions.
#[derive(Deserialize)]
#[serde(untagged)]
enum Received {
    Any(ValueAny),
    Fraction(f64),
    List(Vec<Received>),
    Map(BTreeMap<String, Received>),
}

impl From<Received> for Value {
    fn from(value: Received) -> Self {
        match value {
            Received::Any(value) => value.into(),
            Received::Fraction(number) => Value::of_fraction(number),
            Received::List(items) => Value::List(items.into_iter().map(Value::from).collect()),
            Received::Map(entries) => {
                let entries = entries.into_iter();
                Value::Map(entries.map(|(name, value)| (name, Value::from(value))).collect())
            }
        }
    }
}
