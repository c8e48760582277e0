//! How Kapacitor is told who asks.

use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use base64::Engine;
use ring::hmac;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::kapacitor::tests::config;
use crate::kapacitor::tests::support::server::{Reply, Server};
use crate::kapacitor::{Client, ClientConfig, ConfigError, KapacitorAuth, Secret, TransportConfig, UrlSetting};

/// The header `Authorization` that a client with `auth` sends to `url`.
async fn authorization(url: impl Fn(&Server) -> String, auth: KapacitorAuth) -> Option<String> {
    let server = Server::with(|_, _| Reply::no_content()).await;
    let transport = TransportConfig::Direct {
        url: url(&server),
        auth,
    };
    Client::new(ClientConfig {
        transport,
        ..config(&server)
    })
    .unwrap()
    .ping()
    .await
    .unwrap();
    server.seen()[0].headers.get("authorization").cloned()
}

#[tokio::test]
async fn none_basic_and_bearer() {
    assert_eq!(authorization(Server::url, KapacitorAuth::None).await, None);
    let basic = KapacitorAuth::Basic {
        username: "admin".to_owned(),
        password: Secret::new("pw"),
    };
    assert_eq!(authorization(Server::url, basic).await.unwrap(), "Basic YWRtaW46cHc=");
    let bearer = KapacitorAuth::Bearer(Secret::new("t0ken"));
    assert_eq!(authorization(Server::url, bearer).await.unwrap(), "Bearer t0ken");
}

#[tokio::test]
async fn user_and_password_in_the_url_are_basic_auth() {
    let url = |server: &Server| server.url().replace("http://", "http://admin:pw@");
    assert_eq!(
        authorization(url, KapacitorAuth::None).await.unwrap(),
        "Basic YWRtaW46cHc="
    );
}

#[tokio::test]
async fn a_shared_secret_makes_tokens_that_kapacitor_takes() {
    let auth = KapacitorAuth::SharedSecret {
        username: "u".to_owned(),
        secret: Secret::new("s3cret"),
    };
    let authorization = authorization(Server::url, auth).await.unwrap();
    let token = authorization.strip_prefix("Bearer ").unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"s3cret");
    hmac::verify(&key, signed.as_bytes(), &URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
    let claims = URL_SAFE_NO_PAD.decode(signed.split_once('.').unwrap().1).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    assert_eq!(claims["username"], "u");
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    assert!(claims["exp"].as_u64().unwrap() > now);
}

#[test]
fn two_credentials_are_one_too_many() {
    let auth = KapacitorAuth::Bearer(Secret::new("t0ken"));
    let refused = Client::new(ClientConfig::direct("http://admin:pw@h:9092", auth))
        .err()
        .unwrap();
    assert_eq!(
        refused,
        ConfigError::TwoCredentials {
            setting: UrlSetting::Kapacitor
        }
    );
}

#[test]
fn a_header_that_http_does_not_allow_is_refused_without_its_value() {
    for (name, value) in [("X Y", "hunter2"), ("X-A", "hunter2\r\nX-B: 1")] {
        let mut config = ClientConfig::direct("http://h", KapacitorAuth::None);
        config.headers = vec![(name.to_owned(), Secret::new(value))];
        let refused = Client::new(config).err().unwrap().to_string();
        assert!(refused.contains(name) && !refused.contains("hunter2"), "{refused}");
    }
}
