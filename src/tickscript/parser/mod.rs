//! Reads tokens into a tree, just as Kapacitor's parser does.
//!
//! Kapacitor keeps a comment with the token behind it, in the same two places that hold the tokens, and whichever part
//! of the tree asks next takes what it finds there. So a comment may end up a little off, or get lost, and these
//! functions ask in the same order as Kapacitor's.

mod cursor;
mod expression;

use cursor::Cursor;

use super::ast::{Dbrp, Identifier, Program, Statement, TypedVariable, Variable};
use super::error::{ErrorKind, ParseError};
use super::lexer::token::{Token, TokenKind};

/// How deeply a script may be nested. Each parenthesis, call, unary operator and change of precedence counts; the
/// scripts that people write stay below twenty. In a debug build this takes a third of the 2 MiB that a thread has.
const MAX_DEPTH: usize = 100;

pub(super) struct Parser<'a> {
    script: &'a str,
    cursor: Cursor<'a>,
    /// The bytes at which there are line breaks.
    newlines: Vec<usize>,
    depth: usize,
}

/// What was read, and the byte that Kapacitor calls its position: of an operation that is the operator's.
struct Placed<T> {
    node: T,
    position: usize,
}

impl<'a> Parser<'a> {
    pub(super) fn new(script: &'a str) -> Self {
        let newlines = script
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(offset, _)| offset);
        Self {
            script,
            cursor: Cursor::new(script),
            newlines: newlines.collect(),
            depth: 0,
        }
    }

    pub(super) fn program(mut self) -> Result<Program, ParseError> {
        let mut statements = Vec::new();
        while *self.cursor.peek() != TokenKind::EndOfFile {
            statements.push(self.statement()?);
        }
        Ok(Program {
            statements,
            trailing: self.cursor.into_comments(),
        })
    }

    fn statement(&mut self) -> Result<Statement, ParseError> {
        match self.cursor.peek() {
            TokenKind::Var => self.declaration(),
            TokenKind::Dbrp => self.dbrp(),
            _ => Ok(Statement::Expression(self.expression()?.node)),
        }
    }

    fn dbrp(&mut self) -> Result<Statement, ParseError> {
        self.expect(TokenKind::Dbrp)?;
        let comment = self.cursor.take_comment();
        let database = self.reference()?.node;
        self.expect(TokenKind::Dot)?;
        let retention_policy = self.reference()?.node;
        Ok(Statement::Dbrp(Dbrp {
            comment,
            database: database.name,
            retention_policy: retention_policy.name,
        }))
    }

    fn declaration(&mut self) -> Result<Statement, ParseError> {
        self.expect(TokenKind::Var)?;
        let comment = self.cursor.take_comment();
        let name = self.identifier()?.node;
        if *self.cursor.peek() == TokenKind::Assign {
            self.cursor.next();
            let value = self.expression()?.node;
            return Ok(Statement::Variable(Variable { comment, name, value }));
        }
        let kind = self.identifier()?.node;
        Ok(Statement::TypedVariable(TypedVariable { comment, name, kind }))
    }

    fn identifier(&mut self) -> Result<Placed<Identifier>, ParseError> {
        let token = self.expect(TokenKind::Identifier)?;
        let comment = self.cursor.take_comment();
        let name = self.text(&token).to_owned();
        Ok(Placed {
            node: Identifier { comment, name },
            position: token.start,
        })
    }

    fn expect(&mut self, kind: TokenKind) -> Result<Token, ParseError> {
        let token = self.cursor.next();
        if token.kind == kind {
            return Ok(token);
        }
        Err(self.unexpected(&token, &[kind]))
    }

    fn unexpected(&self, token: &Token, expected: &[TokenKind]) -> ParseError {
        let expected = expected.iter().map(TokenKind::to_string).collect();
        self.error(
            token,
            ErrorKind::Unexpected {
                found: token.kind.to_string(),
                expected,
            },
        )
    }

    fn error(&self, token: &Token, kind: ErrorKind) -> ParseError {
        ParseError::new(self.script, token.start, kind)
    }

    fn text(&self, token: &Token) -> &'a str {
        &self.script[token.start..token.end]
    }

    fn has_newline(&self, start: usize, end: usize) -> bool {
        let first = self.newlines.partition_point(|newline| *newline < start);
        self.newlines.get(first).is_some_and(|newline| *newline < end)
    }

    /// Goes one level deeper, unless that is too deep.
    fn nested<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, ParseError>) -> Result<T, ParseError> {
        if self.depth == MAX_DEPTH {
            let token = self.cursor.next();
            return Err(self.error(&token, ErrorKind::TooDeep));
        }
        self.depth += 1;
        let result = read(self);
        self.depth -= 1;
        result
    }
}
