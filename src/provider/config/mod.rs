//! The provider's own settings: which Kapacitor, and how to reach it. A new one is an entry of the table of [`settings`].

mod chronograf;
pub(crate) mod configuration;
mod direct;
pub(crate) mod resolve;
pub(crate) mod settings;
#[cfg(test)]
mod tests;
