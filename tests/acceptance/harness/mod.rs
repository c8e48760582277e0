//! What the tests are made with: a server, a folder for terraform, and pieces of configuration.

mod api;
mod features;
mod fixtures;
mod hcl;
mod https;
mod in_process;
mod plan;
mod points;
mod server;
mod state;
mod terraform;
mod transport;
mod workspace;

pub use api::Api;
pub use features::{has, Feature};
pub use fixtures::{endpoint, rule, rules, threshold, ENDPOINT, RULE};
pub use hcl::{join, quoted, Block, Resource};
pub use https::{Authority, Https};
pub use plan::{Change, Plan};
pub use points::Points;
pub use server::{Server, LEASES};
pub use state::State;
pub use terraform::{Diagnostic, Run};
pub use transport::{
    address_in_environment, provider, provider_block, provider_with_credentials, provider_without_address, Transport,
};
pub use workspace::Workspace;

use std::future::Future;

/// Runs async code to its end from a test, which is not async because it waits for processes.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
