//! Whether the server is there: `GET /kapacitor/v1/ping`.

use crate::kapacitor::error::Error;
use crate::kapacitor::models::Version;
use crate::kapacitor::transport::answer::KAPACITOR_VERSION;
use crate::kapacitor::transport::connection::Connection;
use crate::kapacitor::transport::request::Request;

/// The version of the Kapacitor that answers.
pub(in crate::kapacitor) async fn ping(connection: &Connection) -> Result<Version, Error> {
    let request = Request {
        // It is answered by a server that answers nothing else.
        tells_of_server: false,
        ..Request::get("/ping")
    };
    let answer = connection.no_content(&request).await?;
    let version = answer
        .headers
        .get(KAPACITOR_VERSION)
        .and_then(|value| value.to_str().ok());
    Ok(Version(version.unwrap_or_default().to_owned()))
}
