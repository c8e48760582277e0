//! Templates of tasks: `/kapacitor/v1/templates`. Those of the write lease are shown to nobody.

use std::collections::HashMap;

use serde::de::DeserializeOwned;
use serde::Deserialize;

use crate::kapacitor::api::lease::is_of_lease;
use crate::kapacitor::client::Client;
use crate::kapacitor::error::{Error, ErrorKind};
use crate::kapacitor::models::Template;
use crate::kapacitor::transport::outage::Subject;
use crate::kapacitor::transport::request::{segment, Request, TEMPLATES};

/// The most that Kapacitor can be asked for: unlike a list of tasks, one of templates is empty if its limit is negative.
const ALL: &str = "2147483647";

/// Reads templates.
pub struct Templates {
    client: Client,
}

#[derive(Deserialize)]
struct TemplateList {
    templates: Vec<Listed>,
}

#[derive(Deserialize)]
struct RawScript {
    script: String,
}

/// One whose script this Kapacitor no longer takes has no fields at all in a list.
#[derive(Deserialize)]
#[serde(untagged)]
enum Listed {
    Template(Template),
    WithoutFields {},
}

impl Client {
    /// Reads templates.
    pub fn templates(&self) -> Templates {
        Templates { client: self.clone() }
    }
}

impl Templates {
    /// The template of this id; none if there is none.
    pub async fn get(&self, id: &str) -> Result<Option<Template>, Error> {
        if is_of_lease(id) {
            return Ok(None);
        }
        self.read(&self.by_path(id)?).await
    }

    /// The same for a refresh of many templates: reads that come together are served from one list, which is never older than
    /// the newest write to the template in this process, nor than a minute. A server that does not answer is asked a few times
    /// for all, and one error speaks for all ([`Error::is_spoken_for`]).
    pub async fn refresh(&self, id: &str) -> Result<Option<Template>, Error> {
        self.client
            .connection()
            .outage()
            .ask_among_many(Subject::Template, self.coalesced(id))
            .await
    }

    /// The same for the plans of many tasks, none of which reports an error.
    pub async fn look(&self, id: &str) -> Result<Option<Template>, Error> {
        self.client.connection().outage().ask(self.coalesced(id)).await
    }

    /// The script of a template as it was sent; none if there is no such template.
    pub async fn raw(&self, id: &str) -> Result<Option<String>, Error> {
        self.read::<RawScript>(&self.by_path(id)?.with("script-format", "raw"))
            .await
            .map(|template| template.map(|template| template.script))
    }

    async fn coalesced(&self, id: &str) -> Result<Option<Template>, Error> {
        let reads = self.client.template_reads();
        reads.read(id, || self.get(id), || self.by_id()).await
    }

    /// All templates, in the order of their ids.
    pub async fn list(&self) -> Result<Vec<Template>, Error> {
        let request = ["id", "type", "script"]
            .iter()
            .fold(Request::get(TEMPLATES).with("limit", ALL), |request, field| {
                request.with("fields", field)
            });
        let list = self.client.connection().json::<TemplateList>(&request).await?;
        let templates = list.templates.into_iter().filter_map(|listed| match listed {
            Listed::Template(template) => Some(template),
            Listed::WithoutFields {} => None,
        });
        Ok(templates.filter(|template| !is_of_lease(&template.id)).collect())
    }

    fn by_path(&self, id: &str) -> Result<Request, Error> {
        let segment = segment("id of a template", id).map_err(|error| {
            self.client
                .connection()
                .error(&Request::get(TEMPLATES), ErrorKind::Setup(error))
        })?;
        Ok(Request::get(&format!("{TEMPLATES}/{segment}")))
    }

    async fn read<T: DeserializeOwned>(&self, request: &Request) -> Result<Option<T>, Error> {
        match self.client.connection().json(request).await {
            Ok(template) => Ok(Some(template)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn by_id(&self) -> Result<HashMap<String, Template>, Error> {
        let templates = self.list().await?.into_iter();
        Ok(templates.map(|template| (template.id.clone(), template)).collect())
    }
}
