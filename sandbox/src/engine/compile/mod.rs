//! Makes a plan of a script, with Kapacitor's words for what can be known to be wrong.

mod check;
mod compiler;
mod given;
mod nodes;
mod statements;
mod vocabulary;

pub use statements::{compile, compile_for};
