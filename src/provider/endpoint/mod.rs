//! `squadcast_kapacitor_endpoint`: an element `[[httppost]]` of Kapacitor's configuration.

mod apply;
mod check;
mod conf;
pub mod definition;
pub(super) mod model;
mod plan;
pub mod presence;
mod register;
mod undeclared;

use self::model::EndpointState;
use self::presence::Presence;
use super::connection::Connection;
use super::diagnostics::server_error;
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, Diagnostics, Resource};

/// The resource.
pub struct EndpointResource {
    connection: Connection,
}

impl EndpointResource {
    /// The resource, which uses the provider's connection.
    pub fn new(connection: Connection) -> Self {
        EndpointResource { connection }
    }
}

#[async_trait]
impl Resource for EndpointResource {
    type State<'a> = EndpointState;
    type PrivateState<'a> = ValueEmpty;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(definition::schema())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: EndpointState) -> Option<()> {
        check::check(diags, &config);
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: EndpointState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(EndpointState, ValueEmpty)> {
        let Some(client) = self.connection.client() else {
            return Some((state, private));
        };
        match Presence::refresh(&client, state.name(), state.is_declared()).await {
            Ok(presence) => refreshed(state, presence).map(|state| (state, private)),
            Err(error) => {
                server_error(diags, "reading the endpoint", AttributePath::root(), &error);
                state.kapacitor_conf = conf::kapacitor_conf(&state);
                Some((state, private))
            }
        }
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        proposed: EndpointState,
        _: EndpointState,
        _: ValueEmpty,
    ) -> Option<(EndpointState, ValueEmpty)> {
        let planned = plan::plan_create(diags, self.connection.client(), proposed).await;
        Some((planned, Value::Null))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        proposed: EndpointState,
        _: EndpointState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(EndpointState, ValueEmpty, Vec<AttributePath>)> {
        if proposed.name != prior.name {
            let planned = plan::plan_create(diags, self.connection.client(), proposed).await;
            return Some((planned, private, vec![AttributePath::new("name")]));
        }
        Some((plan::plan_update(diags, &prior, proposed), private, Vec::new()))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: EndpointState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<ValueEmpty> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        planned: EndpointState,
        _: EndpointState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(EndpointState, ValueEmpty)> {
        let client = self.connection.required(diags)?;
        let state = apply::create(diags, &client, planned).await?;
        Some((state, private))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        planned: EndpointState,
        _: EndpointState,
        private: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<(EndpointState, ValueEmpty)> {
        let client = self.connection.required(diags)?;
        let state = apply::update(diags, &client, &prior, planned).await?;
        Some((state, private))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        _: ValueEmpty,
        _: ValueEmpty,
    ) -> Option<()> {
        let client = self.connection.required(diags)?;
        apply::destroy(diags, &client, &prior).await;
        Some(())
    }

    async fn import<'a>(&self, diags: &mut Diagnostics, name: String) -> Option<(EndpointState, ValueEmpty)> {
        let client = self.connection.required(diags)?;
        match Presence::look_up(&client, &name, false).await {
            Ok(Presence::Declared(endpoint)) => {
                let mut state = EndpointState::imported(&endpoint);
                state.set_presence(true, true);
                state.kapacitor_conf = conf::kapacitor_conf(&state);
                Some((state, Value::Null))
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
fn refreshed(mut state: EndpointState, presence: Presence) -> Option<EndpointState> {
    let was_waiting = !state.is_declared() && !state.is_live();
    match presence {
        Presence::Declared(endpoint) => {
            state.refresh(&endpoint);
            state.set_presence(true, true);
        }
        Presence::Added(endpoint) if state.is_live() => state.refresh(&endpoint),
        Presence::Missing if !was_waiting => return None,
        Presence::Added(_) | Presence::Missing => state.set_presence(false, false),
    }
    state.kapacitor_conf = conf::kapacitor_conf(&state);
    Some(state)
}
