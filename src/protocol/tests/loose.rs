//! Any value that travels, as JSON.

use serde::Deserialize;
use serde_json::{json, Value as Json};
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// Any value.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Loose {
    Map(BTreeMap<String, Value<Loose>>),
    List(Vec<Value<Loose>>),
    Text(String),
    Flag(bool),
    Number(i64),
    Other(Value<()>),
}

impl Loose {
    pub(super) fn json(self) -> Json {
        let inner = |value: Value<Loose>| match value {
            Value::Value(value) => value.json(),
            Value::Null => Json::Null,
            Value::Unknown => json!("unknown"),
        };
        match self {
            Loose::Map(map) => map.into_iter().map(|(name, value)| (name, inner(value))).collect(),
            Loose::List(list) => list.into_iter().map(inner).collect(),
            Loose::Text(text) => text.into(),
            Loose::Flag(flag) => flag.into(),
            Loose::Number(number) => number.into(),
            Loose::Other(Value::Unknown) => json!("unknown"),
            Loose::Other(_) => Json::Null,
        }
    }
}
