//! Operations on two operands, and their precedence.

use super::operator::Operator;
use super::tree::{Binary, Expression, Operation};

impl Binary {
    /// `left operator right`. Operands that bind less tightly than the operator get parentheses; a left operand of the
    /// same precedence is continued, as `a + b` is to `a + b - c`.
    pub fn new(left: impl Into<Expression>, operator: Operator, right: impl Into<Expression>) -> Self {
        let mut operand = right.into();
        if let Expression::Binary(binary) = &mut operand {
            binary.parenthesised |= binary.precedence() <= operator.precedence();
        }
        let operation = Operation {
            comment: None,
            operator,
            operand,
            multi_line: false,
        };
        Self::join(left.into(), operation)
    }

    /// The same operation inside parentheses.
    pub fn parenthesised(mut self) -> Self {
        self.parenthesised = true;
        self
    }

    /// Whether the operation stands inside parentheses.
    pub fn is_parenthesised(&self) -> bool {
        self.parenthesised
    }

    /// The leftmost operand.
    pub fn first(&self) -> &Expression {
        &self.first
    }

    /// The operators, all of one precedence and at least one, each with the operand to its right.
    pub fn rest(&self) -> &[Operation] {
        &self.rest
    }

    /// Left operand, operator and right operand, where there is just one operator.
    pub fn as_pair(&self) -> Option<(&Expression, Operator, &Expression)> {
        match self.rest.as_slice() {
            [only] => Some((&self.first, only.operator, &only.operand)),
            _ => None,
        }
    }

    /// All operands, where `operator` is the only operator between them.
    pub fn operands_of(&self, operator: Operator) -> Option<Vec<&Expression>> {
        if self.rest.iter().any(|operation| operation.operator != operator) {
            return None;
        }
        Some(
            std::iter::once(&self.first)
                .chain(self.rest.iter().map(|operation| &operation.operand))
                .collect(),
        )
    }

    /// How tightly the operators bind.
    pub(crate) fn precedence(&self) -> u8 {
        self.rest
            .first()
            .map_or(u8::MAX, |operation| operation.operator.precedence())
    }

    /// Continues `left` where it has the operation's precedence and no parentheses; else `left` becomes an operand.
    pub(crate) fn join(left: Expression, operation: Operation) -> Self {
        let precedence = operation.operator.precedence();
        match left {
            Expression::Binary(mut binary) if !binary.parenthesised && binary.precedence() == precedence => {
                binary.rest.push(operation);
                *binary
            }
            Expression::Binary(mut binary) => {
                binary.parenthesised |= binary.precedence() < precedence;
                Self {
                    first: Expression::Binary(binary),
                    rest: vec![operation],
                    parenthesised: false,
                }
            }
            left => Self {
                first: left,
                rest: vec![operation],
                parenthesised: false,
            },
        }
    }
}
