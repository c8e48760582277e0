//! Names the cases in which what Kapacitor prints does not read back as what was printed.
//!
//! Kapacitor prints the script that it was given anew for each GET, so none of this disturbs a comparison with
//! [`format`](super::format). It matters to whoever takes what GET returned and sends it back.

use thiserror::Error;

use super::ast::{
    Binary, Call, Chain, Comment, Expression, Member, Operation, Operator, Program, Quotes, Statement, StringLiteral,
    UnaryOperator,
};

/// Why a script does not read back from what Kapacitor prints for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum Instability {
    /// Printed before the left operand, it belongs to that operand from then on.
    #[error("a comment stands before an operator between two operands")]
    CommentBeforeOperator,
    /// Kapacitor keeps a comment with a unary operator only by accident, and drops it the next time.
    #[error("a comment belongs to a unary operator")]
    CommentBeforeUnaryOperator,
    /// The slash makes the regular expression one more line of the comment.
    #[error("a comment stands before a regular expression")]
    CommentBeforeRegex,
    /// Kapacitor drops a comment before a call within an operation; around it were parentheses that are not printed.
    #[error("a comment stands before a call within an operation")]
    CommentBeforeInnerCall,
    /// Behind these the slashes begin an empty regular expression, which gives the script another meaning.
    #[error("a comment is printed behind =, =~ or !~")]
    CommentBehindEquals,
    /// What looked like one line has a line break when it is printed: a chain, a comment, an argument.
    #[error("a call or an operation on one line is printed on several")]
    LineBreak,
    /// The parentheses are not printed, and without them the slash or the star is taken for an operator, or the
    /// operator behind it for something else.
    #[error("a regular expression or a star stands in parentheses before or behind an operator")]
    PatternInParentheses,
    /// The parentheses are not printed, and without them the second statement goes on with the first.
    #[error("parentheses keep a statement from going on with the one before")]
    StatementsMerge,
    /// A `dbrp` statement is printed without the backslash before the quote.
    #[error("the name of a database or retention policy contains a double quote")]
    QuoteInDbrp,
    /// Kapacitor takes a backslash behind two quotes for an escape, and miscounts where the text ends.
    #[error("a text in triple quotes ends in an escaped quote")]
    EscapeInTripleQuotes,
    /// A comment before the last closing parenthesis is printed at the end, and merges with the one that is there.
    #[error("two comments stand at the end")]
    TwoTrailingComments,
}

impl Program {
    /// Why `parse(print(script))` is not the script; `None` where it is. Asks for a script that was parsed: one that was
    /// built in code can go wrong in more ways.
    pub fn instability(&self) -> Option<Instability> {
        self.check().err()
    }

    fn check(&self) -> Result<(), Instability> {
        let mut previous = Seam {
            start: Start::Other,
            ending: Ending::List,
            goes_on: false,
        };
        for statement in &self.statements {
            let seam = check_statement(statement)?;
            refuse(previous.merges_with(&seam), Instability::StatementsMerge)?;
            previous = seam;
        }
        refuse(self.trailing.len() > 1, Instability::TwoTrailingComments)
    }
}

/// What a statement shows to its neighbours.
struct Seam {
    start: Start,
    ending: Ending,
    /// Whether an operator behind it would continue it.
    goes_on: bool,
}

impl Seam {
    fn merges_with(&self, next: &Self) -> bool {
        match next.start {
            Start::Parenthesis => self.ending == Ending::Identifier && self.goes_on,
            Start::Minus => self.goes_on,
            Start::Pattern => matches!(self.ending, Ending::Identifier | Ending::Other),
            Start::Other => false,
        }
    }
}

/// What the surroundings of an expression need to know of how it is printed.
#[derive(Clone, Copy)]
struct Shape {
    /// Whether there is a line break before what Kapacitor calls its position: of an operation and of a chain that is
    /// the last operator.
    breaks_before: bool,
    /// Whether there is one behind that position.
    breaks_behind: bool,
    starts_with_comment: bool,
    start: Start,
    ending: Ending,
}

impl Shape {
    fn new(comment: &Option<Comment>, breaks_behind: bool, ending: Ending) -> Self {
        Self {
            breaks_before: comment.is_some(),
            breaks_behind,
            starts_with_comment: comment.is_some(),
            start: Start::Other,
            ending,
        }
    }

