//! Sends POSTs over HTTP, to loopback addresses only.

use bytes::Bytes;
use http_body_util::Full;
use hyper_util::rt::TokioIo;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

/// A POST that is ready to go.
#[derive(Clone, Debug, PartialEq)]
pub struct Delivery {
    pub url: String,
    pub headers: BTreeMap<String, String>,
    pub body: String,
    pub timeout: Option<Duration>,
}

/// Keeps count of what is still to be delivered; clones share the count.
#[derive(Clone)]
pub struct Poster {
    outstanding: watch::Sender<usize>,
}

impl Poster {
    pub fn new() -> Self {
        Poster {
            outstanding: watch::Sender::new(0),
        }
    }

    /// A queue whose deliveries go one after the other, as those of a handler do. It ends when it is dropped, after what is
    /// in it has gone.
    pub fn queue(&self) -> Queue {
        let (sender, mut receiver) = mpsc::unbounded_channel::<Delivery>();
        let outstanding = self.outstanding.clone();
        tokio::spawn(async move {
            while let Some(delivery) = receiver.recv().await {
                // Kapacitor only logs a failure and never tries again.
                let _ = post(&delivery).await;
                outstanding.send_modify(|count| *count -= 1);
            }
        });
        Queue {
            sender,
            outstanding: self.outstanding.clone(),
        }
    }

    /// Waits until nothing is left to deliver.
    pub async fn settle(&self) {
        let mut count = self.outstanding.subscribe();
        drop(count.wait_for(|count| *count == 0).await);
    }
}

/// The way to one handler's receiver.
#[derive(Clone)]
pub struct Queue {
    sender: mpsc::UnboundedSender<Delivery>,
    outstanding: watch::Sender<usize>,
}

impl Queue {
    pub fn send(&self, delivery: Delivery) {
        self.outstanding.send_modify(|count| *count += 1);
        if self.sender.send(delivery).is_err() {
            self.outstanding.send_modify(|count| *count -= 1);
        }
    }
}

/// Sends one POST and returns the status, or what Go says of the failure.
pub async fn post(delivery: &Delivery) -> Result<u16, String> {
    let sent = send(delivery);
    match delivery.timeout {
        None => sent.await,
        Some(timeout) => match tokio::time::timeout(timeout, sent).await {
            Ok(result) => result,
            Err(_) => Err(failure(&delivery.url, "context deadline exceeded")),
        },
    }
}

fn failure(url: &str, reason: &str) -> String {
    format!("Post {}: {reason}", crate::go::quote::quote(url))
}

async fn send(delivery: &Delivery) -> Result<u16, String> {
    let failed = |reason: &str| failure(&delivery.url, reason);
    let url = url::Url::parse(&delivery.url).map_err(|_| failed("unsupported protocol scheme \"\""))?;
    if url.scheme() != "http" {
        return Err(failed(&format!("unsupported protocol scheme \"{}\"", url.scheme())));
    }
    let host = url.host_str().unwrap_or_default();
    let address = loopback(host).ok_or_else(|| failed(&format!("dial tcp: lookup {host}: no such host")))?;
    let port = url.port_or_known_default().unwrap_or(80);
    let refused = || failed(&format!("dial tcp {address}:{port}: connect: connection refused"));
    let stream = TcpStream::connect((address, port)).await.map_err(|_| refused())?;
    let broken = |_| failed("EOF");
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .map_err(broken)?;
    tokio::spawn(connection);
    let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = hyper::Request::builder()
        .method("POST")
        .uri(target)
        .header("Host", format!("{host}:{port}"))
        .header("User-Agent", "KapacitorInfluxDB (sandbox)");
    for (name, value) in &delivery.headers {
        request = request.header(name, value);
    }
    let body = Full::new(Bytes::from(delivery.body.clone()));
    let request = request
        .body(body)
        .map_err(|error| failed(&format!("net/http: invalid header field: {error}")))?;
    let response = sender.send_request(request).await.map_err(broken)?;
    Ok(response.status().as_u16())
}

/// The loopback address that a host name stands for. The sandbox talks to no other, and asks no name server.
fn loopback(host: &str) -> Option<Ipv4Addr> {
    if host.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST);
    }
    host.parse().ok().filter(Ipv4Addr::is_loopback)
}
