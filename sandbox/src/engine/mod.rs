//! Runs stream tasks: a small but honest part of Kapacitor's nodes, enough for the alert rules of Chronograf's builder on raw
//! fields, on aggregates, and on silence. Nodes that it does not know hand nothing on, so that it never fires where Kapacitor might not.

mod alert;
mod compile;
pub mod lambda;
pub mod line_protocol;
mod nodes;
mod plan;
pub mod point;
mod running;
mod services;

pub use compile::{compile, compile_for};
pub use plan::{Const, Plan, Scope};
pub use running::Running;
pub use services::Services;
