//! The TICKscript language: lexer, parser, syntax tree, and a printer that prints as Kapacitor does. Pure.
//!
//! Written after what Kapacitor 1.8.3 does (its `tick/ast`), quirks included: `GET /kapacitor/v1/tasks/ID` returns a
//! task's script as Kapacitor prints it, and only what is printed alike shows no difference in a plan.

pub mod ast;
mod error;
mod lexer;
mod links;
mod normalise;
mod parser;
mod place;
mod printer;
mod stability;
mod texts;
mod vars;
mod visit;

use std::fmt;

pub use self::lexer::regex_syntax::RegexError;
pub use self::lexer::unicode::is_letter;
pub use ast::Program;
pub use error::{ErrorKind, ParseError, Position};
pub use links::link_positions;
pub use stability::Instability;
pub use texts::{text_places, TextPlace};
pub use vars::DeclaredVar;
pub use visit::VisitMut;

/// Reads a script, and refuses what Kapacitor's parser refuses.
///
/// What parses may still be wrong: that a variable or a method exists, and that it takes such arguments, is for
/// Kapacitor to know.
pub fn parse(script: &str) -> Result<Program, ParseError> {
    parser::Parser::new(script).program()
}

/// The script as Kapacitor prints it: what `GET /kapacitor/v1/tasks/ID` returns for it.
pub fn format(script: &str) -> Result<String, ParseError> {
    parse(script).map(|program| program.to_string())
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        printer::Printer::new(f).program(self)
    }
}

impl fmt::Display for ast::Expression {
    /// Prints the expression as it stands within a line of a script.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        printer::Printer::new(f).lone_expression(self)
    }
}

#[cfg(test)]
mod tests;
