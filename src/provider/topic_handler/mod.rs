//! `squadcast_kapacitor_topic_handler`: what becomes of the alerts of a topic.

mod apply;
mod check;
pub mod definition;
mod firing;
mod inventory;
pub mod list;
pub(super) mod model;
mod owner;
mod plan;
mod private_state;

pub(super) use self::inventory::{attributes, inventory};

use self::model::{text, TopicHandlerState};
use self::private_state::PrivateState;
use super::connection::Connection;
use super::diagnostics::{refresh_error, server_error};
use super::ownership::Ownership;
use crate::kapacitor::models::TopicHandler;
use crate::kapacitor::{Client, Error};
use crate::protocol::{Identity, IdentityPart, ManagedResource};
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueAny, ValueEmpty};
use tf_provider::{AttributePath, Diagnostics, Resource};

/// The resource.
pub struct TopicHandlerResource {
    connection: Connection,
    ownership: Ownership,
}

impl TopicHandlerResource {
    /// The resource, which uses the provider's connection and knows of the handlers' owners.
    pub fn new(connection: Connection, ownership: Ownership) -> Self {
        TopicHandlerResource { connection, ownership }
    }
}

impl ManagedResource for TopicHandlerResource {
    fn write_only(&self) -> Vec<String> {
        definition::write_only()
    }

    fn write_only_values(&self, config: &TopicHandlerState) -> Vec<AttributePath> {
        check::write_only_values(config)
    }

    fn identity_parts(&self) -> &'static [IdentityPart] {
        definition::IDENTITY
    }

    fn identity(&self, state: &TopicHandlerState) -> Option<Identity> {
        state.key().map(|(topic, id)| list::identity(topic, id))
    }

    fn import_id(&self, mut identity: Identity) -> Option<String> {
        let [topic, id] = ["topic", "handler_id"].map(|part| identity.remove(part));
        topic.zip(id).map(|(topic, id)| format!("{topic}/{id}"))
    }
}

