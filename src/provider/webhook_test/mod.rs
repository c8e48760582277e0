//! `squadcast_kapacitor_webhook_test`: makes Kapacitor itself send a test post to a webhook, as a data source and as an action.

mod action;

pub use self::action::WebhookTestAction;

use crate::kapacitor::models::{HttpPostTest, TestOutcome};
use crate::kapacitor::Secret;
use crate::provider::attributes::{block, Definition, Given, Kind};
use crate::provider::connection::Connection;
use crate::provider::diagnostics::server_error;
use crate::provider::values::{known, known_entries, Flag, Text, TextMap};
use crate::provider::webhook::{check_headers, check_url};
use crate::template::Place;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Schema;
use tf_provider::value::{Value, ValueEmpty};
use tf_provider::{AttributePath, DataSource, Diagnostics};

/// What the data source is, for the schema and the docs page.
pub const DESCRIPTION: &str = "Makes Kapacitor itself send a test post to a webhook, each time that it is read.\n\n\
    `reached = true` proves that Kapacitor's host resolves the webhook's name, reaches it, and gets an HTTP answer. It does not \
    prove that the receiver took the post: Kapacitor reports success whatever the HTTP status. Nor does it prove that an \
    endpoint is live: the test names none. The test post has an empty id and the level `OK`, so that it opens no incident.";

/// The attributes.
pub fn attributes() -> Vec<Definition> {
    vec![
        Definition::new(
            "url",
            Kind::Url,
            Given::Required,
            "URL of the webhook, `http` or `https`.",
        )
        .sensitive(),
        Definition::new(
            "headers",
            Kind::TextMap,
            Given::Optional,
            "HTTP headers to send along. Kapacitor adds a header `Auth: secret` of its own.",
        )
        .sensitive(),
        Definition::new("id", Kind::Text, Given::Computed, "Always `webhook`."),
        Definition::new(
            "reached",
            Kind::Flag,
            Given::Computed,
            "Whether Kapacitor got an HTTP answer from the webhook, whatever its status.",
        ),
        Definition::new(
            "message",
            Kind::Text,
            Given::Computed,
            "Why it got none, in Kapacitor's own words; empty where it got one.",
        ),
    ]
}

/// The data source.
pub struct WebhookTest {
    connection: Connection,
}

impl WebhookTest {
    /// The data source, which uses the provider's connection.
    pub fn new(connection: Connection) -> Self {
        WebhookTest { connection }
    }
}

/// The data source as Terraform has it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct WebhookTestState {
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
            block: block(DESCRIPTION, &attributes(), &[]),
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

/// Keeps what both hold out of every message.
fn remember(connection: &Connection, url: &Text, headers: &TextMap) {
    let headers = known_entries(headers).into_values().map(Secret::from);
    let url = known(url).map(Secret::from);
    connection.remember(url.into_iter().chain(headers).collect());
}

fn check(diags: &mut Diagnostics, url: &Text, headers: &TextMap) {
    check_url(diags, AttributePath::new("url"), url, Place::Url);
    check_headers(diags, &[("headers", headers)]);
}

/// Has Kapacitor send the post.
async fn post(diags: &mut Diagnostics, connection: &Connection, url: &Text, headers: &TextMap) -> Option<TestOutcome> {
    let client = connection.required(diags)?;
    let test = HttpPostTest {
        url: known(url).unwrap_or_default().into(),
        headers: known_entries(headers)
            .into_iter()
            .map(|(name, value)| (name, value.into()))
            .collect(),
    };
    let outcome = client.service_tests().httppost(&test).await;
    connection.warn_of_choice(diags);
    outcome
        .map_err(|error| server_error(diags, "asking Kapacitor for a test post", AttributePath::root(), &error))
        .ok()
}
