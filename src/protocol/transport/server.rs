//! The server: it tells Terraform where it listens, and serves whoever proves to be that Terraform, until Terraform asks for the end.

use super::handshake;
use super::listener::{Listener, Stream};
use super::service::Service;
use super::shutdown::Shutdown;
use super::tls;
use crate::protocol::plugin::Plugin;
use crate::protocol::provider::ServedProvider;
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use std::convert::Infallible;
use std::io::Write;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

/// How much of a message may be on its way, so that a long one does not wait for acknowledgements.
const WINDOW: u32 = 4 << 20;

/// How long a client may take to read the last answers and close its connection, once the end has begun.
const PARTING: Duration = Duration::from_millis(300);

/// How long to wait after an error of the listener, such as too many open files.
const PAUSE: Duration = Duration::from_millis(100);

/// What the server needs besides the provider.
pub struct Options {
    /// Called when Terraform asks to stop, as on Ctrl-C.
    pub on_stop: fn(),
    /// Where in the code the process has panicked so far.
    pub panic_places: fn() -> String,
}

/// Serves a provider to the Terraform that started this process. An error means that it never served.
pub async fn serve(provider: impl ServedProvider, options: Options) -> anyhow::Result<()> {
    let client = handshake::client_certificate(&|variable| std::env::var(variable).ok())?;
    let listener = Listener::open().await?;
    let (tls, certificate) = tls::server(client)?;
    let (network, address) = listener.address()?;
    let line = handshake::line(network, &address, &certificate);
    writeln!(std::io::stdout(), "{line}")?;
    let shutdown = Shutdown::new();
    let plugin = Plugin::new(provider, options.on_stop);
    let service = Service::new(plugin, shutdown.clone(), options.panic_places);
    listener.remove_leftovers();
    accept(
        listener,
        TlsAcceptor::from(Arc::new(tls)),
        Connected { service, shutdown },
    )
    .await;
    Ok(())
}

/// What a connection is connected to.
#[derive(Clone)]
pub(crate) struct Connected {
    pub service: Arc<Service>,
    pub shutdown: Shutdown,
}

/// Serves connections until the end has begun, and then what was called until it is answered.
pub(crate) async fn accept(listener: Listener, tls: TlsAcceptor, connected: Connected) {
    let mut connections = JoinSet::new();
    let mut end = std::pin::pin!(connected.shutdown.begun());
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
            () = &mut end => break,
        };
        match accepted {
            Ok(stream) => {
                connections.spawn(encrypt_and_serve(stream, tls.clone(), connected.clone()));
            }
            Err(error) => {
                tracing::warn!("the provider cannot accept a connection: {error}");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    connected.service.has_answered().await;
    let closed = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(PARTING, closed).await.is_err() {
        tracing::debug!("the client did not close its connection, so that the provider does");
    }
}

async fn encrypt_and_serve(stream: Box<dyn Stream>, tls: TlsAcceptor, connected: Connected) {
    let accepted = tokio::select! {
        accepted = tls.accept(stream) => accepted,
        () = connected.shutdown.begun() => return,
    };
    match accepted {
        Ok(stream) => serve_connection(stream, connected).await,
        Err(error) => tracing::warn!("a connection to the provider was refused: {error}"),
    }
}

/// Serves one connection to its end.
pub(crate) async fn serve_connection(stream: impl Stream + 'static, connected: Connected) {
    let Connected { service, shutdown } = connected;
    let answer = service_fn(|request| {
        let service = service.clone();
        async move { Ok::<_, Infallible>(service.call(request).await) }
    });
    let serving = http2::Builder::new(TokioExecutor::new())
        .initial_stream_window_size(WINDOW)
        .initial_connection_window_size(WINDOW)
        .serve_connection(TokioIo::new(stream), answer);
    let mut serving = std::pin::pin!(serving);
    let ended = tokio::select! {
        ended = serving.as_mut() => ended,
        () = shutdown.begun() => {
            serving.as_mut().graceful_shutdown();
            serving.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!("a connection to the provider broke off: {error}");
    }
}
