//! What can be wrong with a rule's attributes, and with a script that should be a rule.

use std::fmt;

/// One step of the way to an attribute.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// An attribute or a block by its name.
    Attribute(&'static str),
    /// An element of a list or the nth block, counted from zero.
    Index(usize),
    /// An element of a map.
    Key(String),
}

/// Where an attribute stands, such as `post[0].headers["X-Key"]`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct AttributePath(pub Vec<Step>);

impl AttributePath {
    /// An attribute of the rule itself.
    pub fn root(attribute: &'static str) -> Self {
        AttributePath(vec![Step::Attribute(attribute)])
    }

    /// An attribute of what this path leads to.
    pub fn attribute(&self, name: &'static str) -> Self {
        self.with(Step::Attribute(name))
    }

    /// The nth element of what this path leads to.
    pub fn index(&self, index: usize) -> Self {
        self.with(Step::Index(index))
    }

    /// The element of a map that this path leads to.
    pub fn key(&self, key: &str) -> Self {
        self.with(Step::Key(key.to_owned()))
    }

    fn with(&self, step: Step) -> Self {
        let mut steps = self.0.clone();
        steps.push(step);
        AttributePath(steps)
    }
}

impl fmt::Display for AttributePath {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (position, step) in self.0.iter().enumerate() {
            match step {
                Step::Attribute(name) if position == 0 => write!(formatter, "{name}")?,
                Step::Attribute(name) => write!(formatter, ".{name}")?,
                Step::Index(index) => write!(formatter, "[{index}]")?,
                Step::Key(key) => write!(formatter, "[{key:?}]")?,
            }
        }
        Ok(())
    }
}

/// An attribute that cannot be as it is. The message says what is allowed and never holds a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {message}")]
pub struct RuleError {
    /// The attribute that has to change.
    pub path: AttributePath,
    /// What is wrong with it and what is allowed, in whole sentences.
    pub message: String,
}

impl RuleError {
    /// An error at an attribute.
    pub fn new(path: AttributePath, message: impl Into<String>) -> Self {
        RuleError {
            path,
            message: message.into(),
        }
    }
}

/// Something that works and is probably not what was meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// The attribute that should change.
    pub path: AttributePath,
    /// What it is about, without any value.
    pub summary: &'static str,
    /// What will happen, and what to do.
    pub detail: String,
}

/// A script that says something which the attributes of a rule cannot say: it was edited by hand, or never was a rule.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Unrepresentable {
    /// Why, in one sentence, without any secret.
    pub reason: String,
}

impl Unrepresentable {
    pub(super) fn because(reason: impl Into<String>) -> Self {
        Unrepresentable { reason: reason.into() }
    }
}
