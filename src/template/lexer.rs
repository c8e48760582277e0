//! The tokens of a template, by the rules of Go's text/template/parse/lex.go.

use super::error::TemplateError;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Token {
    Text(String),
    Open,
    Close,
    Space,
    Declare,
    Assign,
    Pipe,
    Comma,
    Dot,
    LeftParen,
    RightParen,
    Field(String),
    /// With its dollar sign.
    Variable(String),
    /// A word that is neither a keyword nor a constant.
    Name(String),
    Keyword(&'static str),
    Nil,
    Bool,
    /// As written.
    Number(String),
    Character(String),
    Quoted(String),
    /// Another character that can stand in an action, but nowhere where it means something.
    Other(char),
}

const KEYWORDS: [&str; 10] = [
    "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with",
];

type Lexed<T> = Result<T, TemplateError>;

/// The tokens of a template.
pub(super) fn tokens(template: &str) -> Lexed<Vec<Token>> {
    let mut lexer = Lexer {
        rest: template,
        depth: 0,
        tokens: Vec::new(),
    };
    lexer.text()?;
    Ok(lexer.tokens)
}

struct Lexer<'a> {
    rest: &'a str,
    depth: usize,
    tokens: Vec<Token>,
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r' | '\n')
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_alphabetic() || c.is_numeric()
}

fn error<T>(message: impl Into<String>) -> Lexed<T> {
    Err(TemplateError::syntax(message))
}

/// What is said of an action without an end.
const UNCLOSED: &str = "a `{{` is never closed: each needs its `}}`, as in `{{ .ID }}`";

