//! What begins with a backslash.

use super::{Checker, Fault, RegexError};

impl Checker<'_> {
    /// An escape outside of brackets.
    pub(super) fn escaped_part(&mut self) -> Result<(), RegexError> {
        let rest = self.rest();
        match rest.as_bytes().get(1) {
            Some(b'A' | b'b' | b'B' | b'z') => {
                self.position += 2;
                self.group().push(1);
            }
            Some(b'C') => return Err(Fault::Escape.at(&rest[..2])),
            Some(b'Q') => {
                let literal = &rest[2..];
                let (literal, end) = literal
                    .split_once("\\E")
                    .map_or((literal, 0), |(literal, _)| (literal, 2));
                self.position += 2 + literal.len() + end;
                if !literal.is_empty() {
                    self.group().push(1);
                }
            }
            _ => {
                if !self.escaped_class()? {
                    self.escape()?;
                }
                self.group().push(1);
            }
        }
        Ok(())
    }

    /// `\d`, `\pN` and the like, if one stands here.
    pub(super) fn escaped_class(&mut self) -> Result<bool, RegexError> {
        match self.rest().as_bytes() {
            [b'\\', b'd' | b'D' | b's' | b'S' | b'w' | b'W', ..] => {
                self.position += 2;
                Ok(true)
            }
            [b'\\', b'p' | b'P', ..] => {
                self.unicode_class()?;
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The escape of a single character, which it returns.
    pub(super) fn escape(&mut self) -> Result<u32, RegexError> {
        let start = self.position;
        self.position += 1;
        let Some(c) = self.next() else {
            return Err(Fault::TrailingBackslash.at(""));
        };
        let value = match c {
            '1'..='7' if !self.peek().is_some_and(|c| c.is_digit(8)) => None,
            '0'..='7' => Some(self.octal(c)),
            'x' => self.hexadecimal(),
            'a' => Some(0x07),
            'f' => Some(0x0c),
            'n' => Some(0x0a),
            'r' => Some(0x0d),
            't' => Some(0x09),
            'v' => Some(0x0b),
            c if c.is_ascii() && !c.is_ascii_alphanumeric() => Some(u32::from(c)),
            _ => None,
        };
        value.ok_or_else(|| Fault::Escape.at(self.since(start)))
    }

    /// Up to three digits, of which `first` is read already.
    fn octal(&mut self, first: char) -> u32 {
        let mut value = first.to_digit(8).unwrap_or_default();
        for _ in 0..2 {
            let Some(digit) = self.peek().and_then(|c| c.to_digit(8)) else {
                break;
            };
            value = value * 8 + digit;
            self.position += 1;
        }
        value
    }

    /// Two digits, or any number of them in braces.
    fn hexadecimal(&mut self) -> Option<u32> {
        let first = self.next()?;
        if first != '{' {
            // The second is read in any case: Go names both.
            let second = self.next();
            return Some(first.to_digit(16)? * 16 + second?.to_digit(16)?);
        }
        let mut value = None;
        loop {
            match self.next()? {
                '}' => return value,
                c => value = Some(value.unwrap_or(0) * 16 + c.to_digit(16)?).filter(|v| *v <= u32::from(char::MAX)),
            }
            value?;
        }
    }
}
