//! The list of a server's handlers, for `terraform query`.

use super::definition::IDENTITY;
use super::imported::imported;
use super::state::model::TopicHandlerState;
use crate::kapacitor::models::TopicHandler;
use crate::kapacitor::{Client, Error};
use crate::protocol::{Identity, ListResource, Listed, Wanted};
use crate::provider::attributes::{block, Definition, Given, Kind};
use crate::provider::connection::Connection;
use crate::provider::diagnostics::server_error;
use crate::provider::filter::wildcard;
use crate::provider::values::{known, Text};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Schema;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// What the list is, for the schema and the docs page.
pub const DESCRIPTION: &str =
    "Lists the handlers that Kapacitor's API has added to topics. Those that stand in a TICKscript \
    belong to its task.";

/// The attributes of the block `config`.
pub fn attributes() -> Vec<Definition> {
    vec![Definition::new(
        "topic",
        Kind::Text,
        Given::Optional,
        "Only handlers of topics of this name, in which `*` stands for any text: `ops-*`.",
    )]
}

/// The list.
pub struct TopicHandlerList {
    connection: Connection,
}

impl TopicHandlerList {
    /// The list, which uses the provider's connection.
    pub fn new(connection: Connection) -> Self {
        TopicHandlerList { connection }
    }
}

/// The block `config`: which handlers are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Config {
    pub topic: Text,
}

/// The topics that may have handlers of the API, in their order: those of tasks have a colon in their names, and the API adds
/// no handler to them.
pub(super) async fn topics_with_handlers(client: &Client) -> Result<Vec<String>, Error> {
    let topics = client.topics().list("").await?.into_iter().map(|topic| topic.id);
    let mut topics: Vec<String> = topics.filter(|topic| !topic.contains(':')).collect();
    topics.sort();
    Ok(topics)
}

async fn handlers(client: &Client, config: &Config, limit: usize) -> Result<Vec<(String, TopicHandler)>, Error> {
    let topics = topics_with_handlers(client).await?;
    let mut found = Vec::new();
    let is_wanted = |topic: &String| known(&config.topic).is_none_or(|pattern| wildcard::matches(pattern, topic));
    for topic in topics.into_iter().filter(is_wanted) {
        let handlers = client.topics().handlers(&topic).await?;
        found.extend(handlers.into_iter().map(|handler| (topic.clone(), handler)));
        if found.len() >= limit {
            break;
        }
    }
    found.truncate(limit);
    Ok(found)
}

#[async_trait]
impl ListResource for TopicHandlerList {
    type Config<'a> = Value<Config>;
    type State = TopicHandlerState;

    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            block: block(DESCRIPTION, &attributes(), &[]),
        }
    }

    async fn validate<'a>(&self, _: &mut Diagnostics, _: Value<Config>) {}

    async fn list<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Value<Config>,
        limit: usize,
        wanted: Wanted,
    ) -> Vec<Listed<TopicHandlerState>> {
        let Some(client) = self.connection.required(diags) else {
            return Vec::new();
        };
        let found = handlers(&client, &config.unwrap_or_default(), limit).await;
        self.connection.warn_of_choice(diags);
        match found {
            Ok(found) => found
                .iter()
                .map(|(topic, handler)| listed(topic, handler, wanted))
                .collect(),
            Err(error) => {
                server_error(diags, "listing the handlers", AttributePath::root(), &error);
                Vec::new()
            }
        }
    }
}

fn listed(topic: &str, handler: &TopicHandler, wanted: Wanted) -> Listed<TopicHandlerState> {
    Listed {
        identity: identity(topic, &handler.id),
        display_name: format!("{topic}/{}", handler.id),
        state: match wanted {
            Wanted::Identity => None,
            Wanted::State => Some(imported(topic, handler)),
        },
    }
}

/// The identity of a handler.
pub fn identity(topic: &str, id: &str) -> Identity {
    let [of_topic, of_handler] = IDENTITY else {
        return Identity::new();
    };
    let mut identity = of_topic.alone(topic);
    identity.extend(of_handler.alone(id));
    identity
}
