//! A request as the sandbox's servers see it, and what they reply.

use crate::server::journal::Entry;
use bytes::Bytes;
use hyper::header::HeaderMap;
use serde_json::{json, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::time::Instant;

/// A whole request.
#[derive(Clone, Debug)]
pub struct Request {
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    /// Names in lower case.
    pub headers: BTreeMap<String, String>,
    pub body: Bytes,
    /// When it had arrived.
    pub arrived: Instant,
    /// Where it stands in the server's log, if there is one.
    pub entry: Option<Entry>,
}

impl Request {
    pub fn new(method: &str, target: &str, headers: &HeaderMap, body: Bytes) -> Self {
        let headers = headers
            .iter()
            .map(|(name, value)| {
                (
                    name.as_str().to_owned(),
                    String::from_utf8_lossy(value.as_bytes()).into_owned(),
                )
            })
            .collect();
        Request {
            method: method.to_owned(),
            target: target.to_owned(),
            headers,
            body,
            arrived: Instant::now(),
            entry: None,
        }
    }

    /// The path as sent, without the query.
    pub fn path(&self) -> &str {
        self.target
            .split_once('?')
            .map_or(self.target.as_str(), |(path, _)| path)
    }

    /// The query's names and values, decoded, in order.
    pub fn query(&self) -> Vec<(String, String)> {
        let query = self.target.split_once('?').map_or("", |(_, query)| query);
        url::form_urlencoded::parse(query.as_bytes()).into_owned().collect()
    }

    /// The first value of a query parameter.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.query()
            .into_iter()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    #[cfg(test)]
    pub fn for_test(method: &str, target: &str, body: &str) -> Self {
        Request::new(method, target, &HeaderMap::new(), Bytes::from(body.to_owned()))
    }
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Reply {
    Answer(Answer),
    /// The connection is closed without an answer.
    Drop,
    /// No answer ever comes.
    Hang,
}

/// An HTTP answer.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Answer {
    pub fn new(status: u16, content_type: &str, body: impl Into<Bytes>) -> Self {
        Answer {
            status,
            headers: vec![("Content-Type".to_owned(), content_type.to_owned())],
            body: body.into(),
        }
    }

    pub fn json(status: u16, body: &Value) -> Self {
        Answer::new(status, "application/json; charset=utf-8", format!("{body:#}"))
    }

    pub fn no_content() -> Self {
        Answer::new(204, "application/json; charset=utf-8", Bytes::new())
    }

    /// An error in Kapacitor's shape.
    pub fn error(status: u16, message: &str) -> Self {
        Answer::json(status, &json!({ "error": message, "message": message }))
    }

    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        Reply::Answer(answer)
    }
}
