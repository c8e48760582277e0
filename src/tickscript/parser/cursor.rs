//! The tokens without the comments, two of them within reach, and the comments before these two.

use super::super::ast::Comment;
use super::super::lexer::Lexer;
use crate::tickscript::lexer::token::{Token, TokenKind};

/// Mirrors Kapacitor's buffer, down to the comments that stay behind in it: they show up again elsewhere in the tree.
pub(super) struct Cursor<'a> {
    script: &'a str,
    lexer: Lexer<'a>,
    /// The newest token and the one before it, with the comments that stand before each.
    tokens: [Token; 2],
    comments: [Option<Comment>; 2],
    /// How many of the tokens are yet to be read.
    unread: usize,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(script: &'a str) -> Self {
        let none = Token {
            kind: TokenKind::EndOfFile,
            start: 0,
            end: 0,
        };
        Self {
            script,
            lexer: Lexer::new(script),
            tokens: [none.clone(), none],
            comments: [None, None],
            unread: 0,
        }
    }

    /// Reads a token.
    pub(super) fn next(&mut self) -> Token {
        match self.unread {
            0 => (self.tokens[0], self.comments[0]) = self.lex(),
            _ => self.unread -= 1,
        }
        self.tokens[self.unread].clone()
    }

    /// Puts the token that was read last back.
    pub(super) fn back(&mut self) {
        self.unread += 1;
    }

    /// The kind of the token that comes next.
    pub(super) fn peek(&mut self) -> &TokenKind {
        if self.unread == 0 {
            self.unread = 1;
            self.tokens.swap(0, 1);
            self.comments.swap(0, 1);
            (self.tokens[0], self.comments[0]) = self.lex();
        }
        &self.tokens[self.unread - 1].kind
    }

    /// Takes the comment before the token that was read last.
    pub(super) fn take_comment(&mut self) -> Option<Comment> {
        self.comments[self.unread].take()
    }

    /// What nobody took: the comment before the last token, then the one before the end.
    pub(super) fn into_comments(self) -> Vec<Comment> {
        let [newest, before] = self.comments;
        before.into_iter().chain(newest).collect()
    }

    fn lex(&mut self) -> (Token, Option<Comment>) {
        let mut blocks = Vec::new();
        loop {
            let token = self.lexer.next_token();
            if token.kind != TokenKind::Comment {
                let comment = (!blocks.is_empty()).then_some(Comment { blocks });
                return (token, comment);
            }
            blocks.push(comment_lines(&self.script[token.start..token.end]));
        }
    }
}

fn comment_lines(text: &str) -> Vec<String> {
    let lines = text.split('\n').map(str::trim).filter(|line| !line.is_empty());
    lines.map(without_slashes).map(str::to_owned).collect()
}

fn without_slashes(line: &str) -> &str {
    let line = line.strip_prefix("//").unwrap_or(line);
    line.strip_prefix(' ').unwrap_or(line)
}