#[async_trait]
impl Resource for TopicHandlerResource {
    type State<'a> = TopicHandlerState;
    type PrivateState<'a> = Value<PrivateState>;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(definition::schema())
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: TopicHandlerState) -> Option<()> {
        self.connection.remember(config.secrets());
        check::check(diags, &config);
        if let Some(id) = config.id() {
            self.ownership.announce(&id);
        }
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: TopicHandlerState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(TopicHandlerState, Value<PrivateState>)> {
        self.connection.remember(state.secrets());
        let mut private = PrivateState::of(private);
        if let Some(id) = state.id() {
            self.ownership.note_read(&id, &mut private.owner);
        }
        let Some(client) = self.connection.client() else {
            return Some((state, Value::Value(private)));
        };
        let seen = Seen::of(&client, &state).await;
        self.connection.warn_of_choice(diags);
        match seen {
            Ok(Seen::Handler(handler, live)) => {
                state.refresh(&handler, &private);
                state.set("live", ValueAny::Bool(live));
                self.connection.remember(state.secrets());
            }
            Ok(Seen::Hidden) => state.set("live", ValueAny::Bool(false)),
            Ok(Seen::Nothing) => return None,
            Err(error) => refresh_error(diags, "reading the handler", &error),
        }
        Some((state, Value::Value(private)))
    }

    async fn plan_create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut proposed: TopicHandlerState,
        config: TopicHandlerState,
        _: ValueEmpty,
    ) -> Option<(TopicHandlerState, Value<PrivateState>)> {
        self.connection.remember(config.secrets());
        proposed.take_write_only(&config);
        plan::complete(&mut proposed, &config, None);
        check::check_target(diags, &proposed);
        owner::plan_creation(diags, &self.ownership, &proposed);
        Some((proposed, Value::Value(PrivateState::default())))
    }

    async fn plan_update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: TopicHandlerState,
        mut proposed: TopicHandlerState,
        config: TopicHandlerState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(TopicHandlerState, Value<PrivateState>, Vec<AttributePath>)> {
        self.connection.remember(prior.secrets());
        self.connection.remember(config.secrets());
        proposed.take_write_only(&config);
        plan::complete(&mut proposed, &config, Some(&prior));
        check::check_target(diags, &proposed);
        let moved = ["topic", "handler_id"]
            .into_iter()
            .filter(|name| prior.get(name) != proposed.get(name))
            .map(AttributePath::new);
        let moved: Vec<AttributePath> = moved.collect();
        if moved.is_empty() {
            owner::plan_keeping(diags, &self.ownership, &mut proposed);
        } else {
            let id = prior.id().unwrap_or_default();
            self.ownership.plan_giving_up(&id, proposed.id().as_deref());
            firing::warn(diags, self.connection.client(), &prior).await;
        }
        Some((proposed, private, moved))
    }

    async fn plan_destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: TopicHandlerState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<Value<PrivateState>> {
        let mut private = PrivateState::of(private);
        owner::plan_destruction(diags, &self.ownership, &prior, &mut private.owner);
        firing::warn(diags, self.connection.client(), &prior).await;
        Some(Value::Value(private))
    }

    async fn create<'a>(
        &self,
        diags: &mut Diagnostics,
        mut planned: TopicHandlerState,
        config: TopicHandlerState,
        _: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(TopicHandlerState, Value<PrivateState>)> {
        planned.take_write_only(&config);
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let id = planned.id().unwrap_or_default();
        let _turn = self.ownership.turn(&id).await;
        let may_replace = !self.ownership.take(&id);
        let created = apply::create(diags, &client, &mut planned, may_replace).await;
        self.connection.warn_of_choice(diags);
        let holder = super::ownership::Holder::fixed(&id);
        self.ownership.created(&id, created.then_some(id.as_str()), &holder);
        created.then(|| after_write(planned))
    }

    async fn update<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: TopicHandlerState,
        mut planned: TopicHandlerState,
        config: TopicHandlerState,
        _: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<(TopicHandlerState, Value<PrivateState>)> {
        planned.take_write_only(&config);
        self.connection.remember(prior.secrets());
        self.connection.remember(planned.secrets());
        let client = self.connection.required(diags)?;
        let _turn = self.ownership.turn(&prior.id().unwrap_or_default()).await;
        let updated = apply::update(diags, &client, &mut planned).await;
        self.connection.warn_of_choice(diags);
        updated.then(|| after_write(planned))
    }

    async fn destroy<'a>(
        &self,
        diags: &mut Diagnostics,
        prior: TopicHandlerState,
        private: Value<PrivateState>,
        _: ValueEmpty,
    ) -> Option<()> {
        self.connection.remember(prior.secrets());
        let client = self.connection.required(diags)?;
        let id = prior.id().unwrap_or_default();
        let memory = PrivateState::of(private).owner;
        let Some(destruction) = self.ownership.destruction(&id, &memory).await else {
            owner::WORDS.warn_of_keeping(diags, &id);
            return Some(());
        };
        apply::destroy(diags, &client, &prior).await;
        destruction.end(diags.errors.is_empty());
        self.connection.warn_of_choice(diags);
        Some(())
    }

    async fn import<'a>(
        &self,
        diags: &mut Diagnostics,
        id: String,
    ) -> Option<(TopicHandlerState, Value<PrivateState>)> {
        let Some((topic, handler)) = id
            .split_once('/')
            .filter(|(topic, id)| !topic.is_empty() && !id.is_empty())
        else {
            diags.root_error(
                "The import id is not that of a handler",
                "Give the topic and the handler's id with a slash between them: TOPIC/HANDLER_ID.",
            );
            return None;
        };
        let client = self.connection.required(diags)?;
        let found = client.topics().handler(topic, handler).await;
        self.connection.warn_of_choice(diags);
        match found {
            Ok(Some(found)) => Some((imported(topic, &found), Value::Value(PrivateState::default()))),
            Ok(None) => {
                diags.root_error(
                    "There is no such handler",
                    format!(
                        "Kapacitor shows no handler {handler:?} of the topic {topic:?}. One that posts to an endpoint which is \
                         not in kapacitor.conf is hidden until the endpoint is back."
                    ),
                );
                None
            }
            Err(error) => {
                server_error(diags, "reading the handler", AttributePath::root(), &error);
                None
            }
        }
    }
}

/// What a refresh sees of a handler.
enum Seen {
    /// The handler, and whether Kapacitor calls it.
    Handler(TopicHandler, bool),
    /// Kapacitor hides it, since its endpoint is not in kapacitor.conf.
    Hidden,
    Nothing,
}

impl Seen {
    async fn of(client: &Client, state: &TopicHandlerState) -> Result<Self, Error> {
        let (topic, id) = state.key().unwrap_or_default();
        if let Some(handler) = client.topics().handler(topic, id).await? {
            let live = client.topics().exists(topic).await?;
            return Ok(Seen::Handler(handler, live));
        }
        let Some(endpoint) = state.endpoint() else {
            return Ok(Seen::Nothing);
        };
        let endpoints = client.httppost().all().await?;
        let is_there = endpoints.iter().any(|known| known.name == endpoint);
        Ok(if is_there { Seen::Nothing } else { Seen::Hidden })
    }
}

fn after_write(state: TopicHandlerState) -> (TopicHandlerState, Value<PrivateState>) {
    let private = PrivateState::written(&state);
    (state, Value::Value(private))
}

/// The state of a handler that nothing managed so far.
fn imported(topic: &str, handler: &TopicHandler) -> TopicHandlerState {
    let mut state = TopicHandlerState::default();
    state.set("topic", text(topic));
    state.set("handler_id", text(handler.id.as_str()));
    state.set("id", text(format!("{topic}/{}", handler.id)));
    state.set("match", ValueAny::Null);
    state.refresh(handler, &PrivateState::default());
    state.set("live", ValueAny::Bool(true));
    state
}
