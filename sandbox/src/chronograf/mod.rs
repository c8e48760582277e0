//! The stand-in for Chronograf: its connections to Kapacitor, its proxy, its rules, and its ways of logging in.

mod auth;
mod connections;
mod forward;
mod instance;
mod proxy;
mod router;
mod rule_json;
mod rules;

pub use instance::Chronograf;
pub use router::route;
