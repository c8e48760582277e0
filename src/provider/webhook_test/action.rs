//! The action.

use super::test_post::{attributes, check, post, remember};
use crate::protocol::Action;
use crate::provider::attributes::{block, Definition, Given};
use crate::provider::connection::Connection;
use crate::provider::values::{Text, TextMap};
use async_trait::async_trait;
use serde::Deserialize;
use tf_provider::schema::Schema;
use tf_provider::{AttributePath, Diagnostics};

/// What the action is, for the schema and the docs page.
pub(super) const DESCRIPTION: &str = "Makes Kapacitor itself send a test post to a webhook. It fails if Kapacitor gets no HTTP \
    answer, and else proves what the data source of this name proves: that Kapacitor's host reaches the webhook, whatever the \
    HTTP status. The test post has an empty id and the level `OK`, so that it opens no incident.";

/// The action.
pub(crate) struct WebhookTestAction {
    connection: Connection,
}

impl WebhookTestAction {
    /// The action, which uses the provider's connection.
    pub(crate) fn new(connection: Connection) -> Self {
        WebhookTestAction { connection }
    }
}

/// The block `config` of the action.
#[derive(Debug, Clone, Default, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct Config {
    pub url: Text,
    pub headers: TextMap,
}

/// The attributes of the data source that a configuration gives.
pub(super) fn given() -> Vec<Definition> {
    let mut given = attributes();
    given.retain(|definition| definition.given != Given::Computed);
    given
}

#[async_trait]
impl Action for WebhookTestAction {
    type Config<'a> = Config;

    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            block: block(DESCRIPTION, &given()),
        }
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Config) {
        remember(&self.connection, &config.url, &config.headers);
        check(diags, &config.url, &config.headers);
    }

    async fn invoke<'a>(&self, diags: &mut Diagnostics, config: Config) -> Option<String> {
        self.validate(diags, config.clone()).await;
        if !diags.errors.is_empty() {
            return None;
        }
        let outcome = post(diags, &self.connection, &config.url, &config.headers).await?;
        if !outcome.success {
            diags.error(
                "Kapacitor does not reach the webhook",
                format!("Kapacitor sent a test post, and got no answer: {}", outcome.message),
                AttributePath::new("url"),
            );
            return None;
        }
        Some("Kapacitor got an HTTP answer from the webhook.".to_owned())
    }
}
