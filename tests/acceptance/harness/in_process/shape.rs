//! What Terraform does with a schema: it types a configuration, proposes a new state, and holds the provider's answers
//! against both.

use super::language::{unsupported, Body, Parsed};
use super::value::Value;
use serde_json::Value as Json;
use squadcast_kapacitor::protocol::messages;
use std::collections::BTreeMap;

/// A schema, as far as this provider's schemas go. It is that of a block or of a nested attribute.
#[derive(Clone, Debug)]
pub(super) struct Shape {
    /// The version of its schema.
    pub version: i64,
    attributes: BTreeMap<String, Attribute>,
    /// Those that may be repeated; one that may stand at most once is a list of one.
    blocks: BTreeMap<String, Nested>,
}

#[derive(Clone, Debug)]
struct Nested {
    shape: Shape,
    repeated: bool,
}

#[derive(Clone, Debug)]
struct Attribute {
    kind: Kind,
    required: bool,
    optional: bool,
    computed: bool,
    write_only: bool,
}

#[derive(Clone, Debug)]
enum Kind {
    Text,
    Flag,
    Number,
    List(Box<Kind>),
    Map(Box<Kind>),
    /// Attributes in an attribute.
    Object(Shape),
    Objects(Shape),
    ObjectMap(Shape),
    /// What no test of this Terraform configures.
    Other(String),
}

/// The protocol's numbers for how often something nested may stand.
const SINGLE: i32 = 1;
const LIST: i32 = 2;
const MAP: i32 = 4;

/// What a reference leads to.
pub(super) type Refer<'a> = dyn Fn(&[String]) -> Parsed<Value> + 'a;

impl Shape {
    pub(super) fn of(schema: &messages::Schema) -> Self {
        let block = schema.block.as_ref().expect("a schema has a block");
        Shape {
            version: schema.version,
            ..Shape::of_block(block)
        }
    }

    fn of_block(block: &messages::Block) -> Self {
        let blocks = block.block_types.iter().map(|nested| {
            let name = &nested.type_name;
            assert_eq!(
                nested.nesting, LIST,
                "teach the tests' Terraform the kind of the block {name}"
            );
            let nested = Nested {
                shape: Shape::of_block(nested.block.as_ref().expect("a nested block has a block")),
                repeated: nested.max_items != 1,
            };
            (name.clone(), nested)
        });
        Shape {
            blocks: blocks.collect(),
            ..Shape::of_attributes(&block.attributes)
        }
    }

