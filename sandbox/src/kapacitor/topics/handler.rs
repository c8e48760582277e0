//! Handlers of topics: those of scripts and those that the API makes.

use crate::engine::lambda;
use crate::kapacitor::process::endpoint::{self, Endpoint, Endpoints, Shared};
use crate::kapacitor::process::poster::{Delivery, Poster, Queue};
use crate::kapacitor::topics::event::{Event, Level};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use squadcast_kapacitor::tickscript::ast::Expression;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A handler as the API stores it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(default)]
pub struct HandlerSpec {
    pub id: String,
    pub kind: String,
    pub options: Map<String, Value>,
    #[serde(rename = "match")]
    pub condition: String,
}

/// The kinds besides `post`. Their options are not checked, and they deliver nothing here.
const OTHER_KINDS: [&str; 27] = [
    "aggregate",
    "alerta",
    "bigpanda",
    "discord",
    "email",
    "exec",
    "hipchat",
    "kafka",
    "log",
    "mqtt",
    "opsgenie",
    "opsgenie2",
    "pagerduty",
    "pagerduty2",
    "publish",
    "pushover",
    "sensu",
    "servicenow",
    "slack",
    "smtp",
    "snmptrap",
    "talk",
    "tcp",
    "teams",
    "telegram",
    "victorops",
    "zenoss",
];

/// What a `post` handler is made with.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PostOptions {
    pub url: String,
    pub endpoint: String,
    pub headers: BTreeMap<String, String>,
    pub timeout: Option<Duration>,
}

/// A live handler.
#[derive(Clone)]
pub struct Handler {
    /// `None` for kinds that deliver nothing here.
    post: Option<PostHandler>,
    condition: Option<Expression>,
}

#[derive(Clone)]
struct PostHandler {
    endpoint: Shared,
    headers: BTreeMap<String, String>,
    timeout: Option<Duration>,
    queue: Queue,
}

impl Handler {
    /// A handler of a kind that delivers nothing here.
    pub fn silent() -> Handler {
        Handler {
            post: None,
            condition: None,
        }
    }

    /// A live endpoint wins over the URL; an unknown one falls back to it.
    pub fn post(options: PostOptions, endpoints: &Endpoints, poster: &Poster) -> Result<Handler, String> {
        let endpoint = match endpoints.get(&options.endpoint) {
            Some(live) => live,
            None if options.url.is_empty() => {
                let words = "An appropriately formatted url must be specified if an endpoint is not specified";
                return Err(words.to_owned());
            }
            None => Arc::new(Mutex::new(Endpoint::of_url(&options.url)?)),
        };
        let post = PostHandler {
            endpoint,
            headers: options.headers,
            timeout: options.timeout,
            queue: poster.queue(),
        };
        Ok(Handler {
            post: Some(post),
            condition: None,
        })
    }

    /// The handler that the API asks for.
    pub fn of_spec(spec: &HandlerSpec, endpoints: &Endpoints, poster: &Poster) -> Result<Handler, String> {
        let mut handler = match spec.kind.as_str() {
            "post" => Handler::post(post_options(&spec.options)?, endpoints, poster)?,
            kind if OTHER_KINDS.contains(&kind) => Handler::silent(),
            kind => return Err(format!("unsupported action kind {}", crate::go::quote::quote(kind))),
        };
        if !spec.condition.is_empty() {
            let parsed =
                lambda::parse(&spec.condition).map_err(|error| format!("invalid match expression: {error}"))?;
            handler.condition = Some(parsed);
        }
        Ok(handler)
    }

    /// The way to its receiver; `None` for kinds that deliver nothing here.
    pub fn queue(&self) -> Option<Queue> {
        self.post.as_ref().map(|post| post.queue.clone())
    }

    /// Sends the event on its way, if it matches. What fails is only logged by Kapacitor, and so is dropped here.
    pub fn handle(&self, event: &Event, previous: Level) {
        let Some(post) = &self.post else { return };
        if self
            .condition
            .as_ref()
            .is_some_and(|condition| !lambda::matches_event(condition, event, previous))
        {
            return;
        }
        if let Ok(delivery) = post.delivery(event, previous) {
            post.queue.send(delivery);
        }
    }
}

