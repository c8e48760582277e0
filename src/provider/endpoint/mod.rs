//! `squadcast_kapacitor_endpoint`: an element `[[httppost]]` of Kapacitor's configuration.

mod apply;
pub(super) mod check;
pub(super) mod conf;
pub(super) mod definition;
mod imported;
mod inventory;
pub(super) mod list;
mod owner;
mod plan;
pub(super) mod presence;

pub(super) mod state;
#[cfg(test)]
mod tests;

use self::imported::imported;
pub(super) use self::inventory::inventory;
use self::presence::Presence;
use self::state::model::EndpointState;
use self::state::preserve_secrets::Prior;
use self::state::private_state::PrivateState;
use super::attributes::Definition;
use super::connection::Connection;
use super::diagnostics::{refresh_error, server_error};
use super::managed_object::{Change, Managed, ManagedObject};
use super::ownership::Ownership;
use super::values::known;
use crate::kapacitor::{Client, Secret};
use crate::protocol::IdentityPart;
use async_trait::async_trait;
use tf_provider::{AttributePath, Diagnostics};

/// The resource.
pub(super) type EndpointResource = Managed<Endpoints>;

/// The endpoints of a server.
pub(super) struct Endpoints {
    connection: Connection,
    ownership: Ownership,
}

impl EndpointResource {
    /// The resource, which uses the provider's connection, and knows of no other resource.
    pub(super) fn new(connection: Connection) -> Self {
        Managed(Endpoints {
            connection,
            ownership: Ownership::default(),
        })
    }

    /// The same, with what the provider knows of the endpoints' owners.
    pub(super) fn knowing(self, ownership: Ownership) -> Self {
        Managed(Endpoints { ownership, ..self.0 })
    }
}

#[async_trait]
impl ManagedObject for Endpoints {
    type State = EndpointState;
    type Private = PrivateState;

    const DESCRIPTION: &'static str = definition::DESCRIPTION;
    const IDENTITY: &'static [IdentityPart] = definition::IDENTITY;

    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn attributes() -> Vec<Definition> {
        definition::attributes()
    }

    fn write_only_values(&self, config: &EndpointState) -> Vec<AttributePath> {
        check::write_only_values(config)
    }

    fn key(state: &EndpointState) -> Option<Vec<&str>> {
        known(&state.name).map(|name| vec![name])
    }

    fn secrets(state: &EndpointState) -> Vec<Secret> {
        state.secrets()
    }

    fn take_write_only(state: &mut EndpointState, config: &EndpointState) {
        state.take_write_only(config);
    }

    fn validate(&self, diags: &mut Diagnostics, config: &EndpointState) {
        check::check(diags, config);
        owner::announce(&self.ownership, config);
    }

    fn note_read(&self, state: &EndpointState, private: &mut PrivateState) {
        private.remember_variables(state);
        self.ownership.note_read(state.name(), &mut private.owner);
    }

