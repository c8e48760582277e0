//! The list of a server's templates, for `terraform query`.

use super::definition::IDENTITY;
use super::import::imported;
use super::state::model::KapacitorTemplateState;
use crate::kapacitor::models::{Task, Template};
use crate::kapacitor::{Client, Error};
use crate::protocol::{identity_of, Listed, Wanted};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::filter::wildcard;
use crate::provider::list::Listing;
use crate::provider::values::{known, Text};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::Diagnostics;

/// The templates of a server.
pub(crate) struct Templates;

/// The block `config`: which templates are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub(crate) struct Config {
    pub name: Text,
}

/// The templates that are asked for, and the tasks that may be made from them.
async fn templates(client: &Client, config: &Config, wanted: Wanted) -> Result<(Vec<Template>, Vec<Task>), Error> {
    let mut templates = client.templates().list().await?;
    templates.retain(|template| wildcard::lets_through(known(&config.name), &template.id));
    let tasks = match wanted {
        Wanted::Identity => Vec::new(),
        Wanted::State => client.tasks().all().await?,
    };
    Ok((templates, tasks))
}

#[async_trait]
impl Listing for Templates {
    const DESCRIPTION: &'static str = "Lists the templates of a Kapacitor, whoever made them.";
    const DOING: &'static str = "listing the templates";
    type Config = Config;
    type State = KapacitorTemplateState;

    fn attributes() -> Vec<Definition> {
        vec![Definition::new(
            "name",
            Kind::Text,
            Given::Optional,
            "Only templates of this id, in which `*` stands for any text: `cpu*`.",
        )]
    }

    async fn find(
        _: &mut Diagnostics,
        client: &Client,
        config: &Config,
        limit: usize,
        wanted: Wanted,
    ) -> Result<Vec<Listed<KapacitorTemplateState>>, Error> {
        let (templates, tasks) = templates(client, config, wanted).await?;
        let templates = templates.iter().take(limit);
        Ok(templates.map(|template| listed(template, &tasks, wanted)).collect())
    }
}

fn listed(template: &Template, tasks: &[Task], wanted: Wanted) -> Listed<KapacitorTemplateState> {
    Listed {
        identity: identity_of(IDENTITY, &[&template.id]),
        display_name: template.id.clone(),
        state: (wanted == Wanted::State).then(|| imported(template, tasks).0),
    }
}
