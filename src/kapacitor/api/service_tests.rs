//! Tests of services: `/kapacitor/v1/service-tests`.

use reqwest::Method;

use crate::kapacitor::client::Client;
use crate::kapacitor::error::Error;
use crate::kapacitor::error::{ErrorKind, SetupError};
use crate::kapacitor::models::{HttpPostTest, TestOutcome};
use crate::kapacitor::transport::request::{Idempotency, Request};

/// The path of the one test that we use, below the API's.
const HTTPPOST: &str = "/service-tests/httppost";

/// Runs tests of services.
pub struct ServiceTests {
    pub(in crate::kapacitor) client: Client,
}

impl Client {
    /// Tests of Kapacitor's services.
    pub fn service_tests(&self) -> ServiceTests {
        ServiceTests { client: self.clone() }
    }
}

impl ServiceTests {
    /// Makes Kapacitor post a test alert (empty id, level OK). It proves that the host was reached, and no more: any
    /// HTTP status counts as success.
    ///
    /// Not repeated, as each one sends an alert, unless the first try surely had no effect.
    pub async fn httppost(&self, test: &HttpPostTest) -> Result<TestOutcome, Error> {
        let connection = self.client.connection();
        let request = Request {
            // It is answered when the webhook has answered.
            tells_of_server: false,
            ..Request::write(Method::POST, HTTPPOST, Idempotency::NotIdempotent)
        };
        let line = request.line();
        let secrets = test.secrets();
        let refuse = |error| Error::new(line.clone(), connection.server(), ErrorKind::Setup(error));
        if test.url.is_empty() {
            // Kapacitor would drop the connection.
            let (what, name) = ("URL of a test", String::new());
            return Err(refuse(SetupError::Name {
                what,
                name,
                reason: "it is empty",
            }));
        }
        let request = request.json(test, secrets).map_err(refuse)?;
        let outcome: TestOutcome = connection.json(&request).await?;
        let message = connection.masked(&outcome.message);
        Ok(TestOutcome { message, ..outcome })
    }
}
