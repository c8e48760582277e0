//! The settings of a client. Reading them makes no request and opens no file.

pub(super) mod pem;

use std::sync::Arc;
use std::time::Duration;

use url::{Host, Url};

use crate::kapacitor::config::pem::PemSource;
use crate::secret::Secret;

/// How long one request may take where nothing else is said.
pub const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);
/// How long a stop that waits for a webhook is waited for where nothing else is said: twenty posts that get no answer.
pub const DEFAULT_STOP_TIMEOUT: Duration = Duration::from_secs(600);
/// How long a lease lives that nobody renews, unless the configuration says otherwise.
pub const DEFAULT_LEASE_DURATION: Duration = Duration::from_secs(20);
/// How long a write waits for the lease of somebody else, unless the configuration says otherwise.
pub const DEFAULT_LEASE_WAIT: Duration = Duration::from_secs(15 * 60);
/// How often a request is repeated where nothing else is said.
pub const DEFAULT_MAX_RETRIES: u32 = 3;
/// What the client calls itself in `User-Agent`.
pub const USER_AGENT: &str = concat!("terraform-provider-squadcast/", env!("CARGO_PKG_VERSION"));

/// Everything that a [`Client`](crate::kapacitor::Client) needs to know.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// The way to the server, with the credentials that this way takes.
    pub transport: TransportConfig,
    /// Headers of every request, for a reverse proxy in front of the server. Their values count as secrets.
    pub headers: Vec<(String, Secret)>,
    /// Settings for `https`.
    pub tls: TlsConfig,
    /// The longest time that one request may take, from connecting to the last byte of the answer.
    pub timeout: Duration,
    /// The longest time that a Kapacitor which answers a ping, but nothing about tasks, is waited for: it may be stopping a
    /// task whose webhook does not answer.
    pub stop_timeout: Duration,
    /// How often a request that may safely be repeated is repeated; 0 means never.
    pub max_retries: u32,
    /// The pauses between repeats.
    pub backoff: Backoff,
    /// The value of the header `User-Agent`.
    pub user_agent: String,
    /// How writes of all machines take turns; `None` if this process is alone with the server.
    pub lease: Option<LeaseTerms>,
    /// Finds the secrets in a TICKscript, which is not this layer's business: an error of a task may quote its script.
    pub script_secrets: fn(&str) -> Vec<String>,
    /// Where the variables are read that name proxies.
    pub environment: Variables,
}

/// Environment variables, those of the process by default.
#[derive(Clone)]
pub struct Variables(Arc<LookUp>);

/// Looks up a variable by its name.
type LookUp = dyn Fn(&str) -> Option<String> + Send + Sync;

impl Variables {
    /// Variables that `read` knows.
    pub fn new(read: impl Fn(&str) -> Option<String> + Send + Sync + 'static) -> Self {
        Variables(Arc::new(read))
    }

    /// The value of a variable, if it is set.
    pub fn get(&self, name: &str) -> Option<String> {
        (self.0)(name)
    }
}

impl Default for Variables {
    fn default() -> Self {
        Variables::new(|name| std::env::var(name).ok())
    }
}

impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Variables")
    }
}

impl ClientConfig {
    /// The default settings for `transport`: no extra headers, 30 s a request, 3 repeats.
    pub fn new(transport: TransportConfig) -> Self {
        ClientConfig {
            transport,
            headers: Vec::new(),
            tls: TlsConfig::default(),
            timeout: DEFAULT_TIMEOUT,
            stop_timeout: DEFAULT_STOP_TIMEOUT,
            max_retries: DEFAULT_MAX_RETRIES,
            backoff: Backoff::default(),
            user_agent: USER_AGENT.to_owned(),
            lease: Some(LeaseTerms::default()),
            script_secrets: |_| Vec::new(),
            environment: Variables::default(),
        }
    }

    /// Whether credentials, or headers that may be some, go to another machine over plain http.
    pub fn sends_credentials_in_clear(&self) -> bool {
        let (url, without_credentials) = match &self.transport {
            TransportConfig::Direct { url, auth } => (url, matches!(auth, KapacitorAuth::None)),
            TransportConfig::Chronograf(chronograf) => {
                (&chronograf.url, matches!(chronograf.auth, ChronografAuth::None))
            }
        };
        let Ok(url) = Url::parse(url.trim()) else {
            return false;
        };
        let in_url = !url.username().is_empty() || url.password().is_some();
        let sends_some = in_url || !without_credentials || !self.headers.is_empty();
        sends_some && url.scheme() == "http" && !is_loopback(&url)
    }

