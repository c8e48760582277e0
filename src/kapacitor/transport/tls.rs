//! Turns the settings for `https` into what rustls takes. It runs with the first request, never before.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_name, WebPkiServerVerifier};
use rustls::crypto::{ring, CryptoProvider};
use rustls::server::ParsedCertificate;
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};

use crate::kapacitor::config::pem::PemSource;
use crate::kapacitor::config::{ClientIdentity, TlsConfig};
use crate::kapacitor::error::SetupError;

const CA_CERT: &str = "CA certificate (`ca_cert`)";
const CLIENT_CERT: &str = "client certificate (`client_cert`)";
const CLIENT_KEY: &str = "client key (`client_key`)";

/// What is spoken over TLS, best first.
const PROTOCOLS: [&[u8]; 2] = [b"h2", b"http/1.1"];

type Chain = Vec<CertificateDer<'static>>;

/// The settings as rustls takes them; reads the files that they name. The system's own authorities take longer to read than
/// everything else, so that they are read only `with_system_roots`.
pub(in crate::kapacitor) fn client_config(
    config: &TlsConfig,
    with_system_roots: bool,
) -> Result<ClientConfig, SetupError> {
    let own = config
        .ca_cert
        .as_ref()
        .map(authorities)
        .transpose()?
        .unwrap_or_default();
    let identity = config.client_identity.as_ref().map(identity).transpose()?;
    let roots = Arc::new(roots(&own, with_system_roots)?);

    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
        .map_err(unusable_settings)?
        .with_root_certificates(roots.clone());
    let mut tls = match identity {
        Some((chain, key)) => builder
            .with_client_auth_cert(chain, key)
            .map_err(|error| SetupError::Unusable {
                setting: "client certificate with its key (`client_cert`, `client_key`)",
                reason: told(&error),
            })?,
        None => builder.with_no_client_auth(),
    };
    tls.alpn_protocols = PROTOCOLS.map(<[u8]>::to_vec).to_vec();
    if config.insecure_skip_verify {
        tls.dangerous()
            .set_certificate_verifier(Arc::new(AnyCertificate(provider)));
    } else if !own.is_empty() {
        let by_authority = WebPkiServerVerifier::builder_with_provider(roots, provider)
            .build()
            .map_err(unusable_settings)?;
        tls.dangerous()
            .set_certificate_verifier(Arc::new(AuthoritiesAndServers { by_authority, own }));
    }
    Ok(tls)
}

fn roots(own: &Chain, with_system_roots: bool) -> Result<RootCertStore, SetupError> {
    let mut roots = RootCertStore::empty();
    if with_system_roots {
        // Systems keep some that are too old to be read.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    for certificate in own {
        roots.add(certificate.clone()).map_err(|error| SetupError::Unusable {
            setting: CA_CERT,
            reason: told(&error),
        })?;
    }
    Ok(roots)
}

fn authorities(source: &PemSource) -> Result<Chain, SetupError> {
    certificates(CA_CERT, source)
}

fn certificates(setting: &'static str, source: &PemSource) -> Result<Chain, SetupError> {
    let unusable = |reason: &str| SetupError::Unusable {
        setting,
        reason: reason.to_owned(),
    };
    let pem = source.read(setting)?;
    let certificates: Result<Chain, _> = CertificateDer::pem_slice_iter(pem.expose().as_bytes()).collect();
    let certificates = certificates.map_err(|_| unusable("what stands between BEGIN and END is not base64"))?;
    if certificates.is_empty() {
        return Err(unusable(
            "it holds no certificate, from \"-----BEGIN CERTIFICATE-----\" to \"-----END CERTIFICATE-----\"",
        ));
    }
    Ok(certificates)
}

fn identity(identity: &ClientIdentity) -> Result<(Chain, PrivateKeyDer<'static>), SetupError> {
    let chain = certificates(CLIENT_CERT, &identity.certificate)?;
    let key = private_key(CLIENT_KEY, &identity.private_key)?;
    Ok((chain, key))
}

/// The first private key of `source`; `setting` is its name in errors.
pub(in crate::kapacitor) fn private_key(
    setting: &'static str,
    source: &PemSource,
) -> Result<PrivateKeyDer<'static>, SetupError> {
    let unusable = |reason: &str| SetupError::Unusable {
        setting,
        reason: reason.to_owned(),
    };
    let pem = source.read(setting)?;
    if pem.expose().contains("ENCRYPTED") {
        return Err(unusable("it is encrypted; give it without a passphrase"));
    }
    PrivateKeyDer::from_pem_slice(pem.expose().as_bytes()).map_err(|_| {
        unusable("it holds no private key, from \"-----BEGIN … PRIVATE KEY-----\" to \"-----END … PRIVATE KEY-----\"")
    })
}

fn unusable_settings(error: impl std::fmt::Display) -> SetupError {
    SetupError::Unusable {
        setting: "set of TLS settings",
        reason: error.to_string(),
    }
}

/// What rustls says of a certificate or key; it quotes neither.
fn told(error: &rustls::Error) -> String {
    match error {
        rustls::Error::InconsistentKeys(_) => "the key is not that of the certificate".to_owned(),
        error => error.to_string(),
    }
}

/// Trusts the authorities, and those servers whose own certificates stand among them.
///
/// webpki takes no certificate of an authority for that of a server, but a certificate that signs itself, as `openssl req
/// -x509` makes it, is both (rustls/webpki#205).
#[derive(Debug)]
struct AuthoritiesAndServers {
    by_authority: Arc<WebPkiServerVerifier>,
    own: Chain,
}

impl ServerCertVerifier for AuthoritiesAndServers {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let verified = self
            .by_authority
            .verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now);
        match verified {
            Err(rustls::Error::InvalidCertificate(reason))
                if is_about_its_issuer(&reason) && self.own.iter().any(|own| own == end_entity) =>
            {
                verify_server_name(&ParsedCertificate::try_from(end_entity)?, server_name)?;
                Ok(ServerCertVerified::assertion())
            }
            verified => verified,
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.by_authority
            .verify_tls12_signature(message, certificate, signature)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.by_authority
            .verify_tls13_signature(message, certificate, signature)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.by_authority.supported_verify_schemes()
    }
}

/// Whether nothing is wrong with a certificate but who issued it. webpki looks at the dates before it says any of these.
pub(in crate::kapacitor) fn is_about_its_issuer(reason: &CertificateError) -> bool {
    match reason {
        // Another key under the same name: a certificate that was made anew, or one of an authority of the same name.
        CertificateError::UnknownIssuer | CertificateError::BadSignature => true,
        CertificateError::Other(other) => matches!(
            other.0.downcast_ref::<webpki::Error>(),
            Some(webpki::Error::CaUsedAsEndEntity)
        ),
        _ => false,
    }
}

/// Takes any certificate.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
