//! The test post itself, and the attributes that say where it goes.

use crate::kapacitor::models::{HttpPostTest, TestOutcome};
use crate::kapacitor::Secret;
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::connection::Connection;
use crate::provider::diagnostics::server_error;
use crate::provider::values::{known, known_entries, Text, TextMap};
use crate::provider::webhook::{check_headers, check_url};
use crate::template::Place;
use tf_provider::{AttributePath, Diagnostics};

/// The attributes.
pub(crate) fn attributes() -> Vec<Definition> {
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

/// Keeps what both hold out of every message.
pub(super) fn remember(connection: &Connection, url: &Text, headers: &TextMap) {
    let headers = known_entries(headers).into_values().map(Secret::from);
    let url = known(url).map(Secret::from);
    connection.remember(url.into_iter().chain(headers).collect());
}

pub(super) fn check(diags: &mut Diagnostics, url: &Text, headers: &TextMap) {
    check_url(diags, AttributePath::new("url"), url, Place::Url);
    check_headers(diags, &[("headers", headers)]);
}

/// Has Kapacitor send the post.
pub(super) async fn post(
    diags: &mut Diagnostics,
    connection: &Connection,
    url: &Text,
    headers: &TextMap,
) -> Option<TestOutcome> {
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
