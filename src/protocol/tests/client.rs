//! A client of the service.

use super::loose::Loose;
use super::notes::Notes;
use crate::protocol::messages::{Diagnostic, DynamicValue, Selector};
use crate::protocol::plugin::Plugin;
use crate::protocol::transport::server::{serve_connection, Connected};
use crate::protocol::transport::service::Service;
use crate::protocol::transport::shutdown::Shutdown;
use bytes::{BufMut, Bytes, BytesMut};
use h2::client::SendRequest;
use prost::Message;
use serde::Serialize;
use serde_json::Value as Json;
use std::sync::atomic::{AtomicUsize, Ordering};
use tf_provider::Diagnostics;

/// How often the service was asked to stop.
pub(super) static STOPS: AtomicUsize = AtomicUsize::new(0);

pub(super) struct Client(SendRequest<Bytes>);

impl Client {
    /// One that is connected to a service of notes.
    pub(super) async fn new() -> Self {
        let shutdown = Shutdown::new();
        let plugin = Plugin::new(Notes, || {
            STOPS.fetch_add(1, Ordering::Relaxed);
        });
        let service = Service::new(plugin, shutdown.clone(), || "src/somewhere.rs:1".to_owned());
        let (here, there) = tokio::io::duplex(1 << 16);
        tokio::spawn(serve_connection(there, Connected { service, shutdown }));
        let (requests, connection) = h2::client::handshake(here).await.unwrap();
        tokio::spawn(connection);
        Client(requests)
    }

    /// Calls a method of the provider that answers with one message.
    pub(super) async fn call<A: Message + Default>(&self, method: &str, request: impl Message) -> A {
        let mut answers = self.stream(method, request).await;
        assert_eq!(answers.len(), 1, "{method}");
        answers.remove(0)
    }

    /// Calls a method of the provider that answers with any number of messages.
    pub(super) async fn stream<A: Message + Default>(&self, method: &str, request: impl Message) -> Vec<A> {
        let (status, body) = self.answer(method, framed(&request)).await;
        assert_eq!(status, "0", "{method}");
        messages(body)
    }

    /// Asks for the end of the service.
    pub(super) async fn shut_down(&self) {
        let (status, _) = self.send("plugin.GRPCController/Shutdown", vec![0; 5].into()).await;
        assert_eq!(status, "0");
    }

    /// The status of a call of the provider, and the bytes of its messages.
    pub(super) async fn answer(&self, method: &str, message: Bytes) -> (String, Bytes) {
        self.send(&format!("tfplugin6.Provider/{method}"), message).await
    }

    async fn send(&self, path: &str, message: Bytes) -> (String, Bytes) {
        let request = http::Request::post(format!("http://localhost/{path}"))
            .header("content-type", "application/grpc")
            .header("te", "trailers")
            .body(())
            .unwrap();
        let mut requests = self.0.clone().ready().await.unwrap();
        let (response, mut body) = requests.send_request(request, false).unwrap();
        body.send_data(message, true).unwrap();
        let response = response.await.unwrap();
        let status = |headers: &http::HeaderMap| Some(headers.get("grpc-status")?.to_str().unwrap().to_owned());
        let at_once = status(response.headers());
        let mut body = response.into_body();
        let mut received = BytesMut::new();
        while let Some(chunk) = body.data().await {
            let chunk = chunk.unwrap();
            body.flow_control().release_capacity(chunk.len()).unwrap();
            received.put(chunk);
        }
        let trailers = body.trailers().await.unwrap();
        let status = at_once.or_else(|| trailers.as_ref().and_then(status));
        (status.expect("a gRPC status"), received.freeze())
    }
}

fn framed(message: &impl Message) -> Bytes {
    let mut framed = BytesMut::new();
    framed.put_u8(0);
    framed.put_u32(message.encoded_len().try_into().unwrap());
    message.encode(&mut framed).unwrap();
    framed.freeze()
}

fn messages<A: Message + Default>(mut body: Bytes) -> Vec<A> {
    let mut messages = Vec::new();
    while !body.is_empty() {
        let frame = body.split_to(5);
        let length = u32::from_be_bytes(frame[1..].try_into().unwrap());
        messages.push(A::decode(body.split_to(length.try_into().unwrap())).unwrap());
    }
    messages
}

/// A value as Terraform sends it.
pub(super) fn sent(value: impl Serialize) -> Option<DynamicValue> {
    DynamicValue::encode(&mut Diagnostics::default(), &value)
}

/// A value that Terraform received, with unknown values as `"unknown"`.
#[track_caller]
pub(crate) fn received(value: &Option<DynamicValue>) -> Json {
    let mut diags = Diagnostics::default();
    let value: Loose = value.as_ref().unwrap().decode(&mut diags, "value").unwrap();
    value.json()
}

/// The summaries of diagnostics with where they point.
pub(super) fn told(diagnostics: &[Diagnostic]) -> Vec<(&str, String)> {
    let path = |diagnostic: &Diagnostic| {
        let steps = diagnostic.attribute.iter().flat_map(|path| &path.steps);
        let step = |selector: &Selector| match selector {
            Selector::AttributeName(name) => format!(".{name}"),
            Selector::ElementKeyString(key) => format!("[{key:?}]"),
            Selector::ElementKeyInt(index) => format!("[{index}]"),
        };
        steps
            .map(|one| step(one.selector.as_ref().unwrap()))
            .collect::<String>()
    };
    diagnostics
        .iter()
        .map(|one| (one.summary.as_str(), path(one)))
        .collect()
}
