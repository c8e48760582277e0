//! The TICKscript language: lexer, parser, syntax tree, and a printer that prints as Kapacitor does. Pure.

pub mod ast;
mod error;

pub use ast::Program;
pub use error::ParseError;

/// Reads a script.
pub fn parse(_script: &str) -> Result<Program, ParseError> {
    todo!()
}

/// The script as Kapacitor prints it: what `GET /kapacitor/v1/tasks/ID` returns for it.
pub fn format(script: &str) -> Result<String, ParseError> {
    parse(script).map(|program| program.to_string())
}

impl std::fmt::Display for Program {
    fn fmt(&self, _f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        todo!()
    }
}
