//! The data source.

use super::test_post::{attributes, check, post, remember};
use crate::provider::attributes::block;
use crate::provider::connection::Connection;
use crate::provider::values::{Flag, Text, TextMap};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{DataSource, Diagnostics};

/// What the data source is, for the schema and the docs page.
pub(crate) const DESCRIPTION: &str = "Makes Kapacitor itself send a test post to a webhook, each time that it is read.\n\n\
    `reached = true` proves that Kapacitor's host resolves the webhook's name, reaches it, and gets an HTTP answer. It does not \
    prove that the receiver took the post: Kapacitor reports success whatever the HTTP status. Nor does it prove that an \
    endpoint is live: the test names none. The test post has an empty id and the level `OK`, so that it opens no incident.";

/// The data source.
pub(crate) struct WebhookTest {
    connection: Connection,
}

impl WebhookTest {
    /// The data source, which uses the provider's connection.
    pub(crate) fn new(connection: Connection) -> Self {
        WebhookTest { connection }
    }
}

/// The data source as Terraform has it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct WebhookTestState {
    pub id: Text,
    pub url: Text,
    pub headers: TextMap,
    pub reached: Flag,
    pub message: Text,
}

#[async_trait]
impl DataSource for WebhookTest {
    type State<'a> = WebhookTestState;
    type ProviderMetaState<'a> = ValueEmpty;

    fn schema(&self, _: &mut Diagnostics) -> Option<Schema> {
        Some(Schema {
            version: 0,
            block: block(DESCRIPTION, &attributes()),
        })
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: WebhookTestState) -> Option<()> {
        remember(&self.connection, &config.url, &config.headers);
        check(diags, &config.url, &config.headers);
        Some(())
    }

    async fn read<'a>(
        &self,
        diags: &mut Diagnostics,
        mut state: WebhookTestState,
        _: ValueEmpty,
    ) -> Option<WebhookTestState> {
        remember(&self.connection, &state.url, &state.headers);
        let outcome = post(diags, &self.connection, &state.url, &state.headers).await?;
        state.id = Value::Value("webhook".into());
        state.reached = Value::Value(outcome.success);
        state.message = Value::Value(if outcome.success {
            String::new()
        } else {
            outcome.message
        });
        Some(state)
    }
}
