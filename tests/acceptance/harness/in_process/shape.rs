//! What Terraform does with a schema: it types a configuration, proposes a new state, and holds the provider's answers
//! against both.

use super::language::{unsupported, Body, Parsed};
use super::value::Value;
use std::collections::BTreeMap;
use tf_provider::schema::{AttributeConstraint, AttributeType, Block, NestedBlock};

/// A block of a schema, as far as this provider's schemas go.
#[derive(Clone, Debug)]
pub struct Shape {
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
}

#[derive(Clone, Debug)]
enum Kind {
    Text,
    Flag,
    Number,
    List(Box<Kind>),
    Map(Box<Kind>),
}

/// What a reference leads to.
pub type Refer<'a> = dyn Fn(&[String]) -> Parsed<Value> + 'a;

impl Shape {
    pub fn of(block: &Block) -> Self {
        let attributes = block.attributes.iter().map(|(name, attribute)| {
            use AttributeConstraint::{Computed, Optional, OptionalComputed, Required};
            let attribute = Attribute {
                kind: Kind::of(&attribute.attr_type),
                required: attribute.constraint == Required,
                optional: matches!(attribute.constraint, Optional | OptionalComputed),
                computed: matches!(attribute.constraint, Computed | OptionalComputed),
            };
            (name.clone(), attribute)
        });
        let blocks = block.blocks.iter().map(|(name, nested)| {
            let (block, repeated) = match nested {
                NestedBlock::List(block) => (block, true),
                NestedBlock::Optional(block) => (block, false),
                _ => panic!("teach the tests' Terraform the kind of the block {name}"),
            };
            let shape = Shape::of(block);
            (name.clone(), Nested { shape, repeated })
        });
        Shape {
            attributes: attributes.collect(),
            blocks: blocks.collect(),
        }
    }

    /// The configuration as a value. What Terraform itself would refuse is left to it.
    pub fn configuration(&self, body: &Body, refer: &Refer) -> Parsed<Value> {
        let known = |name: &String| self.attributes.contains_key(name);
        if let Some(name) = body.attributes.keys().find(|name| !known(name)) {
            return unsupported(format!("the unknown argument {name}"));
        }
        if let Some(name) = body.attributes.keys().find(|name| name.ends_with("_wo")) {
            return unsupported(format!("the write-only {name}"));
        }
        if let Some(block) = body.blocks.iter().find(|block| !self.blocks.contains_key(&block.kind)) {
            return unsupported(format!("the block {}", block.kind));
        }
        let mut value = BTreeMap::new();
        for (name, attribute) in &self.attributes {
            let given = match body.attributes.get(name) {
                Some(given) => attribute.kind.convert(given.expression.value(refer)?)?,
                None => Value::Null,
            };
            let wrong =
                given.is_null() && attribute.required || !given.is_null() && !attribute.required && !attribute.optional;
            if wrong {
                return unsupported(format!("what is wrong with {name}"));
            }
            value.insert(name.clone(), given);
        }
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

    /// What Terraform proposes: the configuration, and the state's value for what the configuration leaves to the provider.
    pub fn proposed(&self, prior: &Value, config: &Value) -> Value {
        let mut proposed = BTreeMap::new();
        for (name, attribute) in &self.attributes {
            let given = config.of(name);
            let is_left = attribute.computed && (given.is_null() || !attribute.optional);
            proposed.insert(name.clone(), if is_left { prior.of(name) } else { given });
        }
        for (name, nested) in &self.blocks {
            let (given, prior) = (config.of(name), prior.of(name));
            let block = |(index, block)| {
                let prior = prior.items().get(index).unwrap_or(&Value::Null);
                nested.shape.proposed(prior, block)
            };
            let blocks = given.items().iter().enumerate().map(block).collect();
            proposed.insert(name.clone(), Value::List(blocks));
        }
        Value::Map(proposed)
    }

    /// What is wrong with a plan: it has to hold what the configuration says, or for an equal meaning what the state says.
    pub fn wrong_plan(&self, prior: &Value, config: &Value, planned: &Value) -> Option<String> {
        for (name, attribute) in &self.attributes {
            let (given, former, is) = (config.of(name), prior.of(name), planned.of(name));
            let is_former = is == former && !former.is_null() && !given.is_null();
            let is_free = attribute.computed && given.is_null();
            if is != given && !is_former && !is_free {
                return Some(format!("{name}: planned {is:?} for {given:?}"));
            }
        }
        for (name, nested) in &self.blocks {
            let (given, former, is) = (config.of(name), prior.of(name), planned.of(name));
            if given.items().len() != is.items().len() {
                return Some(format!("{name}: planned {is:?} for {given:?}"));
            }
            for (index, (given, is)) in given.items().iter().zip(is.items()).enumerate() {
                let former = former.items().get(index).unwrap_or(&Value::Null);
                if let Some(wrong) = nested.shape.wrong_plan(former, given, is) {
                    return Some(format!("{name}[{index}].{wrong}"));
                }
            }
        }
        None
    }
}

/// What is wrong with a value after its plan: only what was unknown may have become anything.
pub fn disagreement(planned: &Value, actual: &Value) -> Option<String> {
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
    fn of(kind: &AttributeType) -> Self {
        match kind {
            AttributeType::String => Kind::Text,
            AttributeType::Bool => Kind::Flag,
            AttributeType::Number => Kind::Number,
            AttributeType::List(item) => Kind::List(Box::new(Kind::of(item))),
            AttributeType::Map(item) => Kind::Map(Box::new(Kind::of(item))),
            other => panic!("teach the tests' Terraform the type {other}"),
        }
    }

    /// What Terraform makes of a value for an attribute of this type.
    fn convert(&self, value: Value) -> Parsed<Value> {
        let each = |item: &Kind, value| item.convert(value);
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
            (Kind::List(item), Value::List(items)) => Value::List(
                items
                    .into_iter()
                    .map(|value| each(item, value))
                    .collect::<Parsed<_>>()?,
            ),
            (Kind::Map(item), Value::Map(entries)) => {
                let entries = entries.into_iter();
                Value::Map(
                    entries
                        .map(|(name, value)| Ok((name, each(item, value)?)))
                        .collect::<Parsed<_>>()?,
                )
            }
            (kind, value) => return unsupported(format!("{value:?} for {kind:?}")),
        })
    }
}