impl PostHandler {
    fn delivery(&self, event: &Event, previous: Level) -> Result<Delivery, String> {
        let endpoint = endpoint::lock(&self.endpoint).clone();
        let data = event.template_data(previous);
        let (url, mut headers) = endpoint.head(&data)?;
        for (name, value) in &self.headers {
            set_header(&mut headers, name, value);
        }
        let body = match &endpoint.alert_template {
            Some(template) => template.execute(&data)?,
            None => {
                set_header(&mut headers, "Content-Type", "application/json");
                format!("{}\n", event.json(previous))
            }
        };
        Ok(Delivery {
            url,
            headers,
            body,
            timeout: self.timeout,
        })
    }
}

/// Sets a header, replacing one whose name differs only in case.
fn set_header(headers: &mut BTreeMap<String, String>, name: &str, value: &str) {
    headers.retain(|existing, _| !existing.eq_ignore_ascii_case(name));
    headers.insert(name.to_owned(), value.to_owned());
}

/// The options of a `post` handler, or the words of the library with which Kapacitor reads them.
fn post_options(options: &Map<String, Value>) -> Result<PostOptions, String> {
    let mut read = PostOptions::default();
    let (mut errors, mut unknown) = (Vec::new(), Vec::new());
    for (name, value) in options {
        let result = match name.as_str() {
            "url" => text(name, value).map(|text| read.url = text),
            "endpoint" => text(name, value).map(|text| read.endpoint = text),
            "headers" => headers(value).map(|headers| read.headers = headers),
            "timeout" => timeout(value).map(|timeout| read.timeout = timeout),
            "capture-response" | "skip-ssl-verification" => boolean(name, value),
            _ => {
                unknown.push(name.as_str());
                Ok(())
            }
        };
        errors.extend(result.err());
    }
    if !unknown.is_empty() {
        unknown.sort_unstable();
        errors.push(format!("'' has invalid keys: {}", unknown.join(", ")));
    }
    if errors.is_empty() {
        return Ok(read);
    }
    let list: Vec<String> = errors.iter().map(|error| format!("* {error}")).collect();
    let (count, list) = (list.len(), list.join("\n"));
    Err(format!(
        "failed to decode options into *httppost.HandlerConfig: {count} error(s) decoding:\n\n{list}"
    ))
}

fn unconvertible(name: &str, wanted: &str, value: &Value) -> String {
    let (kind, shown) = match value {
        Value::String(text) => ("string", text.clone()),
        Value::Number(number) => ("float64", number.to_string()),
        Value::Bool(value) => ("bool", value.to_string()),
        Value::Array(_) => ("[]interface {}", value.to_string()),
        _ => ("map[string]interface {}", value.to_string()),
    };
    format!("'{name}' expected type '{wanted}', got unconvertible type '{kind}', value: '{shown}'")
}

fn text(name: &str, value: &Value) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| unconvertible(name, "string", value))
}

fn boolean(name: &str, value: &Value) -> Result<(), String> {
    value
        .as_bool()
        .map(drop)
        .ok_or_else(|| unconvertible(name, "bool", value))
}

fn timeout(value: &Value) -> Result<Option<Duration>, String> {
    let nanos = value
        .as_f64()
        .ok_or_else(|| unconvertible("timeout", "time.Duration", value))?;
    Ok(Some(Duration::from_nanos(nanos as u64)).filter(|timeout| !timeout.is_zero()))
}

fn headers(value: &Value) -> Result<BTreeMap<String, String>, String> {
    let kind = match value {
        Value::Object(map) => {
            return map
                .iter()
                .map(|(name, value)| Ok((name.clone(), text(&format!("headers[{name}]"), value)?)))
                .collect()
        }
        Value::String(_) => "string",
        Value::Number(_) => "float64",
        Value::Bool(_) => "bool",
        _ => "slice",
    };
    Err(format!("'headers' expected a map, got '{kind}'"))
}
