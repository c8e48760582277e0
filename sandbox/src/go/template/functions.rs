//! The functions that come with Go's templates, and those that Kapacitor adds.

use crate::go::template::format;
use crate::go::template::value::{Kind, Value};
use std::cmp::Ordering;

pub const BUILT_IN: [&str; 19] = [
    "and", "call", "eq", "ge", "gt", "html", "index", "js", "le", "len", "lt", "ne", "not", "or", "print", "printf",
    "println", "slice", "urlquery",
];

/// How many arguments a function takes at least, and whether it takes more.
pub fn arity(name: &str) -> (usize, bool) {
    match name {
        "ne" | "lt" | "le" | "gt" | "ge" => (2, false),
        "not" | "len" | "json" | "jsonCompact" => (1, false),
        "and" | "or" | "eq" | "index" | "slice" | "printf" | "call" => (1, true),
        _ => (0, true),
    }
}

/// Calls a function with as many arguments as it takes; the error is what Go says after `error calling NAME: `.
pub fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let first = arguments.first().map_or(&Value::Nil, Value::held);
    let rest = arguments.get(1..).unwrap_or_default();
    let second = rest.first().map_or(&Value::Nil, Value::held);
    let printed = || match arguments {
        [Value::String(text)] => text.clone(),
        _ => format::sprint(arguments),
    };
    match name {
        "not" => Ok(Value::Bool(!first.is_true())),
        "len" => length(first),
        "index" => {
            if first.is_nil() {
                return Err("index of untyped nil".to_owned());
            }
            rest.iter()
                .try_fold(arguments[0].clone(), |value, key| index(value.held(), key.held()))
        }
        "slice" => slice(first, rest),
        "call" => Err(format!("non-function of type {}", first.type_name())),
        "print" => Ok(format::sprint(arguments).into()),
        "println" => Ok(format::sprintln(arguments).into()),
        "printf" => Ok(format::sprintf(&first.inside(), rest).into()),
        "html" => Ok(escape_html(&printed()).into()),
        "js" => Ok(escape_js(&printed()).into()),
        "urlquery" => Ok(url::form_urlencoded::byte_serialize(printed().as_bytes())
            .collect::<String>()
            .into()),
        "json" => Ok(format!("{}\n", escaped_json(first)).into()),
        "jsonCompact" => Ok(escaped_json(first).into()),
        "eq" => equal_to_any(first, rest).map(Value::Bool),
        "ne" => equal_to_any(first, rest).map(|equal| Value::Bool(!equal)),
        "lt" => order(first, second).map(|order| Value::Bool(order == Some(Ordering::Less))),
        "le" => at_most(first, second).map(Value::Bool),
        "gt" => at_most(first, second).map(|at_most| Value::Bool(!at_most)),
        "ge" => order(first, second).map(|order| Value::Bool(order != Some(Ordering::Less))),
        other => Err(format!("the sandbox does not know the function {other}")),
    }
}

/// JSON as Go's encoder writes it, which escapes what HTML could take for its own.
fn escaped_json(value: &Value) -> String {
    let json = value.json().to_string();
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('&', "\\u0026")
}

fn length(value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) => Ok(Value::Int(text.len() as i64)),
        Value::List { items, .. } => Ok(Value::Int(items.len() as i64)),
        Value::Map { entries, .. } => Ok(Value::Int(entries.len() as i64)),
        Value::Nil => Err("reflect: call of reflect.Value.Type on zero Value".to_owned()),
        other => Err(format!("len of type {}", other.type_name())),
    }
}

/// A place in something of that length.
fn place(key: &Value, length: usize) -> Result<usize, String> {
    let number = match key.kind() {
        Kind::Int | Kind::Uint => key.as_int().unwrap_or_default(),
        _ if key.is_nil() => return Err("cannot index slice/array with nil".to_owned()),
        _ => return Err(format!("cannot index slice/array with type {}", key.type_name())),
    };
    usize::try_from(number)
        .ok()
        .filter(|place| *place <= length)
        .ok_or_else(|| format!("index out of range: {number}"))
}

