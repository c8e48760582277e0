//! Who the server is: `GET /kapacitor/v1/debug/vars`.

use serde::Deserialize;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::transport::request::Request;

#[derive(Deserialize)]
struct Variables {
    #[serde(default)]
    server_id: String,
}

impl Client {
    /// The id that the server gave itself when it first started, by whichever URL it is reached; `None` if it shows none.
    pub(in crate::kapacitor) async fn server_id(&self) -> Result<Option<String>, Error> {
        let variables: Variables = self.connection().json(&Request::get("/debug/vars")).await?;
        Ok(Some(variables.server_id).filter(|id| !id.is_empty()))
    }
}
