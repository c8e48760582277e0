//! The values that a template works on.

use crate::go::{duration, time};
use std::collections::BTreeMap;

/// A Go value, as far as templates can tell it from others.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value: a key that a map does not have, or `nil`.
    Nil,
    Bool(bool),
    /// An `int`.
    Int(i64),
    /// An `int64`, as fields are.
    Int64(i64),
    /// A `uint8`, as a text holds.
    Byte(u8),
    Float(f64),
    String(String),
    List {
        type_name: &'static str,
        items: Vec<Value>,
    },
    Map {
        entries: BTreeMap<String, Value>,
        of_strings: bool,
    },
    /// A struct: its type, its fields, and how JSON shows it if that differs.
    Struct {
        type_name: &'static str,
        fields: Vec<(&'static str, Value)>,
        json: Option<serde_json::Value>,
    },
    /// Nanoseconds since 1970, UTC.
    Time(i64),
    /// A number with a name: `time.Duration`, `time.Month`, `time.Weekday`, `alert.Level`.
    Named {
        type_name: &'static str,
        number: i64,
        text: String,
    },
    /// What an interface holds: an entry of a map of anything, before it is used.
    Interface(Box<Value>),
}

/// What comparisons tell apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Other,
    Bool,
    Int,
    Uint,
    Float,
    String,
}

