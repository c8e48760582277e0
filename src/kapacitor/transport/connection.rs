//! Sends requests by the way that was configured: with credentials, repeats, and errors that say what happened.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use base64::engine::general_purpose::STANDARD;
use base64::Engine;
use reqwest::header::{HeaderMap, HeaderValue, AUTHORIZATION};
use serde::de::DeserializeOwned;
use tokio::time::Instant;
use url::Url;

use crate::kapacitor::config::{ClientConfig, TransportConfig};
use crate::kapacitor::error::ConfigError;
use crate::kapacitor::error::{Error, ErrorKind, Server, SetupError};
use crate::kapacitor::models::Task;
use crate::kapacitor::transport::answer::Answer;
use crate::kapacitor::transport::auth::credentials::single;
use crate::kapacitor::transport::auth::superadmin::Superadmin;
use crate::kapacitor::transport::http::Http;
use crate::kapacitor::transport::last_failure::LastFailure;
use crate::kapacitor::transport::outage::Outage;
use crate::kapacitor::transport::proxy::Proxy;
use crate::kapacitor::transport::request::{Request, RequestTarget};
use crate::kapacitor::transport::retry::{Delivery, RequestPolicy, RetryPolicy};
use crate::kapacitor::transport::route::chronograf::{
    choose, kapacitors_of, Chosen, DefaultChoice, Kapacitors, Sources, SOURCES,
};
use crate::kapacitor::transport::route::{Chronograf, Login, Route};
use crate::secret::escaped;
use crate::secret::mask::{of_the_process, Author, Known};
use crate::secret::Secret;

/// Where Chronograf gives out what is to be signed.
const NONCE: &str = "/nonce";

/// A server, the way to it, and the patience with it.
pub(in crate::kapacitor) struct Connection {
    http: Http,
    route: Route,
    retry: RetryPolicy,
    stop_timeout: Duration,
    /// What no message may show: of the settings, of what was sent, and of what was read.
    known: Known,
    script_secrets: fn(&str) -> Vec<String>,
    outage: Outage,
    /// Of the choice of a Kapacitor of Chronograf's, and of a token.
    choice_failed: LastFailure<Error>,
    token_failed: LastFailure<Error>,
}

impl Connection {
    pub(crate) fn new(config: &ClientConfig) -> Result<Self, ConfigError> {
        let (route, mut secrets) = match &config.transport {
            TransportConfig::Direct { url, auth } => Route::direct(url, auth)?,
            TransportConfig::Chronograf(chronograf) => Route::chronograf(chronograf)?,
        };
        secrets.extend(config.headers.iter().map(|(_, value)| value.clone()));
        secrets.extend(proxy_secrets(|name| std::env::var(name).ok()));
        let connection = Connection {
            http: Http::new(config)?,
            route,
            retry: RetryPolicy {
                max_retries: config.max_retries,
                backoff: config.backoff,
            },
            stop_timeout: config.stop_timeout,
            known: Known::default(),
            script_secrets: config.script_secrets,
            outage: Outage::default(),
            choice_failed: LastFailure::new(),
            token_failed: LastFailure::new(),
        };
        connection.remember(&secrets);
        Ok(connection)
    }

    /// The answer to `request`, where it is one that says yes.
    pub(crate) async fn send(&self, request: &Request) -> Result<Answer, Error> {
        self.deliver(request).await.result
    }

    /// The answer to `request` as JSON.
    pub(crate) async fn json<T: DeserializeOwned>(&self, request: &Request) -> Result<T, Error> {
        let answer = self.send(request).await?;
        self.read_json(request, &answer)
    }

    /// The body of `answer` as JSON.
    pub(crate) fn read_json<T: DeserializeOwned>(&self, request: &Request, answer: &Answer) -> Result<T, Error> {
        answer
            .json(|text| self.masked(text))
            .map_err(|kind| self.error(request, kind))
    }

