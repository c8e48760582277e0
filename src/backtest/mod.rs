//! A copy of a script that does nothing but tell what its alerts would have done, and what follows from what it told.
//!
//! Kapacitor replays recorded data through a task that is never enabled, with all its handlers, which post for real
//! (`tests/contract/http/12-replay.jsonl`). So the copy is made by structure, on the syntax tree: what sends or writes
//! anything is left out, and what is not known is refused. Pure: no input or output.

mod copy;
mod error;
mod history;
mod nodes;
mod pipeline;
mod program;
mod query;
mod select;
mod tell;
#[cfg(test)]
mod tests;

pub(crate) use copy::{counter_script, Backtest};
pub(crate) use error::{BacktestError, Reason};
pub(crate) use history::{Event, EventNotUnderstood, History, Series};
pub(crate) use query::{Range, Reads};
