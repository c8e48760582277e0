//! The nodes at work.

pub mod aggregate;
mod eval;
mod group_by;
mod join;
pub mod message;
mod node;
mod state_count;
mod statistics;
mod window;

pub use eval::Eval;
pub use group_by::GroupBy;
pub use join::Join;
pub use node::Node;
pub use state_count::StateCount;
pub use statistics::{Derivative, Stats};
pub use window::Window;
