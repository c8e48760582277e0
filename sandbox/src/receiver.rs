//! The webhook receiver: keeps what is posted to it, and lets a test wait for a post instead of sleeping.

use crate::server::exchange::{Answer, Reply, Request};
use crate::server::faults::wildcard_matches;
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::watch;

/// How long `Receiver::wait_for` waits before it reports what came instead.
const PATIENCE: Duration = Duration::from_secs(20);

/// A request that arrived at the receiver.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Post {
    /// The HTTP method.
    pub method: String,
    /// Path and query as sent.
    pub path: String,
    /// The headers, names in lower case.
    pub headers: BTreeMap<String, String>,
    /// The body as sent.
    pub body: String,
}

impl Post {
    /// The body as JSON, where it is that.
    pub fn json(&self) -> Option<Value> {
        serde_json::from_str(&self.body).ok()
    }

    /// The alert's level, e.g. `CRITICAL`, where the body is an alert.
    pub fn level(&self) -> Option<&'static str> {
        let levels = ["OK", "INFO", "WARNING", "CRITICAL"];
        let body = self.json()?;
        let level = body.get("level")?.as_str()?;
        levels.into_iter().find(|known| *known == level)
    }

    /// The alert's id, where the body is an alert.
    pub fn alert_id(&self) -> Option<String> {
        Some(self.json()?.get("id")?.as_str()?.to_owned())
    }
}

/// The post that was waited for did not arrive.
#[derive(Debug, thiserror::Error)]
pub struct NothingArrived {
    /// What arrived instead, since the receiver was started or cleared.
    pub instead: Vec<Post>,
}

impl fmt::Display for NothingArrived {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            formatter,
            "the expected post did not arrive in time; what arrived: {:#?}",
            self.instead
        )
    }
}

/// What arrived at the webhook receiver, without what a fault struck before it was taken. It answers 200, and NNN to a path
/// `/status/NNN`; clones share it.
#[derive(Clone)]
pub struct Receiver {
    posts: Arc<Mutex<Vec<Post>>>,
    /// The paths whose posts get no answer yet, each with a number of its own.
    held: Arc<watch::Sender<Vec<(u64, String)>>>,
    /// Counts changes, so that a waiter can look again.
    changes: Arc<watch::Sender<u64>>,
}

impl Receiver {
    pub(crate) fn new() -> Self {
        Receiver {
            posts: Arc::default(),
            held: Arc::new(watch::Sender::new(Vec::new())),
            changes: Arc::new(watch::Sender::new(0)),
        }
    }

    /// All that arrived so far, in order.
    pub fn posts(&self) -> Vec<Post> {
        lock(&self.posts).clone()
    }

    /// Forgets what arrived so far.
    pub fn clear(&self) {
        lock(&self.posts).clear();
        self.changes.send_modify(|count| *count += 1);
    }

    /// Waits until a post that the condition accepts has arrived, now or earlier, and returns the first such post.
    pub async fn wait_for(&self, condition: impl Fn(&Post) -> bool) -> Result<Post, NothingArrived> {
        self.wait_at_most(PATIENCE, condition).await
    }

    pub(crate) async fn wait_at_most(
        &self,
        patience: Duration,
        condition: impl Fn(&Post) -> bool,
    ) -> Result<Post, NothingArrived> {
        let mut changes = self.changes.subscribe();
        let found = changes.wait_for(|_| lock(&self.posts).iter().any(&condition));
        drop(tokio::time::timeout(patience, found).await);
        let posts = self.posts();
        posts
            .iter()
            .find(|post| condition(post))
            .cloned()
            .ok_or(NothingArrived { instead: posts })
    }

    /// Lets posts whose path and query match wait for their answer, as a webhook that hangs does: they are kept as having
    /// arrived, but answered only when what this returns is dropped. `*` stands for any characters. Kapacitor gives a post up
    /// after 30 s, or after the handler's `timeout`.
    pub fn hold(&self, path: &str) -> Hold {
        let mut number = 0;
        self.held.send_modify(|held| {
            number = held.last().map_or(0, |(last, _)| last + 1);
            held.push((number, path.to_owned()));
        });
        Hold {
            held: Arc::clone(&self.held),
            number,
        }
    }

    /// Takes a post at once, and answers it once nothing holds it.
    pub(crate) async fn answer(&self, request: &Request) -> Reply {
        let reply = self.take(request);
        let mut held = self.held.subscribe();
        let holds = |held: &Vec<(u64, String)>| held.iter().any(|(_, path)| wildcard_matches(path, &request.target));
        drop(held.wait_for(|held| !holds(held)).await);
        reply
    }

    fn take(&self, request: &Request) -> Reply {
        let post = Post {
            method: request.method.clone(),
            path: request.target.clone(),
            headers: request.headers.clone(),
            body: request.text().into_owned(),
        };
        let status = status_of_path(&post.path).unwrap_or(200);
        lock(&self.posts).push(post);
        self.changes.send_modify(|count| *count += 1);
        Answer::new(status, "text/plain; charset=utf-8", "").into()
    }
}

/// Posts wait for their answer for as long as it lives.
#[must_use = "the posts are answered when this is dropped"]
pub struct Hold {
    held: Arc<watch::Sender<Vec<(u64, String)>>>,
    number: u64,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.held
            .send_modify(|held| held.retain(|(number, _)| *number != self.number));
    }
}

/// The status that a path `/status/NNN` asks for.
fn status_of_path(path: &str) -> Option<u16> {
    path.strip_prefix("/status/")?
        .parse()
        .ok()
        .filter(|status| (200..600).contains(status))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
