//! The provider's own settings: which Kapacitor, and how to reach it. A new one is an entry of the table of [`settings`].

mod chronograf;
pub mod configuration;
mod direct;
pub mod resolve;
pub mod settings;
#[cfg(test)]
mod tests;
