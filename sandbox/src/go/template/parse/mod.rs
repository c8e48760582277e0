//! Reads a template into its tree, as Go's `text/template/parse` does, and in its words if it cannot.

mod lex;
mod literal;
mod parser;
mod pipe;
mod tree;

pub use tree::{parse, Tree};