    fn of_attributes(attributes: &[messages::Attribute]) -> Self {
        let attributes = attributes.iter().map(|attribute| {
            let known = Attribute {
                kind: match &attribute.nested_type {
                    Some(nested) => Kind::of_nested(nested),
                    None => Kind::of(&serde_json::from_slice(&attribute.r#type).expect("a type is JSON")),
                },
                required: attribute.required,
                optional: attribute.optional,
                computed: attribute.computed,
                write_only: attribute.write_only,
            };
            (attribute.name.clone(), known)
        });
        Shape {
            version: 0,
            attributes: attributes.collect(),
            blocks: BTreeMap::new(),
        }
    }

    /// The configuration as a value. What Terraform itself would refuse is left to it.
    pub(super) fn configuration(&self, body: &Body, refer: &Refer) -> Parsed<Value> {
        if let Some(block) = body.blocks.iter().find(|block| !self.blocks.contains_key(&block.kind)) {
            return unsupported(format!("the block {}", block.kind));
        }
        let given = body.attributes.iter();
        let given = given.map(|(name, attribute)| Ok((name.clone(), attribute.expression.value(refer)?)));
        let mut value = self.object(given.collect::<Parsed<_>>()?)?;
        for (name, nested) in &self.blocks {
            let given = body.blocks_of(name).map(|block| match block.labels.is_empty() {
                true => nested.shape.configuration(&block.body, refer),
                false => unsupported("a block with a label"),
            });
            let given: Vec<Value> = given.collect::<Parsed<_>>()?;
            if !nested.repeated && given.len() > 1 {
                return unsupported(format!("several blocks {name}"));
            }
            value.insert(name.clone(), Value::List(given));
        }
        Ok(Value::Map(value))
    }

    /// The attributes that are given, of their types, and null for the others.
    fn object(&self, mut given: BTreeMap<String, Value>) -> Parsed<BTreeMap<String, Value>> {
        if let Some(name) = given.keys().find(|name| !self.attributes.contains_key(*name)) {
            return unsupported(format!("the unknown argument {name}"));
        }
        let mut value = BTreeMap::new();
        for (name, attribute) in &self.attributes {
            let given = attribute.kind.convert(given.remove(name).unwrap_or_default())?;
            let wrong =
                given.is_null() && attribute.required || !given.is_null() && !attribute.required && !attribute.optional;
            if wrong {
                return unsupported(format!("what is wrong with {name}"));
            }
            value.insert(name.clone(), given);
        }
        Ok(value)
    }

    /// What Terraform proposes: the configuration without what is write-only, and the state's value for what the
    /// configuration leaves to the provider.
    pub(super) fn proposed(&self, prior: &Value, config: &Value) -> Value {
        let mut proposed = BTreeMap::new();
        for (name, attribute) in &self.attributes {
            proposed.insert(name.clone(), attribute.proposed(prior.of(name), config.of(name)));
        }
        for (name, nested) in &self.blocks {
            let blocks = nested.shape.proposed_list(&prior.of(name), &config.of(name));
            proposed.insert(name.clone(), blocks);
        }
        Value::Map(proposed)
    }

    fn proposed_list(&self, prior: &Value, config: &Value) -> Value {
        let one = |(index, item)| self.proposed_one(prior.items().get(index).unwrap_or(&Value::Null), item);
        Value::List(config.items().iter().enumerate().map(one).collect())
    }

    fn proposed_one(&self, prior: &Value, config: &Value) -> Value {
        match config {
            Value::Map(_) => self.proposed(prior, config),
            other => other.clone(),
        }
    }

    /// Whether there is something in it that only a configuration can have given.
    fn holds_what_was_given(&self, value: &Value) -> bool {
        let given = |(name, attribute): (&String, &Attribute)| {
            let value = value.of(name);
            !value.is_null() && (!attribute.computed || attribute.holds_what_was_given(&value))
        };
        self.attributes.iter().any(given)
    }

    /// What is wrong with a plan: it has to hold what the configuration says, or for an equal meaning what the state says.
    pub(super) fn wrong_plan(&self, prior: &Value, config: &Value, planned: &Value) -> Option<String> {
        for (name, attribute) in &self.attributes {
            let wrong = attribute.wrong_plan(&prior.of(name), &config.of(name), &planned.of(name));
            if let Some(wrong) = wrong {
                return Some(format!(".{name}{wrong}"));
            }
        }
        for (name, nested) in &self.blocks {
            let wrong = nested
                .shape
                .wrong_list(&prior.of(name), &config.of(name), &planned.of(name));
            if let Some(wrong) = wrong {
                return Some(format!(".{name}{wrong}"));
            }
        }
        None
    }

    fn wrong_list(&self, prior: &Value, config: &Value, planned: &Value) -> Option<String> {
        let (given, planned_items) = (config.items(), planned.items());
        if given.len() != planned_items.len() {
            return Some(format!(": planned {planned:?} for {config:?}"));
        }
        given
            .iter()
            .zip(planned_items)
            .enumerate()
            .find_map(|(index, (given, planned))| {
                let prior = prior.items().get(index).unwrap_or(&Value::Null);
                Some(format!("[{index}]{}", self.wrong_one(prior, given, planned)?))
            })
    }

    fn wrong_one(&self, prior: &Value, config: &Value, planned: &Value) -> Option<String> {
        match (config, planned) {
            (Value::Map(_), Value::Map(_)) => self.wrong_plan(prior, config, planned),
            (config, planned) if config == planned => None,
            (config, planned) => Some(format!(": planned {planned:?} for {config:?}")),
        }
    }

    /// What is wrong with a plan or a state that holds something write-only.
    pub(super) fn holds_write_only(&self, value: &Value) -> Option<String> {
        for (name, attribute) in &self.attributes {
            let is = value.of(name);
            if attribute.write_only && !is.is_null() {
                return Some(format!(".{name}: is write-only"));
            }
            let inner: Vec<Value> = match (&attribute.kind, is) {
                (Kind::Object(_), value) => vec![value],
                (Kind::Objects(_), Value::List(items)) => items,
                (Kind::ObjectMap(_), Value::Map(entries)) => entries.into_values().collect(),
                _ => continue,
            };
            let (Kind::Object(shape) | Kind::Objects(shape) | Kind::ObjectMap(shape)) = &attribute.kind else {
                continue;
            };
            if let Some(wrong) = inner.iter().find_map(|value| shape.holds_write_only(value)) {
                return Some(format!(".{name}{wrong}"));
            }
        }
        self.blocks.iter().find_map(|(name, nested)| {
            let blocks = value.of(name);
            let wrong = blocks
                .items()
                .iter()
                .find_map(|block| nested.shape.holds_write_only(block))?;
            Some(format!(".{name}{wrong}"))
        })
    }
}

impl Attribute {
    fn proposed(&self, prior: Value, config: Value) -> Value {
        if self.write_only {
            return Value::Null;
        }
        let is_left = self.computed && (config.is_null() || !self.optional);
        if is_left {
            return match self.optional && self.holds_what_was_given(&prior) {
                true => config,
                false => prior,
            };
        }
        match (&self.kind, &config) {
            (Kind::Object(shape), Value::Map(_)) => shape.proposed(&prior, &config),
            (Kind::Objects(shape), Value::List(_)) => shape.proposed_list(&prior, &config),
            (Kind::ObjectMap(shape), Value::Map(entries)) => {
                let entries = entries.iter();
                let each = entries.map(|(key, entry)| (key.clone(), shape.proposed_one(&prior.of(key), entry)));
                Value::Map(each.collect())
            }
            _ => config,
        }
    }

    fn holds_what_was_given(&self, value: &Value) -> bool {
        match (&self.kind, value) {
            (Kind::Object(shape), value) => shape.holds_what_was_given(value),
            (Kind::Objects(shape), Value::List(items)) => items.iter().any(|item| shape.holds_what_was_given(item)),
            (Kind::ObjectMap(shape), Value::Map(entries)) => {
                entries.values().any(|entry| shape.holds_what_was_given(entry))
            }
            _ => false,
        }
    }

    fn wrong_plan(&self, prior: &Value, config: &Value, planned: &Value) -> Option<String> {
        if self.write_only {
            return (!planned.is_null()).then(|| ": is write-only".to_owned());
        }
        let is_former = planned == prior && !prior.is_null() && !config.is_null();
        let is_free = self.computed && config.is_null();
        if planned == config || is_former || is_free {
            return None;
        }
        match (&self.kind, config, planned) {
            (Kind::Object(shape), Value::Map(_), Value::Map(_)) => shape.wrong_plan(prior, config, planned),
            (Kind::Objects(shape), Value::List(_), Value::List(_)) => shape.wrong_list(prior, config, planned),
            (Kind::ObjectMap(shape), Value::Map(given), Value::Map(are)) if given.keys().eq(are.keys()) => {
                given.iter().find_map(|(key, given)| {
                    let wrong = shape.wrong_one(&prior.of(key), given, &are[key])?;
                    Some(format!("[{key:?}]{wrong}"))
                })
            }
            _ => Some(format!(": planned {planned:?} for {config:?}")),
        }
    }
}

/// What is wrong with a value after its plan: only what was unknown may have become anything.
pub(super) fn disagreement(planned: &Value, actual: &Value) -> Option<String> {
    match (planned, actual) {
        (Value::Unknown, _) => None,
        (Value::List(planned), Value::List(actual)) if planned.len() == actual.len() => planned
            .iter()
            .zip(actual)
            .enumerate()
            .find_map(|(index, (planned, actual))| Some(format!("[{index}]{}", disagreement(planned, actual)?))),
        (Value::Map(planned), Value::Map(actual)) if planned.keys().eq(actual.keys()) => planned
            .iter()
            .find_map(|(name, planned)| Some(format!(".{name}{}", disagreement(planned, &actual[name])?))),
        (planned, actual) if planned == actual => None,
        (planned, actual) => Some(format!(": planned {planned:?}, but is {actual:?}")),
    }
}

impl Kind {
    fn of(kind: &Json) -> Self {
        let inner = |name: &str| {
            Some(
                kind.as_array()?
                    .iter()
                    .skip_while(|word| **word != *name)
                    .nth(1)?
                    .clone(),
            )
        };
        match (kind.as_str(), inner("list"), inner("map")) {
            (Some("string"), ..) => Kind::Text,
            (Some("bool"), ..) => Kind::Flag,
            (Some("number"), ..) => Kind::Number,
            (_, Some(item), _) => Kind::List(Box::new(Kind::of(&item))),
            (_, _, Some(item)) => Kind::Map(Box::new(Kind::of(&item))),
            _ => Kind::Other(kind.to_string()),
        }
    }

    fn of_nested(nested: &messages::Object) -> Self {
        let shape = Shape::of_attributes(&nested.attributes);
        match nested.nesting {
            SINGLE => Kind::Object(shape),
            LIST => Kind::Objects(shape),
            MAP => Kind::ObjectMap(shape),
            other => Kind::Other(format!("attributes nested in the way {other}")),
        }
    }

    /// What Terraform makes of a value for an attribute of this type.
    fn convert(&self, value: Value) -> Parsed<Value> {
        let object = |shape: &Shape, value| match value {
            Value::Map(given) => Ok(Value::Map(shape.object(given)?)),
            value @ (Value::Null | Value::Unknown) => Ok(value),
            other => unsupported(format!("{other:?} for an object")),
        };
        Ok(match (self, value) {
            (_, value @ (Value::Null | Value::Unknown)) => value,
            (Kind::Text, Value::Number(number)) => Value::Text(number.to_string()),
            (Kind::Text, Value::Flag(flag)) => Value::Text(flag.to_string()),
            (Kind::Number, Value::Text(digits)) if digits.parse::<i64>().is_ok() => {
                Value::Number(digits.parse().unwrap())
            }
            (Kind::Flag, Value::Text(flag)) if flag == "true" || flag == "false" => Value::Flag(flag == "true"),
            (Kind::Text, value @ Value::Text(_))
            | (Kind::Flag, value @ Value::Flag(_))
            | (Kind::Number, value @ Value::Number(_)) => value,
            (Kind::List(item), Value::List(items)) => each(items, |value| item.convert(value))?,
            (Kind::Map(item), Value::Map(entries)) => each_entry(entries, |value| item.convert(value))?,
            (Kind::Object(shape), value @ Value::Map(_)) => object(shape, value)?,
            (Kind::Objects(shape), Value::List(items)) => each(items, |value| object(shape, value))?,
            (Kind::ObjectMap(shape), Value::Map(entries)) => each_entry(entries, |value| object(shape, value))?,
            (Kind::Other(kind), _) => return unsupported(format!("the type {kind}")),
            (kind, value) => return unsupported(format!("{value:?} for {kind:?}")),
        })
    }
}

fn each(items: Vec<Value>, convert: impl Fn(Value) -> Parsed<Value>) -> Parsed<Value> {
    let items = items.into_iter().map(convert);
    Ok(Value::List(items.collect::<Parsed<_>>()?))
}

fn each_entry(entries: BTreeMap<String, Value>, convert: impl Fn(Value) -> Parsed<Value>) -> Parsed<Value> {
    let entries = entries.into_iter().map(|(name, value)| Ok((name, convert(value)?)));
    Ok(Value::Map(entries.collect::<Parsed<_>>()?))
}
