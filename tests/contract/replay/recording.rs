//! The recorded exchanges, read, and the placeholders in their requests put in.

use super::matching::Bindings;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use base64::Engine;
use hmac::{Hmac, Mac};
use regex::{Captures, Regex};
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Sha256, Sha512};
use std::collections::BTreeMap;

/// One line of a recording.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Exchange {
    pub step: String,
    #[serde(default)]
    pub before: Option<String>,
    pub request: Recorded,
    pub response: Map<String, Value>,
    #[serde(default)]
    pub received: Option<Vec<Value>>,
}

/// A recorded request.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Recorded {
    pub method: String,
    pub path: String,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    #[serde(default)]
    pub body: Option<Value>,
}

/// Reads a file of recordings.
pub(super) fn read(file: &str) -> Vec<Exchange> {
    let path = crate::contract_dir().join("http").join(format!("{file}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines()
        .map(|line| serde_json::from_str(line).expect("a recorded exchange"))
        .collect()
}

impl Recorded {
    /// The request with placeholders replaced by what they stand for.
    pub(super) fn filled(&self, bindings: &Bindings) -> Recorded {
        let headers = self
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), credentials(&bindings.fill(value))));
        Recorded {
            method: self.method.clone(),
            path: bindings.fill(&self.path),
            headers: headers.collect(),
            body: self.body.as_ref().map(|body| at_present(&bindings.fill_json(body))),
        }
    }

    /// The same request for the `i`th of 50 clients: `c00`, `d00`, `/0` and `/n0` are numbered.
    pub(super) fn numbered(&self, number: usize) -> Recorded {
        let numbered = |text: &str| {
            text.replace("c00", &format!("c{number:02}"))
                .replace("d00", &format!("d{number:02}"))
                .replace("/n0'", &format!("/n{number}'"))
                .replace("/0'", &format!("/{number}'"))
        };
        let body = self
            .body
            .as_ref()
            .map(|body| serde_json::from_str(&numbered(&body.to_string())).expect("JSON"));
        Recorded {
            path: numbered(&self.path),
            body,
            ..self.clone()
        }
    }
}

/// The body with the present where a request holds a time of its own.
fn at_present(body: &Value) -> Value {
    let own_time = Regex::new(r"<time-\d+>").expect("a pattern");
    let now = time::OffsetDateTime::now_utc();
    let now = now
        .format(&time::format_description::well_known::Rfc3339)
        .expect("a time");
    match body {
        Value::Object(fields) => fields
            .iter()
            .map(|(name, value)| (name.clone(), at_present(value)))
            .collect(),
        Value::String(text) => Value::String(own_time.replace_all(text, now.as_str()).into_owned()),
        other => other.clone(),
    }
}

/// Makes the credentials that a placeholder describes.
fn credentials(header: &str) -> String {
    let basic = Regex::new("(?i)(basic) <base64 of (.*)>").expect("a pattern");
    if let Some(found) = basic.captures(header) {
        return basic
            .replace(header, |_: &Captures| {
                format!("{} {}", &found[1], STANDARD.encode(&found[2]))
            })
            .into_owned();
    }
    let token = Regex::new(r"<JWT (HS256|HS512|alg none)(, empty secret,|, signed with another secret)? ?(\{.*\})?>");
    let token = token.expect("a pattern");
    token
        .replace(header, |found: &Captures| {
            let secret = match found.get(2).map(|kind| kind.as_str()) {
                Some(", empty secret,") => "",
                Some(_) => "another secret",
                None => "s3cret",
            };
            let claims = found
                .get(3)
                .map_or(r#"{"username":"u","exp":4102444800}"#, |claims| claims.as_str());
            jwt(&found[1], claims, secret)
        })
        .into_owned()
}

fn jwt(algorithm: &str, claims: &str, secret: &str) -> String {
    let algorithm = algorithm.trim_start_matches("alg ");
    let header = format!(r#"{{"alg":"{algorithm}","typ":"JWT"}}"#);
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = match algorithm {
        "HS256" => {
            let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("a key");
            mac.update(signed.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        "HS512" => {
            let mut mac = Hmac::<Sha512>::new_from_slice(secret.as_bytes()).expect("a key");
            mac.update(signed.as_bytes());
            mac.finalize().into_bytes().to_vec()
        }
        _ => Vec::new(),
    };
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
}
