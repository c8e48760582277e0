//! The functions that lambdas may call, as far as rules use them. Others are errors, which end the point.

use crate::engine::lambda::value::{Value, NOTHING};
use regex::Regex;

pub fn call(name: &str, arguments: Vec<Value>) -> Result<Value, String> {
    let mut arguments = arguments.into_iter();
    let first = arguments.next().ok_or_else(|| format!("{name} expects an argument"))?;
    if name == "isPresent" {
        return Ok(Value::Bool(first != Value::Missing));
    }
    match (name, first) {
        (_, Value::Missing) => Err(NOTHING.to_owned()),
        ("if", Value::Bool(condition)) => {
            let chosen = if condition { arguments.next() } else { arguments.nth(1) };
            chosen.ok_or_else(|| "if expects three arguments".to_owned())
        }
        ("float", value) => float(value),
        ("int", Value::Float(value)) => Ok(Value::Int(value as i64)),
        ("int", Value::Int(value) | Value::Duration(value)) => Ok(Value::Int(value)),
        ("int", Value::String(text)) => text
            .parse()
            .map(Value::Int)
            .map_err(|_| format!("cannot convert {text:?}")),
        ("bool", Value::Bool(value)) => Ok(Value::Bool(value)),
        ("bool", Value::String(text)) => text
            .parse()
            .map(Value::Bool)
            .map_err(|_| format!("cannot convert {text:?}")),
        ("string", value) => string(value),
        ("unixNano", Value::Time(nanos)) => Ok(Value::Int(nanos)),
        ("abs", Value::Float(value)) => Ok(Value::Float(value.abs())),
        ("floor", Value::Float(value)) => Ok(Value::Float(value.floor())),
        ("ceil", Value::Float(value)) => Ok(Value::Float(value.ceil())),
        ("sqrt", Value::Float(value)) => Ok(Value::Float(value.sqrt())),
        ("strContains", Value::String(text)) => Ok(Value::Bool(
            matches!(arguments.next(), Some(Value::String(part)) if text.contains(&part)),
        )),
        ("strHasPrefix", Value::String(text)) => Ok(Value::Bool(
            matches!(arguments.next(), Some(Value::String(part)) if text.starts_with(&part)),
        )),
        (name, value) => Err(format!("the sandbox does not know {name}({})", value.type_name())),
    }
}

fn float(value: Value) -> Result<Value, String> {
    match value {
        Value::Float(value) => Ok(Value::Float(value)),
        Value::Int(value) => Ok(Value::Float(value as f64)),
        Value::Bool(value) => Ok(Value::Float(f64::from(u8::from(value)))),
        Value::String(text) => text
            .parse()
            .map(Value::Float)
            .map_err(|_| format!("cannot convert {text:?}")),
        other => Err(format!("cannot convert {} to float", other.type_name())),
    }
}

fn string(value: Value) -> Result<Value, String> {
    match value {
        Value::Float(value) => Ok(Value::String(crate::go::template::float(value))),
        Value::Int(value) => Ok(Value::String(value.to_string())),
        Value::Bool(value) => Ok(Value::String(value.to_string())),
        Value::Duration(value) => Ok(Value::String(crate::go::duration::format(value))),
        Value::String(text) => Ok(Value::String(text)),
        other => Err(format!("cannot convert {} to string", other.type_name())),
    }
}

/// Whether a text matches; the two languages' regular expressions agree on what rules use.
pub fn regex_matches(regex: &str, text: &str) -> Result<bool, String> {
    let compiled = Regex::new(regex).map_err(|error| error.to_string())?;
    Ok(compiled.is_match(text))
}
