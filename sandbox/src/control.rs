//! The control API, for shell scripts: what tests do through `Sandbox`, over HTTP and in JSON.
//!
//! | request | does |
//! |---|---|
//! | `GET /` | says what this is, and the URLs |
//! | `GET /posts`, `DELETE /posts` | what arrived at the receiver; forgets it |
//! | `GET /posts/wait?level=CRITICAL&path=/x&contains=text&seconds=20` | waits for the first such post; 504 if none comes |
//! | `GET /requests`, `DELETE /requests` | what Kapacitor was asked; forgets it |
//! | `GET /faults`, `POST /faults`, `DELETE /faults` | orders faults (one `Fault` as JSON); ends all |
//! | `GET /conf`, `POST /restart` | kapacitor.conf as JSON; restarts with the body's or, without a body, the same |
//! | `POST /stop` | ends the Kapacitor "process": its port refuses |
//! | `GET /status` | whether it hangs, and how clients paced their starts and stops |
//! | `POST /clock?seconds=60` | puts Kapacitor's clock forward, by which deadman's switches go |
//! | `POST /settle` | returns once all alerts so far have been posted |

use crate::options::KapacitorConf;
use crate::parts::Parts;
use crate::receiver::Post;
use crate::server::exchange::{Answer, Reply, Request};
use crate::server::faults::Fault;
use crate::server::listener::{Handler, Played};
use serde_json::{json, Value};
use std::sync::Arc;
use std::time::Duration;

/// The first words of everything that the sandbox says of itself.
pub const NOTICE: &str = "This is a sandbox and not Kapacitor: a stand-in for tests and demonstrations.";

/// The handler of the control server. `urls` are shown to whoever asks.
pub fn handler(parts: Parts, urls: Value) -> Handler {
    Arc::new(move |request| {
        let (parts, urls) = (parts.clone(), urls.clone());
        Box::pin(async move { Played::from(Reply::from(control(&parts, &urls, &request).await)) })
    })
}

async fn control(parts: &Parts, urls: &Value, request: &Request) -> Answer {
    match (request.method.as_str(), request.path()) {
        ("GET", "/") => json_answer(&json!({ "notice": NOTICE, "urls": urls })),
        ("GET", "/posts") => json_answer(&json!(matching(parts, request))),
        ("GET", "/posts/wait") => wait(parts, request).await,
        ("DELETE", "/posts") => {
            parts.receiver.clear();
            Answer::no_content()
        }
        ("GET", "/requests") => json_answer(&json!(parts.journal.seen())),
        ("DELETE", "/requests") => {
            parts.journal.clear();
            Answer::no_content()
        }
        ("GET", "/faults") => json_answer(&json!(parts.faults.pending())),
        ("POST", "/faults") => match serde_json::from_slice::<Fault>(&request.body) {
            Ok(fault) => blocking(parts, move |parts| parts.faults.add(fault)).await,
            Err(error) => Answer::error(400, &format!("this is no fault: {error}")),
        },
        ("DELETE", "/faults") => blocking(parts, |parts| parts.faults.clear()).await,
        ("GET", "/conf") => json_answer(&json!(parts.server.conf())),
        ("POST", "/restart") => restart(parts, request).await,
        ("POST", "/stop") => blocking(parts, Parts::stop).await,
        ("GET", "/status") => {
            let lifecycle = &parts.server.lifecycle;
            json_answer(&json!({ "hung": lifecycle.is_hung(), "pace": lifecycle.pace() }))
        }
        ("POST", "/clock") => put_clock_forward(parts, request),
        ("POST", "/settle") => {
            parts.server.poster.settle().await;
            Answer::no_content()
        }
        _ => Answer::error(404, "the control API has no such request"),
    }
}

fn json_answer(value: &Value) -> Answer {
    Answer::json(200, value)
}

fn put_clock_forward(parts: &Parts, request: &Request) -> Answer {
    let seconds = request
        .parameter("seconds")
        .and_then(|seconds| seconds.parse::<f64>().ok());
    match seconds.and_then(|seconds| Duration::try_from_secs_f64(seconds).ok()) {
        Some(by) => {
            parts.server.put_clock_forward(by);
            Answer::no_content()
        }
        None => Answer::error(400, "seconds must be a number of seconds, e.g. 60 or 0.5"),
    }
}

/// Opening and closing the port waits for the server's threads, so it may not run on them.
async fn blocking(parts: &Parts, action: impl FnOnce(&Parts) + Send + 'static) -> Answer {
    let parts = parts.clone();
    match tokio::task::spawn_blocking(move || action(&parts)).await {
        Ok(()) => Answer::no_content(),
        Err(error) => Answer::error(500, &error.to_string()),
    }
}

async fn restart(parts: &Parts, request: &Request) -> Answer {
    let conf = match request.body.is_empty() {
        true => parts.server.conf(),
        false => match serde_json::from_slice::<KapacitorConf>(&request.body) {
            Ok(conf) => conf,
            Err(error) => return Answer::error(400, &format!("this is no configuration: {error}")),
        },
    };
    let parts = parts.clone();
    let runtime = tokio::runtime::Handle::current();
    let restarted = tokio::task::spawn_blocking(move || {
        let _entered = runtime.enter();
        parts.restart(conf)
    });
    match restarted.await {
        Ok(Ok(())) => Answer::no_content(),
        Ok(Err(refused)) => Answer::error(409, &refused.to_string()),
        Err(error) => Answer::error(500, &error.to_string()),
    }
}

fn wanted(request: &Request) -> impl Fn(&Post) -> bool {
    let (level, path) = (request.parameter("level"), request.parameter("path"));
    let contains = request.parameter("contains");
    move |post| {
        level.as_ref().is_none_or(|level| post.level() == Some(level.as_str()))
            && path.as_ref().is_none_or(|path| post.path == *path)
            && contains.as_ref().is_none_or(|text| post.body.contains(text.as_str()))
    }
}

fn matching(parts: &Parts, request: &Request) -> Vec<Post> {
    let wanted = wanted(request);
    parts.receiver.posts().into_iter().filter(|post| wanted(post)).collect()
}

async fn wait(parts: &Parts, request: &Request) -> Answer {
    let seconds = request
        .parameter("seconds")
        .and_then(|seconds| seconds.parse().ok())
        .unwrap_or(20);
    let wanted = wanted(request);
    match parts.receiver.wait_at_most(Duration::from_secs(seconds), wanted).await {
        Ok(post) => json_answer(&json!(post)),
        Err(nothing) => Answer::error(504, &nothing.to_string()),
    }
}
