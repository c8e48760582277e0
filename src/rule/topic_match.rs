//! The expression by which a handler of a topic chooses alerts: `level() == CRITICAL AND "host" == 'a'`.

use crate::tickscript::ast::{Binary, Expression, Operator, Statement, Unary, UnaryOperator};
use crate::tickscript::{self, ParseError};

/// What stands before the expression, so that it parses as a script; on a line of its own, so that columns stay.
const BEFORE: &str = "var match = lambda:\n";

/// What an expression is seen to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MatchMeaning {
    /// Whether it lets no alert of the level OK through, so that no recovery is sent.
    pub drops_recoveries: bool,
}

/// Reads an expression. The error says what is wrong with it, and where.
pub fn check_match(expression: &str) -> Result<MatchMeaning, String> {
    let script = format!("{BEFORE}{expression}");
    let program = tickscript::parse(&script).map_err(|error| refused(expression, &error))?;
    let [Statement::Variable(variable)] = program.statements.as_slice() else {
        return Err("It has to be one expression, such as `level() == CRITICAL`.".to_owned());
    };
    let Expression::Lambda(lambda) = &variable.value else {
        return Err("It has to be one expression, such as `level() == CRITICAL`.".to_owned());
    };
    if !may_be_boolean(&lambda.expression) {
        return Err("It has to be true or false, as a comparison is. Kapacitor takes this one, and the handler then gets no alert.".to_owned());
    }
    Ok(MatchMeaning {
        drops_recoveries: when_ok(&lambda.expression) == Some(false),
    })
}

fn refused(expression: &str, error: &ParseError) -> String {
    let position = error.position();
    let line = position.line.saturating_sub(1).max(1);
    let text = expression.lines().nth(line - 1).unwrap_or_default();
    format!(
        "Kapacitor would refuse it at line {line}, column {}: {}\n  | {text}\n  | {}^",
        position.column,
        error.kind(),
        " ".repeat(position.column.saturating_sub(1))
    )
}

fn may_be_boolean(value: &Expression) -> bool {
    match value {
        Expression::Bool(_) | Expression::Reference(_) | Expression::Call(_) => true,
        Expression::Unary(unary) => unary.operator == UnaryOperator::Not,
        Expression::Binary(binary) => binary
            .rest()
            .iter()
            .all(|operation| operation.operator.precedence() < 4),
        _ => false,
    }
}

/// The value for an alert whose level is OK; none where that depends on something else.
fn when_ok(value: &Expression) -> Option<bool> {
    match value {
        Expression::Bool(boolean) => Some(boolean.value),
        Expression::Unary(unary) => when_not_ok(unary),
        Expression::Binary(binary) => binary_when_ok(binary),
        _ => None,
    }
}

fn when_not_ok(unary: &Unary) -> Option<bool> {
    (unary.operator == UnaryOperator::Not)
        .then(|| when_ok(&unary.operand))
        .flatten()
        .map(|value| !value)
}

fn binary_when_ok(binary: &Binary) -> Option<bool> {
    let operands = || std::iter::once(binary.first()).chain(binary.rest().iter().map(|one| &one.operand));
    let operator = binary.rest().first()?.operator;
    let decides = |decisive: bool| {
        let mut values = operands().map(when_ok);
        match values.any(|value| value == Some(decisive)) {
            true => Some(decisive),
            false => operands().map(when_ok).collect::<Option<Vec<_>>>().map(|_| !decisive),
        }
    };
    match operator {
        Operator::And => decides(false),
        Operator::Or => decides(true),
        _ => match binary.rest() {
            [only] => compared(level_of(binary.first())?, operator, level_of(&only.operand)?),
            _ => None,
        },
    }
}

/// The level that a value is while the alert's level is OK, counted from OK.
fn level_of(value: &Expression) -> Option<u8> {
    match value {
        Expression::Call(call) if call.name == "level" && call.arguments.is_empty() => Some(0),
        Expression::Identifier(identifier) => {
            let levels = ["OK", "INFO", "WARNING", "CRITICAL"];
            let place = levels.iter().position(|level| *level == identifier.name)?;
            u8::try_from(place).ok()
        }
        _ => None,
    }
}

fn compared(left: u8, operator: Operator, right: u8) -> Option<bool> {
    Some(match operator {
        Operator::Equal => left == right,
        Operator::NotEqual => left != right,
        Operator::Greater => left > right,
        Operator::GreaterEqual => left >= right,
        Operator::Less => left < right,
        Operator::LessEqual => left <= right,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_expression_that_lets_no_recovery_through_is_seen() {
        for (expression, drops) in [
            ("level() == CRITICAL", true),
            ("CRITICAL == level()", true),
            ("level() >= WARNING AND \"host\" == 'a'", true),
            ("level() != OK", true),
            ("!(level() == OK)", true),
            ("level() == OK OR level() == CRITICAL", false),
            ("changed() == TRUE", false),
            ("\"host\" == 'b'", false),
            ("changed() == TRUE AND level() == CRITICAL", true),
            ("(level() == CRITICAL) OR \"host\" == 'a'", false),
        ] {
            let meaning = check_match(expression).unwrap_or_else(|error| panic!("{expression}: {error}"));
            assert_eq!(meaning.drops_recoveries, drops, "{expression}");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let error = check_match("\"host\" ==").unwrap_err();
        assert!(error.contains("line 1, column 10: unexpected EOF"), "{error}");
        assert!(error.ends_with("  |          ^"), "{error}");
        for other in ["1 + 1", "'text'", "changed()\nvar a = 1"] {
            assert!(check_match(other).is_err(), "{other}");
        }
    }
}
