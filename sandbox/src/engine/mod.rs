//! Runs stream tasks: a small but honest part of Kapacitor's nodes, enough for the alert rules of Chronograf's builder on raw
//! fields, on aggregates, and on silence. Nodes that it does not know hand nothing on, so that it never fires where Kapacitor might not.

mod aggregate;
mod alert;
mod alert_data;
mod alert_handlers;
mod alert_state;
mod compile;
mod functions;
pub mod lambda;
pub mod line_protocol;
mod node;
mod plan;
pub mod point;
mod running;
mod statistics;
mod vocabulary;

pub use compile::{compile, compile_for};
pub use plan::{Const, Plan, Scope};
pub use running::{Running, Services};
