//! Sends POSTs over HTTP, to loopback addresses only.

use crate::go::url::Url;
use base64::Engine;
use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};

/// After how long Kapacitor's HTTP client gives up, whatever a handler says.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

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
        let queue = Queue {
            sender,
            all: self.outstanding.clone(),
            own: watch::Sender::new(0),
        };
        let (all, own) = (queue.all.clone(), queue.own.clone());
        tokio::spawn(async move {
            while let Some(delivery) = receiver.recv().await {
                // Kapacitor only logs a failure and never tries again.
                let _ = post(&delivery).await;
                own.send_modify(|count| *count -= 1);
                all.send_modify(|count| *count -= 1);
            }
        });
        queue
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
    /// What all queues still have to deliver.
    all: watch::Sender<usize>,
    /// What this one still has to deliver.
    own: watch::Sender<usize>,
}

impl Queue {
    pub fn send(&self, delivery: Delivery) {
        self.count(|count| *count += 1);
        if self.sender.send(delivery).is_err() {
            self.count(|count| *count -= 1);
        }
    }

    /// Whether something is still to be delivered.
    pub fn is_busy(&self) -> bool {
        *self.own.borrow() > 0
    }

    /// Waits until nothing is left to deliver.
    pub async fn drained(&self) {
        let mut count = self.own.subscribe();
        drop(count.wait_for(|count| *count == 0).await);
    }

    fn count(&self, change: impl Fn(&mut usize)) {
        self.own.send_modify(&change);
        self.all.send_modify(change);
    }
}

/// Sends one POST and returns the status, or what Go says of the failure.
pub async fn post(delivery: &Delivery) -> Result<u16, String> {
    let timeout = delivery.timeout.unwrap_or(DEFAULT_TIMEOUT).min(DEFAULT_TIMEOUT);
    match tokio::time::timeout(timeout, send(delivery)).await {
        Ok(result) => result,
        Err(_) => {
            let shown = Url::parse(&delivery.url)?.redacted();
            Err(failure(&shown, "context deadline exceeded"))
        }
    }
}

fn failure(url: &str, reason: &str) -> String {
    format!("Post {}: {reason}", crate::go::quote::quote(url))
}

/// Posts as Go's HTTP client does. What it cannot use, such as a URL with a line break, is an error and goes nowhere.
async fn send(delivery: &Delivery) -> Result<u16, String> {
    let url = Url::parse(&delivery.url)?;
    let shown = url.redacted();
    let failed = |reason: &str| failure(&shown, reason);
    let headers = headers(delivery, &url).map_err(|reason| failed(&reason))?;
    match url.scheme.as_str() {
        "http" => {}
        "https" => return Err(failed("the sandbox, which is not Kapacitor, posts to http URLs only")),
        other => {
            let scheme = crate::go::quote::quote(other);
            return Err(failed(&format!("unsupported protocol scheme {scheme}")));
        }
    }
    if url.host.is_empty() {
        return Err(failed("http: no Host in request URL"));
    }
    let host = url.hostname();
    let address = loopback(host).ok_or_else(|| failed(&format!("dial tcp: lookup {host}: no such host")))?;
    let port = url.port().unwrap_or("80");
    let port: u16 = port
        .parse()
        .map_err(|_| failed(&format!("dial tcp: address {port}: invalid port")))?;
    let refused = || failed(&format!("dial tcp {address}:{port}: connect: connection refused"));
    let mut stream = TcpStream::connect((address, port)).await.map_err(|_| refused())?;
    let mut request = format!(
        "POST {} HTTP/1.1\r\nHost: {}\r\nUser-Agent: Go-http-client/1.1\r\nContent-Length: {}\r\n",
        url.request_target(),
        url.host.trim_end_matches(':'),
        delivery.body.len(),
    );
    for (name, value) in &headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    request.push_str("Connection: close\r\n\r\n");
    request.push_str(&delivery.body);
    let broken = |_| failed("EOF");
    stream.write_all(request.as_bytes()).await.map_err(broken)?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.map_err(broken)?;
    status(&answer).ok_or_else(|| failed("EOF"))
}

