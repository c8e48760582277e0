//! Listening on loopback, as it is done where there are no Unix sockets. The tests of the process do the same with sockets.

use crate::protocol::plugin::Plugin;
use crate::protocol::transport::listener::Listener;
use crate::protocol::transport::server::{accept, Connected};
use crate::protocol::transport::service::Service;
use crate::protocol::transport::shutdown::Shutdown;
use crate::protocol::transport::tls;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;
use tokio::net::TcpStream;
use tokio_rustls::{TlsAcceptor, TlsConnector};

fn identity() -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
    let key = rcgen::KeyPair::generate().unwrap();
    let parameters = rcgen::CertificateParams::new(["localhost".to_owned()]).unwrap();
    let certificate = parameters.self_signed(&key).unwrap();
    (
        certificate.der().clone(),
        PrivatePkcs8KeyDer::from(key.serialize_der()).into(),
    )
}

#[tokio::test]
async fn on_loopback_too_only_terraforms_certificate_is_served() {
    let (mine, key) = identity();
    let (tls, certificate) = tls::server(mine.clone()).unwrap();
    let listener = Listener::loopback().await.unwrap();
    let (network, address) = listener.address().unwrap();
    assert_eq!(network, "tcp");
    let shutdown = Shutdown::new();
    let service = Service::new(Plugin::new(super::notes::Notes, || {}), shutdown.clone(), String::new);
    let acceptor = TlsAcceptor::from(Arc::new(tls));
    let served = tokio::spawn(accept(
        listener,
        acceptor,
        Connected {
            service,
            shutdown: shutdown.clone(),
        },
    ));
    let (other, others_key) = identity();
    for (client, key, is_served) in [(other, others_key, false), (mine, key, true)] {
        let mut roots = RootCertStore::empty();
        roots.add(certificate.clone()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_client_auth_cert(vec![client], key)
            .unwrap();
        let stream = TcpStream::connect(&address).await.unwrap();
        let name = ServerName::try_from("localhost").unwrap();
        let stream = TlsConnector::from(Arc::new(config))
            .connect(name, stream)
            .await
            .unwrap();
        let (_requests, mut connection) = h2::client::handshake(stream).await.unwrap();
        let mut ping = connection.ping_pong().unwrap();
        tokio::spawn(connection);
        assert_eq!(ping.ping(h2::Ping::opaque()).await.is_ok(), is_served);
    }
    shutdown.begin();
    served.await.unwrap();
}
