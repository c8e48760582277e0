//! `squadcast_kapacitor_endpoint`: an element `[[httppost]]` of Kapacitor's configuration.

mod apply;
pub(super) mod check;
pub(super) mod conf;
pub mod definition;
mod imported;
mod inventory;
pub mod list;
mod owner;
mod plan;
pub mod presence;

pub(super) mod state;
#[cfg(test)]
mod tests;

use self::imported::imported;
pub use self::inventory::inventory;
use self::presence::Presence;
use self::state::model::EndpointState;
use self::state::preserve_secrets::Prior;
use self::state::private_state::PrivateState;
use super::attributes::write_only_paths;
use super::connection::Connection;
use super::diagnostics::{refresh_error, server_error};
use super::ownership::Ownership;
use super::values::known;
use crate::protocol::{Identity, IdentityPart, ManagedResource};
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, Diagnostics, Resource};

/// The resource.
pub struct EndpointResource {
    connection: Connection,
    ownership: Ownership,
}

impl EndpointResource {
    /// The resource, which uses the provider's connection, and knows of no other resource.
    pub fn new(connection: Connection) -> Self {
        EndpointResource {
            connection,
            ownership: Ownership::default(),
        }
    }

    /// The same, with what the provider knows of the endpoints' owners.
    pub fn knowing(self, ownership: Ownership) -> Self {
        EndpointResource { ownership, ..self }
    }
}

impl ManagedResource for EndpointResource {
    fn write_only(&self) -> Vec<String> {
        write_only_paths(&definition::attributes(), &[])
    }

    fn write_only_values(&self, config: &EndpointState) -> Vec<AttributePath> {
        check::write_only_values(config)
    }

    fn identity_parts(&self) -> &'static [IdentityPart] {
        &[definition::IDENTITY]
    }

    fn identity(&self, state: &EndpointState) -> Option<Identity> {
        known(&state.name).map(|name| definition::IDENTITY.alone(name))
    }

    fn import_id(&self, mut identity: Identity) -> Option<String> {
        identity.remove(definition::IDENTITY.name)
    }
}

#[async_trait]
impl Resource for EndpointResource {
    type State<'a> = EndpointState;
    type PrivateState<'a> = Value<PrivateState>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(definition::schema())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: EndpointState) -> Option<()> {
        self.connection.remember(config.secrets());
        check::check(diags, &config);
        owner::announce(&self.ownership, &config);
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: EndpointState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(EndpointState, Value<PrivateState>)> {
        self.connection.remember(state.secrets());
        let mut private = PrivateState::of(private);
        private.remember_variables(&state);
        self.ownership.note_read(state.name(), &mut private.owner);
        let Some(client) = self.connection.client() else {
            return Some((state, Value::Value(private)));
        };
        let presence = Presence::refresh(&client, state.name(), state.is_declared()).await;
        self.connection.warn_of_choice(diags);
        match presence {
            Ok(presence) => state = refreshed(state, &mut private, presence)?,
            Err(error) => {
                refresh_error(diags, "reading the endpoint", &error);
                state.kapacitor_conf = conf::kapacitor_conf(&state);
            }
        }
        Some((state, Value::Value(private)))
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut proposed: EndpointState,
        config: EndpointState,
        _: ValueEmpty,
    ) -> Option<(EndpointState, Value<PrivateState>)> {
        proposed.take_write_only(&config);
        self.connection.remember(proposed.secrets());
        owner::plan_creation(diags, &self.ownership, &proposed);
        let (planned, private) = plan::plan_create(diags, self.connection.client(), proposed, &config).await;
        self.connection.warn_of_choice(diags);
        Some((planned, Value::Value(private)))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        mut proposed: EndpointState,
        config: EndpointState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(EndpointState, Value<PrivateState>, Vec<AttributePath>)> {
        proposed.take_write_only(&config);
        self.connection.remember(prior.secrets());
        self.connection.remember(proposed.secrets());
        if proposed.name != prior.name {
            owner::plan_giving_up(&self.ownership, &prior, &proposed);
            let (planned, private) = plan::plan_create(diags, self.connection.client(), proposed, &config).await;
            return Some((planned, Value::Value(private), vec![AttributePath::new("name")]));
        }
        let private = PrivateState::of(private);
        let prior = Prior {
            state: &prior,
            private: &private,
        };
        let (mut planned, private) = plan::plan_update(diags, prior, proposed, &config);
        owner::plan_keeping(diags, &self.ownership, &mut planned);
        Some((planned, Value::Value(private), Vec::new()))
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Value<PrivateState>> {
        let mut private = PrivateState::of(private);
        owner::plan_destruction(diags, &self.ownership, &prior, &mut private.owner);
        Some(Value::Value(private))
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: EndpointState,
        config: EndpointState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(EndpointState, Value<PrivateState>)> {
        if !check::check_alternatives(diags, &config) {
            return None;
        }
        planned.take_write_only(&config);
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let mut private = PrivateState::of(private);
        private.set_fingerprint(&mut planned);
        let name = planned.name().to_owned();
        let _turn = self.ownership.turn(&name).await;
        let created = apply::create(diags, &client, planned).await;
        self.connection.warn_of_choice(diags);
        owner::created(&self.ownership, &name, created.is_some());
        let state = created?;
        let private = private.after_write(&state);
        Some((state, Value::Value(private)))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        mut planned: EndpointState,
        config: EndpointState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(EndpointState, Value<PrivateState>)> {
        if !check::check_alternatives(diags, &config) {
            return None;
        }
        planned.take_write_only(&config);
        self.connection.remember(prior.secrets());
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let mut private = PrivateState::of(private);
        private.set_fingerprint(&mut planned);
        // Where another entry of the state has the endpoint too, the plan left this open so that it is set again.
        if planned.live.is_unknown() && prior.is_declared() {
            planned.set_presence(true, true);
        }
        let _turn = self.ownership.turn(prior.name()).await;
        let state = apply::update(diags, &client, &prior, planned).await;
        self.connection.warn_of_choice(diags);
        let state = state?;
        let private = private.after_write(&state);
        Some((state, Value::Value(private)))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<()> {
        self.connection.remember(prior.secrets());
        let client = self.connection.required(diags)?;
        let name = prior.name();
        let memory = PrivateState::of(private).owner;
        let Some(destruction) = self.ownership.destruction(name, &memory).await else {
            owner::WORDS.warn_of_keeping(diags, name);
            return Some(());
        };
        apply::destroy(diags, &client, &prior).await;
        destruction.end(diags.errors.is_empty());
        self.connection.warn_of_choice(diags);
        Some(())
    }

    async fn import<'a>(&self, diags: &mut Diagnostics, name: String) -> Option<(EndpointState, Value<PrivateState>)> {
        if !check::can_be_name(&name) {
            diags.root_error(
                "The import id is not the name of an endpoint",
                "Give the name of an endpoint, as kapacitor.conf has it: letters (a to z, A to Z), digits, `_` and `-`.",
            );
            return None;
        }
        let client = self.connection.required(diags)?;
        let presence = Presence::look_up(&client, &name, false).await;
        self.connection.warn_of_choice(diags);
        match presence {
            Ok(Presence::Declared(endpoint)) => {
                let (state, private) = imported(&endpoint);
                Some((state, Value::Value(private)))
            }
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
