//! A server that does what a test tells it to: answers, drops the connection, says nothing, or stops half-way.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{watch, Semaphore};

/// Far longer than anything here takes.
const IN_VAIN: Duration = Duration::from_secs(60);

/// What the server does with a request.
#[derive(Clone)]
pub(crate) enum Reply {
    Answer {
        status: u16,
        headers: Vec<(String, String)>,
        body: String,
    },
    /// Close the connection without a byte.
    Drop,
    /// Announce more than is sent, and close.
    CutShort,
    /// Announce an answer of this many bytes, and send none of it.
    Announce(usize),
    /// Answer without end.
    Endless,
    /// Keep the connection, and say nothing for ever.
    Silence,
    /// Answer once the semaphore gives a permit.
    Held(Arc<Semaphore>, Box<Reply>),
}

impl Reply {
    pub(crate) fn json(status: u16, body: &serde_json::Value) -> Self {
        let headers = [
            ("Content-Type", "application/json; charset=utf-8"),
            ("X-Kapacitor-Version", ""),
        ];
        Reply::with_headers(status, &headers, &body.to_string())
    }

    pub(crate) fn no_content() -> Self {
        Reply::with_headers(204, &[("X-Kapacitor-Version", "1.8.3")], "")
    }

    pub(crate) fn with_headers(status: u16, headers: &[(&str, &str)], body: &str) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        Reply::Answer {
            status,
            headers,
            body: body.to_owned(),
        }
    }
}

/// A request as it came in.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub method: String,
    /// Path and query.
    pub path: String,
    /// By lower-case name.
    pub headers: BTreeMap<String, String>,
    pub body: String,
}

impl Seen {
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

type Handler = dyn Fn(&Seen, usize) -> Reply + Send + Sync;

/// A server on a port of its own.
pub(crate) struct Server {
    port: u16,
    seen: watch::Receiver<Vec<Seen>>,
}

impl Server {
    /// Gives these replies in their order; any further request gets a status that no test expects.
    pub(crate) async fn scripted(replies: Vec<Reply>) -> Self {
        let replies = Mutex::new(replies.into_iter());
        let unexpected = Reply::with_headers(599, &[], "this request was not expected");
        Server::with(move |_, _| replies.lock().unwrap().next().unwrap_or(unexpected.clone())).await
    }

    /// Asks `handler`, with the number of requests before this one.
    pub(crate) async fn with(handler: impl Fn(&Seen, usize) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (sender, seen) = watch::channel(Vec::new());
        let (sender, handler): (_, Arc<Handler>) = (Arc::new(sender), Arc::new(handler));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, handler.clone(), sender.clone()));
            }
        });
        Server { port, seen }
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.borrow().clone()
    }

    /// Method and path of the requests so far.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.seen().iter().map(Seen::line).collect()
    }

    /// Waits until this many requests have come in; a test that waits in vain fails instead of hanging.
    pub(crate) async fn wait_for(&self, number: usize) {
        let mut seen = self.seen.clone();
        let arrived = seen.wait_for(|seen| seen.len() >= number);
        tokio::time::timeout(IN_VAIN, arrived).await.unwrap().unwrap();
    }
}

/// The URL of a port at which nobody listens.
pub(crate) async fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

async fn serve(stream: TcpStream, handler: Arc<Handler>, sender: Arc<watch::Sender<Vec<Seen>>>) {
    let mut stream = BufReader::new(stream);
    while let Some(request) = read_request(&mut stream).await {
        let mut before = 0;
        sender.send_modify(|seen| {
            before = seen.len();
            seen.push(request.clone());
        });
        if !send_reply(&mut stream, handler(&request, before)).await {
            return;
        }
    }
}

/// Whether the connection goes on.
async fn send_reply(stream: &mut BufReader<TcpStream>, mut reply: Reply) -> bool {
    while let Reply::Held(permits, then) = reply {
        permits.acquire().await.unwrap().forget();
        reply = *then;
    }
    let (status, headers, body) = match reply {
        Reply::Answer { status, headers, body } => (status, headers, body),
        Reply::CutShort => {
            let _ = stream
                .write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":")
                .await;
            return false;
        }
        Reply::Announce(bytes) => {
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {bytes}\r\n\r\n");
            return stream.write_all(head.as_bytes()).await.is_ok();
        }
        Reply::Endless => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
            let blanks = vec![b' '; 1 << 20];
            while stream.write_all(&blanks).await.is_ok() {}
            return false;
        }
        Reply::Silence => std::future::pending().await,
        Reply::Drop | Reply::Held(..) => return false,
    };
    let mut head = format!("HTTP/1.1 {status} X\r\n");
    for (name, value) in headers
        .iter()
        .filter(|(name, _)| !name.eq_ignore_ascii_case("content-length"))
    {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if status != 204 {
        head.push_str(&format!("Content-Length: {}\r\n", body.len()));
    }
    stream.write_all(format!("{head}\r\n{body}").as_bytes()).await.is_ok()
}

async fn read_request(stream: &mut BufReader<TcpStream>) -> Option<Seen> {
    let mut line = String::new();
    stream.read_line(&mut line).await.ok().filter(|bytes| *bytes > 0)?;
    let mut words = line.split_whitespace().map(str::to_owned);
    let (method, path) = (words.next()?, words.next()?);
    let mut headers = BTreeMap::new();
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else {
            break;
        };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    let length = headers
        .get("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.ok()?;
    Some(Seen {
        method,
        path,
        headers,
        body: String::from_utf8(body).unwrap(),
    })
}
