//! Terraform's plugin protocol, version 6.10, and the part of go-plugin's below it.
//!
//! The traits and types of a provider are those of the framework tf-provider, whose own server is not used: it knows an older
//! version of the protocol, and listens where every user of the machine can connect. What it has no words for, such as
//! identities, is in [`ManagedResource`], [`ListResource`], [`Action`] and [`Function`]. Nothing here knows what a provider does.
//!
//! From the inside to the outside: [`messages`] are what is sent; [`Plugin`](plugin::Plugin) has an answer to each of them,
//! by a provider; [`transport`] puts it behind gRPC and a socket.

mod action;
mod calls;
mod convert;
mod data_source;
mod function;
mod identity;
mod list_resource;
pub mod messages;
mod plugin;
mod provider;
mod resource;
#[cfg(test)]
pub(crate) mod tests;
mod transport;
mod write_only;

pub use self::action::Action;
pub use self::convert::diagnostics::placed;
#[cfg(test)]
pub(crate) use self::convert::diagnostics::to_messages as shown_diagnostics;
pub use self::convert::dynamic::Dynamic;
pub use self::function::{Function, Signature};
pub use self::identity::{identity_of, Identity, IdentityPart};
pub use self::list_resource::{ListResource, Listed, Wanted};
pub use self::plugin::Plugin;
pub use self::provider::{Served, ServedProvider};
pub use self::resource::{ManagedResource, MoveSource};
pub use self::transport::handshake::is_from_terraform;
pub use self::transport::server::{serve, Options};
pub use self::write_only::WriteOnly;
