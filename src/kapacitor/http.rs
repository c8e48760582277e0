//! Sends one HTTP request and takes the answer, whatever it says.

use std::error::Error as _;
use std::io;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, CONTENT_TYPE};
use reqwest::redirect;
use tokio::sync::OnceCell;
use url::Url;

use crate::kapacitor::answer::Answer;
use crate::kapacitor::error::{ConnectFailure, Phase, SetupError};
use crate::kapacitor::request::Request;
use crate::kapacitor::{tls, ClientConfig, ConfigError, Secret, TlsConfig};

/// The longest time that connecting may take: enough for a TLS handshake over a bad line.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// The HTTP client, made with the first request.
pub(super) struct Http {
    client: OnceCell<reqwest::Client>,
    headers: HeaderMap,
    tls: TlsConfig,
    timeout: Duration,
    user_agent: String,
}

impl Http {
    pub fn new(config: &ClientConfig) -> Result<Self, ConfigError> {
        let user_agent = config.user_agent.clone();
        header_value("User-Agent", &user_agent)?;
        Ok(Http {
            client: OnceCell::new(),
            headers: custom_headers(&config.headers)?,
            tls: config.tls.clone(),
            timeout: config.timeout,
            user_agent,
        })
    }

    /// Sends `request` to `url` with `credentials`, and logs it without anything that could be a secret.
    pub async fn exchange(&self, request: &Request, url: &Url, credentials: &HeaderMap) -> Result<Answer, Phase> {
        let client = self
            .client
            .get_or_try_init(|| self.build(url))
            .await
            .map_err(Phase::Setup)?;
        let started = Instant::now();
        let result = self.send(client, request, url, credentials).await;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let line = request.line();
        match &result {
            Ok(Answer { status, .. }) => {
                tracing::debug!(target: "kapacitor", method = line.method, path = line.path, status, duration_ms, "request");
            }
            Err(phase) => {
                let failure = phase.name();
                tracing::debug!(target: "kapacitor", method = line.method, path = line.path, failure, duration_ms, "request");
            }
        }
        result
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        request: &Request,
        url: &Url,
        credentials: &HeaderMap,
    ) -> Result<Answer, Phase> {
        let mut outgoing = client
            .request(request.method.clone(), url.clone())
            .timeout(self.timeout);
        outgoing = outgoing.headers(credentials.clone()).headers(self.headers.clone());
        if let Some(body) = &request.body {
            outgoing = outgoing
                .header(CONTENT_TYPE, "application/json")
                .body(body.expose().to_owned());
        }
        let response = outgoing.send().await.map_err(|error| self.phase(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| self.phase(&error))?.to_vec();
        Ok(Answer { status, headers, body })
    }

    /// Reading the system's certificates takes longer than everything else, so it is left out where they are not used.
    async fn build(&self, url: &Url) -> Result<reqwest::Client, SetupError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(self.user_agent.clone())
            .redirect(redirect::Policy::none())
            .connect_timeout(self.timeout.min(LONGEST_CONNECT))
            .tls_built_in_root_certs(url.scheme() == "https" || proxy_is_set());
        builder = tls::configure(builder, &self.tls)?;
        builder.build().map_err(|error| SetupError::Unusable {
            setting: "set of TLS settings",
            reason: chain(&error.without_url()),
        })
    }

    fn phase(&self, error: &reqwest::Error) -> Phase {
        let reason = chain(error);
        if error.is_connect() {
            return Phase::Connect {
                kind: connect_failure(error, &reason),
                reason,
            };
        }
        if error.is_timeout() {
            return Phase::TimedOut { after: self.timeout };
        }
        Phase::Dropped { reason }
    }
}

/// `value` as a header that is never logged.
pub(super) fn header_value(name: &str, value: &str) -> Result<HeaderValue, ConfigError> {
    let refused = ConfigError::Header {
        name: name.to_owned(),
        reason: "its value has a control character",
    };
    let mut value = HeaderValue::from_str(value).map_err(|_| refused)?;
    value.set_sensitive(true);
    Ok(value)
}

fn custom_headers(headers: &[(String, Secret)]) -> Result<HeaderMap, ConfigError> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let refused = ConfigError::Header {
            name: name.clone(),
            reason: "it is no name of a header",
        };
        let header_name = HeaderName::from_bytes(name.as_bytes()).map_err(|_| refused)?;
        map.append(header_name, header_value(name, value.expose())?);
    }
    Ok(map)
}

/// Whether the environment names a proxy, which may itself be reached by `https`.
fn proxy_is_set() -> bool {
    ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"]
        .iter()
        .any(|name| std::env::var_os(name).is_some())
}

/// The innermost causes of an error in one line. The outer ones say only that something went wrong, and name the URL.
fn chain(error: &reqwest::Error) -> String {
    let mut causes = Vec::new();
    let mut cause = error.source();
    while let Some(current) = cause {
        let text = current.to_string();
        if causes.last().is_none_or(|last: &String| !last.contains(&text)) {
            causes.push(text);
        }
        cause = current.source();
    }
    if causes.is_empty() {
        return if error.is_timeout() {
            "timed out".to_owned()
        } else {
            "no further reason is known".to_owned()
        };
    }
    causes.join(": ")
}

fn connect_failure(error: &reqwest::Error, reason: &str) -> ConnectFailure {
    if error.is_timeout() {
        return ConnectFailure::TimedOut;
    }
    let mut cause = error.source();
    while let Some(current) = cause {
        match current.downcast_ref::<io::Error>().map(io::Error::kind) {
            Some(io::ErrorKind::ConnectionRefused) => return ConnectFailure::Refused,
            Some(io::ErrorKind::TimedOut) => return ConnectFailure::TimedOut,
            Some(io::ErrorKind::InvalidData) => return ConnectFailure::Tls,
            _ => cause = current.source(),
        }
    }
    if reason.contains("dns error") {
        return ConnectFailure::UnknownHost;
    }
    ConnectFailure::Other
}
