//! The values that a template works on.

use std::collections::BTreeMap;

/// A Go value, as far as templates can tell it from others.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Nil,
    Bool(bool),
    Int(i64),
    Float(f64),
    String(String),
    List(Vec<Value>),
    Map {
        entries: BTreeMap<String, Value>,
        of_strings: bool,
    },
    /// A struct: its type, its fields, and how JSON shows it where that differs.
    Struct {
        type_name: &'static str,
        fields: Vec<(&'static str, Value)>,
        json: Option<serde_json::Value>,
    },
    /// Nanoseconds since 1970, UTC.
    Time(i64),
}

impl Value {
    pub fn structure(type_name: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
        Value::Struct {
            type_name,
            fields,
            json: None,
        }
    }

    /// A map in which a missing key reads as an empty string.
    pub fn string_map(entries: BTreeMap<String, Value>) -> Value {
        Value::Map {
            entries,
            of_strings: true,
        }
    }

    pub fn map(entries: BTreeMap<String, Value>) -> Value {
        Value::Map {
            entries,
            of_strings: false,
        }
    }

    /// What Go counts as true in `if`.
    pub fn is_true(&self) -> bool {
        match self {
            Value::Nil => false,
            Value::Bool(value) => *value,
            Value::Int(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::String(text) => !text.is_empty(),
            Value::List(items) => !items.is_empty(),
            Value::Map { entries, .. } => !entries.is_empty(),
            Value::Struct { .. } | Value::Time(_) => true,
        }
    }

    /// As `{{ . }}` prints it.
    pub fn print(&self) -> String {
        match self {
            Value::Nil => "<no value>".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) => value.to_string(),
            Value::Float(value) => float(*value),
            Value::String(text) => text.clone(),
            Value::List(items) => {
                format!("[{}]", items.iter().map(Value::print).collect::<Vec<_>>().join(" "))
            }
            Value::Map { entries, .. } => {
                let pairs: Vec<String> = entries
                    .iter()
                    .map(|(key, value)| format!("{key}:{}", value.print()))
                    .collect();
                format!("map[{}]", pairs.join(" "))
            }
            Value::Struct { fields, .. } => {
                format!(
                    "{{{}}}",
                    fields
                        .iter()
                        .map(|(_, value)| value.print())
                        .collect::<Vec<_>>()
                        .join(" ")
                )
            }
            Value::Time(nanos) => {
                let text = crate::go::time::rfc3339(*nanos);
                format!("{} +0000 UTC", text.trim_end_matches('Z').replacen('T', " ", 1))
            }
        }
    }

    /// As Go's JSON encoder writes it.
    pub fn json(&self) -> serde_json::Value {
        match self {
            Value::Nil => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(value) => (*value).into(),
            Value::Float(value) => crate::engine::point::json_number(*value),
            Value::String(text) => text.clone().into(),
            Value::List(items) => items.iter().map(Value::json).collect(),
            Value::Map { entries, .. } => entries.iter().map(|(key, value)| (key.clone(), value.json())).collect(),
            Value::Struct { json: Some(json), .. } => json.clone(),
            Value::Struct { fields, .. } => fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.json()))
                .collect(),
            Value::Time(nanos) => crate::go::time::rfc3339(*nanos).into(),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Value::String(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Value::String(text)
    }
}

/// Go's `%v` of a float64: an exponent below 1e-4 and from 1e21.
pub fn float(value: f64) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    if value.is_infinite() {
        return if value > 0.0 { "+Inf" } else { "-Inf" }.to_owned();
    }
    let size = value.abs();
    if size != 0.0 && !(1e-4..1e21).contains(&size) {
        let text = format!("{value:e}");
        let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
        let (sign, exponent) = match exponent.strip_prefix('-') {
            Some(exponent) => ('-', exponent),
            None => ('+', exponent),
        };
        return format!("{digits}e{sign}{exponent:0>2}");
    }
    format!("{value}")
}
