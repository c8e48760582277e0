//! A loopback HTTP server: accepts connections, hands whole requests to a handler, and plays what the reply says,
//! be it an answer, a dropped connection or silence.

use crate::server::exchange::{Answer, Reply, Request};
use crate::server::gate::{Gate, Wish};
use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use std::future::Future;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::task::JoinSet;

/// What a handler gives back: the reply, and whether only half of its body is sent.
pub struct Played {
    pub reply: Reply,
    pub truncated: bool,
}

impl From<Reply> for Played {
    fn from(reply: Reply) -> Self {
        Played {
            reply,
            truncated: false,
        }
    }
}

type Handling = Pin<Box<dyn Future<Output = Played> + Send>>;
/// Answers requests.
pub type Handler = Arc<dyn Fn(Request) -> Handling + Send + Sync>;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 1024;

/// Binds a loopback port without listening yet, so that a start reports a port in use at once.
pub fn bind(port: u16) -> io::Result<TcpSocket> {
    let socket = TcpSocket::new_v4()?;
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    Ok(socket)
}

/// Binds a port that was this process's own a moment ago. A child that is being started holds a copy of its listening socket
/// until it has become the other program, and nothing tells when that is.
async fn bind_again(port: u16) -> TcpSocket {
    loop {
        match bind(port) {
            Ok(socket) => return socket,
            Err(_) => tokio::time::sleep(Duration::from_millis(1)).await,
        }
    }
}

/// Serves on a bound socket for as long as the gate is open, and refuses connections, keeping the port, while it is closed.
/// The first time it listens before it returns the future.
pub fn serve(socket: TcpSocket, handler: Handler, gate: Gate) -> io::Result<impl Future<Output = io::Result<()>>> {
    let port = socket.local_addr()?.port();
    let mut listener = socket.listen(BACKLOG)?;
    let mut wish = gate.wish();
    gate.report(wish);
    Ok(async move {
        loop {
            // By the time that this one is seen, the port may be wanted open again; it is closed in between all the same.
            wish = accept_until_another_wish(&listener, &handler, &gate, wish).await;
            drop(listener);
            let bound = bind_again(port).await;
            while !wish.open {
                gate.report(wish);
                wish = gate.other_than(wish).await;
            }
            listener = bound.listen(BACKLOG)?;
            gate.report(wish);
        }
    })
}

/// Accepts until the gate is to be closed; then every connection is dropped with it.
async fn accept_until_another_wish(listener: &TcpListener, handler: &Handler, gate: &Gate, wish: Wish) -> Wish {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => {
                if let Ok((stream, _)) = accepted {
                    connections.spawn(serve_connection(stream, Arc::clone(handler)));
                }
            }
            Some(_) = connections.join_next() => {}
            other = gate.other_than(wish) => return other,
        }
    }
}

async fn serve_connection(stream: TcpStream, handler: Handler) {
    // Without it, the second small segment of an answer waits for the client's delayed acknowledgement.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |incoming: hyper::Request<Incoming>| respond(incoming, Arc::clone(&handler)));
    // An error here is a client that went away or a connection that was dropped on purpose.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

/// Ends a connection without an answer.
#[derive(Debug, thiserror::Error)]
#[error("the connection is dropped on purpose")]
struct Dropped;

async fn respond(incoming: hyper::Request<Incoming>, handler: Handler) -> Result<hyper::Response<ReplyBody>, Dropped> {
    let (head, body) = incoming.into_parts();
    let target = head
        .uri
        .path_and_query()
        .map_or_else(|| head.uri.to_string(), ToString::to_string);
    let body = body.collect().await.map_err(|_| Dropped)?.to_bytes();
    let request = Request::new(head.method.as_str(), &target, &head.headers, body);
    let played = handler(request).await;
    match played.reply {
        Reply::Answer(answer) => response(answer, played.truncated),
        Reply::Drop => Err(Dropped),
        Reply::Hang => std::future::pending().await,
    }
}

fn response(answer: Answer, truncated: bool) -> Result<hyper::Response<ReplyBody>, Dropped> {
    let mut builder = hyper::Response::builder().status(answer.status);
    for (name, value) in &answer.headers {
        builder = builder.header(name, value);
    }
    let body = if truncated {
        ReplyBody::half_of(&answer.body)
    } else {
        ReplyBody::whole(answer.body)
    };
    builder.body(body).map_err(|_| Dropped)
}

/// The body of an answer: all of it, or its first half before the connection breaks.
struct ReplyBody {
    to_send: Option<Bytes>,
    /// What Content-Length promises.
    promised: u64,
    breaks: bool,
    /// Whether what was sent has been given the time to leave, before the connection breaks.
    flushed: bool,
}

impl ReplyBody {
    fn whole(body: Bytes) -> Self {
        let promised = body.len() as u64;
        ReplyBody {
            to_send: Some(body).filter(|body| !body.is_empty()),
            promised,
            breaks: false,
            flushed: false,
        }
    }

    fn half_of(body: &Bytes) -> Self {
        let half = body.slice(..body.len() / 2);
        let promised = body.len().max(1) as u64;
        ReplyBody {
            to_send: Some(half).filter(|half| !half.is_empty()),
            promised,
            breaks: true,
            flushed: false,
        }
    }
}

impl Body for ReplyBody {
    type Data = Bytes;
    type Error = Dropped;

    fn poll_frame(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Dropped>>> {
        if let Some(bytes) = self.to_send.take() {
            return Poll::Ready(Some(Ok(Frame::data(bytes))));
        }
        if !self.breaks {
            return Poll::Ready(None);
        }
        if !self.flushed {
            self.flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(Dropped)))
    }

    fn is_end_stream(&self) -> bool {
        self.to_send.is_none() && !self.breaks
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.promised)
    }
}
