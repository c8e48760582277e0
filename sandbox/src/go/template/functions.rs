//! The functions that templates may call.

use crate::go::quote::quote;
use crate::go::template::value::Value;
use std::cmp::Ordering;

/// Calls a function; the error is what Go says after `error calling NAME: `.
pub fn call(name: &str, arguments: &[Value]) -> Result<Value, String> {
    let first = arguments.first().cloned().unwrap_or(Value::Nil);
    match name {
        "and" => Ok(arguments
            .iter()
            .find(|value| !value.is_true())
            .or(arguments.last())
            .cloned()
            .unwrap_or(first)),
        "or" => Ok(arguments
            .iter()
            .find(|value| value.is_true())
            .or(arguments.last())
            .cloned()
            .unwrap_or(first)),
        "not" => Ok(Value::Bool(!first.is_true())),
        "len" => length(&first),
        "index" => arguments
            .iter()
            .skip(1)
            .try_fold(first, |value, key| index(&value, key)),
        "print" => Ok(arguments.iter().map(Value::print).collect::<Vec<_>>().join("").into()),
        "println" => Ok(format!("{}\n", arguments.iter().map(Value::print).collect::<Vec<_>>().join(" ")).into()),
        "printf" => Ok(format(&first.print(), arguments.get(1..).unwrap_or_default()).into()),
        "html" => Ok(escape_html(&first.print()).into()),
        "urlquery" => Ok(url::form_urlencoded::byte_serialize(first.print().as_bytes())
            .collect::<String>()
            .into()),
        "json" => Ok(format!("{}\n", first.json()).into()),
        "jsonCompact" => Ok(first.json().to_string().into()),
        "eq" => equal_to_any(&first, arguments.get(1..).unwrap_or_default()).map(Value::Bool),
        "ne" => Ok(Value::Bool(
            compare(&first, second(arguments)?)? != Some(Ordering::Equal),
        )),
        "lt" => Ok(Value::Bool(
            compare(&first, second(arguments)?)? == Some(Ordering::Less),
        )),
        "le" => Ok(Value::Bool(matches!(
            compare(&first, second(arguments)?)?,
            Some(Ordering::Less | Ordering::Equal)
        ))),
        "gt" => Ok(Value::Bool(
            compare(&first, second(arguments)?)? == Some(Ordering::Greater),
        )),
        "ge" => Ok(Value::Bool(matches!(
            compare(&first, second(arguments)?)?,
            Some(Ordering::Greater | Ordering::Equal)
        ))),
        other => Err(format!("the sandbox does not know the function {other}")),
    }
}

fn second(arguments: &[Value]) -> Result<&Value, String> {
    arguments
        .get(1)
        .ok_or_else(|| "missing argument for comparison".to_owned())
}

fn length(value: &Value) -> Result<Value, String> {
    match value {
        Value::String(text) => Ok(Value::Int(text.len() as i64)),
        Value::List(items) => Ok(Value::Int(items.len() as i64)),
        Value::Map { entries, .. } => Ok(Value::Int(entries.len() as i64)),
        Value::Nil => Err("len of nil pointer".to_owned()),
        other => Err(format!("len of {}", other.print())),
    }
}

fn index(value: &Value, key: &Value) -> Result<Value, String> {
    match (value, key) {
        (Value::Nil, _) => Err("index of untyped nil".to_owned()),
        (Value::Map { entries, of_strings }, Value::String(key)) => Ok(entries
            .get(key)
            .cloned()
            .unwrap_or(if *of_strings { Value::from("") } else { Value::Nil })),
        (Value::List(items), Value::Int(at)) => {
            let item = usize::try_from(*at).ok().and_then(|at| items.get(at));
            item.cloned()
                .ok_or_else(|| format!("reflect: slice index out of range: {at}"))
        }
        (value, _) => Err(format!("can't index item of {}", quote(&value.print()))),
    }
}

fn equal_to_any(first: &Value, others: &[Value]) -> Result<bool, String> {
    if others.is_empty() {
        return Err("missing argument for comparison".to_owned());
    }
    for other in others {
        if compare(first, other)? == Some(Ordering::Equal) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn compare(left: &Value, right: &Value) -> Result<Option<Ordering>, String> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Ok(Some(left.cmp(right))),
        (Value::Float(left), Value::Float(right)) => Ok(left.partial_cmp(right)),
        (Value::String(left), Value::String(right)) => Ok(Some(left.cmp(right))),
        (Value::Bool(left), Value::Bool(right)) => Ok(Some(left.cmp(right))),
        (Value::Nil, Value::Nil) => Ok(Some(Ordering::Equal)),
        _ => Err("incompatible types for comparison".to_owned()),
    }
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
            other => escaped.push(other),
        }
    }
    escaped
}

/// `printf` with the verbs that alerts use: `%s`, `%v`, `%d`, `%q`, `%%` and `%f` with a precision.
fn format(pattern: &str, arguments: &[Value]) -> String {
    let mut output = String::new();
    let mut arguments = arguments.iter();
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('%') {
        output.push_str(before);
        let end = after
            .find(|letter: char| letter.is_alphabetic() || letter == '%')
            .unwrap_or(0);
        let (flags, verb) = (&after[..end], after[end..].chars().next().unwrap_or('%'));
        rest = after.get(end + verb.len_utf8()..).unwrap_or_default();
        if verb == '%' {
            output.push('%');
            continue;
        }
        let Some(value) = arguments.next() else {
            output.push_str(&format!("%!{verb}(MISSING)"));
            continue;
        };
        let precision = flags.split_once('.').and_then(|(_, digits)| digits.parse().ok());
        match (verb, value) {
            ('f', Value::Float(number)) => output.push_str(&format!("{number:.*}", precision.unwrap_or(6))),
            ('q', value) => output.push_str(&quote(&value.print())),
            ('d', Value::Int(number)) => output.push_str(&number.to_string()),
            ('s' | 'v', value) => output.push_str(&value.print()),
            (verb, value) => output.push_str(&format!("%!{verb}({})", value.print())),
        }
    }
    output.push_str(rest);
    output
}
