//! The list of a server's endpoints, for `terraform query`.

use super::check::can_be_name;
use super::definition::IDENTITY;
use super::presence::Presence;
use super::state::model::EndpointState;
use crate::kapacitor::models::Endpoint;
use crate::kapacitor::{Client, Error};
use crate::protocol::{identity_of, Listed, Wanted};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::filter::wildcard;
use crate::provider::list::Listing;
use crate::provider::values::{known, Text};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::Diagnostics;

/// The endpoints of a server.
pub(crate) struct Endpoints;

/// The block `config`: which endpoints are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub(crate) struct Config {
    pub name: Text,
}

async fn declared(client: &Client, config: &Config, limit: usize) -> Result<Vec<Endpoint>, Error> {
    let mut endpoints = client.httppost().list().await?;
    endpoints.sort_by(|one, other| one.name.cmp(&other.name));
    let is_wanted = |endpoint: &Endpoint| {
        can_be_name(&endpoint.name) && wildcard::lets_through(known(&config.name), &endpoint.name)
    };
    let mut declared = Vec::new();
    for endpoint in endpoints.into_iter().filter(is_wanted) {
        if declared.len() == limit {
            break;
        }
        if let Presence::Declared(endpoint) = Presence::of(client, Some(endpoint), false).await? {
            declared.push(endpoint);
        }
    }
    Ok(declared)
}

#[async_trait]
impl Listing for Endpoints {
    const DESCRIPTION: &'static str =
        "Lists the endpoints that kapacitor.conf declares. One that somebody added through Kapacitor's \
    API alone is left out, since it is not live and cannot be imported.";
    const DOING: &'static str = "listing the endpoints";
    type Config = Config;
    type State = EndpointState;

    fn attributes() -> Vec<Definition> {
        vec![Definition::new(
            "name",
            Kind::Text,
            Given::Optional,
            "Only endpoints of this name, in which `*` stands for any text: `squadcast-*`.",
        )]
    }

    async fn find(
        _: &mut Diagnostics,
        client: &Client,
        config: &Config,
        limit: usize,
        wanted: Wanted,
    ) -> Result<Vec<Listed<EndpointState>>, Error> {
        let declared = declared(client, config, limit).await?;
        Ok(declared.iter().map(|endpoint| listed(endpoint, wanted)).collect())
    }
}

fn listed(endpoint: &Endpoint, wanted: Wanted) -> Listed<EndpointState> {
    Listed {
        identity: identity_of(IDENTITY, &[&endpoint.name]),
        display_name: endpoint.name.clone(),
        state: (wanted == Wanted::State).then(|| super::imported::imported(endpoint).0),
    }
}
