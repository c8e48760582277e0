//! Cuts a script into tokens, just as Kapacitor's lexer does.
//!
//! What a character means depends on what stands before it: operators with two operands are known only right behind an
//! operand, and nowhere behind a comment; a slash is a division there and begins a regular expression elsewhere.

pub(super) mod regex_syntax;
pub(super) mod token;
pub(super) mod unicode;
use self::token::{Token, TokenKind};
use super::ast::Operator;

/// The tokens of a script, up to its end or to what cannot be read.
pub(super) struct Lexer<'a> {
    input: &'a str,
    /// The first byte of the current token.
    start: usize,
    /// The next byte to be read.
    position: usize,
    state: State,
}

#[derive(Clone, Copy)]
enum State {
    /// An operand may begin here.
    Operand,
    /// Behind an operand: an operator may follow.
    Operator,
    /// A regular expression begins here.
    Regex,
    /// Nothing more is read.
    Done,
}

impl<'a> Lexer<'a> {
    pub(super) fn new(input: &'a str) -> Self {
        Self {
            input,
            start: 0,
            position: 0,
            state: State::Operand,
        }
    }

    /// The next token. Behind the end or an error there are only empty errors.
    pub(super) fn next_token(&mut self) -> Token {
        match self.state {
            State::Operand => self.operand(),
            State::Operator => self.operator(),
            State::Regex => self.regex(),
            State::Done => Token {
                kind: TokenKind::Error(String::new()),
                start: 0,
                end: 0,
            },
        }
    }

