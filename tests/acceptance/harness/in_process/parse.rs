//! Reads the text of a configuration.

use super::language::{unsupported, Attribute, Block, Body, Expression, Parsed};
use super::value::Value;

/// Reads a whole file.
pub(super) fn parse(source: &str) -> Parsed<Body> {
    let mut parser = Parser { source, at: 0 };
    let body = parser.body(0)?;
    match parser.peek() {
        None => Ok(body),
        Some(_) => unsupported(parser.rest()),
    }
}

struct Parser<'a> {
    source: &'a str,
    at: usize,
}

impl Parser<'_> {
    fn rest(&self) -> &str {
        &self.source[self.at..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn line(&self) -> usize {
        self.source[..self.at].matches('\n').count()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char) -> Parsed<()> {
        self.space(false);
        match self.take(wanted) {
            true => Ok(()),
            false => unsupported(format!("something else than {wanted:?} at {:?}", self.rest())),
        }
    }

    /// Skips blanks and comments, and line breaks where they mean nothing.
    fn space(&mut self, lines: bool) {
        loop {
            match self.peek() {
                Some(' ' | '\t' | '\r') => self.at += 1,
                Some('\n') if lines => self.at += 1,
                Some('#') => self.at += self.rest().find('\n').unwrap_or(self.rest().len()),
                _ => return,
            }
        }
    }

    fn name(&mut self) -> Option<String> {
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        if !self
            .peek()
            .is_some_and(|first| first.is_ascii_alphabetic() || first == '_')
        {
            return None;
        }
        let end = self.rest().find(|letter| !is_part(letter)).unwrap_or(self.rest().len());
        let name = self.rest()[..end].to_owned();
        self.at += end;
        Some(name)
    }

    fn body(&mut self, line: usize) -> Parsed<Body> {
        let mut body = Body {
            line,
            ..Body::default()
        };
        loop {
            self.space(true);
            let line = self.line();
            let Some(name) = self.name() else {
                return Ok(body);
            };
            self.space(false);
            if self.take('=') {
                let expression = self.expression()?;
                self.end_of_line()?;
                body.attributes.insert(name, Attribute { expression, line });
                continue;
            }
            let labels = self.labels()?;
            self.expect('{')?;
            let content = self.body(line)?;
            self.space(true);
            self.expect('}')?;
            body.blocks.push(Block {
                kind: name,
                labels,
                body: content,
            });
        }
    }

    fn labels(&mut self) -> Parsed<Vec<String>> {
        let mut labels = Vec::new();
        loop {
            self.space(false);
            if self.peek() != Some('"') {
                return Ok(labels);
            }
            labels.push(self.text()?);
        }
    }

    fn end_of_line(&mut self) -> Parsed<()> {
        self.space(false);
        match self.peek() {
            None | Some('\n' | '}') => Ok(()),
            Some(_) => unsupported(format!("an operator at {:?}", self.rest())),
        }
    }

    fn expression(&mut self) -> Parsed<Expression> {
        self.space(false);
        match self.peek() {
            Some('"') => Ok(Expression::Literal(Value::Text(self.text()?))),
            Some('[') => self.list(),
            Some('{') => self.object(),
            Some(first) if first.is_ascii_digit() || first == '-' => self.number(),
            _ => self.word(),
        }
    }

    fn number(&mut self) -> Parsed<Expression> {
        let is_part = |letter: char| letter.is_ascii_digit() || "-.".contains(letter);
        let end = self.rest().find(|letter| !is_part(letter)).unwrap_or(self.rest().len());
        let digits = &self.rest()[..end];
        let number = match (digits.parse(), digits.parse::<f64>()) {
            (Ok(number), _) => Value::Number(number),
            // No schema takes fractions; where a text is wanted, this is how Terraform writes them.
            (_, Ok(fraction)) => Value::Text(fraction.to_string()),
            _ => return unsupported(format!("the number {digits}")),
        };
        self.at += end;
        Ok(Expression::Literal(number))
    }

    fn word(&mut self) -> Parsed<Expression> {
        let Some(first) = self.name() else {
            return unsupported(format!("the expression at {:?}", self.rest()));
        };
        let literal = match first.as_str() {
            "true" => Some(Value::Flag(true)),
            "false" => Some(Value::Flag(false)),
            "null" => Some(Value::Null),
            _ => None,
        };
        if let Some(value) = literal {
            return Ok(Expression::Literal(value));
        }
        let mut parts = vec![first];
        loop {
            if self.take('.') {
                match self.name() {
                    Some(part) => parts.push(part),
                    None => return unsupported("a splat"),
                }
            } else if self.take('[') {
                match self.expression()? {
                    Expression::Literal(Value::Number(index)) => parts.push(index.to_string()),
                    Expression::Literal(Value::Text(key)) => parts.push(key),
                    _ => return unsupported("a computed index"),
                }
                self.expect(']')?;
            } else {
                break;
            }
        }
        match self.peek() {
            Some('(') if parts == ["file"] => {
                self.expect('(')?;
                let name = self.text()?;
                self.expect(')')?;
                Ok(Expression::File(name))
            }
            Some('(') => unsupported(format!("the function {}", parts.join("."))),
            _ => Ok(Expression::Reference(parts)),
        }
    }

    fn list(&mut self) -> Parsed<Expression> {
        self.expect('[')?;
        let mut items = Vec::new();
        loop {
            self.space(true);
            if self.take(']') {
                return Ok(Expression::List(items));
            }
            items.push(self.expression()?);
            self.space(true);
            if !self.take(',') && self.peek() != Some(']') {
                return unsupported(format!("the list at {:?}", self.rest()));
            }
        }
    }

    fn object(&mut self) -> Parsed<Expression> {
        self.expect('{')?;
        let mut entries = Vec::new();
        loop {
            self.space(true);
            if self.take('}') {
                return Ok(Expression::Object(entries));
            }
            let line = self.line();
            let key = match self.peek() {
                Some('"') => self.text()?,
                _ => match self.name() {
                    Some(name) => name,
                    None => return unsupported(format!("the key at {:?}", self.rest())),
                },
            };
            self.space(false);
            if !self.take('=') && !self.take(':') {
                return unsupported(format!("the object at {:?}", self.rest()));
            }
            let expression = self.expression()?;
            entries.push((key, Attribute { expression, line }));
            self.space(false);
            if !self.take(',') && !matches!(self.peek(), Some('\n' | '}')) {
                return unsupported(format!("the object at {:?}", self.rest()));
            }
        }
    }

    fn text(&mut self) -> Parsed<String> {
        self.expect('"')?;
        let mut text = String::new();
        loop {
            let rest = self.rest();
            if rest.starts_with("$${") || rest.starts_with("%%{") {
                text.push_str(&rest[1..3]);
                self.at += 3;
                continue;
            }
            if rest.starts_with("${") || rest.starts_with("%{") {
                return unsupported("a template");
            }
            let Some(letter) = self.peek() else {
                return unsupported("a text without an end");
            };
            self.at += letter.len_utf8();
            match letter {
                '"' => return Ok(text),
                '\n' => return unsupported("a text without an end"),
                '\\' => text.push(self.escape()?),
                _ => text.push(letter),
            }
        }
    }

    fn escape(&mut self) -> Parsed<char> {
        let Some(letter) = self.peek() else {
            return unsupported("a text without an end");
        };
        self.at += letter.len_utf8();
        match letter {
            'n' => Ok('\n'),
            'r' => Ok('\r'),
            't' => Ok('\t'),
            '"' | '\\' => Ok(letter),
            'u' => {
                let code = self.rest().get(..4).and_then(|hex| u32::from_str_radix(hex, 16).ok());
                self.at += 4;
                match code.and_then(char::from_u32) {
                    Some(letter) => Ok(letter),
                    None => unsupported("half of a letter"),
                }
            }
            _ => unsupported(format!("the escape \\{letter}")),
        }
    }
}
