//! The list of a server's templates, for `terraform query`.

use super::definition::IDENTITY;
use super::import::imported;
use super::state::model::KapacitorTemplateState;
use crate::kapacitor::models::{Task, Template};
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
pub const DESCRIPTION: &str = "Lists the templates of a Kapacitor, whoever made them.";

/// The attributes of the block `config`.
pub fn attributes() -> Vec<Definition> {
    vec![Definition::new(
        "name",
        Kind::Text,
        Given::Optional,
        "Only templates of this id, in which `*` stands for any text: `cpu*`.",
    )]
}

/// The list.
pub struct KapacitorTemplateList {
    connection: Connection,
}

impl KapacitorTemplateList {
    /// The list, which uses the provider's connection.
    pub fn new(connection: Connection) -> Self {
        KapacitorTemplateList { connection }
    }
}

/// The block `config`: which templates are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Config {
    pub name: Text,
}

/// The templates that are asked for, and the tasks that may be made from them.
async fn templates(client: &Client, config: &Config, wanted: Wanted) -> Result<(Vec<Template>, Vec<Task>), Error> {
    let mut templates = client.templates().list().await?;
    templates.retain(|template| known(&config.name).is_none_or(|pattern| wildcard::matches(pattern, &template.id)));
    let tasks = match wanted {
        Wanted::Identity => Vec::new(),
        Wanted::State => client.tasks().all().await?,
    };
    Ok((templates, tasks))
}

#[async_trait]
impl ListResource for KapacitorTemplateList {
    type Config<'a> = Value<Config>;
    type State = KapacitorTemplateState;

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
    ) -> Vec<Listed<KapacitorTemplateState>> {
        let Some(client) = self.connection.required(diags) else {
            return Vec::new();
        };
        let found = templates(&client, &config.unwrap_or_default(), wanted).await;
        self.connection.warn_of_choice(diags);
        match found {
            Ok((templates, tasks)) => {
                let templates = templates.iter().take(limit);
                templates.map(|template| listed(template, &tasks, wanted)).collect()
            }
            Err(error) => {
                server_error(diags, "listing the templates", AttributePath::root(), &error);
                Vec::new()
            }
        }
    }
}

fn listed(template: &Template, tasks: &[Task], wanted: Wanted) -> Listed<KapacitorTemplateState> {
    Listed {
        identity: IDENTITY.alone(&template.id),
        display_name: template.id.clone(),
        state: match wanted {
            Wanted::Identity => None,
            Wanted::State => Some(imported(template, tasks).0),
        },
    }
}
