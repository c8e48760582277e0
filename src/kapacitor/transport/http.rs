//! Sends one HTTP request and takes the answer, whatever it says.

use std::error::Error as _;
use std::io;
use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue, CONTENT_TYPE};
use reqwest::redirect;
use tokio::sync::OnceCell;
use url::Url;

use crate::kapacitor::config::{ClientConfig, TlsConfig, Variables};
use crate::kapacitor::error::ConfigError;
use crate::kapacitor::error::{ConnectFailure, ErrorKind, SetupError, TlsFailure};
use crate::kapacitor::transport::answer::Answer;
use crate::kapacitor::transport::proxy::Proxy;
use crate::kapacitor::transport::request::Request;
use crate::kapacitor::transport::tls;
use crate::secret::mask::mask_user_info;
use crate::secret::Secret;

/// The longest time that connecting may take: enough for a TLS handshake over a bad line.
const LONGEST_CONNECT: Duration = Duration::from_secs(10);

/// How many bytes of an answer are read: far more than a list of ten thousand rules has, and little enough for a server that
/// sends without end to do no harm. No compression is offered, and none is undone, so that this is what arrives.
pub(in crate::kapacitor) const LONGEST_ANSWER: usize = 64 * 1024 * 1024;

/// How rustls begins to tell that the other side has ended the TLS connection for a reason.
const FATAL_ALERT: &str = "received fatal alert";

/// The HTTP client, made with the first request.
pub(in crate::kapacitor) struct Http {
    client: OnceCell<Prepared>,
    headers: HeaderMap,
    tls: TlsConfig,
    timeout: Duration,
    user_agent: String,
    environment: Variables,
}

/// What the first request makes.
struct Prepared {
    client: reqwest::Client,
    proxy: Option<Proxy>,
}

impl Http {
    pub(crate) fn new(config: &ClientConfig) -> Result<Self, ConfigError> {
        let user_agent = config.user_agent.clone();
        header_value("User-Agent", &user_agent)?;
        Ok(Http {
            client: OnceCell::new(),
            headers: custom_headers(&config.headers)?,
            tls: config.tls.clone(),
            timeout: config.timeout,
            user_agent,
            environment: config.environment.clone(),
        })
    }

    /// The longest time that one request may take.
    pub(crate) fn timeout(&self) -> Duration {
        self.timeout
    }

    /// Sends `request` to `url` with `credentials`, and logs it without anything that could be a secret.
    pub(crate) async fn exchange(
        &self,
        request: &Request,
        url: &Url,
        credentials: HeaderMap,
    ) -> Result<Answer, ErrorKind> {
        let prepared = self
            .client
            .get_or_try_init(|| self.build(url))
            .await
            .map_err(ErrorKind::Setup)?;
        let started = Instant::now();
        let result = self.send(prepared, request, url, credentials).await;
        let duration_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        let line = request.line();
        match &result {
            Ok(Answer { status, .. }) => {
                tracing::debug!(target: "kapacitor", method = line.method, path = line.path, status, duration_ms, "request");
            }
            Err(kind) => {
                let failure = kind.name();
                tracing::debug!(target: "kapacitor", method = line.method, path = line.path, failure, duration_ms, "request");
            }
        }
        result
    }

    async fn send(
        &self,
        prepared: &Prepared,
        request: &Request,
        url: &Url,
        credentials: HeaderMap,
    ) -> Result<Answer, ErrorKind> {
        let failed = |error| self.kind(&error, prepared.proxy.as_ref());
        let mut outgoing = prepared
            .client
            .request(request.method.clone(), url.clone())
            .timeout(self.timeout);
        outgoing = outgoing.headers(credentials).headers(self.headers.clone());
        if let Some(body) = &request.body {
            outgoing = outgoing
                .header(CONTENT_TYPE, "application/json")
                .body(body.expose().to_owned());
        }
        let response = outgoing.send().await.map_err(failed)?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read_body(response, failed).await?;
        Ok(Answer { status, headers, body })
    }

