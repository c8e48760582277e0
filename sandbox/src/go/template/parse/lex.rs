//! Cuts a template into items, as Go's `text/template/parse` does.

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The text says what is wrong.
    Error,
    End,
    Text,
    LeftDelimiter,
    RightDelimiter,
    Space,
    Assign,
    Declare,
    Pipe,
    LeftParen,
    RightParen,
    Char,
    Bool,
    Number,
    CharConstant,
    String,
    RawString,
    Identifier,
    Field,
    Dot,
    Variable,
    Nil,
    Keyword,
}

/// A piece of a template.
#[derive(Clone, Debug)]
pub struct Item<'a> {
    pub kind: Kind,
    /// Where it begins, in bytes.
    pub at: usize,
    pub text: &'a str,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong, if its kind is an error.
    pub message: String,
}

const KEYWORDS: [&str; 10] = [
    "block", "break", "continue", "define", "else", "end", "if", "range", "template", "with",
];

/// The items of a template. The last one is its end or an error.
pub fn items(text: &str) -> Vec<Item<'_>> {
    let mut lexer = Lexer {
        text,
        at: 0,
        start: 0,
        items: Vec::new(),
        parens: 0,
    };
    match lexer.run() {
        Ok(()) => lexer.push(Kind::End),
        Err(message) => {
            lexer.push(Kind::Error);
            if let Some(last) = lexer.items.last_mut() {
                last.message = message;
            }
        }
    }
    lexer.items
}

struct Lexer<'a> {
    text: &'a str,
    at: usize,
    start: usize,
    items: Vec<Item<'a>>,
    parens: usize,
}

