//! Sends one HTTP request and takes the answer, whatever it says.

use std::error::Error as _;
use std::io;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, CONTENT_TYPE};
use reqwest::redirect;
use tokio::sync::OnceCell;
use url::{Host, Url};

use crate::kapacitor::answer::Answer;
use crate::kapacitor::error::{ConnectFailure, Phase, SetupError};
use crate::kapacitor::request::Request;
use crate::kapacitor::{tls, ClientConfig, ConfigError, Secret, TlsConfig};
use crate::secret::mask::mask_user_info;

/// The longest time that connecting may take: enough for a TLS handshake over a bad line.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// How rustls begins to tell that the other side has ended the TLS connection for a reason.
const FATAL_ALERT: &str = "received fatal alert";

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

    /// The longest time that one request may take.
    pub fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends `request` to `url` with `credentials`, and logs it without anything that could be a secret.
    pub async fn exchange(&self, request: &Request, url: &Url, credentials: HeaderMap) -> Result<Answer, Phase> {
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
        credentials: HeaderMap,
    ) -> Result<Answer, Phase> {
        let mut outgoing = client
            .request(request.method.clone(), url.clone())
            .timeout(self.timeout);
        outgoing = outgoing.headers(credentials).headers(self.headers.clone());
        if let Some(body) = &request.body {
            outgoing = outgoing
                .header(CONTENT_TYPE, "application/json")
                .body(body.expose().to_owned());
        }
        let response = outgoing.send().await.map_err(|error| self.phase(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = response.bytes().await.map_err(|error| self.phase(&error))?.into();
        Ok(Answer { status, headers, body })
    }

    /// Reading the system's certificates takes longer than everything else, so it is left out where they are not used.
    async fn build(&self, url: &Url) -> Result<reqwest::Client, SetupError> {
        let mut builder = reqwest::Client::builder()
            .user_agent(self.user_agent.clone())
            .redirect(redirect::Policy::none())
            .connect_timeout(self.timeout.min(LONGEST_CONNECT))
            .tls_built_in_root_certs(url.scheme() == "https" || proxy_is_set());
        if is_loopback(url) {
            builder = builder.no_proxy();
        }
        builder = tls::configure(builder, &self.tls)?;
        builder.build().map_err(|error| SetupError::Unusable {
            setting: "set of TLS settings",
            reason: chain(&error.without_url()),
        })
    }

    fn phase(&self, error: &reqwest::Error) -> Phase {
        // A proxy's URL may carry a password too.
        let reason = mask_user_info(&chain(error));
        if error.is_connect() {
            return Phase::Connect {
                kind: connect_failure(error, &reason),
                reason,
            };
        }
        if error.is_timeout() {
            return Phase::TimedOut { after: self.timeout };
        }
        // TLS 1.3 refuses the client's certificate, or the lack of one, only after the client takes the connection for
        // made. The server then reads nothing of the request.
        if reason.contains(FATAL_ALERT) {
            let kind = ConnectFailure::Tls;
            return Phase::Connect { kind, reason };
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

/// Whether `url` is this machine's own, which no proxy can reach. Go programs, Kapacitor's own client among them, do the same.
fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

/// The causes of an error in one line, without those that say only that something went wrong, or repeat another one.
fn chain(error: &reqwest::Error) -> String {
    let mut told: Vec<String> = Vec::new();
    for cause in causes(error) {
        let text = cause.to_string();
        let says_more = told.last().is_none_or(|last| !last.contains(&text));
        if says_more && !text.starts_with("client error") {
            told.push(text);
        }
    }
    match (told.is_empty(), error.is_timeout()) {
        (false, _) => told.join(": "),
        (true, true) => "timed out".to_owned(),
        (true, false) => "no further reason is known".to_owned(),
    }
}

/// What led to an error, from the outside in. The error itself is left out: it names the URL.
fn causes(error: &reqwest::Error) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

fn connect_failure(error: &reqwest::Error, reason: &str) -> ConnectFailure {
    if error.is_timeout() {
        return ConnectFailure::TimedOut;
    }
    let failure = causes(error).find_map(|cause| cause.downcast_ref::<io::Error>().and_then(io_failure));
    if let Some(failure) = failure {
        return failure;
    }
    if reason.contains("dns error") {
        return ConnectFailure::UnknownHost;
    }
    ConnectFailure::Other
}

/// What an I/O error, or one that it wraps (which its `source` passes over), says about the connection.
fn io_failure(error: &io::Error) -> Option<ConnectFailure> {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(ConnectFailure::Refused),
        io::ErrorKind::TimedOut => Some(ConnectFailure::TimedOut),
        io::ErrorKind::InvalidData => Some(ConnectFailure::Tls),
        _ => error.get_ref()?.downcast_ref::<io::Error>().and_then(io_failure),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_own_addresses_pass_the_proxy_by() {
        for (url, loopback) in [
            ("http://localhost:9092", true),
            ("http://127.0.0.2", true),
            ("http://[::1]:9092", true),
            ("http://localhost.example.com", false),
            ("http://10.0.0.1", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(url).unwrap()), loopback, "{url}");
        }
    }
}
