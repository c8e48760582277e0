//! Which request goes where, and the headers that every answer carries.

use crate::kapacitor::api::{auth, debug_vars, service_tests, users, write};
use crate::kapacitor::{config, replays, tasks, templates, topics, Kapacitor};
use crate::server::exchange::{Answer, Reply, Request};
use bytes::Bytes;
use flate2::write::GzEncoder;
use flate2::Compression;
use std::io::Write;

const V1: &str = "/kapacitor/v1";

/// Answers a request.
pub async fn route(kapacitor: &Kapacitor, request: &Request) -> Reply {
    match dispatch(kapacitor, request).await {
        Reply::Answer(answer) => dress(kapacitor, request, answer).into(),
        silent => silent,
    }
}

async fn dispatch(kapacitor: &Kapacitor, request: &Request) -> Reply {
    let Some(path) = decoded(request.path()) else {
        // Go's HTTP server answers this itself, without any of Kapacitor's headers.
        let mut answer = Answer::new(400, "text/plain; charset=utf-8", "400 Bad Request");
        answer.headers.push(("Connection".to_owned(), "close".to_owned()));
        return answer.into();
    };
    if let Some(moved) = cleaned(&path) {
        let body = format!("<a href=\"{moved}\">Moved Permanently</a>.\n\n");
        return Answer::new(301, "text/html; charset=utf-8", body)
            .header("Location", &moved)
            .into();
    }
    // Kapacitor falls back from its preview API to v1.
    let path = match path.strip_prefix("/kapacitor/v1preview") {
        Some(rest) => format!("{V1}{rest}"),
        None => path,
    };
    if request.method == "OPTIONS" && path.starts_with(V1) {
        return Answer::new(200, "application/json; charset=utf-8", Bytes::new()).into();
    }
    if let Err(refused) = auth::check(&mut kapacitor.state(), request, &path) {
        return refused.into();
    }
    match path.strip_prefix(V1) {
        Some(route) => v1(kapacitor, request, &path, route).await,
        None => not_found(),
    }
}

fn not_found() -> Reply {
    Answer::error(404, "Not Found").into()
}

async fn v1(kapacitor: &Kapacitor, request: &Request, path: &str, route: &str) -> Reply {
    let section = route.split('/').nth(1).unwrap_or_default();
    let has_id = route.trim_start_matches('/').contains('/');
    match (request.method.as_str(), section, has_id) {
        ("GET" | "HEAD", "ping", false) => Answer::no_content().into(),
        ("POST", "write", false) => write::write(kapacitor, request),
        ("GET", "tasks", false) => tasks::list(kapacitor, request).await,
        ("POST", "tasks", false) => tasks::create(kapacitor, request).await,
        ("GET", "tasks", true) => tasks::read(kapacitor, request, path).await,
        ("PATCH", "tasks", true) => tasks::update(kapacitor, request, path).await,
        ("DELETE", "tasks", true) => tasks::delete(kapacitor, request, path).await,
        (_, "templates", _) => templates::serve(kapacitor, request, path).await,
        ("GET", "debug", true) if route == "/debug/vars" => debug_vars::read(kapacitor).into(),
        ("GET", "config", _) => config::get(kapacitor, path).into(),
        ("POST", "config", true) => config::post(kapacitor, request, path).await,
        ("GET" | "POST", "service-tests", _) => service_tests::serve(request, path).await,
        (_, "alerts", true) if route.starts_with("/alerts/topics") => topics::serve(kapacitor, request, path).await,
        (_, "recordings" | "replays", _) => replays::serve(kapacitor, request, path).await,
        (_, "users", _) if kapacitor.state().conf.auth.user_service => users::serve(kapacitor, request, path),
        _ => not_found(),
    }
}

/// The path with its escapes resolved; `None` where they are broken.
fn decoded(path: &str) -> Option<String> {
    let bytes = path.as_bytes();
    let broken = path.match_indices('%').any(|(at, _)| {
        let digits = bytes.get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    });
    if broken {
        return None;
    }
    Some(
        percent_encoding::percent_decode_str(path)
            .decode_utf8_lossy()
            .into_owned(),
    )
}

/// Where Go's server moves a path with `..`, `.` or doubled slashes to; `None` where it is clean.
fn cleaned(path: &str) -> Option<String> {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    let mut clean = format!("/{}", parts.join("/"));
    if path.ends_with('/') && clean.len() > 1 {
        clean.push('/');
    }
    (clean != path).then_some(clean)
}

fn dress(kapacitor: &Kapacitor, request: &Request, mut answer: Answer) -> Answer {
    let by_kapacitor = !answer.headers.iter().any(|(_, value)| value.starts_with("text/"));
    if by_kapacitor {
        answer = answer
            .header("X-Kapacitor-Version", kapacitor.version())
            .header("Request-Id", &uuid::Uuid::new_v4().to_string());
    }
    if let Some(origin) = request.header("origin") {
        answer = answer
            .header("Access-Control-Allow-Origin", origin)
            .header("Access-Control-Allow-Methods", "DELETE, GET, OPTIONS, POST, PUT");
    }
    let accepts_gzip = request
        .header("accept-encoding")
        .is_some_and(|accepted| accepted.contains("gzip"));
    if accepts_gzip && by_kapacitor {
        // An empty answer says so too, as those that come through Chronograf's proxy show.
        answer.body = gzip(&answer.body).unwrap_or_default();
        answer = answer.header("Content-Encoding", "gzip");
    }
    answer
}

fn gzip(body: &Bytes) -> Option<Bytes> {
    if body.is_empty() {
        return None;
    }
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().map(Bytes::from)
}
