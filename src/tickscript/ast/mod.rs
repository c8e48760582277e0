//! The syntax tree of a TICKscript.
//!
//! The tree holds what Kapacitor's own tree holds and no more: besides the meaning, the comments and the few traces of
//! the source's layout that Kapacitor prints again (whether a call or an operation ran over several lines, the kind of
//! quotes, a duration's unit). It holds no positions, so that two trees are equal where they print the same.
//!
//! Where Kapacitor nests to the left without end (`a|b()|c()`, `1 + 2 + 3`) this tree holds a list, so that a long
//! script is not a deep one.

mod binary;
mod chain;
mod literal;

pub use binary::{Binary, Operation, Operator};
pub use chain::{Call, Chain, ChainOperator, Link, Member};
pub use literal::{
    BoolLiteral, Comment, Duration, Identifier, Inexpressible, InvalidDuration, InvalidRegex, List, Number,
    NumberLiteral, Quotes, Reference, Regex, Star, StringLiteral,
};

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

/// The operators with one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnaryOperator {
    /// `-`
    Minus,
    /// `!`
    Not,
}

/// `lambda: expression`, which Kapacitor evaluates anew for each point.
#[derive(Clone, Debug, PartialEq)]
pub struct Lambda {
    /// What stands before `lambda:`.
    pub comment: Option<Comment>,
    /// What is evaluated.
    pub expression: Expression,
}

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

impl UnaryOperator {
    /// The operator as it is written.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Minus => "-",
            Self::Not => "!",
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
