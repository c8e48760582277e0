//! The client that `configure` makes and that every resource uses.

use crate::kapacitor::{Client, Secret};
use crate::secret::mask::of_the_process;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, RwLock};
use tf_provider::{AttributePath, Diagnostics};

/// What the resources know of the server; clones share it.
#[derive(Clone, Default)]
pub(super) struct Connection(Arc<Slot>);

#[derive(Default)]
struct Slot {
    client: RwLock<Option<Client>>,
    /// Whether somebody was told which Kapacitor was chosen.
    choice_is_told: AtomicBool,
}

impl Connection {
    /// Sets the client, or forgets it where the configuration is not known yet.
    pub(super) fn set(&self, client: Option<Client>) {
        let mut slot = match self.0.client.write() {
            Ok(slot) => slot,
            Err(poisoned) => poisoned.into_inner(),
        };
        *slot = client;
    }

    /// The client; none while the provider's configuration depends on something that is still to be created.
    pub(super) fn client(&self) -> Option<Client> {
        match self.0.client.read() {
            Ok(slot) => slot.clone(),
            Err(poisoned) => poisoned.into_inner().clone(),
        }
    }

    /// Keeps what the state, the plan or the configuration of a resource holds out of everything that is shown.
    pub(super) fn remember(&self, secrets: Vec<Secret>) {
        match self.client() {
            Some(client) => client.remember(&secrets),
            None => of_the_process().remember(&secrets),
        }
    }

    /// The client, or a diagnostic that says why there is none.
    pub(super) fn required(&self, diags: &mut Diagnostics) -> Option<Client> {
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

    /// Warns, once in the life of the process, if one of several connections of Chronograf was taken because nobody named one.
    /// To be called after a request, which needs one.
    pub(super) fn warn_of_choice(&self, diags: &mut Diagnostics) {
        let Some(client) = self.client() else {
            return;
        };
        let choices = client.default_choices();
        if choices.is_empty() || self.0.choice_is_told.swap(true, Ordering::Relaxed) {
            return;
        }
        for choice in choices {
            diags.warning(
                "Chronograf's default connection is taken",
                format!(
                    "Chronograf has several connections of the kind {what}, and the provider's configuration names none of them. \
                     The one that Chronograf prefers is taken: {}. Any user of Chronograf may make it prefer another one ({}), \
                     and Terraform would then manage that one. Set `{what}` under `chronograf`.",
                    choice.chosen,
                    choice.others.join(", "),
                    what = choice.what,
                ),
                AttributePath::root(),
            );
        }
    }
}
