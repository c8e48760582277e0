//! Points, and what groups them.

use serde_json::{json, Value};
use std::collections::BTreeMap;

/// The value of a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Field {
    Float(f64),
    Int(i64),
    String(String),
    Bool(bool),
}

impl Field {
    pub fn json(&self) -> Value {
        match self {
            Field::Float(value) => json_number(*value),
            Field::Int(value) => json!(value),
            Field::String(text) => json!(text),
            Field::Bool(value) => json!(value),
        }
    }

    pub fn as_float(&self) -> Option<f64> {
        match self {
            Field::Float(value) => Some(*value),
            Field::Int(value) => Some(*value as f64),
            _ => None,
        }
    }
}

/// A float as Go's JSON encoder writes it: whole ones without a decimal point.
pub fn json_number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 1e15 {
        return json!(value as i64);
    }
    json!(value)
}

/// The group that a point belongs to: the values of the tags that the task groups by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Group {
    pub tags: BTreeMap<String, String>,
}

impl Group {
    /// As templates show it: `host=a,cpu=b`, or `nil`.
    pub fn id(&self) -> String {
        if self.tags.is_empty() {
            return "nil".to_owned();
        }
        let pairs: Vec<String> = self
            .tags
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join(",")
    }
}

/// A point of a series.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub database: String,
    pub retention_policy: String,
    pub name: String,
    pub tags: BTreeMap<String, String>,
    pub fields: BTreeMap<String, Field>,
    /// Nanoseconds since 1970.
    pub time: i64,
    pub group: Group,
}

impl Point {
    /// The series that an alert on this point carries.
    pub fn series(&self) -> Value {
        let columns: Vec<&str> = ["time"]
            .into_iter()
            .chain(self.fields.keys().map(String::as_str))
            .collect();
        let time = json!(crate::go::time::rfc3339(self.time));
        let row: Vec<Value> = [time]
            .into_iter()
            .chain(self.fields.values().map(Field::json))
            .collect();
        let mut series = json!({ "name": self.name });
        if !self.tags.is_empty() {
            series["tags"] = json!(self.tags);
        }
        series["columns"] = json!(columns);
        series["values"] = json!([row]);
        json!([series])
    }
}
