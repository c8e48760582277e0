//! Calls, and chains of them.

use super::literal::Identifier;
use super::operator::ChainOperator;
use super::tree::{Call, Chain, Expression, Link, Member};

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
