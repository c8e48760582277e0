//! Small programs and parts of them: made out of steps, walked over, and written.

use super::pipeline::{Step, StepValue};
use crate::tickscript::ast::{Expression, Program, Statement, StringLiteral};
use crate::tickscript::VisitMut;

/// A program of one expression, to walk over it.
pub(super) fn program_of(value: &Expression) -> Program {
    Program {
        statements: vec![Statement::from(value.clone())],
        trailing: Vec::new(),
    }
}

/// A text of ours, which any quotes can hold.
pub(super) fn text(text: &str) -> Expression {
    StringLiteral::new(text).map_or_else(|_| Expression::from(false), Expression::from)
}

/// The steps as a program.
pub(super) fn printed(steps: Vec<Step>) -> Program {
    let statements = steps.into_iter().filter_map(|step| {
        let value = match step.value {
            StepValue::Plain(value) => value,
            StepValue::Pipeline(pipeline) => pipeline.chain().into(),
            StepValue::Missing => return None,
        };
        Some(match step.variable {
            Some(name) => Statement::variable(name, value),
            None => Statement::from(value),
        })
    });
    Program {
        statements: statements.collect(),
        trailing: Vec::new(),
    }
}

/// The names that an expression mentions.
pub(super) fn identifiers(value: &Expression) -> Vec<String> {
    struct Names(Vec<String>);
    impl VisitMut for Names {
        fn expression(&mut self, expression: &mut Expression) {
            self.0.extend(expression.as_identifier().map(str::to_owned));
        }
    }
    let mut names = Names(Vec::new());
    program_of(value).visit_mut(&mut names);
    names.0
}
