//! A server that speaks https with a certificate of an authority that only these tests know.

use std::sync::Arc;

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, KeyPair};
use rustls_pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

use super::impatient;
use crate::kapacitor::{
    Client, ClientConfig, ClientIdentity, ConnectFailure, Error, KapacitorAuth, Material, Phase, TlsConfig,
};

struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

impl Authority {
    fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Authority {
            certificate: params.self_signed(&key).unwrap(),
            key,
        }
    }

    fn issue(&self, name: &str) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.certificate, &self.key).unwrap(), key)
    }

    fn as_setting(&self) -> Option<Material> {
        Some(Material::from_setting(&self.certificate.pem()))
    }
}

/// The URL of a server with a certificate of `authority`, which may want one of the client too.
async fn server(authority: &Authority, wants_client_certificate: bool) -> String {
    let (certificate, key) = authority.issue("localhost");
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.der().clone()).unwrap();
    let provider = Arc::new(default_provider());
    let builder = ServerConfig::builder_with_provider(provider.clone())
        .with_safe_default_protocol_versions()
        .unwrap();
    let builder = if wants_client_certificate {
        let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
            .build()
            .unwrap();
        builder.with_client_cert_verifier(verifier)
    } else {
        builder.with_no_client_auth()
    };
    let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
    let acceptor = TlsAcceptor::from(Arc::new(
        builder.with_single_cert(vec![certificate.der().clone()], key).unwrap(),
    ));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let Ok(mut stream) = acceptor.accept(stream).await else {
                continue;
            };
            let mut request = [0; 1024];
            if stream.read(&mut request).await.is_ok() {
                let _ = stream
                    .write_all(b"HTTP/1.1 204 X\r\nX-Kapacitor-Version: 1.8.3\r\n\r\n")
                    .await;
            }
            let _ = stream.shutdown().await;
        }
    });
    url
}

async fn ping(url: &str, tls: TlsConfig) -> Result<(), Error> {
    let config = ClientConfig {
        tls,
        ..ClientConfig::direct(url, KapacitorAuth::None)
    };
    Client::new(impatient(config)).unwrap().ping().await.map(drop)
}

#[tokio::test]
async fn an_own_authority_is_trusted_only_where_it_is_set() {
    let authority = Authority::new();
    let url = server(&authority, false).await;
    ping(
        &url,
        TlsConfig {
            ca_cert: authority.as_setting(),
            ..TlsConfig::default()
        },
    )
    .await
    .unwrap();
    ping(
        &url,
        TlsConfig {
            insecure_skip_verify: true,
            ..TlsConfig::default()
        },
    )
    .await
    .unwrap();

    let error = ping(&url, TlsConfig::default()).await.unwrap_err();
    assert!(
        matches!(
            error.phase(),
            Phase::Connect {
                kind: ConnectFailure::Tls,
                ..
            }
        ),
        "{error:?}"
    );
    assert!(error.hint().unwrap().contains("`ca_cert`") && !error.is_retryable());
}

#[tokio::test]
async fn the_client_shows_its_certificate_where_it_has_one() {
    let authority = Authority::new();
    let url = server(&authority, true).await;
    let trusting = TlsConfig {
        ca_cert: authority.as_setting(),
        ..TlsConfig::default()
    };
    assert!(ping(&url, trusting.clone()).await.is_err());

    let (certificate, key) = authority.issue("client");
    let (certificate, private_key) = (
        Material::from_setting(&certificate.pem()),
        Material::from_setting(&key.serialize_pem()),
    );
    let client_identity = Some(ClientIdentity {
        certificate,
        private_key,
    });
    ping(
        &url,
        TlsConfig {
            client_identity,
            ..trusting
        },
    )
    .await
    .unwrap();
}
