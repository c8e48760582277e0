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

pub(crate) use api::Api;
pub(crate) use features::{has, Feature};
pub(crate) use fixtures::{endpoint, rule, rules, threshold, ENDPOINT, RULE, RULES_PATH};
pub(crate) use hcl::{join, quoted, Block, Resource};
pub(crate) use https::{Authority, Https};
pub(crate) use plan::{Change, Plan};
pub(crate) use points::Points;
pub(crate) use server::{is_about_leases, names_a_lease, Server, LEASES};
pub(crate) use state::State;
pub(crate) use terraform::{Diagnostic, Run};
pub(crate) use transport::{
    address_in_environment, provider, provider_block, provider_with_credentials, provider_without_address, Transport,
};
pub(crate) use workspace::Workspace;

use std::future::Future;

/// Runs async code to its end from a test, which is not async because it waits for processes.
pub(crate) fn block_on<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
        .block_on(future)
}