impl Lexer<'_> {
    fn text(&mut self) -> Lexed<()> {
        let mut trims = false;
        while let Some(open) = self.rest.find("{{") {
            let (text, after) = self.rest.split_at(open);
            self.rest = &after[2..];
            let trims_before = self.rest.starts_with('-') && self.rest[1..].starts_with(is_space);
            self.push_text(text, trims, trims_before);
            if trims_before {
                self.rest = &self.rest[2..];
            }
            trims = if self.rest.starts_with("/*") {
                self.comment()?
            } else {
                self.action()?
            };
        }
        let text = self.rest;
        self.push_text(text, trims, false);
        Ok(())
    }

    fn push_text(&mut self, text: &str, trims_start: bool, trims_end: bool) {
        let text = if trims_start {
            text.trim_start_matches(is_space)
        } else {
            text
        };
        let text = if trims_end {
            text.trim_end_matches(is_space)
        } else {
            text
        };
        if !text.is_empty() {
            self.tokens.push(Token::Text(text.to_owned()));
        }
    }

    /// Says whether the text behind it is trimmed.
    fn comment(&mut self) -> Lexed<bool> {
        let Some(end) = self.rest.find("*/") else {
            return error("a comment is never closed: it ends with `*/}}`");
        };
        self.rest = &self.rest[end + 2..];
        self.close()
            .map_or_else(|| error("a comment does not end with `*/}}`"), Ok)
    }

    /// Steps over the end of an action; says whether the text behind it is trimmed.
    fn close(&mut self) -> Option<bool> {
        let trimmed = self
            .rest
            .strip_prefix(is_space)
            .and_then(|rest| rest.strip_prefix("-}}"));
        if let Some(after) = trimmed {
            self.rest = after;
            return Some(true);
        }
        self.rest = self.rest.strip_prefix("}}")?;
        Some(false)
    }

    fn action(&mut self) -> Lexed<bool> {
        self.tokens.push(Token::Open);
        self.depth = 0;
        loop {
            let before = self.rest;
            if let Some(trims) = self.close() {
                if self.depth > 0 {
                    self.rest = before;
                    return error("a parenthesis is never closed");
                }
                self.tokens.push(Token::Close);
                return Ok(trims);
            }
            self.inside()?;
        }
    }

    fn inside(&mut self) -> Lexed<()> {
        let Some(first) = self.rest.chars().next() else {
            return error(UNCLOSED);
        };
        let token = match first {
            c if is_space(c) => return self.space(),
            ':' if self.rest.starts_with(":=") => self.take(2, Token::Declare),
            ':' => return error("a `:` stands where `:=` is meant"),
            '=' => self.take(1, Token::Assign),
            '|' => self.take(1, Token::Pipe),
            ',' => self.take(1, Token::Comma),
            '(' => {
                self.depth += 1;
                self.take(1, Token::LeftParen)
            }
            ')' if self.depth == 0 => return error("a parenthesis is closed that was never opened"),
            ')' => {
                self.depth -= 1;
                self.take(1, Token::RightParen)
            }
            '"' => self.quoted('"')?,
            '\'' => self.quoted('\'')?,
            '`' => self.raw()?,
            '$' => {
                let name = self.word(1)?;
                Token::Variable(format!("${name}"))
            }
            '.' if !self.rest[1..].starts_with(|c: char| c.is_ascii_digit()) => {
                let name = self.word(1)?;
                if name.is_empty() {
                    Token::Dot
                } else {
                    Token::Field(name)
                }
            }
            c if c == '.' || c == '+' || c == '-' || c.is_ascii_digit() => self.number()?,
            c if is_word(c) => self.name()?,
            c if c.is_ascii_graphic() => self.take(1, Token::Other(c)),
            c => return error(format!("an action holds the character {c:?}")),
        };
        self.tokens.push(token);
        Ok(())
    }

    fn take(&mut self, length: usize, token: Token) -> Token {
        self.rest = &self.rest[length..];
        token
    }

    /// Blanks, but not the one that belongs to ` -}}`.
    fn space(&mut self) -> Lexed<()> {
        let mut found = false;
        while self.rest.starts_with(is_space) && !self.rest[1..].starts_with("-}}") {
            self.rest = &self.rest[1..];
            found = true;
        }
        if found {
            self.tokens.push(Token::Space);
        }
        Ok(())
    }

    /// Letters and digits behind the first `skipped` bytes; what follows has to end a word.
    fn word(&mut self, skipped: usize) -> Lexed<String> {
        let rest = &self.rest[skipped..];
        let end = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
        let word = rest[..end].to_owned();
        self.rest = &rest[end..];
        let ends = self.rest.is_empty()
            || self.rest.starts_with(|c| is_space(c) || ".,|:)(".contains(c))
            || self.rest.starts_with("}}");
        match self.rest.chars().next() {
            Some(next) if !ends => error(format!("the character {next:?} stands behind the name {word:?}")),
            _ => Ok(word),
        }
    }

    fn name(&mut self) -> Lexed<Token> {
        let word = self.word(0)?;
        if let Some(keyword) = KEYWORDS.iter().find(|keyword| **keyword == word) {
            return Ok(Token::Keyword(keyword));
        }
        Ok(match word.as_str() {
            "true" | "false" => Token::Bool,
            "nil" => Token::Nil,
            _ => Token::Name(word),
        })
    }

    fn quoted(&mut self, quote: char) -> Lexed<Token> {
        let mut characters = self.rest.char_indices().skip(1);
        while let Some((at, c)) = characters.next() {
            let escaped = (c == '\\').then(|| characters.next());
            match (c, escaped) {
                ('\n', _) | (_, Some(None | Some((_, '\n')))) => break,
                (c, None) if c == quote => {
                    let text = self.rest[..=at].to_owned();
                    self.rest = &self.rest[at + 1..];
                    return Ok(if quote == '"' {
                        Token::Quoted(text)
                    } else {
                        Token::Character(text)
                    });
                }
                _ => {}
            }
        }
        error("a quoted text in an action is never closed")
    }

    fn raw(&mut self) -> Lexed<Token> {
        let Some(end) = self.rest[1..].find('`') else {
            return error("a quoted text in an action is never closed");
        };
        let text = self.rest[..end + 2].to_owned();
        self.rest = &self.rest[end + 2..];
        Ok(Token::Quoted(text))
    }

    /// Only how far it goes; what it is worth is seen later.
    fn number(&mut self) -> Lexed<Token> {
        let belongs = |c: char| is_word(c) || "+-.".contains(c);
        let end = self.rest.find(|c| !belongs(c)).unwrap_or(self.rest.len());
        let text = self.rest[..end].to_owned();
        self.rest = &self.rest[end..];
        Ok(Token::Number(text))
    }
}
