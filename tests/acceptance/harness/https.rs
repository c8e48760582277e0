//! A front that ends TLS before a server, as a reverse proxy does, with a certificate of an authority that only it knows.

use rcgen::{BasicConstraints, Certificate, CertificateParams, IsCa, KeyPair};
use rustls_pki_types::PrivateKeyDer;
use std::sync::Arc;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};
use tokio_rustls::TlsAcceptor;

/// An authority that nobody trusts unless told to.
pub(crate) struct Authority {
    certificate: Certificate,
    key: KeyPair,
}

/// A certificate with its key, both as PEM text.
pub(crate) struct Identity {
    pub certificate: String,
    pub key: String,
}

/// The front; it ends when this is dropped.
pub(crate) struct Https {
    pub url: String,
    _runtime: Runtime,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        Authority {
            certificate: params.self_signed(&key).unwrap(),
            key,
        }
    }

    /// The authority's own certificate as PEM text.
    pub(crate) fn pem(&self) -> String {
        self.certificate.pem()
    }

    /// A certificate for a client of this name.
    pub(crate) fn issue(&self, name: &str) -> Identity {
        let (certificate, key) = self.sign(name);
        Identity {
            certificate: certificate.pem(),
            key: key.serialize_pem(),
        }
    }

    fn sign(&self, name: &str) -> (Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.certificate, &self.key).unwrap(), key)
    }

    fn server_config(&self, wants_client_certificate: bool) -> ServerConfig {
        let (certificate, key) = self.sign("localhost");
        let provider = Arc::new(default_provider());
        let builder = ServerConfig::builder_with_provider(provider.clone())
            .with_safe_default_protocol_versions()
            .unwrap();
        let builder = if wants_client_certificate {
            let mut roots = RootCertStore::empty();
            roots.add(self.certificate.der().clone()).unwrap();
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        builder.with_single_cert(vec![certificate.der().clone()], key).unwrap()
    }
}

impl Https {
    /// Stands before the server of this URL.
    pub(crate) fn before(url: &str, authority: &Authority, wants_client_certificate: bool) -> Self {
        let target = url.trim_start_matches("http://").to_owned();
        let acceptor = TlsAcceptor::from(Arc::new(authority.server_config(wants_client_certificate)));
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
        runtime.spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(pass_on(acceptor.clone(), stream, target.clone()));
            }
        });
        Https { url, _runtime: runtime }
    }
}

/// Copies both ways until one side ends; a client that fails the handshake is turned away.
async fn pass_on(acceptor: TlsAcceptor, stream: TcpStream, target: String) {
    let mut client = match acceptor.accept(stream).into_fallible().await {
        Ok(client) => client,
        Err((_, mut refused)) => {
            // Closed with something unread, the connection would lose the alert that says why.
            let _ = tokio::io::copy(&mut refused, &mut tokio::io::sink()).await;
            return;
        }
    };
    if let Ok(mut server) = TcpStream::connect(target).await {
        let _ = tokio::io::copy_bidirectional(&mut client, &mut server).await;
    }
}
