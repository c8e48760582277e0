//! Go's templates, as Kapacitor's alerts use them: whether one parses, and whether it can be executed on the data that
//! Kapacitor has when an alert fires. Pure.
//!
//! Kapacitor parses a template when a task starts, and executes it when an alert fires; if that fails, it does not send
//! the alert, and in most places the task ends. So what certainly fails is said before, and what may be right is left alone.

mod ast;
mod check;
mod data;
mod functions;
mod html;
mod lexer;
mod parser;

pub use check::{check, Findings};
pub use data::{Data, Place};

/// What is wrong with a template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct TemplateError {
    /// When it fails.
    pub kind: ErrorKind,
    /// What is wrong, in words that quote only names and literals of the template's actions.
    pub message: String,
}

/// When a template fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorKind {
    /// When it is parsed: the task does not start.
    Syntax,
    /// When it is executed, because an alert fires.
    Execution,
    /// When it is executed without an alert, because an endpoint takes it.
    WithoutAlert,
}

impl TemplateError {
    fn syntax(message: impl Into<String>) -> Self {
        TemplateError {
            kind: ErrorKind::Syntax,
            message: message.into(),
        }
    }

    fn new(message: impl Into<String>) -> Self {
        TemplateError {
            kind: ErrorKind::Execution,
            message: message.into(),
        }
    }
}

#[cfg(test)]
mod recorded_tests;
