//! `squadcast_kapacitor_endpoint`: an element `[[httppost]]` of Kapacitor's configuration.

mod apply;
mod check;
mod conf;
pub mod definition;
mod model;
mod plan;
pub mod presence;
mod register;
mod undeclared;

use self::model::EndpointState;
use self::presence::Presence;
use super::connection::Connection;
use super::diagnostics::server_error;
use super::private::{self, PrivateState};
use crate::secret::Key;
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
    type PrivateState<'a> = PrivateState;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(definition::schema())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: EndpointState) -> Option<()> {
        self.connection.remember(config.secrets());
        check::check(diags, &config);
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: EndpointState,
        private: PrivateState,
        _: ValueEmpty,
    ) -> Option<(EndpointState, PrivateState)> {
        self.connection.remember(state.secrets());
        let Some(client) = self.connection.client() else {
            return Some((state, private));
        };
        match Presence::refresh(&client, state.name(), state.is_declared()).await {
            Ok(presence) => {
                let key = private::key(&private).cloned().unwrap_or_else(Key::random);
                let state = refreshed(state, presence, &key)?;
                Some((state, private::with_key(private, Some(key))))
            }
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
    ) -> Option<(EndpointState, PrivateState)> {
        self.connection.remember(proposed.secrets());
        let (planned, key) = plan::plan_create(diags, self.connection.client(), proposed).await;
        Some((planned, private::with_key(Value::Null, key)))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        proposed: EndpointState,
        _: EndpointState,
        private: PrivateState,
        _: ValueEmpty,
    ) -> Option<(EndpointState, PrivateState, Vec<AttributePath>)> {
        self.connection.remember(prior.secrets());
        self.connection.remember(proposed.secrets());
        if proposed.name != prior.name {
            let (planned, key) = plan::plan_create(diags, self.connection.client(), proposed).await;
            let private = private::with_key(private, key);
            return Some((planned, private, vec![AttributePath::new("name")]));
        }
        let (planned, key) = plan::plan_update(diags, &prior, proposed, private::key(&private));
        Some((planned, private::with_key(private, key), Vec::new()))
    }

    async fn plan_destroy<'a>(
        &self,
        _: &mut Diagnostics,
        _: EndpointState,
        private: PrivateState,
        _: ValueEmpty,
    ) -> Option<PrivateState> {
        Some(private)
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        planned: EndpointState,
        _: EndpointState,
        private: PrivateState,
        _: ValueEmpty,
    ) -> Option<(EndpointState, PrivateState)> {
        self.connection.remember(planned.secrets());
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
        private: PrivateState,
        _: ValueEmpty,
    ) -> Option<(EndpointState, PrivateState)> {
        self.connection.remember(prior.secrets());
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let state = apply::update(diags, &client, &prior, planned).await?;
        Some((state, private))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: EndpointState,
        _: PrivateState,
        _: ValueEmpty,
    ) -> Option<()> {
        self.connection.remember(prior.secrets());
        let client = self.connection.required(diags)?;
        apply::destroy(diags, &client, &prior).await;
        Some(())
    }

    async fn import<'a>(&self, diags: &mut Diagnostics, name: String) -> Option<(EndpointState, PrivateState)> {
        let client = self.connection.required(diags)?;
        match Presence::look_up(&client, &name, false).await {
            Ok(Presence::Declared(endpoint)) => {
                let key = Key::random();
                let mut state = EndpointState::imported(&endpoint, &key);
                state.set_presence(true, true);
                state.kapacitor_conf = conf::kapacitor_conf(&state);
                Some((state, private::with_key(Value::Null, Some(key))))
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
fn refreshed(mut state: EndpointState, presence: Presence, key: &Key) -> Option<EndpointState> {
    let was_waiting = !state.is_declared() && !state.is_live();
    match presence {
        Presence::Declared(endpoint) => {
            state.refresh(&endpoint, key);
            state.set_presence(true, true);
        }
        Presence::Added(endpoint) if state.is_live() => state.refresh(&endpoint, key),
        Presence::Missing if !was_waiting => return None,
        Presence::Added(_) | Presence::Missing => state.set_presence(false, false),
    }
    state.kapacitor_conf = conf::kapacitor_conf(&state);
    Some(state)
}
