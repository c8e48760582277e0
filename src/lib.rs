//! A Terraform provider for Kapacitor's and Chronograf's alerting, for teams who send their alerts to Squadcast.
//!
//! Four layers, with arrows one way: `provider` uses `rule` and `kapacitor`, and `rule` uses `tickscript`.

pub mod handshake;
pub mod kapacitor;
pub mod logging;
pub mod nodelay;
pub mod provider;
pub mod rule;
pub mod tickscript;
