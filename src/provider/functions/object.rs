//! An object with the attributes of a resource, as a function takes it.

use crate::provider::attributes::{Definition, Kind};
use serde_json::{Map, Value};

/// The object as a state has it: what is not given is null, and each value is of its attribute's type, into which Terraform
/// would convert it too. `what` is what the object describes.
///
/// # Errors
/// What does not fit. The words begin with the path of the attribute, and never quote a value, which may be secret.
pub(super) fn read(given: Value, attributes: &[Definition], what: &str) -> Result<Map<String, Value>, String> {
    let Value::Object(mut given) = given else {
        return Err(": it is not an object.".to_owned());
    };
    let state = members(&mut given, attributes, what)?;
    match given.keys().next() {
        Some(name) => Err(format!(".{name}: {what} has no such attribute.")),
        None => Ok(state),
    }
}

fn below(name: &str) -> impl Fn(String) -> String + '_ {
    move |wrong| format!(".{name}{wrong}")
}

fn members(
    given: &mut Map<String, Value>,
    attributes: &[Definition],
    what: &str,
) -> Result<Map<String, Value>, String> {
    let mut members = Map::new();
    for definition in attributes {
        let value = given.remove(definition.name).unwrap_or_default();
        let value = fitted(&definition.kind, value, what).map_err(below(definition.name))?;
        members.insert(definition.name.to_owned(), value);
    }
    Ok(members)
}

fn objects(values: Vec<Value>, attributes: &[Definition], what: &str) -> Result<Vec<Value>, String> {
    let objects = values.into_iter().enumerate().map(|(index, value)| {
        let object = read(value, attributes, what);
        object.map(Value::Object).map_err(|wrong| format!("[{index}]{wrong}"))
    });
    objects.collect()
}

/// A value of this kind.
fn fitted(kind: &Kind, value: Value, what: &str) -> Result<Value, String> {
    match (kind, value) {
        (_, Value::Null) => Ok(Value::Null),
        (Kind::Text | Kind::Script | Kind::Url | Kind::UrlVariable, value) => text(value),
        (Kind::Flag, Value::Bool(flag)) => Ok(Value::Bool(flag)),
        (Kind::Flag, _) => Err(": it must be true or false.".to_owned()),
        (Kind::Count | Kind::Number, value) => Ok(value),
        (Kind::TextList, value) => texts(value),
        (Kind::TextMap, value) => entries(value, text),
        (Kind::TextMaps, Value::Array(values)) => maps(values),
        (Kind::TextMaps, _) => Err(": it must be a list of maps.".to_owned()),
        (Kind::TextListMap, value) => entries(value, texts),
        (Kind::Object(attributes), value) => read(value, attributes, what).map(Value::Object),
        (Kind::Objects(attributes), Value::Array(values)) => objects(values, attributes, what).map(Value::Array),
        (Kind::Objects(_), _) => Err(": it must be a list of objects.".to_owned()),
    }
}

fn text(value: Value) -> Result<Value, String> {
    match value {
        Value::Number(number) => Ok(Value::String(number.to_string())),
        Value::Bool(flag) => Ok(Value::String(flag.to_string())),
        Value::String(_) | Value::Null => Ok(value),
        Value::Array(_) | Value::Object(_) => Err(": it must be a text.".to_owned()),
    }
}

fn texts(value: Value) -> Result<Value, String> {
    let Value::Array(items) = value else {
        return Err(": it must be a list of texts.".to_owned());
    };
    let items = items.into_iter().enumerate();
    let items = items.map(|(index, item)| text(item).map_err(|wrong| format!("[{index}]{wrong}")));
    items.collect::<Result<_, String>>().map(Value::Array)
}

fn maps(values: Vec<Value>) -> Result<Value, String> {
    let maps = values.into_iter().enumerate();
    let maps = maps.map(|(index, map)| entries(map, text).map_err(|wrong| format!("[{index}]{wrong}")));
    maps.collect::<Result<_, String>>().map(Value::Array)
}

fn entries(value: Value, one: impl Fn(Value) -> Result<Value, String>) -> Result<Value, String> {
    let Value::Object(entries) = value else {
        return Err(": it must be a map.".to_owned());
    };
    let entries = entries.into_iter().map(|(key, value)| {
        let value = one(value).map_err(|wrong| format!("[{key:?}]{wrong}"))?;
        Ok((key, value))
    });
    entries.collect::<Result<_, String>>().map(Value::Object)
}
