//! Sends requests on to a Kapacitor, over HTTP like the real one.

use crate::server::exchange::Answer;
use bytes::Bytes;
use flate2::read::GzDecoder;
use http_body_util::{BodyExt, Full};
use hyper_util::rt::TokioIo;
use std::io::Read;
use std::net::SocketAddr;
use tokio::net::TcpStream;

/// A request to send on.
pub struct Outgoing {
    pub method: String,
    /// `host:port` of the Kapacitor.
    pub host: String,
    /// Path and query, encoded.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

/// Sends it and returns the answer; `None` where there is none, which is a 502 for Chronograf's client.
pub async fn send(outgoing: Outgoing) -> Option<Answer> {
    // The sandbox talks to loopback only.
    let address: SocketAddr = outgoing
        .host
        .parse()
        .ok()
        .filter(|address: &SocketAddr| address.ip().is_loopback())?;
    let stream = TcpStream::connect(address).await.ok()?;
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.ok()?;
    tokio::spawn(connection);
    let zips = outgoing
        .headers
        .iter()
        .any(|(name, _)| name.eq_ignore_ascii_case("accept-encoding"));
    let mut request = hyper::Request::builder()
        .method(outgoing.method.as_str())
        .uri(&outgoing.target);
    request = request.header("Host", &outgoing.host);
    for (name, value) in &outgoing.headers {
        request = request.header(name, value);
    }
    if !zips {
        // Go's client asks for it by itself, and unpacks what comes.
        request = request.header("Accept-Encoding", "gzip");
    }
    let response = sender
        .send_request(request.body(Full::new(outgoing.body)).ok()?)
        .await
        .ok()?;
    let status = response.status().as_u16();
    let mut headers: Vec<(String, String)> = response
        .headers()
        .iter()
        .filter(|(name, _)| {
            !matches!(
                name.as_str(),
                "content-length" | "date" | "connection" | "transfer-encoding"
            )
        })
        .map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut body = response.into_body().collect().await.ok()?.to_bytes();
    let zipped = headers
        .iter()
        .any(|(name, value)| name == "content-encoding" && value == "gzip");
    if zipped && !zips && !body.is_empty() {
        let mut plain = Vec::new();
        GzDecoder::new(body.as_ref()).read_to_end(&mut plain).ok()?;
        body = Bytes::from(plain);
        headers.retain(|(name, _)| name != "content-encoding");
    }
    Some(Answer { status, headers, body })
}