    /// Sends `request` and makes sure that it is answered as done.
    pub(crate) async fn no_content(&self, request: &Request) -> Result<Answer, Error> {
        let answer = self.send(request).await?;
        answer
            .no_content(|text| self.masked(text))
            .map_err(|kind| self.error(request, kind))?;
        Ok(answer)
    }

    /// Sends `request`, again where that is safe and may help.
    pub(crate) async fn deliver(&self, request: &Request) -> Delivery<Answer> {
        let round = self.outage.round();
        let delivery = self.deliver_unnoted(request).await;
        if request.tells_of_server && !may_be_a_stall(request, &delivery.result) {
            self.outage.note(round, &delivery.result);
        }
        delivery
    }

    /// Whether the server answers at all, as far as the requests so far have shown.
    pub(crate) fn outage(&self) -> &Outage {
        &self.outage
    }

    async fn deliver_unnoted(&self, request: &Request) -> Delivery<Answer> {
        match self.url(request).await {
            Ok(url) => self.retry.deliver(request, || self.try_once(request, &url)).await,
            Err(error) => Delivery {
                result: Err(error),
                earlier_try_may_have_acted: false,
            },
        }
    }

    /// A name of the Kapacitor, the same for all clients that reach it, by whichever way.
    pub(crate) async fn key(&self) -> Result<String, Error> {
        match &self.route {
            Route::Direct(direct) => Ok(direct.base.key()),
            Route::Chronograf(chronograf) => Ok(self.chosen(chronograf).await?.key.clone()),
        }
    }

    /// An error about `request`.
    pub(crate) fn error(&self, request: &Request, kind: ErrorKind) -> Error {
        Error::new(request.line(), self.server(), kind)
    }

    /// The server that is asked.
    pub(crate) fn server(&self) -> Server {
        self.route.server()
    }

    /// How long a Kapacitor that answers nothing about tasks is waited for.
    pub(crate) fn stop_timeout(&self) -> Duration {
        self.stop_timeout
    }

    /// How long a request is waited for, and how often it is repeated.
    pub(crate) fn request_policy(&self) -> RequestPolicy {
        RequestPolicy {
            timeout: self.http.timeout(),
            retry: self.retry,
        }
    }

