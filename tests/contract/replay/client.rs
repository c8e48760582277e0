//! A plain HTTP/1.1 client that sends paths, methods and headers exactly as recorded, which no polite client does.

use super::recording::Recorded;
use serde_json::Value;
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// What came of a request.
#[derive(Clone, Debug)]
pub(super) enum Outcome {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// The connection was closed without an answer.
    Closed,
    /// Nobody listens.
    Refused,
    /// No answer will ever come.
    Timeout,
}

/// Sends one request on a connection of its own and reads all that comes back.
pub(super) async fn send(address: SocketAddr, request: &Recorded) -> Outcome {
    let Ok(mut stream) = TcpStream::connect(address).await else {
        return Outcome::Refused;
    };
    let body = match &request.body {
        None => Vec::new(),
        Some(Value::String(text)) => text.clone().into_bytes(),
        Some(json) => json.to_string().into_bytes(),
    };
    let mut head = format!(
        "{} {} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n",
        request.method, request.path
    );
    for (name, value) in &request.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() || request.method == "POST" {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    let mut whole = head.into_bytes();
    whole.extend(body);
    if stream.write_all(&whole).await.is_err() {
        return Outcome::Closed;
    }
    let mut answer = Vec::new();
    match stream.read_to_end(&mut answer).await {
        Ok(_) if !answer.is_empty() => parse(&answer),
        _ => Outcome::Closed,
    }
}

fn parse(answer: &[u8]) -> Outcome {
    let end = answer
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .expect("a whole head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|line| line.split(' ').nth(1))
        .and_then(|status| status.parse().ok());
    let headers = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Outcome::Answer {
        status: status.expect("a status line"),
        headers: headers.collect(),
        body: answer[end + 4..].to_vec(),
    }
}
