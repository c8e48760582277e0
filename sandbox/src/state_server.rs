//! A place for Terraform's state, as teams have one.
//!
//! In a local file, Terraform writes the whole state anew after each resource, so that an apply of thousands takes most of an
//! hour, whatever the resources are. In a place elsewhere it does so every 20 seconds.

use crate::server::exchange::{Answer, Reply, Request};
use crate::server::gate::Gate;
use crate::server::listener::{self, Handler, Played};
use bytes::Bytes;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::runtime::Runtime;

/// A server for Terraform's backend `http`, which keeps one state until it is dropped.
pub struct StateServer {
    url: String,
    _runtime: Runtime,
}

impl StateServer {
    /// Starts it on a free port of loopback, without a state.
    ///
    /// # Errors
    /// No port could be used.
    pub fn start() -> io::Result<Self> {
        let runtime = Runtime::new()?;
        let entered = runtime.enter();
        let socket = listener::bind(0)?;
        let url = format!("http://{}/", socket.local_addr()?);
        runtime.spawn(listener::serve(socket, keeper(), Gate::new())?);
        drop(entered);
        Ok(StateServer { url, _runtime: runtime })
    }

    /// What the backend's `address` has to be.
    pub fn url(&self) -> &str {
        &self.url
    }
}

fn keeper() -> Handler {
    let kept = Mutex::default();
    Arc::new(move |request| {
        let mut state = kept.lock().unwrap_or_else(PoisonError::into_inner);
        let reply = Reply::from(answer(&request, &mut state));
        Box::pin(std::future::ready(Played::from(reply)))
    })
}

fn answer(request: &Request, state: &mut Option<Bytes>) -> Answer {
    let with_body = |status, body| Answer::new(status, "application/json", body);
    match request.method.as_str() {
        "GET" => match state {
            Some(state) => with_body(200, state.clone()),
            None => with_body(404, Bytes::new()),
        },
        "POST" => {
            *state = Some(request.body.clone());
            with_body(200, Bytes::new())
        }
        _ => with_body(405, Bytes::new()),
    }
}
