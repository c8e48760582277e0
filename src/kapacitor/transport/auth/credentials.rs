//! What is sent with each request to say who asks.

use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::Engine;
use reqwest::header::{HeaderMap, HeaderName, AUTHORIZATION, COOKIE, ORIGIN};
use ring::hmac;
use serde::Serialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::kapacitor::config::{ChronografAuth, KapacitorAuth};
use crate::kapacitor::error::ConfigError;
use crate::kapacitor::transport::http::header_value;
use crate::secret::Secret;

/// How long a token that we make is valid. It is made afresh for each request, which costs a microsecond, so this only has
/// to cover the request itself and clocks that disagree.
const TOKEN_LIFETIME: Duration = Duration::from_secs(15 * 60);

/// Credentials that need no answer of the server.
pub(in crate::kapacitor) enum Credentials {
    /// The same headers each time; none at all where there is no authentication.
    Fixed(HeaderMap),
    /// A token made with Kapacitor's shared secret.
    SharedSecret { username: String, key: hmac::Key },
}

impl Credentials {
    pub(crate) fn of_kapacitor(auth: &KapacitorAuth) -> Result<Self, ConfigError> {
        match auth {
            KapacitorAuth::None => Ok(Credentials::Fixed(HeaderMap::new())),
            KapacitorAuth::Basic { username, password } => basic(username, password),
            KapacitorAuth::Bearer(token) => bearer(token),
            KapacitorAuth::SharedSecret { username, secret } => Ok(Credentials::SharedSecret {
                username: username.clone(),
                key: hmac::Key::new(hmac::HMAC_SHA256, secret.expose().as_bytes()),
            }),
        }
    }

    /// The fixed credentials for a Chronograf; the superadmin token is not one of them. `origin` is Chronograf's own.
    pub(crate) fn of_chronograf(auth: &ChronografAuth, origin: &str) -> Result<Self, ConfigError> {
        match auth {
            ChronografAuth::None | ChronografAuth::SuperadminToken { .. } => Ok(Credentials::Fixed(HeaderMap::new())),
            ChronografAuth::Basic { username, password } => basic(username, password),
            ChronografAuth::Bearer(token) => bearer(token),
            ChronografAuth::Cookie(cookie) => session(cookie, origin),
        }
    }

    /// The headers for a request that is sent now.
    pub(crate) fn headers(&self) -> Result<HeaderMap, ConfigError> {
        match self {
            Credentials::Fixed(headers) => Ok(headers.clone()),
            Credentials::SharedSecret { username, key } => {
                let token = sign_token(username, key, SystemTime::now() + TOKEN_LIFETIME);
                single(AUTHORIZATION, &format!("Bearer {token}"))
            }
        }
    }
}

/// One header, by the rules of HTTP.
pub(in crate::kapacitor) fn single(name: HeaderName, value: &str) -> Result<HeaderMap, ConfigError> {
    let value = header_value(name.as_str(), value)?;
    Ok(HeaderMap::from_iter([(name, value)]))
}

fn basic(username: &str, password: &Secret) -> Result<Credentials, ConfigError> {
    let encoded = STANDARD.encode(format!("{username}:{}", password.expose()));
    Ok(Credentials::Fixed(single(AUTHORIZATION, &format!("Basic {encoded}"))?))
}

fn bearer(token: &Secret) -> Result<Credentials, ConfigError> {
    let header = single(AUTHORIZATION, &format!("Bearer {}", token.expose()));
    let refused = |_| ConfigError::Credential {
        setting: "token (`token`)",
    };
    Ok(Credentials::Fixed(header.map_err(refused)?))
}

/// A session's cookie. Chronograf refuses writes with one unless they carry its own origin.
fn session(cookie: &Secret, origin: &str) -> Result<Credentials, ConfigError> {
    let cookie = cookie.expose();
    let cookie = if cookie.contains('=') {
        cookie.to_owned()
    } else {
        format!("session={cookie}")
    };
    let mut headers = single(COOKIE, &cookie).map_err(|_| ConfigError::Credential {
        setting: "cookie (`cookie` under `chronograf`)",
    })?;
    headers.insert(ORIGIN, header_value("Origin", origin)?);
    Ok(Credentials::Fixed(headers))
}

/// What a token says. A type of its own, so that the order of its fields does not depend on features of serde_json.
#[derive(Serialize)]
struct Claims<'a> {
    username: &'a str,
    exp: u64,
}

/// A JSON web token, as Kapacitor wants it: HS256, with a user and the time when it expires.
fn sign_token(username: &str, key: &hmac::Key, expires: SystemTime) -> String {
    let exp = expires.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    // Only a map with keys that are no strings could fail.
    let claims = serde_json::to_vec(&Claims { username, exp }).unwrap_or_default();
    let claims = URL_SAFE_NO_PAD.encode(claims);
    let signed = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(hmac::sign(key, signed.as_bytes()));
    format!("{signed}.{signature}")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Made with Python's hmac and base64: an independent reading of RFC 7519.
    const KNOWN: &str = concat!(
        "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.",
        "eyJ1c2VybmFtZSI6InUiLCJleHAiOjQxMDI0NDQ4MDB9.",
        "fKTPJ4jiH9mydsG2sTSNClYj4RPpD4lvCWxWcYxTx5U",
    );

    #[test]
    fn a_token_is_what_rfc_7519_says() {
        let key = hmac::Key::new(hmac::HMAC_SHA256, b"s3cret");
        assert_eq!(
            sign_token("u", &key, UNIX_EPOCH + Duration::from_secs(4_102_444_800)),
            KNOWN
        );
    }

    #[test]
    fn a_bare_session_becomes_a_cookie_with_chronografs_own_origin() {
        let auth = ChronografAuth::Cookie(Secret::new("abc"));
        let headers = Credentials::of_chronograf(&auth, "https://c:8888")
            .unwrap()
            .headers()
            .unwrap();
        assert_eq!(headers[COOKIE], "session=abc");
        assert_eq!(headers[ORIGIN], "https://c:8888");
    }
}