    fn breaks(self) -> bool {
        self.breaks_before || self.breaks_behind
    }

    fn starting_with(self, start: Start) -> Self {
        Self { start, ..self }
    }
}

/// What an expression starts with, behind its comment.
#[derive(Clone, Copy, PartialEq)]
enum Start {
    Parenthesis,
    /// A regular expression or a star with nothing before it. A comment would make it clear what it is.
    Pattern,
    Minus,
    Other,
}

/// What an expression ends in.
#[derive(Clone, Copy, PartialEq)]
enum Ending {
    Identifier,
    /// A regular expression or a star.
    Pattern,
    List,
    Other,
}

/// How a call would be read.
#[derive(Clone, Copy, PartialEq)]
enum Context {
    /// As an expression of its own, with chains and lambdas for arguments.
    Expression,
    /// As a part of an operation, with operations for arguments.
    Operation,
}

fn check_statement(statement: &Statement) -> Result<Seam, Instability> {
    let closed = Seam {
        start: Start::Other,
        ending: Ending::Other,
        goes_on: false,
    };
    match statement {
        Statement::Variable(variable) => {
            let value = shape(&variable.value, Context::Expression)?;
            refuse(value.starts_with_comment, Instability::CommentBehindEquals)?;
            Ok(Seam {
                start: Start::Other,
                ending: value.ending,
                goes_on: goes_on(&variable.value),
            })
        }
        Statement::TypedVariable(_) => Ok(closed),
        Statement::Dbrp(dbrp) => {
            let has_quote = dbrp.database.contains('"') || dbrp.retention_policy.contains('"');
            refuse(has_quote, Instability::QuoteInDbrp)?;
            Ok(closed)
        }
        Statement::Expression(expression) => {
            let Shape { start, ending, .. } = shape(expression, Context::Expression)?;
            Ok(Seam {
                start,
                ending,
                goes_on: goes_on(expression),
            })
        }
    }
}

fn goes_on(expression: &Expression) -> bool {
    !matches!(expression, Expression::Chain(_) | Expression::List(_))
}

fn shape(expression: &Expression, context: Context) -> Result<Shape, Instability> {
    Ok(match expression {
        Expression::Number(number) => Shape::new(&number.comment, false, Ending::Other),
        Expression::Duration(duration) => Shape::new(&duration.comment, false, Ending::Other),
        Expression::Bool(value) => Shape::new(&value.comment, false, Ending::Other),
        Expression::String(string) => string_shape(string)?,
        Expression::Regex(regex) => {
            refuse(regex.comment.is_some(), Instability::CommentBeforeRegex)?;
            Shape::new(&None, regex.literal().contains('\n'), Ending::Pattern).starting_with(Start::Pattern)
        }
        Expression::Star(star) => {
            let start = if star.comment.is_some() {
                Start::Other
            } else {
                Start::Pattern
            };
            Shape::new(&star.comment, false, Ending::Pattern).starting_with(start)
        }
        Expression::Reference(reference) => {
            Shape::new(&reference.comment, reference.name().contains('\n'), Ending::Other)
        }
        Expression::Identifier(identifier) => Shape::new(&identifier.comment, false, Ending::Identifier),
        Expression::List(list) => {
            let mut breaks = false;
            for item in &list.items {
                breaks |= shape(item, Context::Operation)?.breaks();
            }
            Shape::new(&list.comment, breaks, Ending::List)
        }
        Expression::Call(call) => call_shape(call, context)?,
        Expression::Unary(unary) => {
            refuse(unary.comment.is_some(), Instability::CommentBeforeUnaryOperator)?;
            let operand = shape(&unary.operand, Context::Operation)?;
            let start = if unary.operator == UnaryOperator::Minus {
                Start::Minus
            } else {
                Start::Other
            };
            Shape::new(&None, operand.breaks(), operand.ending).starting_with(start)
        }
        Expression::Binary(binary) => binary_shape(binary, context)?,
        Expression::Lambda(lambda) => {
            let expression = shape(&lambda.expression, Context::Operation)?;
            refuse(expression.start == Start::Pattern, Instability::PatternInParentheses)?;
            Shape::new(&lambda.comment, expression.breaks(), expression.ending)
        }
        Expression::Chain(chain) => chain_shape(chain)?,
    })
}

