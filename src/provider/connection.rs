//! The client that `configure` makes and that every resource uses.

use crate::kapacitor::{Client, Secret};
use crate::secret::mask::of_the_process;
use std::sync::{Arc, RwLock};
use tf_provider::Diagnostics;

/// What the resources know of the server; clones share it.
#[derive(Clone, Default)]
pub struct Connection(Arc<RwLock<Option<Client>>>);

impl Connection {
    /// Sets the client, or forgets it where the configuration is not known yet.
    pub fn set(&self, client: Option<Client>) {
        let mut slot = match self.0.write() {
            Ok(slot) => slot,
            Err(poisoned) => poisoned.into_inner(),
        };
        *slot = client;
    }

    /// The client; none while the provider's configuration depends on something that is still to be created.
    pub fn client(&self) -> Option<Client> {
        match self.0.read() {
            Ok(slot) => slot.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Keeps what the state, the plan or the configuration of a resource holds out of everything that is shown.
    pub fn remember(&self, secrets: Vec<Secret>) {
        match self.client() {
            Some(client) => client.remember(&secrets),
            None => of_the_process().remember(&secrets),
        }
    }

    /// The client, or a diagnostic that says why there is none.
    pub fn required(&self, diags: &mut Diagnostics) -> Option<Client> {
        let client = self.client();
        if client.is_none() {
            diags.root_error(
                "The provider's configuration is not known",
                "A value in the provider block still depends on a resource that does not exist. Apply that resource \
                 first, for example with -target, then try again.",
            );
        }
        client
    }
}
