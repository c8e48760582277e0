//! Lambda expressions: their values, and the functions that they may call.

mod evaluate;
mod functions;
mod value;

pub use evaluate::{evaluate, first_reference, holds, matches_event, parse, Context};
pub use value::{Value, NOTHING};