impl Value {
    pub fn structure(type_name: &'static str, fields: Vec<(&'static str, Value)>) -> Value {
        Value::Struct {
            type_name,
            fields,
            json: None,
        }
    }

    /// A `map[string]string`.
    pub fn string_map(entries: BTreeMap<String, Value>) -> Value {
        Value::Map {
            entries,
            of_strings: true,
        }
    }

    /// A `map[string]interface {}`.
    pub fn map(entries: BTreeMap<String, Value>) -> Value {
        Value::Map {
            entries,
            of_strings: false,
        }
    }

    /// A `time.Duration` in nanoseconds.
    pub fn duration(nanos: i64) -> Value {
        Value::Named {
            type_name: "time.Duration",
            number: nanos,
            text: duration::format(nanos),
        }
    }

    /// What an interface holds, or the value itself.
    pub fn held(&self) -> &Value {
        match self {
            Value::Interface(inner) => inner.held(),
            other => other,
        }
    }

    pub fn into_held(self) -> Value {
        match self {
            Value::Interface(inner) => inner.into_held(),
            other => other,
        }
    }

    pub fn is_nil(&self) -> bool {
        *self.held() == Value::Nil
    }

    /// An entry of a map; `None` if it has no such key.
    pub fn entry(&self, key: &str) -> Option<Value> {
        let Value::Map { entries, of_strings } = self else {
            return None;
        };
        let found = entries.get(key)?.clone();
        Some(if *of_strings {
            found
        } else {
            Value::Interface(Box::new(found))
        })
    }

    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Nil => "nil",
            Value::Bool(_) => "bool",
            Value::Int(_) => "int",
            Value::Int64(_) => "int64",
            Value::Byte(_) => "uint8",
            Value::Float(_) => "float64",
            Value::String(_) => "string",
            Value::List { type_name, .. } | Value::Struct { type_name, .. } | Value::Named { type_name, .. } => {
                type_name
            }
            Value::Map { of_strings: true, .. } => "map[string]string",
            Value::Map { .. } => "map[string]interface {}",
            Value::Interface(_) => "interface {}",
            Value::Time(_) => "time.Time",
        }
    }

    pub fn kind(&self) -> Kind {
        match self.held() {
            Value::Bool(_) => Kind::Bool,
            Value::Int(_) | Value::Int64(_) | Value::Named { .. } => Kind::Int,
            Value::Byte(_) => Kind::Uint,
            Value::Float(_) => Kind::Float,
            Value::String(_) => Kind::String,
            _ => Kind::Other,
        }
    }

    pub fn as_int(&self) -> Option<i64> {
        match self.held() {
            Value::Int(value) | Value::Int64(value) | Value::Named { number: value, .. } => Some(*value),
            Value::Byte(value) => Some(i64::from(*value)),
            _ => None,
        }
    }

    /// What Go counts as true in `if`.
    pub fn is_true(&self) -> bool {
        match self.held() {
            Value::Nil | Value::Interface(_) => false,
            Value::Bool(value) => *value,
            Value::Int(value) | Value::Int64(value) | Value::Named { number: value, .. } => *value != 0,
            Value::Byte(value) => *value != 0,
            Value::Float(value) => *value != 0.0,
            Value::String(text) => !text.is_empty(),
            Value::List { items, .. } => !items.is_empty(),
            Value::Map { entries, .. } => !entries.is_empty(),
            Value::Struct { .. } | Value::Time(_) => true,
        }
    }

    /// As `{{ . }}` prints it.
    pub fn print(&self) -> String {
        match self.held() {
            Value::Nil | Value::Interface(_) => "<no value>".to_owned(),
            other => other.inside(),
        }
    }

    /// As it prints inside of another value, or as an argument: no value is `<nil>` there.
    pub fn inside(&self) -> String {
        let list = |items: &[Value]| items.iter().map(Value::inside).collect::<Vec<_>>().join(" ");
        match self.held() {
            Value::Nil | Value::Interface(_) => "<nil>".to_owned(),
            Value::Bool(value) => value.to_string(),
            Value::Int(value) | Value::Int64(value) => value.to_string(),
            Value::Byte(value) => value.to_string(),
            Value::Float(value) => float(*value),
            Value::String(text) => text.clone(),
            Value::List { items, .. } => format!("[{}]", list(items)),
            Value::Map { entries, .. } => {
                let pairs = entries.iter().map(|(key, value)| format!("{key}:{}", value.inside()));
                format!("map[{}]", pairs.collect::<Vec<_>>().join(" "))
            }
            // The one struct of these with a method that prints it, which is as JSON.
            Value::Struct {
                type_name: "models.Result",
                json: Some(json),
                ..
            } => json.to_string(),
            Value::Struct { type_name, fields, .. } => structure(type_name, fields),
            Value::Time(nanos) => {
                let text = time::rfc3339(*nanos);
                format!("{} +0000 UTC", text.trim_end_matches('Z').replacen('T', " ", 1))
            }
            Value::Named { text, .. } => text.clone(),
        }
    }

    /// As Go's JSON encoder writes it.
    pub fn json(&self) -> serde_json::Value {
        match self.held() {
            Value::Nil | Value::Interface(_) => serde_json::Value::Null,
            Value::Bool(value) => (*value).into(),
            Value::Int(value) | Value::Int64(value) => (*value).into(),
            Value::Byte(value) => (*value).into(),
            Value::Float(value) => crate::engine::point::json_number(*value),
            Value::String(text) => text.clone().into(),
            Value::List { items, .. } => items.iter().map(Value::json).collect(),
            Value::Map { entries, .. } => entries.iter().map(|(key, value)| (key.clone(), value.json())).collect(),
            Value::Struct { json: Some(json), .. } => json.clone(),
            Value::Struct { fields, .. } => fields
                .iter()
                .map(|(name, value)| ((*name).to_owned(), value.json()))
                .collect(),
            Value::Time(nanos) => time::rfc3339(*nanos).into(),
            Value::Named {
                type_name: "alert.Level",
                text,
                ..
            } => text.clone().into(),
            Value::Named { number, .. } => (*number).into(),
        }
    }
}

/// The structs of an alert's templates hold one another: the fields of the inner one print in braces of their own.
fn structure(type_name: &str, fields: &[(&'static str, Value)]) -> String {
    let printed: Vec<String> = fields.iter().map(|(_, value)| value.inside()).collect();
    let id_fields = 5.min(printed.len());
    let (inner, outer) = printed.split_at(id_fields);
    match (type_name, outer.split_last()) {
        ("kapacitor.messageInfo", _) => format!("{{{{{}}} {}}}", inner.join(" "), outer.join(" ")),
        ("kapacitor.detailsInfo", Some((message, outer))) => {
            format!("{{{{{{{}}} {}}} {message}}}", inner.join(" "), outer.join(" "))
        }
        _ => format!("{{{}}}", printed.join(" ")),
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
        return exponent(&format!("{value:e}"));
    }
    format!("{value}")
}

/// Go writes at least two digits and the sign of an exponent.
pub fn exponent(text: &str) -> String {
    let (digits, exponent) = text.split_once('e').unwrap_or((text, "0"));
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}e{sign}{exponent:0>2}")
}
