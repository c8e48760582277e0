//! Tests of services: `/kapacitor/v1/service-tests`.

use reqwest::Method;

use crate::kapacitor::error::{Phase, SetupError};
use crate::kapacitor::models::{HttpPostTest, TestOutcome};
use crate::kapacitor::request::{Repeat, Request};
use crate::kapacitor::{Client, Error};

/// The path of the one test that we use, below the API's.
const HTTPPOST: &str = "/service-tests/httppost";

/// Runs tests of services.
pub struct ServiceTests {
    pub(in crate::kapacitor) client: Client,
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
            ..Request::write(Method::POST, HTTPPOST, Repeat::OnlyWithoutEffect)
        };
        let line = request.line();
        let secrets = test.secrets();
        let refuse = |error| Error::new(line.clone(), connection.server(), Phase::Setup(error));
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
