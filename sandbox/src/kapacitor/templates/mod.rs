//! Templates: scripts that tasks are made from.

mod change;
mod read;
mod serve;

pub use serve::serve;
