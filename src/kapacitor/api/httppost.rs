//! Endpoints: `/kapacitor/v1/config/httppost`.

use std::collections::HashMap;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::error::ErrorKind;
use crate::kapacitor::models::{Element, Endpoint, Section};
use crate::kapacitor::transport::outage::Subject;
use crate::kapacitor::transport::request::{segment, Request, HTTPPOST};

/// Reads endpoints.
pub struct HttpPost {
    pub(in crate::kapacitor) client: Client,
}

impl Client {
    /// Reads the endpoints of the configuration section `[[httppost]]`.
    pub fn httppost(&self) -> HttpPost {
        HttpPost { client: self.clone() }
    }
}

impl HttpPost {
    /// The endpoint of this name; `None` where Kapacitor says that there is none. Being listed does not make it live.
    pub async fn get(&self, name: &str) -> Result<Option<Endpoint>, Error> {
        let connection = self.client.connection();
        let segment = segment("name of an endpoint", name)
            .map_err(|error| connection.error(&Request::get(HTTPPOST), ErrorKind::Setup(error)))?;
        match connection
            .json::<Element>(&Request::get(&format!("{HTTPPOST}/{segment}")))
            .await
        {
            Ok(element) => {
                let endpoint = Endpoint::from(element);
                connection.remember(&endpoint.secrets());
                Ok(Some(endpoint))
            }
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The same for a refresh of many endpoints: reads that come together are served from one list, which is never older
    /// than the newest write to the endpoint in this process, nor than a minute. A server that does not answer is asked a few
    /// times for all, and one error speaks for all ([`Error::is_spoken_for`]).
    pub async fn refresh(&self, name: &str) -> Result<Option<Endpoint>, Error> {
        let reads = self.client.endpoint_reads();
        let read = reads.read(name, || self.get(name), || self.by_name());
        self.client
            .connection()
            .outage()
            .ask_among_many(Subject::Endpoint, read)
            .await
    }

    /// The same as [`HttpPost::list`], in the order of their names, out of the list that serves a refresh of many: never older
    /// than the newest write to any endpoint in this process, nor than a minute.
    pub async fn all(&self) -> Result<Vec<Endpoint>, Error> {
        let endpoints = self.client.endpoint_reads().read_all(|| self.by_name());
        let mut endpoints = self.client.connection().outage().ask(endpoints).await?;
        endpoints.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(endpoints)
    }

    async fn by_name(&self) -> Result<HashMap<String, Endpoint>, Error> {
        let endpoints = self.list().await?.into_iter();
        Ok(endpoints.map(|endpoint| (endpoint.name.clone(), endpoint)).collect())
    }

    /// All endpoints, declared and added.
    pub async fn list(&self) -> Result<Vec<Endpoint>, Error> {
        let connection = self.client.connection();
        let section = connection.json::<Section>(&Request::get(HTTPPOST)).await?;
        let endpoints: Vec<Endpoint> = section.elements.into_iter().map(Endpoint::from).collect();
        endpoints
            .iter()
            .for_each(|endpoint| connection.remember(&endpoint.secrets()));
        Ok(endpoints)
    }
}