impl<'a> Lexer<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let letter = self.peek()?;
        self.at += letter.len_utf8();
        Some(letter)
    }

    fn accept(&mut self, letters: &str) -> bool {
        let accepted = self.peek().is_some_and(|letter| letters.contains(letter));
        if accepted {
            self.at += 1;
        }
        accepted
    }

    fn accept_run(&mut self, letters: &str) {
        while self.accept(letters) {}
    }

    fn push(&mut self, kind: Kind) {
        self.items.push(Item {
            kind,
            at: self.start,
            text: &self.text[self.start..self.at],
            line: 1 + self.text[..self.start].matches('\n').count(),
            message: String::new(),
        });
        self.start = self.at;
    }

    fn run(&mut self) -> Result<(), String> {
        while let Some(open) = self.rest().find("{{") {
            let trims = has_left_marker(&self.rest()[open + 2..]);
            let literal = &self.rest()[..open];
            let kept = if trims {
                literal.trim_end_matches(is_space)
            } else {
                literal
            };
            self.at += kept.len();
            if !kept.is_empty() {
                self.push(Kind::Text);
            }
            self.at += literal.len() - kept.len();
            self.start = self.at;
            self.at += 2;
            let marker = if trims { 2 } else { 0 };
            if self.rest()[marker..].starts_with("/*") {
                self.at += marker;
                self.start = self.at;
                self.comment()?;
                continue;
            }
            self.push(Kind::LeftDelimiter);
            self.at += marker;
            self.start = self.at;
            self.parens = 0;
            self.action()?;
        }
        self.at = self.text.len();
        if self.at > self.start {
            self.push(Kind::Text);
        }
        Ok(())
    }

    /// Whether a right delimiter is here, and whether it trims what follows.
    fn right_delimiter(&self) -> Option<bool> {
        let rest = self.rest();
        let mut letters = rest.chars();
        if letters.next().is_some_and(is_space) && letters.next() == Some('-') && rest[2..].starts_with("}}") {
            return Some(true);
        }
        rest.starts_with("}}").then_some(false)
    }

    fn comment(&mut self) -> Result<(), String> {
        let end = self.rest()[2..].find("*/").ok_or("unclosed comment")?;
        self.at += end + 4;
        let trims = self.right_delimiter().ok_or("comment ends before closing delimiter")?;
        self.close(trims);
        self.start = self.at;
        Ok(())
    }

    fn close(&mut self, trims: bool) {
        self.at += if trims { 4 } else { 2 };
        if trims {
            self.at += self.rest().len() - self.rest().trim_start_matches(is_space).len();
        }
    }

    fn action(&mut self) -> Result<(), String> {
        loop {
            if let Some(trims) = self.right_delimiter() {
                if self.parens > 0 {
                    return Err("unclosed left paren".to_owned());
                }
                if trims {
                    self.at += 2;
                    self.start = self.at;
                }
                self.at += 2;
                self.push(Kind::RightDelimiter);
                if trims {
                    self.at += self.rest().len() - self.rest().trim_start_matches(is_space).len();
                    self.start = self.at;
                }
                return Ok(());
            }
            self.item()?;
        }
    }

    fn item(&mut self) -> Result<(), String> {
        let letter = self.next().ok_or("unclosed action")?;
        match letter {
            space if is_space(space) => {
                while self.right_delimiter() != Some(true) && self.peek().is_some_and(is_space) {
                    self.at += 1;
                }
                self.push(Kind::Space);
            }
            '=' => self.push(Kind::Assign),
            ':' => {
                if self.next() != Some('=') {
                    return Err("expected :=".to_owned());
                }
                self.push(Kind::Declare);
            }
            '|' => self.push(Kind::Pipe),
            '"' => self.quoted('"', "unterminated quoted string", Kind::String)?,
            '\'' => self.quoted('\'', "unterminated character constant", Kind::CharConstant)?,
            '`' => {
                let end = self.rest().find('`').ok_or("unterminated raw quoted string")?;
                self.at += end + 1;
                self.push(Kind::RawString);
            }
            '$' => self.name(Kind::Variable, Kind::Variable)?,
            '.' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => self.name(Kind::Field, Kind::Dot)?,
            '.' | '+' | '-' | '0'..='9' => {
                self.at -= 1;
                self.number()?;
            }
            '(' => {
                self.parens += 1;
                self.push(Kind::LeftParen);
            }
            ')' => {
                self.parens = self.parens.checked_sub(1).ok_or("unexpected right paren")?;
                self.push(Kind::RightParen);
            }
            letter if is_alphanumeric(letter) => self.identifier()?,
            printed if printed.is_ascii_graphic() => self.push(Kind::Char),
            other => return Err(format!("unrecognized character in action: {}", unicode(other))),
        }
        Ok(())
    }

    fn quoted(&mut self, quote: char, unterminated: &str, kind: Kind) -> Result<(), String> {
        loop {
            match self.next() {
                Some('\\') if !matches!(self.peek(), None | Some('\n')) => drop(self.next()),
                None | Some('\\' | '\n') => return Err(unterminated.to_owned()),
                Some(letter) if letter == quote => break,
                Some(_) => {}
            }
        }
        self.push(kind);
        Ok(())
    }

    /// What follows a `.` or a `$`.
    fn name(&mut self, kind: Kind, alone: Kind) -> Result<(), String> {
        if self.at_terminator() {
            self.push(alone);
            return Ok(());
        }
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        self.check_terminator()?;
        self.push(kind);
        Ok(())
    }

    fn identifier(&mut self) -> Result<(), String> {
        while self.peek().is_some_and(is_alphanumeric) {
            self.next();
        }
        self.check_terminator()?;
        let kind = match &self.text[self.start..self.at] {
            word if KEYWORDS.contains(&word) => Kind::Keyword,
            "true" | "false" => Kind::Bool,
            "nil" => Kind::Nil,
            _ => Kind::Identifier,
        };
        self.push(kind);
        Ok(())
    }

    fn at_terminator(&self) -> bool {
        match self.peek() {
            None => true,
            Some(letter) => is_space(letter) || ".,|:)(".contains(letter) || self.rest().starts_with("}}"),
        }
    }

    fn check_terminator(&self) -> Result<(), String> {
        if self.at_terminator() {
            return Ok(());
        }
        Err(format!("bad character {}", unicode(self.peek().unwrap_or_default())))
    }

    fn number(&mut self) -> Result<(), String> {
        self.accept("+-");
        let mut digits = "0123456789_";
        if self.accept("0") {
            if self.accept("xX") {
                digits = "0123456789abcdefABCDEF_";
            } else if self.accept("oO") {
                digits = "01234567_";
            } else if self.accept("bB") {
                digits = "01_";
            }
        }
        self.accept_run(digits);
        if self.accept(".") {
            self.accept_run(digits);
        }
        if digits.len() == 11 && self.accept("eE") {
            self.accept("+-");
            self.accept_run("0123456789_");
        }
        if self.peek().is_some_and(is_alphanumeric) || self.peek().is_some_and(|sign| "+-".contains(sign)) {
            self.next();
            let number = crate::go::quote::quote(&self.text[self.start..self.at]);
            return Err(format!("bad number syntax: {number}"));
        }
        self.push(Kind::Number);
        Ok(())
    }
}

/// Go's `%#U`.
fn unicode(letter: char) -> String {
    format!("U+{:04X} '{letter}'", letter as u32)
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\r' | '\n')
}

fn is_alphanumeric(letter: char) -> bool {
    letter == '_' || letter.is_alphanumeric()
}

fn has_left_marker(rest: &str) -> bool {
    let mut letters = rest.chars();
    letters.next() == Some('-') && letters.next().is_some_and(is_space)
}