    /// Keeps these out of every message from now on.
    pub(crate) fn remember<'a>(&self, secrets: impl IntoIterator<Item = &'a Secret> + Clone) {
        of_the_process().remember(secrets.clone());
        self.known.remember(secrets);
    }

    /// What others say, without the secrets that are known and without control characters.
    pub(crate) fn masked(&self, text: &str) -> String {
        escaped(&self.known.mask(text, Author::Others)).into_owned()
    }

    /// A task whose error shows no secret of its script.
    pub(crate) fn told(&self, mut task: Task) -> Task {
        if !task.error.is_empty() {
            let secrets: Vec<Secret> = (self.script_secrets)(&task.script)
                .into_iter()
                .map(Secret::from)
                .collect();
            self.remember(&secrets);
            task.error = self.masked(&task.error);
        }
        task
    }

    fn is_through_chronograf(&self) -> bool {
        matches!(self.route, Route::Chronograf(_))
    }

    async fn url(&self, request: &Request) -> Result<Url, Error> {
        let path_and_query = request.path_and_query();
        let url = match (&self.route, request.target) {
            (Route::Direct(direct), _) => direct.base.join(&path_and_query),
            (Route::Chronograf(chronograf), RequestTarget::Kapacitor) => {
                let chosen = self.chosen(chronograf).await?;
                chronograf.base.join(&chosen.proxied(&path_and_query))
            }
            (Route::Chronograf(chronograf), _) => chronograf.base.join(&path_and_query),
        };
        url.map_err(|error| self.setup_error(request, error))
    }

    async fn try_once(&self, request: &Request, url: &Url) -> Result<Answer, Error> {
        let answer = match self.route.login() {
            _ if request.target == RequestTarget::ChronografUnauthenticated => {
                self.exchange(request, url, HeaderMap::new()).await?
            }
            Login::Ready(credentials) => {
                let headers = credentials
                    .headers()
                    .map_err(|error| self.setup_error(request, error))?;
                self.exchange(request, url, headers).await?
            }
            Login::Superadmin(superadmin) => self.exchange_signed(request, url, superadmin).await?,
        };
        let retry_after = answer.retry_after();
        answer
            .accepted(self.is_through_chronograf(), |text| self.masked(text))
            .map_err(|kind| self.error(request, kind).with_retry_after(retry_after))
    }

    /// Asks once; twice where Chronograf turns down a token, which has then expired without notice. The first request went no
    /// further than Chronograf, so this is safe for writes too.
    async fn exchange_signed(&self, request: &Request, url: &Url, superadmin: &Superadmin) -> Result<Answer, Error> {
        let token = self.token(superadmin, None).await?;
        let answer = self.exchange_with_token(request, url, &token).await?;
        if !answer.is_bare_forbidden() {
            return Ok(answer);
        }
        let token = self.token(superadmin, Some(&token)).await?;
        self.exchange_with_token(request, url, &token).await
    }

    async fn exchange_with_token(&self, request: &Request, url: &Url, token: &Secret) -> Result<Answer, Error> {
        let headers = single(AUTHORIZATION, token.expose()).map_err(|error| self.setup_error(request, error))?;
        self.exchange(request, url, headers).await
    }

    async fn exchange(&self, request: &Request, url: &Url, mut headers: HeaderMap) -> Result<Answer, Error> {
        if self.is_through_chronograf() {
            // What Chronograf's own pages send, and what its protection against forged requests looks for.
            headers.insert("x-requested-with", HeaderValue::from_static("XMLHttpRequest"));
        }
        // A server or a proxy may repeat what it was sent, in the form in which it was sent.
        let sent = headers.values().filter(|value| value.is_sensitive());
        let sent: Vec<Secret> = sent.filter_map(|value| value.to_str().ok()).map(Secret::from).collect();
        self.remember(&sent);
        self.remember(&request.secrets);
        let exchange = self.http.exchange(request, url, headers);
        exchange.await.map_err(|kind| self.error(request, kind))
    }

    /// The token to use; a new one where there is none yet, or where it is still the one that was `refused`.
    async fn token(&self, superadmin: &Superadmin, refused: Option<&Secret>) -> Result<Secret, Error> {
        let began = Instant::now();
        let mut current = superadmin.token.lock().await;
        if let Some(token) = current.as_ref().filter(|token| Some(*token) != refused) {
            return Ok(token.clone());
        }
        if let Some(error) = self.token_failed.since(began) {
            return Err(error);
        }
        let signed = self.signed_nonce(superadmin).await;
        self.token_failed.note(&signed);
        Ok(current.insert(signed?).clone())
    }

    async fn signed_nonce(&self, superadmin: &Superadmin) -> Result<Secret, Error> {
        let request = Request::get_from_chronograf(NONCE, RequestTarget::ChronografUnauthenticated);
        let nonce = self.send_boxed(&request).await?.text();
        superadmin
            .sign(&nonce)
            .await
            .map_err(|error| self.error(&request, ErrorKind::Setup(error)))
    }

    async fn chosen<'a>(&self, chronograf: &'a Chronograf) -> Result<&'a Chosen, Error> {
        let began = Instant::now();
        let choose = || async {
            if let Some(error) = self.choice_failed.since(began) {
                return Err(error);
            }
            let chosen = self.choose(chronograf).await;
            self.choice_failed.note(&chosen);
            chosen
        };
        chronograf.chosen.get_or_try_init(choose).await
    }

    async fn choose(&self, chronograf: &Chronograf) -> Result<Chosen, Error> {
        let request = Request::get_from_chronograf(SOURCES, RequestTarget::Chronograf);
        let answer = self.send_boxed(&request).await?;
        let sources = self.read_json::<Sources>(&request, &answer)?.sources;
        let wanted = chronograf.source.as_deref();
        let source =
            choose("source", wanted, &sources).map_err(|error| self.error(&request, ErrorKind::NoChoice(error)))?;
        let default_source = DefaultChoice::of("source", wanted, &sources, &source);

        let request = Request::get_from_chronograf(&kapacitors_of(&source), RequestTarget::Chronograf);
        let answer = self.send_boxed(&request).await?;
        let kapacitors = self.read_json::<Kapacitors>(&request, &answer)?.kapacitors;
        let wanted = chronograf.kapacitor.as_deref();
        let kapacitor = choose("kapacitor", wanted, &kapacitors)
            .map_err(|error| self.error(&request, ErrorKind::NoChoice(error)))?;
        let default_kapacitor = DefaultChoice::of("kapacitor", wanted, &kapacitors, &kapacitor);
        let mut chosen = Chosen::new(&source, &kapacitor);
        chosen
            .by_default
            .extend(default_source.into_iter().chain(default_kapacitor));
        Ok(chosen)
    }

    /// What was chosen of Chronograf's connections without being named, as far as one was needed so far.
    pub(crate) fn default_choices(&self) -> &[DefaultChoice] {
        match &self.route {
            Route::Direct(_) => &[],
            Route::Chronograf(chronograf) => chronograf.chosen.get().map_or(&[], |chosen| &chosen.by_default),
        }
    }

    /// [`Connection::send`] for requests that other requests need first: without the box its type would hold itself.
    fn send_boxed<'a>(
        &'a self,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>> {
        Box::pin(self.send(request))
    }

    fn setup_error(&self, request: &Request, error: ConfigError) -> Error {
        self.error(request, ErrorKind::Setup(SetupError::Config(error)))
    }
}

