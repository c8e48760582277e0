//! The types of the tree: what holds expressions, and is held by them.

use super::literal::{
    BoolLiteral, Comment, Duration, Identifier, NumberLiteral, Reference, Regex, Star, StringLiteral,
};
use super::operator::{ChainOperator, Operator, UnaryOperator};

/// A whole script: its statements, and the comments after the last of them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Program {
    /// The statements, in the order in which they run.
    pub statements: Vec<Statement>,
    /// What stands after the last statement. Usually empty or one comment; a comment before the last closing
    /// parenthesis ends here too, and makes it two.
    pub trailing: Vec<Comment>,
}

/// One statement of a script.
#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    /// `var name = value`
    Variable(Variable),
    /// `var name type`, the declaration of a template's variable.
    TypedVariable(TypedVariable),
    /// `dbrp "telegraf"."autogen"`
    Dbrp(Dbrp),
    /// An expression that stands alone: most often a chain such as `stream|from()`.
    Expression(Expression),
}

/// `var name = value`
#[derive(Clone, Debug, PartialEq)]
pub struct Variable {
    /// What stands before `var`.
    pub comment: Option<Comment>,
    /// The name to declare.
    pub name: Identifier,
    /// The value that it gets, for good: variables cannot be assigned again.
    pub value: Expression,
}

/// `var name type`
#[derive(Clone, Debug, PartialEq)]
pub struct TypedVariable {
    /// What stands before `var`.
    pub comment: Option<Comment>,
    /// The name to declare.
    pub name: Identifier,
    /// The type: Kapacitor knows `bool`, `int`, `float`, `string`, `duration`, `regex`, `lambda`, `list` and `star`,
    /// but its parser takes any identifier.
    pub kind: Identifier,
}

/// `dbrp "database"."retention policy"`
#[derive(Clone, Debug, PartialEq)]
pub struct Dbrp {
    /// What stands before `dbrp`.
    pub comment: Option<Comment>,
    /// The name of the database.
    pub database: String,
    /// The name of the retention policy.
    pub retention_policy: String,
}

/// Whatever has a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Expression {
    /// `42`, `010`, `0.5`
    Number(NumberLiteral),
    /// `10s`
    Duration(Duration),
    /// `TRUE`, `FALSE`
    Bool(BoolLiteral),
    /// `'text'`, `'''text'''`
    String(StringLiteral),
    /// `/pattern/`
    Regex(Regex),
    /// `*`
    Star(Star),
    /// `"field"`
    Reference(Reference),
    /// `name`
    Identifier(Identifier),
    /// `['a', b, *]`
    List(List),
    /// `name(arguments)`
    Call(Call),
    /// `-value`, `!value`
    Unary(Box<Unary>),
    /// `a + b - c`
    Binary(Box<Binary>),
    /// `lambda: expression`
    Lambda(Box<Lambda>),
    /// `stream|from().database('telegraf')`
    Chain(Box<Chain>),
}

/// An operator and the one operand after it.
#[derive(Clone, Debug, PartialEq)]
pub struct Unary {
    /// What stands before the operator, as far as Kapacitor keeps it.
    pub comment: Option<Comment>,
    /// The operator.
    pub operator: UnaryOperator,
    /// What it applies to.
    pub operand: Expression,
}

/// `lambda: expression`, which Kapacitor evaluates anew for each point.
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// What stands before `lambda:`.
    pub comment: Option<Comment>,
    /// What is evaluated.
    pub expression: Expression,
}

/// Operators of one precedence and their operands, evaluated from the left: `a + b - c`.
///
/// The constructor puts parentheses where the meaning needs them, so a tree that is built in code reads back as itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Binary {
    pub(crate) first: Expression,
    pub(crate) rest: Vec<Operation>,
    pub(crate) parenthesised: bool,
}

/// An operator and the operand to its right.
#[derive(Clone, Debug, PartialEq)]
pub struct Operation {
    /// What stands before the operator. Kapacitor prints it before the whole operation.
    pub comment: Option<Comment>,
    /// The operator.
    pub operator: Operator,
    /// The operand to its right.
    pub operand: Expression,
    /// Whether there is a line break between the two operands; it is printed after the operator.
    pub multi_line: bool,
}

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

/// An element of a chain.
#[derive(Clone, Debug, PartialEq)]
pub enum Member {
    /// A name without arguments.
    Identifier(Identifier),
    /// A call.
    Call(Call),
}

/// `['a', b, *]`
#[derive(Clone, Debug, Default, PartialEq)]
pub struct List {
    /// What stands before the bracket.
    pub comment: Option<Comment>,
    /// The items; the language takes strings, identifiers and stars.
    pub items: Vec<Expression>,
}
