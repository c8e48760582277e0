//! The list of a server's endpoints, for `terraform query`.

use super::check::can_be_name;
use super::definition::IDENTITY;
use super::presence::Presence;
use super::state::model::EndpointState;
use crate::kapacitor::models::Endpoint;
use crate::kapacitor::{Client, Error};
use crate::protocol::{ListResource, Listed, Wanted};
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
    "Lists the endpoints that kapacitor.conf declares. One that somebody added through Kapacitor's \
    API alone is left out, since it is not live and cannot be imported.";

/// The attributes of the block `config`.
pub fn attributes() -> Vec<Definition> {
    vec![Definition::new(
        "name",
        Kind::Text,
        Given::Optional,
        "Only endpoints of this name, in which `*` stands for any text: `squadcast-*`.",
    )]
}

/// The list.
pub struct EndpointList {
    connection: Connection,
}

impl EndpointList {
    /// The list, which uses the provider's connection.
    pub fn new(connection: Connection) -> Self {
        EndpointList { connection }
    }
}

/// The block `config`: which endpoints are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Config {
    pub name: Text,
}

async fn declared(client: &Client, config: &Config, limit: usize) -> Result<Vec<Endpoint>, Error> {
    let mut endpoints = client.httppost().list().await?;
    endpoints.sort_by(|one, other| one.name.cmp(&other.name));
    let is_wanted = |endpoint: &Endpoint| {
        can_be_name(&endpoint.name)
            && known(&config.name).is_none_or(|pattern| wildcard::matches(pattern, &endpoint.name))
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
impl ListResource for EndpointList {
    type Config<'a> = Value<Config>;
    type State = EndpointState;

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
    ) -> Vec<Listed<EndpointState>> {
        let Some(client) = self.connection.required(diags) else {
            return Vec::new();
        };
        let declared = declared(&client, &config.unwrap_or_default(), limit).await;
        self.connection.warn_of_choice(diags);
        match declared {
            Ok(declared) => declared.iter().map(|endpoint| listed(endpoint, wanted)).collect(),
            Err(error) => {
                server_error(diags, "listing the endpoints", AttributePath::root(), &error);
                Vec::new()
            }
        }
    }
}

fn listed(endpoint: &Endpoint, wanted: Wanted) -> Listed<EndpointState> {
    Listed {
        identity: IDENTITY.alone(&endpoint.name),
        display_name: endpoint.name.clone(),
        state: match wanted {
            Wanted::Identity => None,
            Wanted::State => Some(super::imported::imported(endpoint).0),
        },
    }
}
