//! Posts of our own to a webhook that a rule's alerts go to, in the form in which Kapacitor sends them.

use std::collections::BTreeMap;

use reqwest::header::HeaderMap;
use reqwest::Method;
use serde::Serialize;
use url::Url;

use crate::kapacitor::error::{Phase, RequestLine, Server, SetupError, Speaker};
use crate::kapacitor::http::Http;
use crate::kapacitor::models::Level;
use crate::kapacitor::request::{Repeat, Request};
use crate::kapacitor::retry::RetryPolicy;
use crate::kapacitor::{Backoff, ClientConfig, CredentialKind, Error, KapacitorAuth, Secret, DEFAULT_MAX_RETRIES};

/// A webhook, with the headers that go with each post.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    /// Where to post to.
    pub url: Secret,
    /// The headers.
    pub headers: BTreeMap<String, Secret>,
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

impl Webhook {
    /// Sends a recovery, again where the receiver did not take it: it finds the same incident by its id each time.
    ///
    /// Neither the credentials nor the headers nor the certificates of the provider's configuration go along.
    pub async fn send(&self, recovery: &Recovery) -> Result<(), Error> {
        let setup = |error: SetupError| self.error(Phase::Setup(error));
        let url = Url::parse(self.url.expose()).map_err(|error| {
            setup(SetupError::Unusable {
                setting: "webhook URL",
                reason: error.to_string(),
            })
        })?;
        let http = Http::new(&self.config()).map_err(|error| setup(error.into()))?;
        let request = Request::write(Method::POST, "", Repeat::Safe)
            .json(recovery, vec![self.url.clone()])
            .map_err(setup)?;
        let request = Request {
            path: "(the webhook)".to_owned(),
            ..request
        };
        let retry = RetryPolicy {
            max_retries: DEFAULT_MAX_RETRIES,
            backoff: Backoff::default(),
        };
        let mut repeats = 0;
        loop {
            let error = match self.try_once(&http, &request, &url).await {
                Ok(()) => return Ok(()),
                Err(error) => error,
            };
            let Some(pause) = retry.pause(request.repeat, repeats, &error) else {
                return Err(error);
            };
            repeats += 1;
            tokio::time::sleep(pause).await;
        }
    }

    async fn try_once(&self, http: &Http, request: &Request, url: &Url) -> Result<(), Error> {
        let answer = http
            .exchange(request, url, HeaderMap::new())
            .await
            .map_err(|phase| self.error(phase))?;
        if (200..300).contains(&answer.status) {
            return Ok(());
        }
        let retry_after = answer.retry_after();
        let refusal = Phase::Status {
            status: answer.status,
            speaker: Speaker::Unknown,
            words: String::new(),
        };
        Err(self.error(refusal).with_retry_after(retry_after))
    }

    /// Content-Type is Kapacitor's own and set by the request itself.
    fn config(&self) -> ClientConfig {
        let mut config = ClientConfig::direct(self.url.expose(), KapacitorAuth::None);
        let own = |name: &String| !name.eq_ignore_ascii_case("content-type");
        let headers = self.headers.iter().filter(|(name, _)| own(name));
        config.headers = headers.map(|(name, value)| (name.clone(), value.clone())).collect();
        config
    }

    fn error(&self, phase: Phase) -> Error {
        let line = RequestLine {
            method: "POST",
            path: "(the webhook)".to_owned(),
        };
        let address = Url::parse(self.url.expose())
            .ok()
            .map(|url| url.origin().ascii_serialization())
            .unwrap_or_default();
        let server = Server {
            address,
            chronograf: false,
            credentials: CredentialKind::None,
        };
        Error::new(line, server, phase)
    }
}
