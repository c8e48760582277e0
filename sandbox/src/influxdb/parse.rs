//! Reads `SELECT … FROM … WHERE … GROUP BY *`.

use crate::go::time;
use regex::Regex;

/// A query, read.
#[derive(Debug)]
pub struct Query {
    pub columns: Vec<Column>,
    pub database: String,
    pub policy: String,
    pub measurement: Measurement,
    pub condition: Option<Condition>,
    /// Whether each series comes for itself, with its tags.
    pub by_series: bool,
}

/// What is selected.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    All,
    Name(String),
    CountAll,
    Count(String),
}

#[derive(Debug)]
pub enum Measurement {
    Named(String),
    Matching(Regex),
}

#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    And(Vec<Condition>),
    Or(Vec<Condition>),
    Time(String, i64),
    Text(String, bool, String),
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Text(String),
    Regex(String),
    Sign(String),
}

impl Query {
    /// Reads a query, or says what is wrong with it: in Kapacitor's words, if they were recorded.
    pub fn parse(text: &str) -> Result<Query, String> {
        let mut parser = Parser {
            tokens: tokens(text)?,
            next: 0,
        };
        if parser.is_word("SELECT") && parser.tokens.get(1) == Some(&Token::Word("FROM".to_owned())) {
            return Err("found FROM, expected identifier, string, number, bool at line 1, char 8".to_owned());
        }
        parser.word("SELECT")?;
        let mut columns = vec![parser.column()?];
        while parser.take_sign(",") {
            columns.push(parser.column()?);
        }
        parser.word("FROM")?;
        let (database, policy, measurement) = parser.source()?;
        let mut query = Query {
            columns,
            database,
            policy,
            measurement,
            condition: None,
            by_series: false,
        };
        if parser.take_word("WHERE") {
            query.condition = Some(parser.condition()?);
        }
        if parser.take_word("GROUP") {
            parser.word("BY")?;
            parser.sign("*")?;
            query.by_series = true;
        }
        match parser.tokens.get(parser.next) {
            None => Ok(query),
            Some(token) => Err(format!("the sandbox does not know {token:?} in a query")),
        }
    }
}

struct Parser {
    tokens: Vec<Token>,
    next: usize,
}

impl Parser {
    fn token(&mut self) -> Result<Token, String> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token.ok_or_else(|| "found EOF".to_owned())
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.next), Some(Token::Word(found)) if found.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.next += usize::from(found);
        found
    }

    fn word(&mut self, word: &str) -> Result<(), String> {
        match self.take_word(word) {
            true => Ok(()),
            false => Err(format!("found {:?}, expected {word}", self.tokens.get(self.next))),
        }
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = self.tokens.get(self.next) == Some(&Token::Sign(sign.to_owned()));
        self.next += usize::from(found);
        found
    }

    fn sign(&mut self, sign: &str) -> Result<(), String> {
        match self.take_sign(sign) {
            true => Ok(()),
            false => Err(format!("found {:?}, expected {sign}", self.tokens.get(self.next))),
        }
    }

    fn name(&mut self) -> Result<String, String> {
        match self.token()? {
            Token::Word(name) | Token::Quoted(name) => Ok(name),
            other => Err(format!("found {other:?}, expected identifier")),
        }
    }

    fn column(&mut self) -> Result<Column, String> {
        if self.take_sign("*") {
            return Ok(Column::All);
        }
        let is_call = self.is_word("count") && self.tokens.get(self.next + 1) == Some(&Token::Sign("(".to_owned()));
        if !is_call {
            return self.name().map(Column::Name);
        }
        self.next += 2;
        let column = match self.take_sign("*") {
            true => Column::CountAll,
            false => Column::Count(self.name()?),
        };
        self.sign(")")?;
        Ok(column)
    }

    fn source(&mut self) -> Result<(String, String, Measurement), String> {
        let unqualified =
            || "could not determine database and retention policy. Is the query fully qualified?".to_owned();
        let database = self.name()?;
        if !self.take_sign(".") {
            return Err(unqualified());
        }
        let policy = self.name()?;
        if !self.take_sign(".") {
            return Err(unqualified());
        }
        let measurement = match self.token()? {
            Token::Word(name) | Token::Quoted(name) => Measurement::Named(name),
            Token::Regex(regex) => Measurement::Matching(Regex::new(&regex).map_err(|error| error.to_string())?),
            other => return Err(format!("found {other:?}, expected a measurement")),
        };
        Ok((database, policy, measurement))
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.conjunction()?];
        while self.take_word("OR") {
            parts.push(self.conjunction()?);
        }
        Ok(Condition::Or(parts))
    }

    fn conjunction(&mut self) -> Result<Condition, String> {
        let mut parts = vec![self.comparison()?];
        while self.take_word("AND") {
            parts.push(self.comparison()?);
        }
        Ok(Condition::And(parts))
    }

    fn comparison(&mut self) -> Result<Condition, String> {
        if self.take_sign("(") {
            let inner = self.condition()?;
            self.sign(")")?;
            return Ok(inner);
        }
        let name = self.name()?;
        let Token::Sign(operator) = self.token()? else {
            return Err("expected an operator".to_owned());
        };
        let value = self.token()?;
        if name == "time" {
            let nanos = match &value {
                Token::Word(number) => number.parse().ok(),
                Token::Text(text) => time::nanos_of(text),
                _ => None,
            };
            let nanos = nanos.ok_or_else(|| format!("invalid operation: time and {value:?} are not compatible"))?;
            return Ok(Condition::Time(operator, nanos));
        }
        match (operator.as_str(), value) {
            ("=", Token::Text(text)) => Ok(Condition::Text(name, true, text)),
            ("!=", Token::Text(text)) => Ok(Condition::Text(name, false, text)),
            (operator, value) => Err(format!("the sandbox does not know {operator} {value:?} in a query")),
        }
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut letters = text.chars().peekable();
    let mut tokens = Vec::new();
    while let Some(letter) = letters.next() {
        match letter {
            letter if letter.is_whitespace() => {}
            '"' => tokens.push(Token::Quoted(quoted(&mut letters, '"')?)),
            '\'' => tokens.push(Token::Text(quoted(&mut letters, '\'')?)),
            '/' => {
                let mut regex = String::new();
                loop {
                    match letters.next().ok_or("the regular expression does not end")? {
                        '/' => break,
                        '\\' if letters.peek() == Some(&'/') => regex.extend(letters.next()),
                        '\\' => {
                            regex.push('\\');
                            regex.extend(letters.next());
                        }
                        letter => regex.push(letter),
                    }
                }
                tokens.push(Token::Regex(regex));
            }
            '>' | '<' | '!' => {
                let mut sign = letter.to_string();
                sign.extend(letters.next_if_eq(&'='));
                tokens.push(Token::Sign(sign));
            }
            letter if letter.is_alphanumeric() || letter == '_' => {
                let mut word = letter.to_string();
                while let Some(letter) = letters.next_if(|letter| letter.is_alphanumeric() || *letter == '_') {
                    word.push(letter);
                }
                tokens.push(Token::Word(word));
            }
            sign => tokens.push(Token::Sign(sign.to_string())),
        }
    }
    Ok(tokens)
}

fn quoted(letters: &mut impl Iterator<Item = char>, quote: char) -> Result<String, String> {
    let mut text = String::new();
    loop {
        match letters.next().ok_or("the text does not end")? {
            letter if letter == quote => return Ok(text),
            '\\' => match letters.next().ok_or("the text does not end")? {
                'n' => text.push('\n'),
                letter => text.push(letter),
            },
            letter => text.push(letter),
        }
    }
}