    /// Reading the system's certificates takes longer than everything else, so it is left out where they are not used.
    async fn build(&self, url: &Url) -> Result<Prepared, SetupError> {
        let proxy = Proxy::of(url, |variable| self.environment.get(variable));
        let speaks_tls = url.scheme() == "https" || proxy.is_some();
        let mut builder = reqwest::Client::builder()
            .user_agent(self.user_agent.clone())
            .redirect(redirect::Policy::none())
            .connect_timeout(self.timeout.min(LONGEST_CONNECT))
            .use_preconfigured_tls(tls::client_config(&self.tls, speaks_tls)?)
            .no_proxy();
        if let Some(proxy) = &proxy {
            builder = builder.proxy(through(proxy)?);
        }
        let client = builder.build().map_err(|error| SetupError::Unusable {
            setting: "set of TLS settings",
            reason: chain(&error.without_url()),
        })?;
        Ok(Prepared { client, proxy })
    }

    fn kind(&self, error: &reqwest::Error, proxy: Option<&Proxy>) -> ErrorKind {
        // A proxy's URL may carry a password too.
        let reason = mask_user_info(&chain(error));
        if error.is_connect() {
            let kind = connect_failure(error, &reason);
            // TLS is spoken with the server itself, through the proxy.
            let proxy = proxy.filter(|_| !kind.is_tls()).map(Proxy::address);
            return ErrorKind::Connect { kind, proxy, reason };
        }
        if error.is_timeout() {
            return ErrorKind::TimedOut { after: self.timeout };
        }
        // TLS 1.3 refuses the client's certificate, or the lack of one, only after the client takes the connection for
        // made. The server then reads nothing of the request.
        if reason.contains(FATAL_ALERT) {
            let kind = ConnectFailure::Tls(TlsFailure::RefusedByServer);
            return ErrorKind::Connect {
                kind,
                proxy: None,
                reason,
            };
        }
        ErrorKind::Dropped { reason }
    }
}

/// The body, as long as it is not too long.
async fn read_body(
    mut response: reqwest::Response,
    failed: impl Fn(reqwest::Error) -> ErrorKind,
) -> Result<Vec<u8>, ErrorKind> {
    let too_long = ErrorKind::TooLong { limit: LONGEST_ANSWER };
    let announced = response.content_length().unwrap_or_default();
    if announced > LONGEST_ANSWER as u64 {
        return Err(too_long);
    }
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(&failed)? {
        if body.len() + chunk.len() > LONGEST_ANSWER {
            return Err(too_long);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

fn through(proxy: &Proxy) -> Result<reqwest::Proxy, SetupError> {
    let unusable = || SetupError::Unusable {
        setting: "proxy that the environment names (HTTP_PROXY, HTTPS_PROXY or ALL_PROXY)",
        reason: "it is not the URL of an http or https proxy".to_owned(),
    };
    let url = Url::parse(proxy.url.expose()).map_err(|_| unusable())?;
    // It would be passed by otherwise.
    if !matches!(url.scheme(), "http" | "https") {
        return Err(unusable());
    }
    reqwest::Proxy::all(url).map_err(|_| unusable())
}

/// `value` as a header that is never logged.
pub(in crate::kapacitor) fn header_value(name: &str, value: &str) -> Result<HeaderValue, ConfigError> {
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
        io::ErrorKind::InvalidData => Some(ConnectFailure::Tls(tls_failure(error))),
        _ => error.get_ref()?.downcast_ref::<io::Error>().and_then(io_failure),
    }
}

fn tls_failure(error: &io::Error) -> TlsFailure {
    use rustls::{CertificateError as Certificate, Error};
    match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        Some(Error::InvalidCertificate(reason)) => match reason {
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => TlsFailure::WrongName,
            Certificate::Expired
            | Certificate::ExpiredContext { .. }
            | Certificate::NotValidYet
            | Certificate::NotValidYetContext { .. } => TlsFailure::WrongTime,
            reason if tls::is_about_its_issuer(reason) => TlsFailure::UnknownIssuer,
            _ => TlsFailure::Certificate,
        },
        Some(Error::AlertReceived(_)) => TlsFailure::RefusedByServer,
        Some(Error::InvalidMessage(_)) => TlsFailure::NotTls,
        _ => TlsFailure::Other,
    }
}
