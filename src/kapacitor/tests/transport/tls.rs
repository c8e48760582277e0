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

use crate::kapacitor::tests::impatient;
use crate::kapacitor::{
    Client, ClientConfig, ClientIdentity, ConnectFailure, Error, ErrorKind, KapacitorAuth, PemSource, TlsConfig,
    TlsFailure,
};
use crate::provider::remedy::remedy;

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

    fn as_setting(&self) -> Option<PemSource> {
        Some(PemSource::from_setting(&self.certificate.pem()))
    }
}

/// The URL of a server with a certificate of `authority`, which may want one of the client too.
async fn server(authority: &Authority, wants_client_certificate: bool) -> String {
    serve(authority.issue("localhost"), authority, wants_client_certificate).await
}

/// The URL of a server that shows this certificate.
async fn serve(
    (certificate, key): (Certificate, KeyPair),
    authority: &Authority,
    wants_client_certificate: bool,
) -> String {
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
            error.kind(),
            ErrorKind::Connect {
                kind: ConnectFailure::Tls(TlsFailure::UnknownIssuer),
                ..
            }
        ),
        "{error:?}"
    );
    assert!(remedy(&error).unwrap().contains("`ca_cert`") && !error.is_retryable());
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
        PemSource::from_setting(&certificate.pem()),
        PemSource::from_setting(&key.serialize_pem()),
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

/// A certificate that signs itself and may sign others, as `openssl req -x509` makes it, valid as `change` says.
fn self_signed(name: &str, change: impl Fn(&mut CertificateParams)) -> (Certificate, KeyPair) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec![name.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    change(&mut params);
    (params.self_signed(&key).unwrap(), key)
}

fn trusting(pem: &str) -> TlsConfig {
    TlsConfig {
        ca_cert: Some(PemSource::from_setting(pem)),
        ..TlsConfig::default()
    }
}

async fn refused(url: &str, tls: TlsConfig) -> (TlsFailure, String) {
    let error = ping(url, tls).await.unwrap_err();
    let ErrorKind::Connect {
        kind: ConnectFailure::Tls(failure),
        ..
    } = error.kind()
    else {
        panic!("{error:?}");
    };
    (*failure, remedy(&error).unwrap().to_owned())
}

/// rustls/webpki#205.
#[tokio::test]
async fn a_server_whose_own_certificate_stands_in_ca_cert_is_trusted() {
    let authority = Authority::new();
    let certificates = [
        ("signs itself", self_signed("localhost", |_| {})),
        (
            "signs itself, and nothing else",
            self_signed("localhost", |params| params.is_ca = IsCa::NoCa),
        ),
        ("of an authority that is not in ca_cert", authority.issue("localhost")),
    ];
    for (name, (certificate, key)) in certificates {
        let pem = certificate.pem();
        let url = serve((certificate, key), &authority, false).await;
        ping(&url, trusting(&pem))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let among_others = format!("{}{pem}", Authority::new().certificate.pem());
        ping(&url, trusting(&among_others))
            .await
            .unwrap_or_else(|error| panic!("{name}: {error}"));
        let another = self_signed("localhost", |_| {}).0.pem();
        assert_eq!(
            refused(&url, trusting(&another)).await.0,
            TlsFailure::UnknownIssuer,
            "{name}"
        );
    }
}

#[tokio::test]
async fn a_certificate_in_ca_cert_must_still_name_the_host_and_be_valid_today() {
    let authority = Authority::new();
    let cases = [
        (
            self_signed("kapacitor.example", |_| {}),
            TlsFailure::WrongName,
            "does not name the host",
        ),
        (
            self_signed("localhost", |params| {
                params.not_after = rcgen::date_time_ymd(2001, 1, 1)
            }),
            TlsFailure::WrongTime,
            "expired",
        ),
        (
            self_signed("localhost", |params| {
                params.not_before = rcgen::date_time_ymd(2990, 1, 1)
            }),
            TlsFailure::WrongTime,
            "not valid yet",
        ),
    ];
    for ((certificate, key), expected, word) in cases {
        let pem = certificate.pem();
        let url = serve((certificate, key), &authority, false).await;
        let (failure, hint) = refused(&url, trusting(&pem)).await;
        assert_eq!(failure, expected);
        assert!(hint.contains(word), "{hint}");
    }
}

#[tokio::test]
async fn each_failure_of_tls_names_its_own_way_out() {
    let authority = Authority::new();
    let url = server(&authority, true).await;
    let (failure, hint) = refused(&url, trusting(&authority.certificate.pem())).await;
    assert_eq!(failure, TlsFailure::RefusedByServer);
    assert!(hint.contains("`client_cert`") && !hint.contains("`ca_cert`"), "{hint}");

    let url = serve(authority.issue("kapacitor.example"), &authority, false).await;
    let (failure, hint) = refused(&url, trusting(&authority.certificate.pem())).await;
    assert_eq!(failure, TlsFailure::WrongName);
    assert!(!hint.contains("`ca_cert`"), "{hint}");

    let (failure, hint) = refused(&plain_server().await, TlsConfig::default()).await;
    assert_eq!(failure, TlsFailure::NotTls);
    assert!(hint.contains("http://"), "{hint}");
}

/// The URL, with https, of a server that speaks only http, and says so as Go's does.
async fn plain_server() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://localhost:{}", listener.local_addr().unwrap().port());
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let _ = stream.read(&mut [0; 1024]).await;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await;
        }
    });
    url
}

/// Certificates and keys as people keep them in variables and files.
#[tokio::test]
async fn every_spelling_of_ca_certificate_and_key_works() {
    let authority = Authority::new();
    let url = server(&authority, true).await;
    let (certificate, key) = authority.issue("client");
    let of = |pem: &str| crate::kapacitor::config::pem::tests::spellings(pem);
    let settings = of(&authority.certificate.pem())
        .into_iter()
        .zip(of(&certificate.pem()))
        .zip(of(&key.serialize_pem()));
    for (((name, ca), (_, certificate)), (_, key)) in settings {
        let tls = TlsConfig {
            client_identity: Some(ClientIdentity {
                certificate: PemSource::from_setting(&certificate),
                private_key: PemSource::from_setting(&key),
            }),
            ..trusting(&ca)
        };
        ping(&url, tls).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}
