//! The tokens of TICKscript, under the names that Kapacitor's messages give them.

use std::fmt;

use crate::tickscript::ast::Operator;

/// A piece of the script.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Token {
    pub(crate) kind: TokenKind,
    /// The first byte.
    pub(crate) start: usize,
    /// The byte behind the last one.
    pub(crate) end: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum TokenKind {
    /// What the lexer could make nothing of, in Kapacitor's words. Nothing is read after it.
    Error(String),
    EndOfFile,
    Var,
    Dbrp,
    Assign,
    Dot,
    Pipe,
    At,
    Identifier,
    Reference,
    Lambda,
    Number,
    String,
    Duration,
    LeftParenthesis,
    RightParenthesis,
    LeftBracket,
    RightBracket,
    Comma,
    Not,
    True,
    False,
    Regex,
    Comment,
    Star,
    Operator(Operator),
}

impl fmt::Display for TokenKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Error(message) => message,
            Self::EndOfFile => "EOF",
            Self::Var => "var",
            Self::Dbrp => "dbrp",
            Self::Assign => "=",
            Self::Dot => ".",
            Self::Pipe => "|",
            Self::At => "@",
            Self::Identifier => "identifier",
            Self::Reference => "reference",
            Self::Lambda => "lambda",
            Self::Number => "number",
            Self::String => "string",
            Self::Duration => "duration",
            Self::LeftParenthesis => "(",
            Self::RightParenthesis => ")",
            Self::LeftBracket => "[",
            Self::RightBracket => "]",
            Self::Comma => ",",
            Self::Not => "!",
            Self::True => "TRUE",
            Self::False => "FALSE",
            Self::Regex => "regex",
            Self::Comment => "//",
            Self::Star => "*",
            Self::Operator(operator) => operator.symbol(),
        })
    }
}