    /// Straight to the Kapacitor at `url`, with default settings.
    pub fn direct(url: impl Into<String>, auth: KapacitorAuth) -> Self {
        ClientConfig::new(TransportConfig::Direct { url: url.into(), auth })
    }
}

/// The way to a Kapacitor. The credentials belong to the way: Chronograf's proxy does not pass `Authorization` on.
#[derive(Debug, Clone)]
pub enum TransportConfig {
    /// Kapacitor's own API.
    Direct {
        /// The server's base URL, e.g. `http://localhost:9092`. User and password in it count as basic auth.
        url: String,
        /// How Kapacitor is told who asks.
        auth: KapacitorAuth,
    },
    /// The Kapacitor proxy of a Chronograf.
    Chronograf(ChronografConfig),
}

/// The way through a Chronograf.
#[derive(Debug, Clone)]
pub struct ChronografConfig {
    /// Chronograf's URL with its base path, e.g. `https://chronograf:8888/monitoring`.
    pub url: String,
    /// Id or name of the InfluxDB source; `None` takes the only one, or the default one.
    pub source: Option<String>,
    /// Id or name of the source's Kapacitor; `None` takes the only one, or the active one.
    pub kapacitor: Option<String>,
    /// How Chronograf is told who asks.
    pub auth: ChronografAuth,
}

/// What Kapacitor takes as credentials (`[http] auth-enabled`).
#[derive(Debug, Clone, Default)]
pub enum KapacitorAuth {
    /// None, as where `auth-enabled` is off.
    #[default]
    None,
    /// A Kapacitor user and its password.
    Basic {
        /// The user's name.
        username: String,
        /// The user's password.
        password: Secret,
    },
    /// Tokens that the client makes itself, signed (HS256) with `[http] shared-secret`, and renews before they expire.
    SharedSecret {
        /// The user that the tokens name.
        username: String,
        /// The value of `shared-secret` in kapacitor.conf.
        secret: Secret,
    },
    /// A ready token, sent as `Authorization: Bearer`.
    Bearer(Secret),
}

/// What Chronograf takes as credentials.
#[derive(Debug, Clone, Default)]
pub enum ChronografAuth {
    /// None, as where Chronograf runs without authentication.
    #[default]
    None,
    /// A user of Chronograf's `--htpasswd` file.
    Basic {
        /// The user's name.
        username: String,
        /// The user's password.
        password: Secret,
    },
    /// The RSA key whose public half Chronograf has as `--pub-key-file`: the client signs Chronograf's nonce with it.
    SuperadminToken {
        /// The private key, PKCS#1 or PKCS#8, unencrypted, at least 2048 bits.
        private_key: PemSource,
    },
    /// A ready token, sent as `Authorization: Bearer`.
    Bearer(Secret),
    /// A ready cookie: `session=…`, or the session's value alone.
    Cookie(Secret),
}

/// Settings for `https`. TLS below 1.2 is never spoken.
#[derive(Debug, Clone, Default)]
pub struct TlsConfig {
    /// Certificate authorities that are trusted besides the system's.
    pub ca_cert: Option<PemSource>,
    /// The certificate (chain) that the client shows, with its key.
    pub client_identity: Option<ClientIdentity>,
    /// Accept any certificate. Only for tests: anybody on the way can then read and change everything.
    pub insecure_skip_verify: bool,
}

/// A client certificate and its private key; the one is of no use without the other.
#[derive(Debug, Clone)]
pub struct ClientIdentity {
    /// The certificate, with its intermediates if there are any.
    pub certificate: PemSource,
    /// Its private key, unencrypted.
    pub private_key: PemSource,
}

/// The pauses between the repeats of a request: `first`, then twice as long each time up to `cap`, each shortened at
/// random by up to a half so that many clients do not come back at once.
#[derive(Debug, Clone, Copy)]
pub struct Backoff {
    /// The pause before the first repeat.
    pub first: Duration,
    /// The longest pause; a server's `Retry-After` may ask for more, up to a minute.
    pub cap: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff {
            first: Duration::from_millis(250),
            cap: Duration::from_secs(5),
        }
    }
}

/// How the lease is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseTerms {
    /// How long a lease lives that nobody renews: so long waits who comes after a holder that died.
    pub duration: Duration,
    /// How long a write waits for somebody else's lease.
    pub wait: Duration,
}

impl Default for LeaseTerms {
    fn default() -> Self {
        LeaseTerms {
            duration: DEFAULT_LEASE_DURATION,
            wait: DEFAULT_LEASE_WAIT,
        }
    }
}

/// Whether `url` is this machine's own, which no proxy can reach.
pub(in crate::kapacitor) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
