//! What the process of a Kapacitor holds in memory, and the order in which it changes that.

pub mod clock;
pub mod endpoint;
pub mod lifecycle;
pub mod poster;
pub mod state;
pub mod steps;
pub mod waiting;
