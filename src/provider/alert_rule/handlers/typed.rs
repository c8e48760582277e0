//! `handlers` as Terraform has it: an object of lists of objects, with the options in their own types.

use super::block::HandlerBlock;
use super::list::Handlers;
use super::names::{NamedKind, NAMED_KINDS};
use super::option::TypedValue;
use crate::protocol::WriteOnly;
use crate::provider::attributes::elements::Whole;
use crate::provider::values::{Text, TextMap};
use crate::rule::handlers::HandlerOption;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Cow;
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// One handler.
type Options = BTreeMap<Cow<'static, str>, Value<TypedValue>>;
/// The handlers of each kind.
type Kinds = BTreeMap<Cow<'static, str>, Value<Vec<Value<Options>>>>;

/// Serializes the handlers, each with every attribute of its kind.
pub(crate) fn serialize<S: Serializer>(handlers: &Value<Handlers>, to: S) -> Result<S::Ok, S::Error> {
    let kinds: Value<Kinds> = handlers.as_ref().map(|handlers| {
        let kinds = NAMED_KINDS.iter();
        kinds
            .map(|named| (named.attribute.into(), list_of(named, handlers)))
            .collect()
    });
    kinds.serialize(to)
}

/// Reads the handlers of every kind into one list.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Value<Handlers>, D::Error> {
    let kinds = Value::<Kinds>::deserialize(from)?;
    Ok(kinds.map(|mut kinds| {
        let mut handlers = Handlers::default();
        let mut blocks = Vec::new();
        for named in NAMED_KINDS.iter() {
            match kinds.remove(named.attribute).unwrap_or_default() {
                Value::Null => {}
                Value::Unknown => handlers.unknown.push(named.attribute),
                Value::Value(list) if list.is_empty() => handlers.empty.push(named.attribute),
                Value::Value(list) => blocks.extend(list.into_iter().map(|element| block(named, element))),
            }
        }
        handlers.with(blocks)
    }))
}

fn list_of(named: &NamedKind, handlers: &Handlers) -> Value<Vec<Value<Options>>> {
    let blocks = handlers.iter().filter(|block| block.is_kind(named.kind.name));
    let list: Vec<Value<Options>> = blocks.map(|block| element(named, block)).collect();
    if handlers.unknown.contains(&named.attribute) {
        return Value::Unknown;
    }
    match list.is_empty() && !handlers.empty.contains(&named.attribute) {
        true => Value::Null,
        false => Value::Value(list),
    }
}

fn element(named: &NamedKind, block: &HandlerBlock) -> Value<Options> {
    if block.whole == Whole::Null {
        return Value::Null;
    }
    let mut options = Options::new();
    for option in &named.options {
        let of = |map| entry(option.option, map);
        let value = match option.twin {
            Some([twin, version]) => {
                options.insert(twin.into(), Value::Null);
                options.insert(version.into(), block.secrets_wo_version.clone().map(TypedValue::Text));
                of(&block.secrets)
            }
            None => match block.lists.get(option.option.name) {
                Some(list) => Value::Value(TypedValue::List(list.clone())),
                None => of(&block.options),
            },
        };
        options.insert(option.attribute.into(), value);
    }
    if named.options.is_empty() {
        options.extend(unknown_names(&block.options));
    }
    Value::Value(options)
}

/// What a configuration sets for a kind without options, which validation refuses.
fn unknown_names(options: &TextMap) -> Options {
    let Value::Value(options) = options else {
        return Options::new();
    };
    let entries = options.iter();
    entries
        .map(|(name, text)| (name.clone().into(), text.clone().map(TypedValue::Text)))
        .collect()
}

fn entry(option: &HandlerOption, map: &TextMap) -> Value<TypedValue> {
    let text = match map {
        Value::Null => return Value::Null,
        Value::Unknown => return Value::Unknown,
        Value::Value(map) => map.get(option.name),
    };
    match text {
        None | Some(Value::Null) => Value::Null,
        Some(Value::Unknown) => Value::Unknown,
        Some(Value::Value(text)) => Value::Value(TypedValue::of(option, text)),
    }
}

fn block(named: &NamedKind, element: Value<Options>) -> HandlerBlock {
    let mut block = HandlerBlock {
        kind: Value::Value(named.kind.name.to_owned()),
        ..HandlerBlock::default()
    };
    let mut given = match element {
        Value::Value(given) => given,
        Value::Null => {
            return HandlerBlock {
                whole: Whole::Null,
                ..unknown(named, block)
            }
        }
        Value::Unknown => return unknown(named, block),
    };
    let mut options = BTreeMap::new();
    for option in &named.options {
        let name = option.option.name;
        let value = given.remove(option.attribute).unwrap_or_default();
        if let Some([twin, version]) = option.twin {
            block.secrets = secret(name, value);
            block.secrets_wo = WriteOnly(secret(name, given.remove(twin).unwrap_or_default()));
            block.secrets_wo_version = text(given.remove(version).unwrap_or_default());
            continue;
        }
        if let Value::Value(TypedValue::List(list)) = &value {
            if !list.iter().all(Value::is_value) {
                block.lists.insert(name, list.clone());
            }
        }
        if !value.is_null() {
            options.insert(name.to_owned(), text(value));
        }
    }
    if named.options.is_empty() {
        options.extend(given.into_iter().map(|(name, value)| (name.into_owned(), text(value))));
    }
    block.options = match options.is_empty() {
        true => Value::Null,
        false => Value::Value(options),
    };
    block
}

fn unknown(named: &NamedKind, block: HandlerBlock) -> HandlerBlock {
    let of_a_secret = named.secret().is_some();
    HandlerBlock {
        options: Value::Unknown,
        secrets: if of_a_secret { Value::Unknown } else { Value::Null },
        secrets_wo_version: if of_a_secret { Value::Unknown } else { Value::Null },
        whole: Whole::Unknown,
        ..block
    }
}

fn text(value: Value<TypedValue>) -> Text {
    match value {
        Value::Null => Value::Null,
        Value::Unknown => Value::Unknown,
        Value::Value(value) => value.written().map_or(Value::Unknown, Value::Value),
    }
}

fn secret(name: &str, value: Value<TypedValue>) -> TextMap {
    match text(value) {
        Value::Null => Value::Null,
        secret => Value::Value(BTreeMap::from([(name.to_owned(), secret)])),
    }
}
