//! `squadcast_kapacitor_topic_handler`: what becomes of the alerts of a topic.

mod apply;
mod check;
pub(super) mod definition;
mod firing;
mod imported;
mod inventory;
pub(super) mod list;
mod owner;
mod plan;
mod state;

pub(super) use self::inventory::{attributes, inventory};

use self::imported::imported;
use self::state::model::TopicHandlerState;
use self::state::private_state::PrivateState;
use super::attributes::Definition;
use super::connection::Connection;
use super::diagnostics::{refresh_error, server_error};
use super::managed_object::{Change, Managed, ManagedObject};
use super::ownership::Ownership;
use crate::kapacitor::models::TopicHandler;
use crate::kapacitor::{Client, Error, Secret};
use crate::protocol::IdentityPart;
use async_trait::async_trait;
use tf_provider::schema::Schema;
use tf_provider::value::ValueAny;
use tf_provider::{AttributePath, Diagnostics};

/// The resource.
pub(super) type TopicHandlerResource = Managed<TopicHandlers>;

/// The handlers of a server's topics.
pub(super) struct TopicHandlers {
    connection: Connection,
    ownership: Ownership,
}

impl TopicHandlerResource {
    /// The resource, which uses the provider's connection and knows of the handlers' owners.
    pub(super) fn new(connection: Connection, ownership: Ownership) -> Self {
        Managed(TopicHandlers { connection, ownership })
    }
}

#[async_trait]
impl ManagedObject for TopicHandlers {
    type State = TopicHandlerState;
    type Private = PrivateState;

    const DESCRIPTION: &'static str = definition::DESCRIPTION;
    const IDENTITY: &'static [IdentityPart] = definition::IDENTITY;

    fn connection(&self) -> &Connection {
        &self.connection
    }

    fn attributes() -> Vec<Definition> {
        definition::attributes()
    }

    fn schema() -> Schema {
        definition::schema()
    }

    fn write_only() -> Vec<String> {
        definition::write_only()
    }

    fn write_only_values(&self, config: &TopicHandlerState) -> Vec<AttributePath> {
        check::write_only_values(config)
    }

    fn key(state: &TopicHandlerState) -> Option<Vec<&str>> {
        state.key().map(|(topic, id)| vec![topic, id])
    }

    fn secrets(state: &TopicHandlerState) -> Vec<Secret> {
        state.secrets()
    }

    fn take_write_only(state: &mut TopicHandlerState, config: &TopicHandlerState) {
        state.take_write_only(config);
    }

    fn validate(&self, diags: &mut Diagnostics, config: &TopicHandlerState) {
        check::check(diags, config);
        if let Some(id) = config.id() {
            self.ownership.announce(&id);
        }
    }

    fn note_read(&self, state: &TopicHandlerState, private: &mut PrivateState) {
        if let Some(id) = state.id() {
            self.ownership.note_read(&id, &mut private.owner);
        }
    }

    async fn refresh(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut state: TopicHandlerState,
        private: PrivateState,
    ) -> Option<(TopicHandlerState, PrivateState)> {
        let seen = Seen::of(client, &state).await;
        match seen {
            Ok(Seen::Handler(handler, live)) => {
                state.refresh(&handler, &private);
                state.set("live", ValueAny::Bool(live));
            }
            Ok(Seen::Hidden) => state.set("live", ValueAny::Bool(false)),
            Ok(Seen::Nothing) => return None,
            Err(error) => refresh_error(diags, "reading the handler", &error),
        }
        Some((state, private))
    }

    async fn plan_create(
        &self,
        diags: &mut Diagnostics,
        mut proposed: TopicHandlerState,
        config: &TopicHandlerState,
    ) -> (TopicHandlerState, PrivateState) {
        plan::complete(&mut proposed, config, None);
        check::check_target(diags, &proposed);
        owner::plan_creation(diags, &self.ownership, &proposed);
        (proposed, PrivateState::default())
    }

    async fn plan_update(
        &self,
        diags: &mut Diagnostics,
        prior: TopicHandlerState,
        mut proposed: TopicHandlerState,
        config: &TopicHandlerState,
        private: PrivateState,
    ) -> (TopicHandlerState, PrivateState, Vec<AttributePath>) {
        plan::complete(&mut proposed, config, Some(&prior));
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
        (proposed, private, moved)
    }

    async fn plan_destroy(
        &self,
        diags: &mut Diagnostics,
        prior: &TopicHandlerState,
        mut private: PrivateState,
    ) -> PrivateState {
        owner::plan_destruction(diags, &self.ownership, prior, &mut private.owner);
        firing::warn(diags, self.connection.client(), prior).await;
        private
    }

    async fn create(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        mut planned: TopicHandlerState,
        _: &TopicHandlerState,
        _: PrivateState,
    ) -> Option<(TopicHandlerState, PrivateState)> {
        let id = planned.id().unwrap_or_default();
        let _turn = self.ownership.turn(&id).await;
        let may_replace = !self.ownership.take(&id);
        let created = apply::create(diags, client, &mut planned, may_replace).await;
        let holder = super::ownership::Holder::fixed(&id);
        self.ownership.created(&id, created.then_some(id.as_str()), &holder);
        created.then(|| after_write(planned))
    }

    async fn update(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        states: Change<TopicHandlerState>,
        _: PrivateState,
    ) -> Option<(TopicHandlerState, PrivateState)> {
        let Change { prior, mut planned, .. } = states;
        let _turn = self.ownership.turn(&prior.id().unwrap_or_default()).await;
        let updated = apply::update(diags, client, &mut planned).await;
        updated.then(|| after_write(planned))
    }

    async fn destroy(&self, diags: &mut Diagnostics, client: &Client, prior: TopicHandlerState, private: PrivateState) {
        let id = prior.id().unwrap_or_default();
        let memory = private.owner;
        let Some(destruction) = self.ownership.destruction(&id, &memory).await else {
            owner::WORDS.warn_of_keeping(diags, &id);
            return;
        };
        apply::destroy(diags, client, &prior).await;
        destruction.end(diags.errors.is_empty());
    }

    async fn import(
        &self,
        diags: &mut Diagnostics,
        client: &Client,
        id: String,
    ) -> Option<(TopicHandlerState, PrivateState)> {
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
        let found = client.topics().handler(topic, handler).await;
        match found {
            Ok(Some(found)) => Some((imported(topic, &found), PrivateState::default())),
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
        if let Some((handler, live)) = client.topics().refresh_handler(topic, id).await? {
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

fn after_write(state: TopicHandlerState) -> (TopicHandlerState, PrivateState) {
    let private = PrivateState::written(&state);
    (state, private)
}
