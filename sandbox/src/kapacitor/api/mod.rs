//! Kapacitor's HTTP API: which request goes where, who may send it, and the smaller of its parts.

mod auth;
mod debug_vars;
mod router;
mod service_tests;
mod users;
mod write;

pub use router::route;
