//! Who may do what: `[http] auth-enabled`, `shared-secret` and `[auth]`.

use crate::go::quote::quote;
use crate::kapacitor::process::state::State;
use crate::kapacitor::stored::StoredUser;
use crate::options::{Permission, UserType};
use crate::server::exchange::{Answer, Request};
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::Engine;
use hmac::{Hmac, Mac};
use serde_json::Value;
use sha2::{Sha256, Sha384, Sha512};

/// Refuses a request that carries no sufficient credentials.
pub fn check(state: &mut State, request: &Request, path: &str) -> Result<(), Answer> {
    if !state.conf.auth.required {
        return Ok(());
    }
    let user = match credentials(request).ok_or_else(|| unauthorized("unable to parse authentication credentials"))? {
        Credentials::Basic { user, .. } if user.is_empty() => return Err(unauthorized("username required")),
        Credentials::Basic { user, password } => authenticate(state, user, &password)?,
        Credentials::Bearer(token) => bearer(state, &token)?,
    };
    match user {
        Some((name, user)) => authorize(&name, &user, request, path),
        None => Ok(()),
    }
}

enum Credentials {
    Basic { user: String, password: String },
    Bearer(String),
}

fn unauthorized(message: &str) -> Answer {
    Answer::error(401, message).header("Www-Authenticate", "Basic realm=\"InfluxDB\"")
}

/// The header wins over the query; one that cannot be read falls through to it.
fn credentials(request: &Request) -> Option<Credentials> {
    header_credentials(request).or_else(|| {
        let user = request.parameter("u").filter(|user| !user.is_empty())?;
        let password = request.parameter("p").filter(|password| !password.is_empty())?;
        Some(Credentials::Basic { user, password })
    })
}

fn header_credentials(request: &Request) -> Option<Credentials> {
    let (scheme, value) = request.header("authorization")?.split_once(' ')?;
    if scheme == "Bearer" {
        return Some(Credentials::Bearer(value.to_owned()));
    }
    if !scheme.eq_ignore_ascii_case("Basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(value).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some(Credentials::Basic {
        user: user.to_owned(),
        password: password.to_owned(),
    })
}

type Login = Option<(String, StoredUser)>;

/// Without the user service anybody may do everything. A password that was right once stays right for an hour.
fn authenticate(state: &mut State, name: String, password: &str) -> Result<Login, Answer> {
    if !state.conf.auth.user_service {
        return Ok(None);
    }
    let user = state
        .database
        .users
        .get(&name)
        .cloned()
        .ok_or_else(|| unauthorized("authorization failed"))?;
    let remembered = state.memory.passwords.get(&name).is_some_and(|known| known == password);
    if !remembered && user.password != password {
        return Err(unauthorized("authorization failed"));
    }
    state.memory.passwords.insert(name.clone(), password.to_owned());
    Ok(Some((name, user)))
}

fn bearer(state: &State, token: &str) -> Result<Login, Answer> {
    let invalid = |reason: &str| unauthorized(&format!("invalid token: {reason}"));
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(invalid("token contains an invalid number of segments"));
    };
    let json = |part: &str| -> Option<Value> { serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok() };
    let algorithm = json(header)
        .and_then(|header| Some(header.get("alg")?.as_str()?.to_owned()))
        .unwrap_or_default();
    let claims_read = json(claims).ok_or_else(|| invalid("illegal base64 data"))?;
    let secret = state.conf.auth.shared_secret.as_bytes();
    let signed = format!("{header}.{claims}");
    let wanted = match algorithm.as_str() {
        "HS256" => mac::<Hmac<Sha256>>(secret, &signed),
        "HS384" => mac::<Hmac<Sha384>>(secret, &signed),
        "HS512" => mac::<Hmac<Sha512>>(secret, &signed),
        other => return Err(invalid(&format!("unexpected signing method: {other}"))),
    };
    if wanted.map(|mac| URL_SAFE_NO_PAD.encode(mac)).as_deref() != Some(signature) {
        return Err(invalid("signature is invalid"));
    }
    let expiry = claims_read.get("exp").and_then(Value::as_f64);
    let now = crate::go::time::nanos_now() as f64 / 1e9;
    if expiry.is_some_and(|expiry| expiry < now) {
        return Err(invalid("Token is expired"));
    }
    if expiry.is_none() {
        return Err(unauthorized("token expiration required"));
    }
    match claims_read.get("username").and_then(Value::as_str) {
        None => Err(unauthorized("username in token must be a string")),
        Some("") => Err(unauthorized("token must contain a username")),
        Some(_) if !state.conf.auth.user_service => Ok(None),
        Some(name) => {
            let user = state
                .database
                .users
                .get(name)
                .cloned()
                .ok_or_else(|| unauthorized("authorization failed"))?;
            Ok(Some((name.to_owned(), user)))
        }
    }
}

fn mac<M: Mac + hmac::digest::KeyInit>(secret: &[u8], signed: &str) -> Option<Vec<u8>> {
    let mut mac = <M as Mac>::new_from_slice(secret).ok()?;
    mac.update(signed.as_bytes());
    Some(mac.finalize().into_bytes().to_vec())
}

fn authorize(name: &str, user: &StoredUser, request: &Request, path: &str) -> Result<(), Answer> {
    let is_config = path == "/kapacitor/v1/config" || path.starts_with("/kapacitor/v1/config/");
    let is_ping = path == "/kapacitor/v1/ping";
    let allowed = user.user_type == UserType::Admin
        || user.permissions.iter().any(|permission| match permission {
            Permission::All => true,
            Permission::Api => !is_config,
            Permission::ConfigApi => is_config || is_ping,
            Permission::None => false,
        });
    if allowed {
        return Ok(());
    }
    let privilege = match request.method.as_str() {
        "GET" | "HEAD" | "OPTIONS" => "read",
        "DELETE" => "delete",
        _ => "write",
    };
    let message = format!(
        "user {name} does not have \"{privilege}\" privilege for API endpoint {}",
        quote(path)
    );
    Err(Answer::error(403, &message))
}
