//! A Terraform provider for Kapacitor's and Chronograf's alerting, for teams who send their alerts to Squadcast.
//!
//! Four layers, with arrows one way: `provider` uses `rule` and `kapacitor`, and `rule` uses `tickscript`. `backtest` makes
//! copies of scripts that do nothing but count; it uses `tickscript` alone. `webhook` and
//! `template` say what the Go that Kapacitor is written in can post to and execute; they use nothing. `protocol` is
//! Terraform's plugin protocol and `process` the process that serves it, whichever provider it is. All may use `secret` and
//! `lock_files`, which use none of them.

#[cfg(test)]
mod architecture;
mod backtest;
pub mod cli;
pub mod kapacitor;
mod lock_files;
pub mod process;
pub mod protocol;
pub mod provider;
pub mod rule;
mod secret;
mod template;
pub mod tickscript;
mod webhook;
