//! A value inside of a lambda expression.

use crate::engine::point::Field;

/// What is said of a reference that finds nothing.
pub const NOTHING: &str = "no field or tag exists";

/// A value inside of an expression.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Float(f64),
    Int(i64),
    String(String),
    Bool(bool),
    Duration(i64),
    Regex(String),
    /// Nanoseconds since 1970.
    Time(i64),
    Missing,
}

impl From<Field> for Value {
    fn from(field: Field) -> Self {
        match field {
            Field::Float(value) => Value::Float(value),
            Field::Int(value) => Value::Int(value),
            Field::String(text) => Value::String(text),
            Field::Bool(value) => Value::Bool(value),
        }
    }
}

impl Value {
    /// The value as a field; durations become integers.
    pub fn field(self) -> Result<Field, String> {
        match self {
            Value::Float(value) => Ok(Field::Float(value)),
            Value::Int(value) | Value::Duration(value) => Ok(Field::Int(value)),
            Value::String(text) => Ok(Field::String(text)),
            Value::Bool(value) => Ok(Field::Bool(value)),
            Value::Regex(_) | Value::Time(_) | Value::Missing => Err("no value for a field".to_owned()),
        }
    }

    pub fn type_name(&self) -> &'static str {
        match self {
            Value::Float(_) => "float",
            Value::Int(_) => "int",
            Value::String(_) => "string",
            Value::Bool(_) => "boolean",
            Value::Duration(_) => "duration",
            Value::Regex(_) => "regex",
            Value::Time(_) => "time",
            Value::Missing => "missing",
        }
    }
}
