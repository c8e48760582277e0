//! How the removal of a task is planned and done, whichever resource has it.

use super::open_alerts::firing::{self, Step};
use super::{apply, owner, ManagedTask};
use crate::kapacitor::Client;
use crate::provider::connection::Connection;
use crate::provider::ownership::{OwnerMemory, Ownership};
use tf_provider::Diagnostics;

/// Plans the removal, and warns of alerts that are open, unless they are to be resolved.
pub(crate) async fn plan<T: ManagedTask>(
    diags: &mut Diagnostics,
    connection: &Connection,
    ownership: &Ownership,
    prior: &T,
    memory: &mut OwnerMemory,
) {
    if owner::plan_destruction(diags, ownership, prior, memory) {
        return;
    }
    if let Some(client) = connection.client().filter(|_| !prior.resolves_on_destroy()) {
        memory.has_looked = firing::warn(diags, &client, prior.id(), Step::Removal).await;
    }
}

/// Removes the task, unless another resource has it now.
pub(crate) async fn remove<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: &Client,
    ownership: &Ownership,
    prior: &T,
    memory: &OwnerMemory,
) {
    let Some(destruction) = ownership.destruction(prior.id(), memory).await else {
        T::WORDS.warn_of_keeping(diags, prior.id());
        return;
    };
    apply::destroy(diags, client, prior, memory.has_looked).await;
    destruction.end(diags.errors.is_empty());
}