    async fn refresh(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut state: EndpointState,
        mut private: PrivateState,
    ) -> Option<(EndpointState, PrivateState)> {
        let presence = Presence::refresh(client, state.name(), state.is_declared()).await;
        match presence {
            Ok(presence) => state = refreshed(state, &mut private, presence)?,
            Err(error) => {
                refresh_error(diags, "reading the endpoint", &error);
                state.kapacitor_conf = conf::kapacitor_conf(&state);
            }
        }
        Some((state, private))
    }

    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        proposed: EndpointState,
        config: &EndpointState,
    ) -> (EndpointState, PrivateState) {
        owner::plan_creation(diags, &self.ownership, &proposed);
        let planned = plan::plan_create(diags, self.connection.client(), proposed, config).await;
        self.connection.warn_of_choice(diags);
        planned
    }

    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        proposed: EndpointState,
        config: &EndpointState,
        private: PrivateState,
    ) -> (EndpointState, PrivateState, Vec<AttributePath>) {
        if proposed.name != prior.name {
            owner::plan_giving_up(&self.ownership, &prior, &proposed);
            let (planned, private) = plan::plan_create(diags, self.connection.client(), proposed, config).await;
            return (planned, private, vec![AttributePath::new("name")]);
        }
        let prior = Prior {
            state: &prior,
            private: &private,
        };
        let (mut planned, private) = plan::plan_update(diags, prior, proposed, config);
        owner::plan_keeping(diags, &self.ownership, &mut planned);
        (planned, private, Vec::new())
    }

    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &EndpointState,
        mut private: PrivateState,
    ) -> PrivateState {
        owner::plan_destruction(diags, &self.ownership, prior, &mut private.owner);
        private
    }

    async fn create(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut planned: EndpointState,
        config: &EndpointState,
        mut private: PrivateState,
    ) -> Option<(EndpointState, PrivateState)> {
        if !check::check_alternatives(diags, config) {
            return None;
        }
        private.set_fingerprint(&mut planned);
        let name = planned.name().to_owned();
        let _turn = self.ownership.turn(&name).await;
        let created = apply::create(diags, client, planned).await;
        owner::created(&self.ownership, &name, created.is_some());
        let state = created?;
        let private = private.after_write(&state);
        Some((state, private))
    }

    async fn update(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        states: Change<EndpointState>,
        mut private: PrivateState,
    ) -> Option<(EndpointState, PrivateState)> {
        let Change {
            prior,
            mut planned,
            config,
        } = states;
        if !check::check_alternatives(diags, &config) {
            return None;
        }
        private.set_fingerprint(&mut planned);
        // Where another entry of the state has the endpoint too, the plan left this open so that it is set again.
        if planned.live.is_unknown() && prior.is_declared() {
            planned.set_presence(true, true);
        }
        let _turn = self.ownership.turn(prior.name()).await;
        let state = apply::update(diags, client, &prior, planned).await;
        let state = state?;
        let private = private.after_write(&state);
        Some((state, private))
    }

    async fn destroy(&self, diags: &mut Diagnostics, client: &Client, prior: EndpointState, private: PrivateState) {
        let name = prior.name();
        let memory = private.owner;
        let Some(destruction) = self.ownership.destruction(name, &memory).await else {
            owner::WORDS.warn_of_keeping(diags, name);
            return;
        };
        apply::destroy(diags, client, &prior).await;
        destruction.end(diags.errors.is_empty());
    }

    async fn import(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        name: String,
    ) -> Option<(EndpointState, PrivateState)> {
        if !check::can_be_name(&name) {
            diags.root_error(
                "The import id is not the name of an endpoint",
                "Give the name of an endpoint, as kapacitor.conf has it: letters (a to z, A to Z), digits, `_` and `-`.",
            );
            return None;
        }
        let presence = Presence::look_up(client, &name, false).await;
        match presence {
            Ok(Presence::Declared(endpoint)) => Some(imported(&endpoint)),
            Ok(presence) => {
                diags.root_error("The endpoint is not declared", plan::not_declared(&presence, &name));
                None
            }
            Err(error) => {
                server_error(diags, "reading the endpoint", AttributePath::root(), &error);
                None
            }
        }
    }
}

/// The state with what the server shows; none where the endpoint is gone.
fn refreshed(mut state: EndpointState, private: &mut PrivateState, presence: Presence) -> Option<EndpointState> {
    let was_waiting = !state.is_declared() && !state.is_live();
    match presence {
        Presence::Declared(endpoint) => {
            state.refresh(&endpoint, private);
            state.set_presence(true, true);
        }
        Presence::Added(endpoint) if state.is_live() => state.refresh(&endpoint, private),
        Presence::Missing if !was_waiting => return None,
        Presence::Added(_) | Presence::Missing => state.set_presence(false, false),
    }
    state.kapacitor_conf = conf::kapacitor_conf(&state);
    Some(state)
}
