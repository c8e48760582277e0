//! Which parts of the API answer: a read of each, of as little as possible.

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::models::Feature;
use crate::kapacitor::transport::connection::Connection;
use crate::kapacitor::transport::request::Request;

impl Client {
    /// Which parts of Kapacitor's API this client can use.
    pub async fn features(&self) -> Result<Vec<Feature>, Error> {
        self.connection().outage().ask(features(self.connection())).await
    }
}

/// The parts that this client may use. A refusal of one of them is no error; anything else is.
async fn features(connection: &Connection) -> Result<Vec<Feature>, Error> {
    let mut found = Vec::new();
    for feature in Feature::ALL {
        match connection.send(&request(feature)).await {
            Ok(_) => found.push(feature),
            Err(error) if is_refused(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(found)
}

fn request(feature: Feature) -> Request {
    match feature {
        Feature::Endpoints => Request::get("/config/httppost"),
        Feature::Templates => Request::get("/templates").with("limit", "1").with("fields", "id"),
        Feature::Topics => Request::get("/alerts/topics").with("pattern", "none"),
        Feature::WebhookTests => Request::get("/service-tests/httppost"),
    }
}

/// Whether this part is refused, and not the client as a whole.
fn is_refused(error: &Error) -> bool {
    error
        .status()
        .is_some_and(|status| (400..500).contains(&status) && !matches!(status, 401 | 407 | 429))
}
