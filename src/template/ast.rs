//! A template as a tree.

/// A part of a template.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// What is copied.
    Text(String),
    /// `{{ pipeline }}`.
    Action(Pipeline),
    /// `{{ if }}`, `{{ with }}` and `{{ range }}`.
    Control {
        kind: Control,
        pipeline: Pipeline,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    /// `{{ break }}` and `{{ continue }}`.
    Leave,
    /// `{{ template }}` and `{{ block }}`: another template, which is not looked into.
    Other(Option<Pipeline>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Control {
    If,
    With,
    Range,
}

impl Control {
    pub(super) fn name(self) -> &'static str {
        match self {
            Control::If => "if",
            Control::With => "with",
            Control::Range => "range",
        }
    }
}

/// Commands of which each is handed to the next as its last argument.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Pipeline {
    /// The variables that take the value.
    pub variables: Vec<String>,
    /// Whether they existed before: `=`, not `:=`.
    pub assigns: bool,
    pub commands: Vec<Command>,
}

/// A function or a value, and its arguments. Never empty.
pub(crate) type Command = Vec<Operand>;

#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Operand {
    Dot,
    Nil,
    Bool,
    Number(Number),
    Text(String),
    /// `.A.B` of the dot.
    Field(Vec<String>),
    /// `$x.A`.
    Variable(String, Vec<String>),
    Function(String),
    /// `(pipeline)`.
    Nested(Box<Pipeline>),
    /// `.A` of what stands before it.
    Chain(Box<Operand>, Vec<String>),
}

/// The type that Go gives a constant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Number {
    Integer,
    Float,
    Complex,
}