/// Whether Kapacitor may only be waiting for a webhook: then whoever waits for the end of that notes what came of it.
fn may_be_a_stall(request: &Request, result: &Result<Answer, Error>) -> bool {
    request.is_about_tasks() && result.as_ref().is_err_and(Error::is_timeout)
}

/// The user and password of each proxy that the environment names: a proxy may repeat them, and sends errors of its own.
fn proxy_secrets(environment: impl Fn(&str) -> Option<String>) -> Vec<Secret> {
    let urls = Proxy::VARIABLES.iter().filter_map(|name| environment(name));
    urls.flat_map(|url| user_info_of(&Proxy::with_scheme(url))).collect()
}

/// The password that a URL carries, and both as they are sent.
fn user_info_of(url: &str) -> Vec<Secret> {
    let Ok(url) = Url::parse(url) else {
        return Vec::new();
    };
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    let Some(password) = url.password().map(decode) else {
        return Vec::new();
    };
    let sent = STANDARD.encode(format!("{}:{password}", decode(url.username())));
    vec![Secret::new(password), Secret::new(sent)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_password_is_a_secret_as_it_is_sent_too() {
        let secrets = user_info_of("http://me:p%40ss@proxy:3128");
        assert_eq!(secrets, [Secret::new("p@ss"), Secret::new("bWU6cEBzcw==")]);
        assert!(user_info_of("http://proxy:3128").is_empty());
    }

    /// As `Proxy::of` takes it, too.
    #[test]
    fn the_password_of_a_proxy_without_a_scheme_is_a_secret() {
        for variable in Proxy::VARIABLES {
            let environment = |name: &str| (name == variable).then(|| "me:p%40ss@proxy:3128".to_owned());
            let expected = [Secret::new("p@ss"), Secret::new("bWU6cEBzcw==")];
            assert_eq!(proxy_secrets(environment), expected, "{variable}");
        }
    }
}
