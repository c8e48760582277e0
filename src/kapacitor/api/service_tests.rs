//! Tests of services: `/kapacitor/v1/service-tests`.

use crate::kapacitor::models::{HttpPostTest, TestOutcome};
use crate::kapacitor::{Client, Error};

/// Runs tests of services.
pub struct ServiceTests {
    pub(in crate::kapacitor) client: Client,
}

impl ServiceTests {
    /// Makes Kapacitor post a test alert (empty id, level OK). It proves that the host was reached, and no more: any
    /// HTTP status counts as success.
    pub async fn httppost(&self, test: &HttpPostTest) -> Result<TestOutcome, Error> {
        let _ = test;
        todo!()
    }
}
