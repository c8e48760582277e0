//! Templates of tasks: `/kapacitor/v1/templates`.

use serde::Deserialize;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::{Error, ErrorKind};
use crate::kapacitor::transport::request::{segment, Request};

/// Reads templates.
pub struct Templates {
    client: Client,
}

#[derive(Deserialize)]
struct OnlyScript {
    script: String,
}

impl Client {
    /// Reads templates.
    pub fn templates(&self) -> Templates {
        Templates { client: self.clone() }
    }
}

impl Templates {
    /// The script of a template, as Kapacitor prints it; none if there is no such template.
    pub async fn script(&self, id: &str) -> Result<Option<String>, Error> {
        let path = segment("id of a template", id).map_err(|error| {
            self.client
                .connection()
                .error(&Request::get("/templates"), ErrorKind::Setup(error))
        })?;
        let request = Request::get(&format!("/templates/{path}"));
        match self.client.connection().json::<OnlyScript>(&request).await {
            Ok(template) => Ok(Some(template.script)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
