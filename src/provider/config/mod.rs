//! The provider's own settings: which Kapacitor, and how to reach it.

pub mod configuration;
pub(crate) mod environment;
