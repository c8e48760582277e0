//! The alert node.

mod data;
mod handlers;
mod node;
mod state;

pub use node::{Alert, Board};
