//! A place for Terraform's state, as teams have one.
//!
//! In a local file, Terraform writes the whole state anew after each resource, so that an apply of thousands takes most of an
//! hour, whatever the resources are. In a place elsewhere it does so every 20 seconds.

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// A state, where there is one.
type Kept = Arc<Mutex<Option<Bytes>>>;

/// A server for Terraform's backend `http`, which keeps one state until it is dropped.
pub struct State {
    address: String,
    _runtime: Runtime,
}

impl State {
    /// Starts it.
    pub fn start() -> Self {
        let runtime = Runtime::new().expect("a runtime can be made");
        let listener = runtime
            .block_on(TcpListener::bind("127.0.0.1:0"))
            .expect("a port of loopback is free");
        let address = listener.local_addr().expect("it is bound").to_string();
        runtime.spawn(accept(listener, Kept::default()));
        State {
            address,
            _runtime: runtime,
        }
    }

    /// The configuration of a workspace whose state is kept here.
    pub fn backend(&self) -> String {
        let url = format!("http://{}/", self.address);
        format!("terraform {{\n  backend \"http\" {{\n    address = {url:?}\n  }}\n}}\n")
    }
}

async fn accept(listener: TcpListener, kept: Kept) {
    while let Ok((connection, _)) = listener.accept().await {
        let kept = kept.clone();
        let answers = service_fn(move |request| answer(request, kept.clone()));
        let server = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(connection), answers);
        tokio::spawn(server);
    }
}

async fn answer(request: Request<Incoming>, kept: Kept) -> Result<Response<Full<Bytes>>, Infallible> {
    let state = || kept.lock().unwrap_or_else(PoisonError::into_inner);
    let (status, body) = match *request.method() {
        Method::GET => match state().clone() {
            Some(state) => (StatusCode::OK, state),
            None => (StatusCode::NOT_FOUND, Bytes::new()),
        },
        Method::POST => match request.into_body().collect().await {
            Ok(body) => {
                *state() = Some(body.to_bytes());
                (StatusCode::OK, Bytes::new())
            }
            Err(_) => (StatusCode::BAD_REQUEST, Bytes::new()),
        },
        _ => (StatusCode::METHOD_NOT_ALLOWED, Bytes::new()),
    };
    let mut response = Response::new(Full::new(body));
    *response.status_mut() = status;
    Ok(response)
}
