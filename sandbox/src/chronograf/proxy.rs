//! The Kapacitor proxy: `/chronograf/v1/sources/S/kapacitors/K/proxy?path=…`.

use crate::chronograf::connections::{error, not_allowed, Kapacitor};
use crate::chronograf::forward::{self, Outgoing};
use crate::go::quote::quote;
use crate::server::exchange::{Answer, Request};
use base64::Engine;
use percent_encoding::{utf8_percent_encode, AsciiSet, NON_ALPHANUMERIC};

/// What Go leaves as it is in a path.
const PATH: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~')
    .remove(b'$')
    .remove(b'&')
    .remove(b'+')
    .remove(b',')
    .remove(b'/')
    .remove(b':')
    .remove(b';')
    .remove(b'=')
    .remove(b'@');

/// The methods that it passes on.
const METHODS: &str = "DELETE, GET, OPTIONS, PATCH, POST";

/// Passes a request on.
pub async fn pass(kapacitor: &Kapacitor, request: &Request) -> Answer {
    match request.method.as_str() {
        "OPTIONS" => {
            return Answer {
                status: 200,
                headers: vec![("Allow".to_owned(), METHODS.to_owned())],
                body: Default::default(),
            }
        }
        "GET" | "POST" | "PATCH" | "DELETE" => {}
        _ => return not_allowed(METHODS),
    }
    let path = match path_parameter(request) {
        Some(path) => path,
        None => return error(422, "path query parameter required"),
    };
    match outgoing(kapacitor, request, &path) {
        Ok(Some(outgoing)) => forward::send(outgoing).await.unwrap_or_else(bad_gateway),
        Ok(None) => bad_gateway(),
        Err(refused) => refused,
    }
}

fn bad_gateway() -> Answer {
    Answer {
        status: 502,
        headers: Vec::new(),
        body: Default::default(),
    }
}

/// The `path` parameter, decoded once. Go drops a parameter that holds a semicolon.
fn path_parameter(request: &Request) -> Option<String> {
    let query = request.target.split_once('?').map_or("", |(_, query)| query);
    let kept: Vec<&str> = query.split('&').filter(|part| !part.contains(';')).collect();
    let joined = kept.join("&");
    let mut pairs = url::form_urlencoded::parse(joined.as_bytes());
    pairs
        .find(|(name, _)| name == "path")
        .map(|(_, value)| value.into_owned())
        .filter(|path| !path.is_empty())
}

/// The request to send on; `None` where the connection has no URL to send it to.
fn outgoing(kapacitor: &Kapacitor, request: &Request, path: &str) -> Result<Option<Outgoing>, Answer> {
    let Some((_, rest)) = kapacitor.url.split_once("://") else {
        return Ok(None);
    };
    let (host, base) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let joined = format!("{}/{}", base.trim_end_matches('/'), path.trim_start_matches('/'));
    let whole = format!(
        "{}/{}",
        kapacitor.url.trim_end_matches('/'),
        path.trim_start_matches('/')
    );
    let (path, query) = joined
        .split_once('?')
        .map_or((joined.as_str(), None), |(path, query)| (path, Some(query)));
    if let Some(escape) = broken_escape(path) {
        let reason = format!("parse {}: invalid URL escape {}", quote(&whole), quote(&escape));
        return Err(error(422, &format!("Error parsing kapacitor url: {reason}")));
    }
    if query.is_some_and(|query| query.contains(' ')) {
        // It stands in the request line as it is, which Kapacitor cannot read.
        return Err(Answer::new(400, "text/plain; charset=utf-8", "400 Bad Request"));
    }
    let decoded = percent_encoding::percent_decode_str(path).decode_utf8_lossy();
    let mut target = utf8_percent_encode(&decoded, PATH).to_string();
    if let Some(query) = query {
        target = format!("{target}?{query}");
    }
    let passed = |name: &str| {
        !matches!(
            name,
            "authorization" | "host" | "connection" | "content-length" | "cookie"
        )
    };
    let mut headers: Vec<(String, String)> = request
        .headers
        .iter()
        .filter(|(name, _)| passed(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    if !kapacitor.username.is_empty() && !kapacitor.password.is_empty() {
        let pair = format!("{}:{}", kapacitor.username, kapacitor.password);
        let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
        headers.push(("Authorization".to_owned(), format!("Basic {encoded}")));
    }
    let (method, body) = (request.method.clone(), request.body.clone());
    Ok(Some(Outgoing {
        method,
        host: host.to_owned(),
        target,
        headers,
        body,
    }))
}

fn broken_escape(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let (at, _) = path.match_indices('%').find(|(at, _)| {
        !bytes
            .get(at + 1..at + 3)
            .is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })?;
    Some(path[at..].chars().take(3).collect())
}
