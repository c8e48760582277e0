//! What everything shares that is a Kapacitor task: its id and owner, how it is written, what is open, what a plan shows.
//!
//! Each type of resource is a [`ManagedTask`], which says what is its own: what its task is to be, and how the server's is read.

pub mod apply;
pub mod fields;
pub mod lifecycle;
mod managed;
pub mod open_alerts;
pub mod owner;
pub mod script;
pub mod task_id;
#[cfg(test)]
mod tests;

pub use self::lifecycle::{make_again, same_vars, WantedTask};
pub use self::managed::{ManagedTask, TaskFields};