/// The status in the first line of an answer.
fn status(answer: &[u8]) -> Option<u16> {
    let line = answer.split(|byte| *byte == b'\r').next()?;
    let mut words = std::str::from_utf8(line).ok()?.split(' ');
    words.next().filter(|version| version.starts_with("HTTP/1."))?;
    words.next()?.parse().ok()
}

/// The headers that Go sends: not those that it writes itself, and the user of the URL as basic authentication.
fn headers(delivery: &Delivery, url: &Url) -> Result<BTreeMap<String, String>, String> {
    const WRITTEN_BY_GO: [&str; 5] = ["host", "user-agent", "content-length", "transfer-encoding", "trailer"];
    let mut headers = BTreeMap::new();
    for (name, value) in &delivery.headers {
        let quoted = crate::go::quote::quote(name);
        if name.parse::<hyper::header::HeaderName>().is_err() {
            return Err(format!("net/http: invalid header field name {quoted}"));
        }
        if value.parse::<hyper::header::HeaderValue>().is_err() {
            return Err(format!("net/http: invalid header field value for {quoted}"));
        }
        if !WRITTEN_BY_GO.contains(&name.to_ascii_lowercase().as_str()) {
            headers.insert(name.clone(), value.clone());
        }
    }
    let authorized = headers.keys().any(|name| name.eq_ignore_ascii_case("authorization"));
    if let Some((name, password)) = url.user.as_ref().filter(|_| !authorized) {
        let pair = [name.as_slice(), b":", password].concat();
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        headers.insert("Authorization".to_owned(), format!("Basic {encoded}"));
    }
    Ok(headers)
}

/// The loopback address that a host name stands for; no name is this machine, as Go has it. The sandbox talks to no other
/// address, and asks no name server.
fn loopback(host: &str) -> Option<Ipv4Addr> {
    if host.is_empty() || host.eq_ignore_ascii_case("localhost") {
        return Some(Ipv4Addr::LOCALHOST);
    }
    let address = match host.parse().ok()? {
        IpAddr::V4(address) => address,
        IpAddr::V6(address) => address.to_ipv4_mapped()?,
    };
    Some(address).filter(Ipv4Addr::is_loopback)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers one request and returns its head.
    async fn one_head(listener: &TcpListener) -> String {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut head = Vec::new();
        while !head.windows(4).any(|window| window == b"\r\n\r\n") {
            let mut piece = [0; 1024];
            let read = stream.read(&mut piece).await.expect("a head");
            assert!(read > 0, "a whole head");
            head.extend_from_slice(&piece[..read]);
        }
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
        stream.write_all(answer).await.expect("an answer");
        String::from_utf8_lossy(&head).into_owned()
    }

    /// Posts to every URL of which it is known what Go's client makes of it.
    #[tokio::test]
    async fn posts_go_where_go_sends_them_and_nowhere_else() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let fill = |text: &str| {
            text.replace("<receiver>", &address.to_string())
                .replace("<port>", &address.port().to_string())
        };
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/contract/go-urls.jsonl");
        let lines = std::fs::read_to_string(path).expect("what Go does with URLs");
        let (mut sent, mut lost) = (0, 0);
        for line in lines.lines() {
            let case: serde_json::Value = serde_json::from_str(line).expect("a case");
            let delivery = Delivery {
                url: fill(case["url"].as_str().expect("a URL")),
                headers: BTreeMap::new(),
                body: "{}".to_owned(),
                timeout: None,
            };
            let Some(target) = case["target"].as_str() else {
                let words = fill(case["error"].as_str().expect("an error"));
                assert_eq!(post(&delivery).await, Err(words), "{case}");
                lost += 1;
                continue;
            };
            let (status, head) = tokio::join!(post(&delivery), one_head(&listener));
            assert_eq!(status, Ok(200), "{case}");
            let (line, fields) = head.split_once("\r\n").expect("a request line");
            assert_eq!(line, format!("POST {} HTTP/1.1", fill(target)));
            let authorization = fields.lines().find_map(|field| {
                let (name, value) = field.split_once(": ")?;
                name.eq_ignore_ascii_case("authorization").then_some(value)
            });
            assert_eq!(authorization, case["authorization"].as_str(), "{case}");
            sent += 1;
        }
        assert!(sent > 50 && lost > 60, "{sent} sent, {lost} lost");
    }
}
