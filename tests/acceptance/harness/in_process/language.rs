//! The part of Terraform's language that most tests are written in: blocks, literals, and references.
//!
//! Whatever else stands in a configuration is [`Unsupported`].

use super::value::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// What only the real terraform knows.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Unsupported(pub String);

pub(super) type Parsed<T> = Result<T, Unsupported>;

pub(super) fn unsupported<T>(what: impl Into<String>) -> Parsed<T> {
    Err(Unsupported(what.into()))
}

/// The content of a block.
#[derive(Clone, Debug, Default)]
pub(super) struct Body {
    /// The line in which it begins.
    pub line: usize,
    pub attributes: BTreeMap<String, Attribute>,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Debug)]
pub(super) struct Block {
    pub kind: String,
    pub labels: Vec<String>,
    pub body: Body,
}

#[derive(Clone, Debug)]
pub(super) struct Attribute {
    pub expression: Expression,
    /// The line in which it begins.
    pub line: usize,
}

#[derive(Clone, Debug)]
pub(super) enum Expression {
    Literal(Value),
    List(Vec<Expression>),
    Object(Vec<(String, Attribute)>),
    /// The parts between the dots and brackets.
    Reference(Vec<String>),
    /// `file(…)`, until it is expanded.
    File(String),
}

impl Body {
    /// The blocks of this kind, in their order.
    pub(super) fn blocks_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Block> {
        self.blocks.iter().filter(move |block| block.kind == kind)
    }

    /// Every reference in it.
    pub(super) fn references(&self) -> Vec<Vec<String>> {
        let mut found = Vec::new();
        for attribute in self.attributes.values() {
            attribute.expression.collect(&mut found);
        }
        for block in &self.blocks {
            found.extend(block.body.references());
        }
        found
    }
}

/// What stands for values.
pub(super) struct Known<'a> {
    pub locals: BTreeMap<String, Expression>,
    /// Where files are.
    pub folder: &'a Path,
}

impl Body {
    /// The same with values in place of the names and files that stand for them.
    pub(super) fn expanded(self, known: &Known) -> Parsed<Self> {
        let attributes = self.attributes.into_iter();
        let attributes = attributes.map(|(name, attribute)| Ok((name, attribute.expanded(known)?)));
        let blocks = self.blocks.into_iter();
        let blocks = blocks.map(|block| {
            let body = block.body.expanded(known)?;
            Ok(Block { body, ..block })
        });
        Ok(Body {
            line: self.line,
            attributes: attributes.collect::<Parsed<_>>()?,
            blocks: blocks.collect::<Parsed<_>>()?,
        })
    }
}

impl Attribute {
    fn expanded(self, known: &Known) -> Parsed<Self> {
        let expression = self.expression.expanded(known)?;
        Ok(Attribute { expression, ..self })
    }
}

impl Expression {
    /// The same with values in place of the names and files that stand for them.
    pub(super) fn expanded(self, known: &Known) -> Parsed<Self> {
        Ok(match self {
            Expression::List(items) => {
                let items = items.into_iter().map(|item| item.expanded(known));
                Expression::List(items.collect::<Parsed<_>>()?)
            }
            Expression::Object(entries) => {
                let entries = entries.into_iter();
                let entries = entries.map(|(name, entry)| Ok((name, entry.expanded(known)?)));
                Expression::Object(entries.collect::<Parsed<_>>()?)
            }
            Expression::Reference(parts) if parts[0] == "local" => {
                match (parts.as_slice(), known.locals.get(&parts[1])) {
                    ([_, _], Some(local)) => local.clone(),
                    _ => return unsupported(format!("the reference {}", parts.join("."))),
                }
            }
            Expression::File(name) => match std::fs::read_to_string(known.folder.join(&name)) {
                Ok(content) => Expression::Literal(Value::Text(content)),
                Err(error) => return unsupported(format!("the file {name}: {error}")),
            },
            other => other,
        })
    }

    fn collect(&self, found: &mut Vec<Vec<String>>) {
        match self {
            Expression::Literal(_) | Expression::File(_) => {}
            Expression::List(items) => items.iter().for_each(|item| item.collect(found)),
            Expression::Object(entries) => entries.iter().for_each(|(_, entry)| entry.expression.collect(found)),
            Expression::Reference(parts) => found.push(parts.clone()),
        }
    }

    /// Its value, where `refer` knows what a reference leads to.
    pub(super) fn value(&self, refer: &dyn Fn(&[String]) -> Parsed<Value>) -> Parsed<Value> {
        match self {
            Expression::Literal(value) => Ok(value.clone()),
            Expression::List(items) => {
                let items = items.iter().map(|item| item.value(refer));
                Ok(Value::List(items.collect::<Parsed<_>>()?))
            }
            Expression::Object(entries) => {
                let entries = entries
                    .iter()
                    .map(|(name, entry)| Ok((name.clone(), entry.expression.value(refer)?)));
                Ok(Value::Map(entries.collect::<Parsed<_>>()?))
            }
            Expression::Reference(parts) => refer(parts),
            Expression::File(name) => unsupported(format!("the file {name} in this place")),
        }
    }
}
