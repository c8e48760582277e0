//! A template that runs: its output, its variables, and how it fails.

use crate::go::template::html;
use crate::go::template::parse::Tree;
use crate::go::template::value::Value;

/// What a template is, besides its tree.
pub struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
    /// Whether what it inserts is escaped for HTML.
    pub is_html: bool,
}

pub(super) struct Run<'a> {
    pub(super) source: &'a Source<'a>,
    pub(super) tree: &'a Tree,
    pub(super) output: String,
    pub(super) variables: Vec<(String, Value)>,
    pub(super) depth: usize,
    /// Where in HTML the output has got to.
    pub(super) context: html::Context,
}

/// Why a part of a template ended early.
pub(super) enum End {
    Failed(String),
    Break,
    Continue,
}

/// A part of the template that an error speaks of: where it is, and how it is shown.
pub(super) type Place = (usize, String);

impl Run<'_> {
    pub(super) fn fail<T>(&self, place: &Place, message: &str) -> Result<T, End> {
        let (at, shown) = place;
        let before = &self.source.text[..(*at).min(self.source.text.len())];
        let line = 1 + before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        let name = self.source.name;
        Err(End::Failed(format!(
            "template: {name}:{line}:{column}: executing \"{name}\" at <{shown}>: {message}"
        )))
    }

    pub(super) fn scoped(&mut self, run: impl FnOnce(&mut Self) -> Result<(), End>) -> Result<(), End> {
        let scope = self.variables.len();
        let result = run(self);
        self.variables.truncate(scope);
        result
    }

    pub(super) fn set(&mut self, name: &str, value: &Value, assigns: bool, place: &Place) -> Result<(), End> {
        if !assigns {
            self.variables.push((name.to_owned(), value.clone()));
            return Ok(());
        }
        match self.variables.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, held)) => {
                *held = value.clone();
                Ok(())
            }
            None => self.fail(place, &format!("undefined variable: {name}")),
        }
    }

    pub(super) fn variable(&self, name: &str) -> Value {
        let found = self.variables.iter().rev().find(|(known, _)| known == name);
        found.map_or(Value::Nil, |(_, value)| value.clone())
    }
}
