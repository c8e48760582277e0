//! Runs a template, as Go's `text/template` does, and fails in its words.

mod evaluate;
mod nodes;
mod run;

pub use nodes::execute;
pub use run::Source;
