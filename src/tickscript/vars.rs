//! The vars that a script declares and a task or a template can set.

use super::ast::{Comment, Expression, Number, Program, Statement, UnaryOperator};

/// A var of a script whose value is a literal, or that has none yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredVar {
    /// Its name.
    pub name: String,
    /// Its type, as Kapacitor's API calls it.
    pub kind: String,
    /// The value as it stands in the script. None where only the type is declared, so that a task has to set it.
    pub value: Option<String>,
    /// The comment before it.
    pub description: String,
}

impl Program {
    /// The vars in the order of their declarations. What a var is computed from, such as a stream, is left out.
    pub fn declared_vars(&self) -> Vec<DeclaredVar> {
        self.statements.iter().filter_map(declared).collect()
    }
}

fn declared(statement: &Statement) -> Option<DeclaredVar> {
    let var = |name: &str, kind: &str, value, comment: &Option<Comment>| DeclaredVar {
        name: name.to_owned(),
        kind: kind.to_owned(),
        value,
        description: comment.as_ref().map(text).unwrap_or_default(),
    };
    match statement {
        Statement::Variable(one) => {
            let value = Some(one.value.to_string());
            Some(var(&one.name.name, kind(&one.value)?, value, &one.comment))
        }
        Statement::TypedVariable(one) => Some(var(&one.name.name, &one.kind.name, None, &one.comment)),
        Statement::Dbrp(_) | Statement::Expression(_) => None,
    }
}

fn kind(value: &Expression) -> Option<&'static str> {
    Some(match value {
        Expression::Number(number) => match number.value() {
            Number::Integer(_) | Number::Octal(_) => "int",
            Number::Float(_) => "float",
        },
        Expression::Duration(_) => "duration",
        Expression::Bool(_) => "bool",
        Expression::String(_) => "string",
        Expression::Regex(_) => "regex",
        Expression::Star(_) => "star",
        Expression::List(_) => "list",
        Expression::Lambda(_) => "lambda",
        Expression::Unary(unary) if unary.operator == UnaryOperator::Minus => match unary.operand {
            Expression::Number(_) | Expression::Duration(_) => kind(&unary.operand)?,
            _ => return None,
        },
        _ => return None,
    })
}

fn text(comment: &Comment) -> String {
    let blocks: Vec<String> = comment.blocks.iter().map(|lines| lines.join("\n")).collect();
    blocks.join("\n\n")
}
