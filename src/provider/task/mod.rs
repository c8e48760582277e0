//! What everything shares that is a Kapacitor task: its id and owner, how it is written, what is open, what a plan shows.
//!
//! Each type of resource is a [`ManagedTask`], which says what is its own: what its task is to be, and how the server's is read.

pub(super) mod apply;
pub(super) mod fields;
pub(super) mod lifecycle;
mod managed;
pub(super) mod open_alerts;
pub(super) mod owner;
pub(super) mod removal;
pub(super) mod script;
pub(super) mod task_id;
#[cfg(test)]
mod tests;

pub(super) use self::lifecycle::{make_again, same_vars, WantedTask};
pub(super) use self::managed::{ManagedTask, TaskAttributes};
