//! The list of a server's handlers, for `terraform query`.

use super::definition::IDENTITY;
use super::imported::imported;
use super::state::model::TopicHandlerState;
use crate::kapacitor::models::TopicHandler;
use crate::kapacitor::{Client, Error};
use crate::protocol::{identity_of, Listed, Wanted};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::filter::wildcard;
use crate::provider::list::Listing;
use crate::provider::values::{known, Text};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::Diagnostics;

/// The handlers of the topics of a server.
pub(crate) struct TopicHandlers;

/// The block `config`: which handlers are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub(crate) struct Config {
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
    let is_wanted = |topic: &String| wildcard::lets_through(known(&config.topic), topic);
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
impl Listing for TopicHandlers {
    const DESCRIPTION: &'static str =
        "Lists the handlers that Kapacitor's API has added to topics. Those that stand in a TICKscript \
    belong to its task.";
    const DOING: &'static str = "listing the handlers";
    type Config = Config;
    type State = TopicHandlerState;

    fn attributes() -> Vec<Definition> {
        vec![Definition::new(
            "topic",
            Kind::Text,
            Given::Optional,
            "Only handlers of topics of this name, in which `*` stands for any text: `ops-*`.",
        )]
    }

    async fn find(
        _: &mut Diagnostics,
        client: &Client,
        config: &Config,
        limit: usize,
        wanted: Wanted,
    ) -> Result<Vec<Listed<TopicHandlerState>>, Error> {
        let found = handlers(client, config, limit).await?.into_iter();
        Ok(found.map(|(topic, handler)| listed(&topic, &handler, wanted)).collect())
    }
}

fn listed(topic: &str, handler: &TopicHandler, wanted: Wanted) -> Listed<TopicHandlerState> {
    Listed {
        identity: identity_of(IDENTITY, &[topic, &handler.id]),
        display_name: format!("{topic}/{}", handler.id),
        state: (wanted == Wanted::State).then(|| imported(topic, handler)),
    }
}
