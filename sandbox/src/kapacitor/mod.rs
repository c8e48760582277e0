//! The stand-in for Kapacitor.

mod api;
mod config;
mod execution;
mod instance;
mod page;
pub mod process;
pub mod release;
mod replays;
pub mod script;
pub mod stored;
mod tasks;
mod templates;
pub mod topics;
pub mod vars;

pub use api::route;
pub use instance::{Kapacitor, MakeError};
pub use process::lifecycle::Pace;
pub use process::state::RefusedStart;
pub use process::steps::{HeldStep, Step};
pub use replays::Replayed;