    fn peek(&self) -> Option<char> {
        self.input[self.position..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let c = self.peek()?;
        self.position += c.len_utf8();
        Some(c)
    }

    /// Reads the next character where it is `expected`.
    fn accept(&mut self, expected: char) -> bool {
        let found = self.peek() == Some(expected);
        if found {
            self.position += expected.len_utf8();
        }
        found
    }

    fn skip_while(&mut self, condition: impl Fn(char) -> bool) {
        let rest = &self.input[self.position..];
        self.position += rest.find(|c| !condition(c)).unwrap_or(rest.len());
    }

    fn skip_space(&mut self) {
        self.skip_while(char::is_whitespace);
        self.start = self.position;
    }

    fn emit(&mut self, kind: TokenKind, state: State) -> Token {
        let token = Token {
            kind,
            start: self.start,
            end: self.position,
        };
        self.start = self.position;
        self.state = state;
        token
    }

    fn error(&mut self, message: impl Into<String>) -> Token {
        self.emit(TokenKind::Error(message.into()), State::Done)
    }

    fn operand(&mut self) -> Token {
        self.skip_space();
        let Some(c) = self.next() else {
            return self.emit(TokenKind::EndOfFile, State::Done);
        };
        match c {
            '-' => self.emit(TokenKind::Operator(Operator::Minus), State::Operand),
            '!' => self.emit(TokenKind::Not, State::Operand),
            '.' if !self.peek().is_some_and(unicode::is_digit) => self.emit(TokenKind::Dot, State::Operand),
            '"' => self.reference(),
            '\'' => self.string(),
            '(' => self.emit(TokenKind::LeftParenthesis, State::Operand),
            ')' => self.emit(TokenKind::RightParenthesis, State::Operator),
            '[' => self.emit(TokenKind::LeftBracket, State::Operand),
            ']' => self.emit(TokenKind::RightBracket, State::Operand),
            '|' => self.emit(TokenKind::Pipe, State::Operand),
            '@' => self.emit(TokenKind::At, State::Operand),
            ',' => self.emit(TokenKind::Comma, State::Operand),
            '*' => self.emit(TokenKind::Star, State::Operand),
            '/' => self.slash(),
            c if c == '.' || unicode::is_digit(c) => self.number(c == '.'),
            c if unicode::is_letter(c) => self.identifier(),
            c => self.error(format!("unknown state, last char: {}", unicode::quote(c))),
        }
    }

    /// Behind a slash where an operand may begin: a comment or a regular expression.
    fn slash(&mut self) -> Token {
        match self.peek() {
            Some('/') => self.comment(),
            Some(c) if c.is_ascii() => {
                self.position = self.start;
                self.regex()
            }
            // Kapacitor steps back by the width of this character instead of the slash's, and stumbles over what
            // it finds there (or, at the very start of the script, crashes).
            Some(c) => {
                let found = go_char_at(self.input, (self.start + 1).wrapping_sub(c.len_utf8()));
                self.error(format!("unexpected \"{found}\" expected \"/\""))
            }
            None => self.error("unexpected \"\u{fffd}\" expected \"/\""),
        }
    }

    fn operator(&mut self) -> Token {
        self.skip_space();
        let Some(c) = self.peek() else {
            return self.operand();
        };
        self.position += c.len_utf8();
        match c {
            '+' => self.emit_operator(Operator::Plus),
            '-' => self.emit_operator(Operator::Minus),
            '*' => self.emit_operator(Operator::Multiply),
            '%' => self.emit_operator(Operator::Modulo),
            '/' if self.peek() == Some('/') => self.comment(),
            '/' => self.emit_operator(Operator::Divide),
            '!' if self.accept('=') => self.emit_operator(Operator::NotEqual),
            '!' if self.accept('~') => self.emit_before_regex(TokenKind::Operator(Operator::RegexNotEqual)),
            '!' => self.emit(TokenKind::Not, State::Operand),
            '>' if self.accept('=') => self.emit_operator(Operator::GreaterEqual),
            '>' => self.emit_operator(Operator::Greater),
            '<' if self.accept('=') => self.emit_operator(Operator::LessEqual),
            '<' => self.emit_operator(Operator::Less),
            '=' if self.accept('~') => self.emit_before_regex(TokenKind::Operator(Operator::RegexEqual)),
            '=' if self.accept('=') => self.emit_operator(Operator::Equal),
            '=' => self.emit_before_regex(TokenKind::Assign),
            _ => {
                self.position = self.start;
                self.operand()
            }
        }
    }

    fn emit_operator(&mut self, operator: Operator) -> Token {
        self.emit(TokenKind::Operator(operator), State::Operand)
    }

    /// Where a slash follows, even two, it begins a regular expression and never a comment.
    fn emit_before_regex(&mut self, kind: TokenKind) -> Token {
        let token = self.emit(kind, State::Operand);
        self.skip_space();
        if self.peek() == Some('/') {
            self.state = State::Regex;
        }
        token
    }

    fn identifier(&mut self) -> Token {
        self.skip_while(unicode::is_identifier);
        let kind = match &self.input[self.start..self.position] {
            "AND" => TokenKind::Operator(Operator::And),
            "OR" => TokenKind::Operator(Operator::Or),
            "TRUE" => TokenKind::True,
            "FALSE" => TokenKind::False,
            "var" => TokenKind::Var,
            "dbrp" => TokenKind::Dbrp,
            "lambda" if self.accept(':') => TokenKind::Lambda,
            _ => TokenKind::Identifier,
        };
        self.emit(kind, State::Operator)
    }

    fn number(&mut self, mut is_float: bool) -> Token {
        loop {
            match self.peek() {
                Some('.') if is_float => {
                    return self.error("multiple decimals in number");
                }
                Some('.') => is_float = true,
                Some(c) if unicode::is_digit(c) => {}
                Some(c @ ('u' | 'µ' | 'm' | 's' | 'h' | 'd' | 'w')) if !is_float => {
                    self.position += c.len_utf8();
                    if c == 'm' {
                        self.accept('s');
                    }
                    return self.emit(TokenKind::Duration, State::Operator);
                }
                _ => return self.emit(TokenKind::Number, State::Operator),
            }
            self.next();
        }
    }

    fn reference(&mut self) -> Token {
        loop {
            match self.next() {
                Some('\\') => {
                    self.accept('"');
                }
                Some('"') => return self.emit(TokenKind::Reference, State::Operator),
                Some(_) => {}
                None => return self.error("unterminated field reference"),
            }
        }
    }

    /// Behind the first quote.
    fn string(&mut self) -> Token {
        if !self.accept('\'') {
            return self.string_body(1);
        }
        if !self.accept('\'') {
            return self.emit(TokenKind::String, State::Operator);
        }
        self.string_body(3)
    }

    /// Reads up to as many quotes in a row as opened the string. A backslash hides the quote behind it while one quote
    /// is missing: that is always so in single quotes, and behind two quotes in triple quotes.
    fn string_body(&mut self, quotes: u8) -> Token {
        let mut missing = quotes;
        loop {
            match self.next() {
                Some('\\') if missing == 1 => {
                    self.accept('\'');
                }
                Some('\'') => {
                    missing -= 1;
                    if missing == 0 {
                        return self.emit(TokenKind::String, State::Operator);
                    }
                }
                Some(_) => missing = quotes,
                None => return self.error("unterminated string"),
            }
        }
    }

    fn regex(&mut self) -> Token {
        self.accept('/');
        loop {
            match self.next() {
                Some('\\') => {
                    self.accept('/');
                }
                Some('/') => return self.emit(TokenKind::Regex, State::Operand),
                Some(_) => {}
                None => return self.error("unterminated regex"),
            }
        }
    }

    /// Behind the first slash of a comment: takes in all lines that follow and begin with a slash.
    fn comment(&mut self) -> Token {
        loop {
            self.skip_while(|c| c != '\n');
            if !self.accept('\n') {
                return self.emit(TokenKind::Comment, State::Operand);
            }
            self.skip_while(|c| c != '\n' && c.is_whitespace());
            if !self.accept('/') {
                return self.emit(TokenKind::Comment, State::Operand);
            }
        }
    }
}

/// Whether the whole text is one string.
pub(super) fn is_string(text: &str) -> bool {
    let token = Lexer::new(text).next_token();
    token.kind == TokenKind::String && token.end == text.len()
}

/// The character that Go decodes at this byte: U+FFFD within a character or outside of the text.
fn go_char_at(text: &str, offset: usize) -> char {
    text.get(offset..)
        .and_then(|rest| rest.chars().next())
        .unwrap_or(char::REPLACEMENT_CHARACTER)
}
