//! `squadcast_kapacitor_endpoints` and `squadcast_kapacitor_endpoint`: the webhooks that a Kapacitor knows, declared or not.

use super::{block_with_list, Query};
use crate::kapacitor::models::{Endpoint, Origin};
use crate::kapacitor::{Client, Error};
use crate::provider::attributes::{block, Definition, Given, Kind};
use crate::provider::endpoint::presence::is_addressable;
use crate::provider::filter::wildcard;
use crate::provider::values::{known, text_list, text_map, Flag, Text, TextList, TextMap};
use crate::rule::is_secret_header;
use crate::secret::Key;
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Block;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// All endpoints that are asked for.
pub(crate) struct Endpoints;

/// One endpoint.
pub(crate) struct OneEndpoint;

/// The data source `squadcast_kapacitor_endpoints`.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct EndpointsState {
    pub name: Text,
    pub endpoints: Value<Vec<EndpointView>>,
}

/// An endpoint, without its secrets.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct EndpointView {
    pub name: Text,
    pub declared: Flag,
    pub live: Flag,
    pub url_fingerprint: Text,
    pub headers: TextMap,
    pub sensitive_headers: TextList,
    pub basic_auth: Flag,
    pub has_alert_template: Flag,
    pub alert_template_file: Text,
    pub has_row_template: Flag,
    pub row_template_file: Text,
}

fn attributes(name: Given) -> Vec<Definition> {
    let computed = |name, kind, description| Definition::new(name, kind, Given::Computed, description);
    vec![
        Definition::new("name", Kind::Text, name, "Name of the endpoint, as `.post().endpoint('NAME')` names it."),
        computed("declared", Kind::Flag, "Whether kapacitor.conf declares the endpoint."),
        computed("live", Kind::Flag, "Whether Kapacitor delivers to the endpoint. It does not to one that was added through its API alone, although it lists it."),
        computed("url_fingerprint", Kind::Text, "Fingerprint of the endpoint's URL: it shows that the URL changed, and not what it is. It follows from the URL and the name, and differs from the one of the resource."),
        computed("headers", Kind::TextMap, "The headers of each post whose names are known to be harmless."),
        computed("sensitive_headers", Kind::TextList, "The names of its other headers, in the order of the alphabet, without their values."),
        computed("basic_auth", Kind::Flag, "Whether it sends a user and a password."),
        computed("has_alert_template", Kind::Flag, "Whether it has a template for the body of alerts, instead of Kapacitor's JSON."),
        computed("alert_template_file", Kind::Text, "Path, on Kapacitor's host, of a file with such a template; empty for none."),
        computed("has_row_template", Kind::Flag, "Whether it has a template for what the node `httpPost` sends."),
        computed("row_template_file", Kind::Text, "Path, on Kapacitor's host, of a file with such a template; empty for none."),
    ]
}

impl EndpointView {
    /// What is shown of an endpoint. Whether it is declared is asked for, which changes nothing.
    async fn of(client: &Client, endpoint: &Endpoint) -> Result<Self, Error> {
        let declared = match is_addressable(&endpoint.name) {
            true => client.endpoint_origin(&endpoint.name).await? == Origin::Declared,
            // The API cannot add an element of such a name.
            false => true,
        };
        let url = endpoint.url.expose();
        let key = Key::derived([url], [endpoint.name.as_str()]);
        let headers = endpoint.headers.iter();
        let (secret, plain): (Vec<_>, Vec<_>) = headers.partition(|(name, _)| is_secret_header(name));
        Ok(EndpointView {
            name: Value::Value(endpoint.name.clone()),
            declared: Value::Value(declared),
            live: Value::Value(declared),
            url_fingerprint: Value::Value(key.fingerprint(url)),
            headers: text_map(
                plain
                    .into_iter()
                    .map(|(name, value)| (name.clone(), value.expose().to_owned()))
                    .collect(),
            ),
            sensitive_headers: text_list(secret.into_iter().map(|(name, _)| name.clone()).collect()),
            basic_auth: Value::Value(endpoint.basic_auth),
            has_alert_template: Value::Value(!endpoint.alert_template.is_empty()),
            alert_template_file: Value::Value(endpoint.alert_template_file.clone()),
            has_row_template: Value::Value(!endpoint.row_template.is_empty()),
            row_template_file: Value::Value(endpoint.row_template_file.clone()),
        })
    }
}

#[async_trait]
impl Query for Endpoints {
    type State = EndpointsState;
    const DOING: &'static str = "listing the endpoints";

    fn block() -> Block {
        block_with_list(
            "Lists the endpoints of a Kapacitor: those that kapacitor.conf declares, and those that somebody added through the \
             API, which are not live.",
            &[Definition::new(
                "name",
                Kind::Text,
                Given::Optional,
                "Only endpoints of this name, in which `*` stands for any text: `squadcast-*`.",
            )],
            "endpoints",
            "The endpoints, in the order of their names.",
            &attributes(Given::Computed),
        )
    }

    async fn answer(
        _: &mut Diagnostics,
        client: &Client,
        mut state: EndpointsState,
    ) -> Result<Option<EndpointsState>, Error> {
        let mut views = Vec::new();
        for endpoint in client.httppost().all().await? {
            if wildcard::lets_through(known(&state.name), &endpoint.name) {
                views.push(EndpointView::of(client, &endpoint).await?);
            }
        }
        state.endpoints = Value::Value(views);
        Ok(Some(state))
    }
}

#[async_trait]
impl Query for OneEndpoint {
    type State = EndpointView;
    const DOING: &'static str = "reading the endpoint";

    fn block() -> Block {
        block(
            "Reads one endpoint of a Kapacitor, whoever declared or added it.",
            &attributes(Given::Required),
        )
    }

    async fn answer(
        diags: &mut Diagnostics,
        client: &Client,
        state: EndpointView,
    ) -> Result<Option<EndpointView>, Error> {
        let name = known(&state.name).unwrap_or_default();
        let endpoints = client.httppost().all().await?;
        match endpoints.iter().find(|endpoint| endpoint.name == name) {
            Some(endpoint) => Ok(Some(EndpointView::of(client, endpoint).await?)),
            None => {
                diags.error(
                    "There is no such endpoint",
                    format!("Kapacitor has no endpoint {name:?}: kapacitor.conf declares none, and none was added through the API."),
                    AttributePath::new("name"),
                );
                Ok(None)
            }
        }
    }
}
