//! One request, described without the way that it goes.

use percent_encoding::{utf8_percent_encode, AsciiSet, NON_ALPHANUMERIC};
use reqwest::Method;
use serde::Serialize;

use crate::kapacitor::error::{RequestLine, SetupError};
use crate::secret::Secret;

/// What every path of Kapacitor's API starts with.
pub(in crate::kapacitor) const API: &str = "/kapacitor/v1";
/// The path of recordings below [`API`].
pub(in crate::kapacitor) const RECORDINGS: &str = "/recordings";
/// The path of replays below [`API`].
pub(in crate::kapacitor) const REPLAYS: &str = "/replays";
/// The path of tasks below [`API`].
pub(in crate::kapacitor) const TASKS: &str = "/tasks";
/// The path of templates below [`API`].
pub(in crate::kapacitor) const TEMPLATES: &str = "/templates";
/// The path of alert topics below [`API`].
pub(in crate::kapacitor) const TOPICS: &str = "/alerts/topics";
/// The path of the configuration section below the API's.
pub(in crate::kapacitor) const HTTPPOST: &str = "/config/httppost";

/// All but the characters that RFC 3986 calls unreserved: safe in a path segment and in a query.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A request to Kapacitor, or to the Chronograf in front of it.
#[derive(Debug, Clone)]
pub(in crate::kapacitor) struct Request {
    pub method: Method,
    /// The path, percent-encoded.
    pub path: String,
    /// The query, percent-encoded, without `?`; empty for none.
    pub query: String,
    /// The JSON body.
    pub body: Option<Secret>,
    pub target: RequestTarget,
    pub idempotency: Idempotency,
    /// What the answer may quote and no message may show.
    pub secrets: Vec<Secret>,
    /// Whether an answer, or none, tells whether the server answers at all.
    pub tells_of_server: bool,
}

/// Who should answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kapacitor) enum RequestTarget {
    Kapacitor,
    /// Chronograf itself.
    Chronograf,
    /// Chronograf itself, by a route that needs no credentials (and is needed to make them).
    ChronografUnauthenticated,
}

/// Whether a request may be sent again when nobody knows what became of the first one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kapacitor) enum Idempotency {
    /// A second one changes nothing that the first one did not.
    Idempotent,
    /// A second one would do harm: only where the first one surely had no effect.
    NotIdempotent,
}

impl Request {
    /// Reads from Kapacitor; `path` is below [`API`] and already encoded.
    pub(crate) fn get(path: &str) -> Self {
        Request {
            method: Method::GET,
            path: format!("{API}{path}"),
            query: String::new(),
            body: None,
            target: RequestTarget::Kapacitor,
            idempotency: Idempotency::Idempotent,
            secrets: Vec::new(),
            tells_of_server: true,
        }
    }

    /// Reads from Chronograf itself; `path` is below its base path.
    pub(crate) fn get_from_chronograf(path: &str, target: RequestTarget) -> Self {
        Request {
            path: path.to_owned(),
            target,
            ..Request::get("")
        }
    }

    /// Writes to Kapacitor; `path` is below [`API`] and already encoded.
    pub(crate) fn write(method: Method, path: &str, idempotency: Idempotency) -> Self {
        Request {
            method,
            idempotency,
            ..Request::get(path)
        }
    }

    /// Adds a parameter to the query.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if !self.query.is_empty() {
            self.query.push('&');
        }
        self.query.push_str(name);
        self.query.push('=');
        self.query.push_str(&encode(value));
        self
    }

    /// Sends `body` as JSON, and masks `secrets` in whatever comes back.
    pub(crate) fn json(mut self, body: &impl Serialize, secrets: Vec<Secret>) -> Result<Self, SetupError> {
        let json = serde_json::to_string(body).map_err(|error| SetupError::Unusable {
            setting: "body of the request",
            reason: error.to_string(),
        })?;
        self.body = Some(Secret::new(json));
        self.secrets = secrets;
        Ok(self)
    }

    /// What errors and logs say about it.
    pub(crate) fn line(&self) -> RequestLine {
        RequestLine {
            method: method_name(&self.method),
            path: self.path.clone(),
        }
    }

    /// Whether Kapacitor may have to stop a task before it answers.
    pub(crate) fn is_about_tasks(&self) -> bool {
        let path = self.path.strip_prefix(API).and_then(|path| path.strip_prefix("/tasks"));
        path.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    /// Path and query, as they follow the server's address.
    pub(crate) fn path_and_query(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        format!("{}?{}", self.path, self.query)
    }
}

/// Percent-encodes all but unreserved characters.
pub(in crate::kapacitor) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

/// The path of a topic.
pub(in crate::kapacitor) fn topic_path(topic: &str) -> Result<String, SetupError> {
    Ok(format!("{TOPICS}/{}", segment("name of a topic", topic)?))
}

/// The path of a handler of the topic with this path.
pub(in crate::kapacitor) fn handler_path(topic: &str, id: &str) -> Result<String, SetupError> {
    Ok(format!("{topic}/handlers/{}", segment("id of a handler", id)?))
}

/// `name` as one segment of a path. An empty name would address the whole collection (a `set` without an element's name
/// changes every element), and URLs cannot carry `.` and `..`.
pub(in crate::kapacitor) fn segment(what: &'static str, name: &str) -> Result<String, SetupError> {
    let refuse = |reason| {
        Err(SetupError::Name {
            what,
            name: name.to_owned(),
            reason,
        })
    };
    match name {
        "" => refuse("it is empty"),
        "." | ".." => refuse("a URL takes it for a step in the path, so Kapacitor could never be asked for it"),
        _ => Ok(encode(name)),
    }
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "GET",
    }
}
