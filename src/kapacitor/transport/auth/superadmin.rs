//! Chronograf's superadmin token: its nonce, signed with the RSA key whose public half it has (`--pub-key-file`).

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use ring::rand::SystemRandom;
use ring::signature::{RsaKeyPair, RSA_PKCS1_SHA256};
use rustls_pki_types::PrivateKeyDer;
use tokio::sync::{Mutex, OnceCell};

use crate::kapacitor::config::pem::PemSource;
use crate::kapacitor::error::SetupError;
use crate::kapacitor::transport::tls;
use crate::secret::Secret;

const KEY: &str = "superadmin private key (`superadmin_private_key`)";

/// Signs nonces, and keeps the last token: it may be used until Chronograf changes its nonce (`--nonce-expiration`, 10
/// minutes), which nobody announces.
pub(in crate::kapacitor) struct Superadmin {
    source: PemSource,
    key: OnceCell<RsaKeyPair>,
    /// The value of `Authorization`. Whoever renews it holds the lock meanwhile, so the others wait for the new one.
    pub token: Mutex<Option<Secret>>,
}

impl Superadmin {
    pub(crate) fn new(source: PemSource) -> Self {
        Superadmin {
            source,
            key: OnceCell::new(),
            token: Mutex::new(None),
        }
    }

    /// The value of `Authorization` for `nonce`.
    pub(crate) async fn sign(&self, nonce: &str) -> Result<Secret, SetupError> {
        let key = self.key.get_or_try_init(|| async { read_key(&self.source) }).await?;
        let mut signature = vec![0; key.public().modulus_len()];
        key.sign(
            &RSA_PKCS1_SHA256,
            &SystemRandom::new(),
            nonce.as_bytes(),
            &mut signature,
        )
        .map_err(|_| unusable("it cannot sign"))?;
        Ok(Secret::new(format!("CHRONOGRAF-SHA256 {}", STANDARD.encode(signature))))
    }
}

fn read_key(source: &PemSource) -> Result<RsaKeyPair, SetupError> {
    let der = tls::private_key(KEY, source)?;
    let key = match &der {
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        _ => return Err(unusable("it is not an RSA key")),
    };
    key.map_err(|reason| unusable(&format!("it is not an RSA key of at least 2048 bits ({reason})")))
}

fn unusable(reason: &str) -> SetupError {
    SetupError::Unusable {
        setting: KEY,
        reason: reason.to_owned(),
    }
}
