//! Character classes: `[a-z[:digit:]\d]`.

use super::{Checker, Fault, RegexError};

impl Checker<'_> {
    pub(super) fn class(&mut self) -> Result<(), RegexError> {
        let start = self.position;
        self.position += 1;
        self.accept('^');
        // A bracket that comes first is a character like any other.
        let mut first = true;
        while first || !self.accept(']') {
            first = false;
            if !self.posix_class()? && !self.escaped_class()? {
                self.range(start)?;
            }
        }
        self.group().push(1);
        Ok(())
    }

    /// `[:alnum:]` or `[:^alnum:]`, if one stands here.
    fn posix_class(&mut self) -> Result<bool, RegexError> {
        let rest = self.rest();
        if self.no_posix_class || !rest.starts_with("[:") {
            return Ok(false);
        }
        let Some(length) = rest[2..].find(":]") else {
            self.no_posix_class = true;
            return Ok(false);
        };
        let name = &rest[2..2 + length];
        if !is_posix_class(name.strip_prefix('^').unwrap_or(name)) {
            return Err(Fault::CharacterRange.at(&rest[..length + 4]));
        }
        self.position += length + 4;
        Ok(true)
    }

    /// A character, or two with a hyphen between them.
    fn range(&mut self, class_start: usize) -> Result<(), RegexError> {
        let start = self.position;
        let low = self.class_character(class_start)?;
        let rest = self.rest().as_bytes();
        if !matches!(rest, [b'-', behind, ..] if *behind != b']') {
            return Ok(());
        }
        self.position += 1;
        if self.class_character(class_start)? < low {
            return Err(Fault::CharacterRange.at(self.since(start)));
        }
        Ok(())
    }

    fn class_character(&mut self, class_start: usize) -> Result<u32, RegexError> {
        if self.peek() == Some('\\') {
            return self.escape();
        }
        self.next()
            .map(u32::from)
            .ok_or_else(|| Fault::MissingBracket.at(&self.pattern[class_start..]))
    }
}

fn is_posix_class(name: &str) -> bool {
    matches!(
        name,
        "alnum"
            | "alpha"
            | "ascii"
            | "blank"
            | "cntrl"
            | "digit"
            | "graph"
            | "lower"
            | "print"
            | "punct"
            | "space"
            | "upper"
            | "word"
            | "xdigit"
    )
}
