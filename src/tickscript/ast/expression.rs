//! How expressions are made and looked into.

use super::literal::{
    BoolLiteral, Comment, Duration, Identifier, Number, NumberLiteral, Reference, Regex, Star, StringLiteral,
};
use super::operator::UnaryOperator;
use super::tree::{Binary, Call, Chain, Expression, Lambda, List, Member, Statement, Unary, Variable};

impl Statement {
    /// `var name = value`
    pub fn variable(name: impl Into<String>, value: impl Into<Expression>) -> Self {
        Self::Variable(Variable {
            comment: None,
            name: Identifier::new(name),
            value: value.into(),
        })
    }
}

impl Lambda {
    /// `lambda: expression`
    pub fn new(expression: impl Into<Expression>) -> Self {
        Self {
            comment: None,
            expression: expression.into(),
        }
    }
}

impl Unary {
    /// `!operand`, with parentheses around an operand that would else bind less tightly.
    #[allow(clippy::should_implement_trait)]
    pub fn not(operand: impl Into<Expression>) -> Self {
        Self::new(UnaryOperator::Not, operand)
    }

    /// `-operand`, with parentheses around an operand that would else bind less tightly.
    pub fn minus(operand: impl Into<Expression>) -> Self {
        Self::new(UnaryOperator::Minus, operand)
    }

    fn new(operator: UnaryOperator, operand: impl Into<Expression>) -> Self {
        let mut operand = operand.into();
        if let Expression::Binary(binary) = &mut operand {
            binary.parenthesised = true;
        }
        Self {
            comment: None,
            operator,
            operand,
        }
    }
}

impl Expression {
    /// The text of a string literal.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(string) => Some(string.value()),
            _ => None,
        }
    }

    /// The name, where this is an identifier alone.
    pub fn as_identifier(&self) -> Option<&str> {
        match self {
            Self::Identifier(identifier) => Some(&identifier.name),
            _ => None,
        }
    }

    /// The field or tag, where this is a reference alone.
    pub fn as_reference(&self) -> Option<&str> {
        match self {
            Self::Reference(reference) => Some(reference.name()),
            _ => None,
        }
    }

    /// Puts a comment before the whole expression, in place of the one that is there.
    pub(crate) fn set_comment(&mut self, comment: Option<Comment>) {
        let place = match self {
            Self::Number(number) => &mut number.comment,
            Self::Duration(duration) => &mut duration.comment,
            Self::Bool(value) => &mut value.comment,
            Self::String(string) => &mut string.comment,
            Self::Regex(regex) => &mut regex.comment,
            Self::Star(star) => &mut star.comment,
            Self::Reference(reference) => &mut reference.comment,
            Self::Identifier(identifier) => &mut identifier.comment,
            Self::List(list) => &mut list.comment,
            Self::Call(call) => &mut call.comment,
            Self::Unary(unary) => &mut unary.comment,
            Self::Lambda(lambda) => &mut lambda.comment,
            Self::Binary(binary) => match binary.rest.last_mut() {
                Some(outermost) => &mut outermost.comment,
                None => return binary.first.set_comment(comment),
            },
            Self::Chain(chain) => match (chain.links.last_mut(), &mut chain.head) {
                (Some(last), _) => &mut last.comment,
                (None, Member::Identifier(identifier)) => &mut identifier.comment,
                (None, Member::Call(call)) => &mut call.comment,
            },
        };
        *place = comment;
    }

    /// What stands behind `lambda:`.
    pub fn as_lambda(&self) -> Option<&Expression> {
        match self {
            Self::Lambda(lambda) => Some(&lambda.expression),
            _ => None,
        }
    }
}

macro_rules! into_expression {
    ($($variant:ident($type:ty)),* $(,)?) => {
        $(impl From<$type> for Expression {
            fn from(value: $type) -> Self {
                Self::$variant(value.into())
            }
        })*
    };
}

into_expression!(
    Number(NumberLiteral),
    Duration(Duration),
    Bool(BoolLiteral),
    String(StringLiteral),
    Regex(Regex),
    Star(Star),
    Reference(Reference),
    Identifier(Identifier),
    List(List),
    Call(Call),
    Unary(Unary),
    Binary(Binary),
    Lambda(Lambda),
    Chain(Chain),
);

impl From<Number> for Expression {
    fn from(value: Number) -> Self {
        Self::Number(value.into())
    }
}

impl From<bool> for Expression {
    fn from(value: bool) -> Self {
        Self::Bool(BoolLiteral { comment: None, value })
    }
}

impl From<Expression> for Statement {
    fn from(value: Expression) -> Self {
        Self::Expression(value)
    }
}

impl List {
    /// A list of the items.
    pub fn new(items: Vec<Expression>) -> Self {
        Self { comment: None, items }
    }
}
