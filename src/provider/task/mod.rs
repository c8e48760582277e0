//! What everything shares that is a Kapacitor task: its id and owner, how it is written, what is open, what a plan shows.
//!
//! Each type of resource is a [`ManagedTask`], which says what is its own: what its task is to be, and how the server's is read.

pub mod apply;
mod creation;
#[cfg(test)]
mod creation_tests;
pub mod fields;
pub mod firing;
mod lifecycle;
#[cfg(test)]
mod lifecycle_tests;
mod lost;
mod managed;
pub mod owner;
mod refusal;
mod resolve;
#[cfg(test)]
mod resolve_tests;
mod running;
pub mod task_id;
mod webhooks;

pub use self::lifecycle::{same_vars, WantedTask};
pub use self::managed::{ManagedTask, TaskFields};
