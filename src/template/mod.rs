//! Go's templates, as Kapacitor's alerts use them: whether one parses, and whether it can be executed on the data that
//! Kapacitor has when an alert fires. Pure.
//!
//! Kapacitor parses a template when a task starts, and executes it when an alert fires; if that fails, it does not send
//! the alert, and in most places the task ends. So what certainly fails is said before, and what may be right is left alone.

mod ast;
mod check;
mod data;
mod error;
mod functions;
mod html;
mod lexer;
mod literal;
mod parser;
mod pipeline;

pub(crate) use check::{check, Findings};
pub(crate) use data::Place;
pub(crate) use error::ErrorKind;

#[cfg(test)]
mod recorded_tests;
