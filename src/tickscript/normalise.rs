//! Reduces a script to its meaning, so that two scripts can be compared for it.

use super::{
    ast::{Binary, Call, Chain, Comment, Duration, Expression, Member, Number, Operation, Program, Quotes},
    visit::VisitMut,
};

impl Program {
    /// The script without what does not change what it does: comments, line breaks, needless parentheses, and the ways
    /// to write one literal (`60s` and `1m`, `010` and `8`, single and triple quotes).
    ///
    /// Two scripts of which this is equal are equal to Kapacitor. It does not know which order of properties matters,
    /// nor that a variable stands for its value. It is made for comparison: printed, it may not read back, because
    /// there are operators that Kapacitor sees only behind a parenthesis.
    pub fn normalised(mut self) -> Self {
        self.visit_mut(&mut Normaliser);
        self
    }

    /// The script without its comments.
    pub fn without_comments(mut self) -> Self {
        self.visit_mut(&mut CommentStripper);
        self
    }
}

struct CommentStripper;

impl VisitMut for CommentStripper {
    fn comment(&mut self, comment: &mut Option<Comment>) {
        *comment = None;
    }
}

struct Normaliser;

impl VisitMut for Normaliser {
    fn comment(&mut self, comment: &mut Option<Comment>) {
        *comment = None;
    }

    fn call(&mut self, call: &mut Call) {
        call.multi_line = false;
    }

    fn expression(&mut self, expression: &mut Expression) {
        match expression {
            Expression::Number(number) => {
                if let Number::Octal(value) = number.value {
                    number.value = Number::Integer(value);
                }
            }
            Expression::Duration(duration) => {
                if let Some(plain) = Duration::from_nanoseconds(duration.nanoseconds) {
                    *duration = plain;
                }
            }
            Expression::String(string) if Quotes::Single.can_hold(&string.value) => string.quotes = Quotes::Single,
            Expression::Unary(unary) => {
                if let Expression::Binary(operand) = &mut unary.operand {
                    operand.parenthesised = true;
                }
            }
            Expression::Binary(binary) => **binary = rebuilt(binary),
            Expression::Chain(chain) => {
                if let Some(head) = lone_head(chain) {
                    *expression = head;
                }
            }
            _ => {}
        }
    }
}

/// The same operation, with parentheses only where they are needed. What is inside has been normalised already.
fn rebuilt(binary: &mut Binary) -> Binary {
    let mut operations = std::mem::take(&mut binary.rest).into_iter();
    let first = std::mem::replace(&mut binary.first, false.into());
    let Some(operation) = operations.next() else {
        return Binary {
            first,
            rest: Vec::new(),
            parenthesised: false,
        };
    };
    let joined = Binary::join(first, plain(operation));
    operations.fold(joined, |left, operation| Binary::join(left.into(), plain(operation)))
}

fn plain(operation: Operation) -> Operation {
    let mut operation = operation;
    operation.multi_line = false;
    if let Expression::Binary(operand) = &mut operation.operand {
        operand.parenthesised = operand.precedence() <= operation.operator.precedence();
    }
    operation
}

fn lone_head(chain: &Chain) -> Option<Expression> {
    if !chain.links.is_empty() {
        return None;
    }
    Some(match &chain.head {
        Member::Identifier(identifier) => identifier.clone().into(),
        Member::Call(call) => call.clone().into(),
    })
}
