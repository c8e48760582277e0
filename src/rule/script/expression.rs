//! The small expressions of which a rule's script is made.

use crate::rule::{Duration, Number, Unrepresentable, Value};
use crate::tickscript::ast::{
    self, Expression, Identifier, Inexpressible, Program, Reference, Statement, StringLiteral, Unary,
};

/// What a text that TICKscript cannot write makes of a function here. Checked rules never have one.
pub(super) type Written<T> = Result<T, Inexpressible>;

/// What is read from a script, if a rule can say it.
pub(super) type Read<T> = Result<T, Unrepresentable>;

/// An expression as it is printed.
pub(super) fn text_of(expression: &Expression) -> String {
    Program {
        statements: vec![Statement::from(expression.clone())],
        trailing: Vec::new(),
    }
    .to_string()
}

pub(super) fn string(text: &str) -> Written<Expression> {
    StringLiteral::new(text).map(Expression::from)
}

pub(super) fn strings(texts: &[String]) -> Written<Vec<Expression>> {
    texts.iter().map(|text| string(text)).collect()
}

pub(super) fn reference(name: &str) -> Written<Expression> {
    Reference::new(name).map(Expression::from)
}

pub(super) fn identifier(name: &str) -> Expression {
    Identifier::new(name).into()
}

pub(super) fn duration(duration: &Duration) -> Expression {
    duration.literal().into()
}

pub(super) fn value_expression(value: &Value) -> Written<Expression> {
    match value {
        Value::Number(value) => Ok(number(*value)),
        Value::Boolean(boolean) => Ok(Expression::from(*boolean)),
        Value::Text(text) => string(text),
    }
}

/// A number; TICKscript has no negative ones, but a minus before them.
pub(super) fn number(value: Number) -> Expression {
    let (negative, magnitude) = match value {
        Number::Integer(integer) => (integer < 0, ast::Number::Integer(integer.saturating_abs())),
        Number::Float(float) => (float < 0.0, ast::Number::Float(float.abs())),
    };
    if negative {
        Unary::minus(magnitude).into()
    } else {
        magnitude.into()
    }
}

/// The number that an expression is, if it is one.
pub(super) fn as_number(value: &Expression) -> Option<Number> {
    let negative = |number| match number {
        Number::Integer(integer) => Number::Integer(-integer),
        Number::Float(float) => Number::Float(-float),
    };
    match value {
        Expression::Number(literal) => Some(match literal.value() {
            ast::Number::Integer(integer) | ast::Number::Octal(integer) => Number::Integer(integer),
            ast::Number::Float(float) => Number::Float(float),
        }),
        Expression::Unary(unary)
            if unary.operator == ast::UnaryOperator::Minus && matches!(unary.operand, Expression::Number(_)) =>
        {
            as_number(&unary.operand).map(negative)
        }
        _ => None,
    }
}
