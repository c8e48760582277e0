//! What every check of an attribute does: collect errors, and let through what is right.

use super::template::template_problem;
use crate::rule::attribute_value::left_out;
use crate::rule::terms::keywords::UnknownWord;
use crate::rule::{AttributePath, Duration, Field, Number, RuleError};
use crate::template::Place;
use crate::tickscript::ast::{Reference, StringLiteral};

/// Collects errors, and returns what is right: `None` stands for a value that is not known, or that is wrong and told.
#[derive(Default)]
pub(super) struct Validation {
    /// What no rule can be.
    pub(super) errors: Vec<RuleError>,
    /// What a rule can be and should not.
    pub(super) policy: Vec<RuleError>,
}

/// What a text is used for in the script, which decides what it may hold.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Use {
    /// A string that may be empty.
    Text,
    /// A string that has to say something.
    Name,
    /// The name of a field or tag, which is written as a reference and as a string.
    Column,
}

impl Validation {
    pub(super) fn error(&mut self, path: AttributePath, message: impl Into<String>) {
        self.errors.push(RuleError::new(path, message));
    }

    pub(super) fn discourage(&mut self, path: AttributePath, message: impl Into<String>) {
        self.policy.push(RuleError::new(path, message));
    }

    pub(super) fn texts(&mut self, path: &AttributePath, given: &[Field<String>], usage: Use) -> Option<Vec<String>> {
        let checked: Vec<Option<String>> = given
            .iter()
            .enumerate()
            .map(|(index, text)| match text {
                Field::Known(text) => self.writable(&path.index(index), text, usage).map(|()| text.clone()),
                Field::Unknown => None,
                Field::Absent => {
                    self.error(path.index(index), "This item is null: write a text.");
                    None
                }
            })
            .collect();
        checked.into_iter().collect()
    }

    pub(super) fn word<Word: std::str::FromStr<Err = UnknownWord>>(
        &mut self,
        name: &'static str,
        given: &Field<String>,
    ) -> Option<Word> {
        match given.known()?.parse() {
            Ok(word) => Some(word),
            Err(error) => {
                self.error(AttributePath::root(name), format!("{error}."));
                None
            }
        }
    }

    pub(super) fn duration(&mut self, name: &'static str, given: &Field<String>) -> Option<Duration> {
        match given.known()?.parse() {
            Ok(duration) => Some(duration),
            Err(error) => {
                self.error(AttributePath::root(name), format!("{error}."));
                None
            }
        }
    }

    pub(super) fn number(&mut self, name: &'static str, given: &Field<String>) -> Option<Number> {
        match given.known()?.parse() {
            Ok(number) => Some(number),
            Err(error) => {
                self.error(AttributePath::root(name), format!("{error}."));
                None
            }
        }
    }

    pub(super) fn required_text(&mut self, name: &'static str, given: &Field<String>, usage: Use) -> Option<String> {
        self.optional_text(name, given, usage)?
    }

    pub(super) fn optional_text(
        &mut self,
        name: &'static str,
        given: &Field<String>,
        usage: Use,
    ) -> Option<Option<String>> {
        self.optional(&AttributePath::root(name), given, usage)
    }

    pub(super) fn text_or(&mut self, name: &'static str, given: &Field<String>, usage: Use) -> Option<String> {
        let text = self.optional_text(name, given, usage)?;
        Some(text.unwrap_or_else(|| left_out(name)))
    }

    pub(super) fn optional(
        &mut self,
        path: &AttributePath,
        given: &Field<String>,
        usage: Use,
    ) -> Option<Option<String>> {
        match given {
            Field::Absent => Some(None),
            Field::Unknown => None,
            Field::Known(text) => self.writable(path, text, usage).map(|()| Some(text.clone())),
        }
    }

    /// Checks that TICKscript can write a text, and that it is not empty where it has to say something.
    pub(super) fn writable(&mut self, path: &AttributePath, text: &str, usage: Use) -> Option<()> {
        if text.is_empty() && usage != Use::Text {
            self.error(path.clone(), "This must not be empty.");
            return None;
        }
        if let Err(inexpressible) = StringLiteral::new(text) {
            self.error(path.clone(), format!("This cannot be written: {inexpressible}."));
            return None;
        }
        if usage == Use::Column {
            if let Err(inexpressible) = Reference::new(text) {
                self.error(path.clone(), format!("This cannot be written: {inexpressible}."));
                return None;
            }
        }
        Some(())
    }

    pub(super) fn template(&mut self, path: &AttributePath, given: &Field<String>, place: Place) {
        if let Some(problem) = given.known().and_then(|text| template_problem(text, place)) {
            self.discourage(path.clone(), problem);
        }
    }
}

pub(super) fn flag(name: &str, given: &Field<bool>) -> Option<bool> {
    match given {
        Field::Known(flag) => Some(*flag),
        Field::Unknown => None,
        Field::Absent => Some(left_out(name)),
    }
}
