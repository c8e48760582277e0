//! Calls, and chains of them.

use super::{Comment, Expression, Identifier};

/// `name(arguments)`
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// What stands before the name.
    pub comment: Option<Comment>,
    /// What is called.
    pub name: String,
    /// The arguments.
    pub arguments: Vec<Expression>,
    /// Whether there is a line break between the name and the last argument; each argument is then printed on a line
    /// of its own.
    pub multi_line: bool,
}

/// What begins with a value and goes on with `|`, `.` and `@`: `stream|from().database('telegraf')`.
#[derive(Clone, Debug, PartialEq)]
pub struct Chain {
    /// The value that the chain begins with.
    pub head: Member,
    /// What follows, one for each `|`, `.` and `@`. A chain without any prints and reads back as its head.
    pub links: Vec<Link>,
}

/// An operator of a chain and what stands behind it.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// What stands before the operator.
    pub comment: Option<Comment>,
    /// The operator.
    pub operator: ChainOperator,
    /// What stands behind the operator: behind `|` always a call.
    pub member: Member,
}

/// The operators of a chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainOperator {
    /// `|` makes a new node.
    Pipe,
    /// `.` sets a property of the node.
    Dot,
    /// `@` makes a node from a user-defined function.
    At,
}

/// An element of a chain.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// A name without arguments.
    Identifier(Identifier),
    /// A call.
    Call(Call),
}

impl Call {
    /// `name(arguments)`, on one line.
    pub fn new(name: impl Into<String>, arguments: Vec<Expression>) -> Self {
        Self {
            comment: None,
            name: name.into(),
            arguments,
            multi_line: false,
        }
    }

    /// The only argument, where there is just one.
    pub fn only_argument(&self) -> Option<&Expression> {
        match self.arguments.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }
}

impl Chain {
    /// A chain that begins with a variable or with `stream` or `batch`.
    pub fn new(head: impl Into<String>) -> Self {
        Self {
            head: Member::Identifier(Identifier::new(head)),
            links: Vec::new(),
        }
    }

    /// Goes on with `|name(arguments)`.
    pub fn pipe(self, name: impl Into<String>, arguments: Vec<Expression>) -> Self {
        self.call(ChainOperator::Pipe, name, arguments)
    }

    /// Goes on with `.name(arguments)`.
    pub fn dot(self, name: impl Into<String>, arguments: Vec<Expression>) -> Self {
        self.call(ChainOperator::Dot, name, arguments)
    }

    /// Goes on with `@name(arguments)`.
    pub fn at(self, name: impl Into<String>, arguments: Vec<Expression>) -> Self {
        self.call(ChainOperator::At, name, arguments)
    }

    fn call(mut self, operator: ChainOperator, name: impl Into<String>, arguments: Vec<Expression>) -> Self {
        self.links.push(Link {
            comment: None,
            operator,
            member: Member::Call(Call::new(name, arguments)),
        });
        self
    }
}

impl Link {
    /// The call behind the operator.
    pub fn call(&self) -> Option<&Call> {
        self.member.call()
    }
}

impl ChainOperator {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Pipe => "|",
            Self::Dot => ".",
            Self::At => "@",
        }
    }
}

impl Member {
    /// The name, with or without arguments behind it.
    pub fn name(&self) -> &str {
        match self {
            Self::Identifier(identifier) => &identifier.name,
            Self::Call(call) => &call.name,
        }
    }

    /// The call, where this is one.
    pub fn call(&self) -> Option<&Call> {
        match self {
            Self::Identifier(_) => None,
            Self::Call(call) => Some(call),
        }
    }
}
