//! What replaying needs to know of Chronograf: how it was started, and what a superadmin signs.

use super::client::{self, Outcome};
use super::recording::Recorded;
use super::Replay;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::Engine;
use ring::rand::SystemRandom;
use ring::signature::{RsaEncoding, RsaKeyPair, RSA_PKCS1_SHA256, RSA_PKCS1_SHA512};
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::PrivatePkcs8KeyDer;
use sandbox::{ChronografAuth, ChronografConf};
use std::collections::BTreeMap;
use std::time::Duration;

/// The key of the client's tests serves here too.
const KEY: &[u8] = include_bytes!("../../../src/kapacitor/tests/keys/rsa-pkcs8.pem");

/// How Chronograf was started, by a file's first `before`.
pub(super) fn first_conf(before: Option<&str>) -> ChronografConf {
    match before.unwrap_or_default() {
        text if text.starts_with("Chronograf was started with --htpasswd") => htpasswd(),
        text if text.starts_with("Chronograf was started with --basepath /x") => ChronografConf {
            base_path: "/x".to_owned(),
            ..ChronografConf::default()
        },
        text if text.starts_with("Chronograf was started without --influxdb-url") => ChronografConf {
            no_connections: true,
            ..ChronografConf::default()
        },
        text if text.starts_with("Chronograf was started with GitHub OAuth") => {
            ChronografConf::superadmin(&public_key())
        }
        _ => ChronografConf::default(),
    }
}

/// Plays what a later `before` says of Chronograf.
pub(super) fn restart(replay: &Replay, before: &str) {
    let current = replay.sandbox.chronograf_conf().expect("a Chronograf");
    let conf = match before {
        "Chronograf was restarted" => current,
        "Chronograf was restarted with --basic-auth-realm 'My \"realm\"'" => {
            let ChronografAuth::Htpasswd { users, .. } = current.auth else {
                panic!("htpasswd, not {current:?}")
            };
            let realm = "My \"realm\"".to_owned();
            ChronografConf {
                auth: ChronografAuth::Htpasswd { users, realm },
                ..ChronografConf::default()
            }
        }
        "Chronograf was restarted with --htpasswd and --basepath /x" => ChronografConf {
            base_path: "/x".to_owned(),
            ..htpasswd()
        },
        "Chronograf was restarted with --nonce-expiration 2s" => {
            let nonce_expiration = Duration::from_secs(2);
            let public_key = public_key();
            ChronografConf {
                auth: ChronografAuth::Superadmin {
                    public_key,
                    nonce_expiration,
                },
                ..ChronografConf::default()
            }
        }
        "3 seconds later" => return replay.sandbox.expire_chronograf_nonce(),
        text if text.starts_with("Chronograf was restarted") => panic!("no way to play {text:?}"),
        _ => return,
    };
    replay.sandbox.restart_chronograf(conf);
}

fn htpasswd() -> ChronografConf {
    let users = [("admin", "pw"), ("second", "pw2")];
    let users = users
        .map(|(name, password)| (name.to_owned(), password.to_owned()))
        .to_vec();
    let realm = "Chronograf".to_owned();
    ChronografConf {
        auth: ChronografAuth::Htpasswd { users, realm },
        ..ChronografConf::default()
    }
}

/// Puts signatures where the recording describes them. What was recorded as too old is the signature of another nonce.
pub(super) async fn signed(replay: &Replay, mut request: Recorded, expired: bool) -> Recorded {
    let Some(header) = request
        .headers
        .get("Authorization")
        .filter(|header| header.contains('<'))
        .cloned()
    else {
        return request;
    };
    let nonce = if expired {
        "an old nonce".to_owned()
    } else {
        nonce(replay).await
    };
    let standard = |signature: Vec<u8>| STANDARD.encode(signature);
    let signature = |message: &str| sign(message, &RSA_PKCS1_SHA256);
    let header = header
        .replace(
            "<base64 of the RSA PKCS1v15 SHA-256 signature of the nonce>",
            &standard(signature(&nonce)),
        )
        .replace("<signature>", &standard(signature(&nonce)))
        .replace(
            "<signature of another message>",
            &standard(signature("another message")),
        )
        .replace("<signature of an old nonce>", &standard(signature("an old nonce")))
        .replace(
            "<signature of the nonce and a newline>",
            &standard(signature(&format!("{nonce}\n"))),
        )
        .replace("<signature by another key>", &standard(vec![1; 256]))
        .replace("<SHA-512 signature>", &standard(sign(&nonce, &RSA_PKCS1_SHA512)))
        .replace(
            "<signature as url-safe base64>",
            &URL_SAFE_NO_PAD.encode(signature(&nonce)),
        );
    request.headers.insert("Authorization".to_owned(), header);
    request
}

async fn nonce(replay: &Replay) -> String {
    let request = Recorded {
        method: "GET".to_owned(),
        path: "/nonce".to_owned(),
        headers: BTreeMap::new(),
        body: None,
    };
    match client::send(replay.chronograf, &request).await {
        Outcome::Answer { body, .. } => String::from_utf8(body).expect("a nonce"),
        other => panic!("a nonce, not {other:?}"),
    }
}

fn key() -> RsaKeyPair {
    let der = PrivatePkcs8KeyDer::from_pem_slice(KEY).expect("a key");
    RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()).expect("an RSA key")
}

fn sign(message: &str, encoding: &'static dyn RsaEncoding) -> Vec<u8> {
    let key = key();
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(encoding, &SystemRandom::new(), message.as_bytes(), &mut signature)
        .expect("a signature");
    signature
}

/// PEM of type "PUBLIC KEY" around a PKCS#1 key, which is what Chronograf reads.
fn public_key() -> String {
    let encoded = STANDARD.encode(key().public());
    format!("-----BEGIN PUBLIC KEY-----\n{encoded}\n-----END PUBLIC KEY-----\n")
}
