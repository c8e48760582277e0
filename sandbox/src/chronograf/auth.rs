//! Who may use Chronograf, and the check against requests that another site makes with a browser's cookie.

use crate::chronograf::connections::error;
use crate::options::ChronografAuth;
use crate::server::exchange::{Answer, Request};
use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use ring::signature::{UnparsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use std::time::{Duration, Instant};

/// What a superadmin signs. It changes now and then, and with every start.
pub struct Nonce {
    text: String,
    made: Instant,
}

impl Nonce {
    pub fn new() -> Self {
        Nonce {
            text: uuid::Uuid::new_v4().to_string(),
            made: Instant::now(),
        }
    }

    /// The present one.
    pub fn text(&mut self, auth: &ChronografAuth) -> &str {
        let lifetime = match auth {
            ChronografAuth::Superadmin { nonce_expiration, .. } => *nonce_expiration,
            _ => Duration::MAX,
        };
        if self.made.elapsed() > lifetime {
            *self = Nonce::new();
        }
        &self.text
    }
}

/// Refuses a request that carries no sufficient credentials. `path` has no base path.
pub fn check(auth: &ChronografAuth, nonce: &mut Nonce, request: &Request, path: &str) -> Result<(), Answer> {
    match auth {
        ChronografAuth::None | ChronografAuth::BehindProxy { .. } => Ok(()),
        ChronografAuth::Htpasswd { users, realm } => {
            if basic(request).is_some_and(|login| users.contains(&login)) {
                return Ok(());
            }
            let answer = Answer::new(401, "text/plain", "401 Unauthorized\n");
            Err(answer.header("Www-Authenticate", &format!("Basic realm=\"{realm}\"")))
        }
        ChronografAuth::Superadmin { public_key, .. } => {
            let open = is_open(path);
            let text = nonce.text(auth).to_owned();
            if open || signature(request).is_some_and(|signature| is_signed(public_key, &text, &signature)) {
                return Ok(());
            }
            Err(bare_forbidden())
        }
        ChronografAuth::Session { value } => {
            if is_open(path) || session(request) == Some(value) {
                return Ok(());
            }
            Err(bare_forbidden())
        }
    }
}

/// What the reverse proxy in front answers itself, where there is one.
pub fn refused_by_proxy(auth: &ChronografAuth, request: &Request) -> Option<Answer> {
    let ChronografAuth::BehindProxy { token } = auth else {
        return None;
    };
    let shown = request
        .header("authorization")
        .and_then(|header| header.strip_prefix("Bearer "));
    let page = "<html><head><title>401 Authorization Required</title></head></html>\n";
    (shown != Some(token)).then(|| Answer::new(401, "text/html", page))
}

/// What needs no login, where there is one by OAuth.
fn is_open(path: &str) -> bool {
    matches!(path, "/ping" | "/nonce" | "/chronograf/v1/")
}

fn bare_forbidden() -> Answer {
    Answer {
        status: 403,
        headers: Vec::new(),
        body: Default::default(),
    }
}

/// The value of the session's cookie.
fn session(request: &Request) -> Option<&str> {
    let mut cookies = request.header("cookie")?.split(';');
    cookies.find_map(|cookie| cookie.trim().strip_prefix("session="))
}

fn basic(request: &Request) -> Option<(String, String)> {
    let encoded = request.header("authorization")?.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    Some((user.to_owned(), password.to_owned()))
}

/// The signature, with its scheme or without.
fn signature(request: &Request) -> Option<Vec<u8>> {
    let header = request.header("authorization")?;
    let encoded = match header.split_once(' ') {
        Some(("CHRONOGRAF-SHA256", rest)) => rest.trim(),
        Some(_) => return None,
        None => header,
    };
    STANDARD.decode(encoded).ok()
}

fn is_signed(public_key: &str, nonce: &str, signature: &[u8]) -> bool {
    let lines = public_key.lines().filter(|line| !line.starts_with("-----"));
    let Ok(der) = STANDARD.decode(lines.collect::<String>()) else {
        return false;
    };
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
        .verify(nonce.as_bytes(), signature)
        .is_ok()
}

/// A session cookie, whatever its value, asks for an Origin or Referer of Chronograf's own on requests that change something.
pub fn check_origin(request: &Request, host: &str) -> Result<(), Answer> {
    let changes = matches!(request.method.as_str(), "POST" | "PUT" | "PATCH" | "DELETE");
    if !changes || session(request).is_none() {
        return Ok(());
    }
    let scheme = request.header("x-forwarded-proto").unwrap_or("http");
    let host = request.header("host").unwrap_or(host);
    let own = format!("{scheme}://{host}");
    let from = request
        .header("origin")
        .or(request.header("referer"))
        .unwrap_or_default();
    if from == own || from.starts_with(&format!("{own}/")) {
        return Ok(());
    }
    Err(error(403, "cross-origin request blocked"))
}