fn index(value: &Value, key: &Value) -> Result<Value, String> {
    match (value, key) {
        (Value::Nil, _) => Err("index of nil pointer".to_owned()),
        (Value::Map { of_strings, .. }, Value::String(name)) => Ok(value.entry(name).unwrap_or(if *of_strings {
            Value::from("")
        } else {
            Value::Interface(Box::new(Value::Nil))
        })),
        (Value::Map { .. }, Value::Nil) => Err("value is nil; should be of type string".to_owned()),
        (Value::Map { .. }, other) => Err(format!("value has type {}; should be string", other.type_name())),
        (Value::List { items, type_name }, key) => {
            let item = items.get(place(key, items.len())?).cloned();
            let item = item.ok_or("reflect: slice index out of range")?;
            Ok(
                if type_name.ends_with("interface {}") && !type_name.starts_with("[][]") {
                    Value::Interface(Box::new(item))
                } else {
                    item
                },
            )
        }
        (Value::String(text), key) => {
            let byte = text.as_bytes().get(place(key, text.len())?);
            byte.map(|byte| Value::Byte(*byte))
                .ok_or_else(|| "reflect: string index out of range".to_owned())
        }
        (other, _) => Err(format!("can't index item of type {}", other.type_name())),
    }
}

fn slice(value: &Value, bounds: &[Value]) -> Result<Value, String> {
    let length = match value {
        Value::Nil => return Err("slice of untyped nil".to_owned()),
        Value::String(text) => text.len(),
        Value::List { items, .. } => items.len(),
        other => return Err(format!("can't slice item of type {}", other.type_name())),
    };
    if bounds.len() > 2 {
        return Err("the sandbox slices by two bounds only".to_owned());
    }
    let bound = |at: usize, default: usize| bounds.get(at).map_or(Ok(default), |bound| place(bound.held(), length));
    let (from, to) = (bound(0, 0)?, bound(1, length)?);
    if from > to {
        return Err(format!("invalid slice index: {from} > {to}"));
    }
    match value {
        Value::String(text) => Ok(String::from_utf8_lossy(&text.as_bytes()[from..to]).into_owned().into()),
        Value::List { items, type_name } => Ok(Value::List {
            type_name,
            items: items[from..to].to_vec(),
        }),
        _ => Ok(Value::Nil),
    }
}

fn incompatible(left: &Value, right: &Value) -> String {
    let (left, right) = (left.type_name(), right.type_name());
    format!("incompatible types for comparison: {left} and {right}")
}

fn equal_to_any(first: &Value, others: &[Value]) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".to_owned());
    }
    for other in others {
        if equal(first, other.held())? {
            return Ok(true);
        }
    }
    Ok(false)
}

fn equal(left: &Value, right: &Value) -> Result<bool, String> {
    match (left.kind(), right.kind()) {
        (Kind::Int | Kind::Uint, Kind::Int | Kind::Uint) => Ok(left.as_int() == right.as_int()),
        (Kind::Other, Kind::Other) if left.is_nil() || right.is_nil() => Ok(left.is_nil() == right.is_nil()),
        (Kind::Other, Kind::Other) => match right {
            Value::Time(_) => Ok(left == right),
            other => Err(format!("non-comparable type {}: {}", other.inside(), other.type_name())),
        },
        (left_kind, right_kind) if left_kind == right_kind => Ok(left == right),
        _ if left.is_nil() || right.is_nil() => Ok(false),
        _ => Err(incompatible(left, right)),
    }
}

fn order(left: &Value, right: &Value) -> Result<Option<Ordering>, String> {
    let unordered = || "invalid type for comparison".to_owned();
    if left.kind() == Kind::Other || right.kind() == Kind::Other {
        return Err(unordered());
    }
    match (left, right) {
        (Value::Float(left), Value::Float(right)) => Ok(left.partial_cmp(right)),
        (Value::String(left), Value::String(right)) => Ok(Some(left.cmp(right))),
        (Value::Bool(_), Value::Bool(_)) => Err(unordered()),
        _ => match (left.as_int(), right.as_int()) {
            (Some(left), Some(right)) => Ok(Some(left.cmp(&right))),
            _ => Err(incompatible(left, right)),
        },
    }
}

fn at_most(left: &Value, right: &Value) -> Result<bool, String> {
    if order(left, right)? == Some(Ordering::Less) {
        return Ok(true);
    }
    equal(left, right)
}

/// Go's escaping of text in HTML.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&#34;"),
            '\'' => escaped.push_str("&#39;"),
            '\0' => escaped.push('\u{fffd}'),
            other => escaped.push(other),
        }
    }
    escaped
}

/// Go's escaping of text in JavaScript.
fn escape_js(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '\\' => escaped.push_str("\\\\"),
            '\'' => escaped.push_str("\\'"),
            '"' => escaped.push_str("\\\""),
            '<' | '>' | '&' | '=' => escaped.push_str(&format!("\\u{:04X}", letter as u32)),
            control if (control as u32) < 0x20 => escaped.push_str(&format!("\\u{:04X}", control as u32)),
            other => escaped.push(other),
        }
    }
    escaped
}
