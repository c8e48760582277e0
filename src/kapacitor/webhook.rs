//! Posts of our own to a webhook that a rule's alerts go to, in the form in which Kapacitor sends them.

use std::collections::BTreeMap;

use reqwest::header::HeaderMap;
use reqwest::Method;
use serde::Serialize;
use url::Url;

use crate::kapacitor::client::Client;
use crate::kapacitor::config::{ClientConfig, KapacitorAuth};
use crate::kapacitor::error::{ConfigError, CredentialKind, Error, ServerKind, UrlSetting};
use crate::kapacitor::error::{ErrorKind, RequestLine, Responder, Server, SetupError};
use crate::kapacitor::models::Level;
use crate::kapacitor::transport::http::Http;
use crate::kapacitor::transport::request::{Idempotency, Request};
use crate::kapacitor::transport::retry::{RequestPolicy, RetryPolicy};
use crate::secret::Secret;
use crate::webhook::WebhookUrl;

/// What stands for the URL in errors and logs, since its path is the secret.
const PATH: &str = "(the webhook)";

/// A webhook, ready to be posted to.
pub struct Webhook {
    url: Url,
    http: Http,
    retry: RetryPolicy,
}

/// The end of an alert, as Kapacitor's handler `post` sends it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Recovery {
    /// The alert's id, by which the receiver finds the incident.
    pub id: String,
    /// The message.
    pub message: String,
    /// The details.
    pub details: String,
    /// The time, RFC 3339.
    pub time: String,
    /// How long the alert lasted, in nanoseconds.
    pub duration: i64,
    /// Always [`Level::Ok`].
    pub level: Level,
    /// The series of the point that led to it; there is none.
    pub data: serde_json::Value,
    /// The level that the alert had.
    pub previous_level: Level,
    /// Whether the alert sends recoveries.
    pub recoverable: bool,
}

impl Client {
    /// A webhook with the headers of each post. Makes no request; a URL or header that cannot work is refused.
    ///
    /// Of this client's settings, the timeout and the number of repeats apply to it. Its credentials, headers, certificates
    /// and trust are for Kapacitor and stay away.
    pub fn webhook(&self, url: &Secret, headers: &BTreeMap<String, Secret>) -> Result<Webhook, Error> {
        Webhook::new(url, headers, self.connection().request_policy())
    }
}

impl Webhook {
    fn new(url: &Secret, headers: &BTreeMap<String, Secret>, policy: RequestPolicy) -> Result<Self, Error> {
        let parsed = parse(url.expose()).map_err(|error| failed("", ErrorKind::Setup(error)))?;
        let mut config = ClientConfig::direct(url.expose(), KapacitorAuth::None);
        config.timeout = policy.timeout;
        config.headers = headers
            .iter()
            .filter(|(name, _)| !is_content_type(name))
            .map(|(name, value)| (name.clone(), value.clone()))
            .collect();
        let http = Http::new(&config).map_err(|error| failed(&address_of(&parsed), ErrorKind::Setup(error.into())))?;
        Ok(Webhook {
            url: parsed,
            http,
            retry: policy.retry,
        })
    }

    /// Sends a recovery, again where the receiver did not take it: it finds the same incident by its id each time.
    pub async fn send(&self, recovery: &Recovery) -> Result<(), Error> {
        let request = Request::write(Method::POST, "", Idempotency::Idempotent)
            .json(recovery, Vec::new())
            .map_err(|error| self.error(ErrorKind::Setup(error)))?;
        let request = Request {
            path: PATH.to_owned(),
            ..request
        };
        self.retry.deliver(&request, || self.try_once(&request)).await.result
    }

    async fn try_once(&self, request: &Request) -> Result<(), Error> {
        let answer = self
            .http
            .exchange(request, &self.url, HeaderMap::new())
            .await
            .map_err(|kind| self.error(kind))?;
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        let retry_after = answer.retry_after();
        // The receiver's own words may quote the secret in the URL, in whatever form.
        let refusal = ErrorKind::Status {
            status: answer.status,
            responder: Responder::Unknown,
            message: String::new(),
        };
        Err(self.error(refusal).with_retry_after(retry_after))
    }

    fn error(&self, kind: ErrorKind) -> Error {
        failed(&address_of(&self.url), kind)
    }
}

/// Kapacitor sets it by itself, whatever the headers say, and so does the request here.
fn is_content_type(name: &str) -> bool {
    name.eq_ignore_ascii_case("content-type")
}

/// The URL that Kapacitor posts to. This client would write some URLs in another way than Go does.
fn parse(url: &str) -> Result<Url, SetupError> {
    let refused = |reason: String| ConfigError::Url {
        setting: UrlSetting::Webhook,
        reason,
    };
    let webhook = WebhookUrl::parse(url).map_err(|error| refused(error.to_string()))?;
    let url = Url::parse(&webhook.as_sent()).map_err(|error| refused(error.to_string()))?;
    let path = webhook.target().split('?').next().unwrap_or_default();
    if url.path() != path {
        let reason = "its path has a segment `.` or `..`, which only Kapacitor sends as it is".to_owned();
        return Err(refused(reason).into());
    }
    Ok(url)
}

/// Scheme, host and port: the path is the secret.
fn address_of(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn failed(address: &str, kind: ErrorKind) -> Error {
    let line = RequestLine {
        method: "POST",
        path: PATH.to_owned(),
    };
    let server = Server {
        address: address.to_owned(),
        kind: ServerKind::Webhook,
        credentials: CredentialKind::None,
    };
    Error::new(line, server, kind)
}