fn string_shape(string: &StringLiteral) -> Result<Shape, Instability> {
    let is_cut = string.quotes() == Quotes::Triple && !Quotes::Triple.can_hold(string.value());
    refuse(is_cut, Instability::EscapeInTripleQuotes)?;
    Ok(Shape::new(
        &string.comment,
        string.value().contains('\n'),
        Ending::Other,
    ))
}

fn call_shape(call: &Call, context: Context) -> Result<Shape, Instability> {
    let is_dropped = context == Context::Operation && call.comment.is_some();
    refuse(is_dropped, Instability::CommentBeforeInnerCall)?;
    let mut breaks = call.multi_line;
    let mut last_breaks_behind = false;
    for argument in &call.arguments {
        let argument = shape(argument, context)?;
        breaks |= last_breaks_behind || argument.breaks_before;
        last_breaks_behind = argument.breaks_behind;
    }
    refuse(breaks != call.multi_line, Instability::LineBreak)?;
    Ok(Shape::new(&call.comment, breaks || last_breaks_behind, Ending::Other))
}

fn chain_shape(chain: &Chain) -> Result<Shape, Instability> {
    let head = member_shape(&chain.head)?;
    let mut last = head;
    for link in &chain.links {
        last = member_shape(&link.member)?;
    }
    Ok(Shape {
        breaks_before: true,
        breaks_behind: last.breaks(),
        ending: last.ending,
        ..head
    })
}

fn member_shape(member: &Member) -> Result<Shape, Instability> {
    match member {
        Member::Identifier(identifier) => Ok(Shape::new(&identifier.comment, false, Ending::Identifier)),
        Member::Call(call) => call_shape(call, Context::Expression),
    }
}

fn binary_shape(binary: &Binary, context: Context) -> Result<Shape, Instability> {
    let context = if binary.is_parenthesised() {
        Context::Operation
    } else {
        context
    };
    let first = shape(binary.first(), context)?;
    let mut breaks_before = first.breaks_before;
    let mut left = first;
    for operation in binary.rest() {
        let right = operation_shape(left, operation)?;
        breaks_before |= left.breaks_behind;
        left = Shape {
            breaks_behind: operation.multi_line || right.breaks(),
            ..right
        };
    }
    let outermost = binary.rest().last().and_then(|operation| operation.comment.as_ref());
    let keeps_comment = if binary.is_parenthesised() { 1 } else { 0 };
    let moves = binary
        .rest()
        .iter()
        .rev()
        .skip(keeps_comment)
        .any(|operation| operation.comment.is_some());
    refuse(moves, Instability::CommentBeforeOperator)?;
    Ok(Shape {
        breaks_before: breaks_before || outermost.is_some(),
        breaks_behind: left.breaks_behind,
        starts_with_comment: outermost.is_some() || !binary.is_parenthesised() && first.starts_with_comment,
        start: if binary.is_parenthesised() {
            Start::Parenthesis
        } else {
            first.start
        },
        ending: if binary.is_parenthesised() {
            Ending::Other
        } else {
            left.ending
        },
    })
}

/// The shape of the right operand.
fn operation_shape(left: Shape, operation: &Operation) -> Result<Shape, Instability> {
    let operator = operation.operator;
    let is_word = matches!(operator, Operator::And | Operator::Or);
    let is_seen_anywhere = is_word || operator == Operator::Minus;
    refuse(
        left.ending == Ending::Pattern && !is_seen_anywhere,
        Instability::PatternInParentheses,
    )?;
    let right = shape(&operation.operand, Context::Operation)?;
    refuse(
        is_word && right.start == Start::Pattern,
        Instability::PatternInParentheses,
    )?;
    let before_regex = matches!(operator, Operator::RegexEqual | Operator::RegexNotEqual);
    refuse(
        before_regex && right.starts_with_comment,
        Instability::CommentBehindEquals,
    )?;
    let breaks = left.breaks_behind || right.breaks_before;
    refuse(breaks && !operation.multi_line, Instability::LineBreak)?;
    Ok(right)
}

fn refuse(condition: bool, instability: Instability) -> Result<(), Instability> {
    match condition {
        true => Err(instability),
        false => Ok(()),
    }
}
