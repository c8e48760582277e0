//! The service, asked message by message over a connection in memory.

mod client;
mod functions;
mod life;
mod loose;
mod notes;
mod reads;
mod rules;
mod transport;

pub(crate) use self::client::received;
pub(crate) use self::functions::call_function;
pub(crate) use self::rules::{assert_follows_terraforms_rules, schema_of};
