//! Encryption towards Terraform, and who may connect: whoever holds the key to the certificate that Terraform announced.

use p521::ecdsa::signature::Verifier;
use p521::ecdsa::{Signature, VerifyingKey};
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::server::ServerConfig;
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, PeerMisbehaved, SignatureScheme};
use std::sync::Arc;
use time::{Duration, OffsetDateTime};

/// The name that go-plugin expects in the certificate.
const NAME: &str = "localhost";

/// The server's side: its configuration, and the certificate by which Terraform knows it.
pub(crate) fn server(client: CertificateDer<'static>) -> anyhow::Result<(ServerConfig, CertificateDer<'static>)> {
    let (certificate, key) = certificate()?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = OnlyThisClient {
        certificate: client,
        provider: provider.clone(),
    };
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])?
        .with_client_cert_verifier(Arc::new(verifier))
        .with_single_cert(vec![certificate.clone()], key)?;
    config.alpn_protocols = vec![b"h2".to_vec()];
    Ok((config, certificate))
}

/// A new certificate, which signs itself, as go-plugin makes its own.
fn certificate() -> Result<(CertificateDer<'static>, PrivateKeyDer<'static>), rcgen::Error> {
    use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
    let key = KeyPair::generate()?;
    let mut parameters = CertificateParams::new([NAME.to_owned()])?;
    let now = OffsetDateTime::now_utc();
    parameters.not_before = now.saturating_sub(Duration::seconds(30));
    parameters.not_after = now.saturating_add(Duration::days(30 * 365));
    parameters.distinguished_name.push(DnType::CommonName, NAME);
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let certificate = parameters.self_signed(&key)?;
    let key = PrivatePkcs8KeyDer::from(key.serialize_der());
    Ok((certificate.into(), key.into()))
}

/// Accepts one certificate, which Terraform made for this process, and no other.
#[derive(Debug)]
struct OnlyThisClient {
    certificate: CertificateDer<'static>,
    provider: Arc<CryptoProvider>,
}

impl ClientCertVerifier for OnlyThisClient {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if certificate.as_ref() == self.certificate.as_ref() {
            return Ok(ClientCertVerified::assertion());
        }
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into())
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        if signature.scheme == SignatureScheme::ECDSA_NISTP521_SHA512 {
            return verify_p521(message, certificate, signature.signature());
        }
        let algorithms = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        let mut schemes = self.provider.signature_verification_algorithms.supported_schemes();
        schemes.push(SignatureScheme::ECDSA_NISTP521_SHA512);
        schemes
    }
}

/// The beginning of a public key of P-521 (RFC 5480): what follows is the point.
const P521_KEY: &[u8] = &[
    0x30, 0x81, 0x9b, 0x30, 0x10, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x05, 0x2b, 0x81, 0x04,
    0x00, 0x23, 0x03, 0x81, 0x86, 0x00,
];

/// Verifies what go-plugin signs with: P-521, which ring does not know.
fn verify_p521(
    message: &[u8],
    certificate: &CertificateDer<'_>,
    signature: &[u8],
) -> Result<HandshakeSignatureValid, Error> {
    let certificate = webpki::EndEntityCert::try_from(certificate).map_err(|_| CertificateError::BadEncoding)?;
    verify_with_key(message, &certificate.subject_public_key_info(), signature)
        .ok_or_else(|| CertificateError::BadSignature.into())
}

fn verify_with_key(message: &[u8], key: &[u8], signature: &[u8]) -> Option<HandshakeSignatureValid> {
    let key = VerifyingKey::from_sec1_bytes(key.strip_prefix(P521_KEY)?).ok()?;
    let signature = Signature::from_der(signature).ok()?;
    key.verify(message, &signature).ok()?;
    Some(HandshakeSignatureValid::assertion())
}

#[cfg(test)]
mod tests {
    use super::*;
    use p521::ecdsa::signature::RandomizedSigner;
    use p521::ecdsa::SigningKey;
    use p521::elliptic_curve::rand_core::{self, CryptoRng, RngCore};

    /// Random enough for a signature that nobody keeps.
    struct Random;

    impl RngCore for Random {
        fn next_u32(&mut self) -> u32 {
            fastrand::u32(..)
        }

        fn next_u64(&mut self) -> u64 {
            fastrand::u64(..)
        }

        fn fill_bytes(&mut self, bytes: &mut [u8]) {
            fastrand::fill(bytes);
        }

        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), rand_core::Error> {
            self.fill_bytes(bytes);
            Ok(())
        }
    }

    impl CryptoRng for Random {}

    fn key(number: u8) -> (SigningKey, Vec<u8>) {
        let mut secret = [0; 66];
        secret[65] = number;
        let signing = SigningKey::from_slice(&secret).unwrap();
        let point = VerifyingKey::from(&signing).to_encoded_point(false);
        let public = [P521_KEY, point.as_bytes()].concat();
        (signing, public)
    }

    fn sign(key: &SigningKey, message: &[u8]) -> Vec<u8> {
        let signature: Signature = key.sign_with_rng(&mut Random, message);
        signature.to_der().as_bytes().to_vec()
    }

    #[test]
    fn a_signature_of_the_key_is_accepted_and_no_other() {
        let (mine, public) = key(7);
        let (others, _) = key(8);
        let signature = sign(&mine, b"handshake");
        assert!(verify_with_key(b"handshake", &public, &signature).is_some());
        assert!(verify_with_key(b"handshakf", &public, &signature).is_none());
        assert!(verify_with_key(b"handshake", &public, &sign(&others, b"handshake")).is_none());
        assert!(verify_with_key(b"handshake", &public, b"").is_none());
        assert!(verify_with_key(b"handshake", &public, &signature[..signature.len() - 1]).is_none());
        assert!(verify_with_key(b"handshake", &public[1..], &signature).is_none());
        assert!(verify_with_key(b"handshake", &public[..public.len() - 1], &signature).is_none());
    }
}
