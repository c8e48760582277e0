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
mod expression;
mod literal;
mod operator;
mod tree;

pub use literal::{
    BoolLiteral, Comment, Duration, Identifier, Inexpressible, InvalidDuration, InvalidRegex, Number, NumberLiteral,
    Quotes, Reference, Regex, Star, StringLiteral,
};
pub use operator::{ChainOperator, Operator, UnaryOperator};
pub use tree::{
    Binary, Call, Chain, Dbrp, Expression, Lambda, Link, List, Member, Operation, Program, Statement, TypedVariable,
    Unary, Variable,
};
