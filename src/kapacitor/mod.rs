//! The HTTP API of Kapacitor, direct or through Chronograf's proxy. Knows nothing of who calls.
//!
//! Reads are under [`Client::tasks`], [`Client::httppost`] and [`Client::topics`]; writes only under [`Client::writes`].
//!
//! No file imports one that imports it, directly or over others: `error`, `models` -> `config` -> `transport` -> `reading`
//! -> `client` -> `api` -> `writing`, each resting on those before it.
//!
//! Source of all that is said here about the server: the recordings in `tests/contract/http`.

pub(crate) mod api;
mod client;
mod config;
mod error;
pub(crate) mod models;
mod reading;
mod stop_signal;
#[cfg(test)]
pub(crate) mod tests;
mod transport;
mod webhook;
mod writing;

pub use client::Client;
pub use config::pem::PemSource;
pub use config::{
    Backoff, ChronografAuth, ChronografConfig, ClientConfig, ClientIdentity, KapacitorAuth, LeaseTerms, TlsConfig,
    TransportConfig, Variables, DEFAULT_LEASE_DURATION, DEFAULT_LEASE_WAIT, DEFAULT_MAX_RETRIES, DEFAULT_STOP_TIMEOUT,
    DEFAULT_TIMEOUT, USER_AGENT,
};
pub use error::{
    ChoiceError, ConfigError, ConnectFailure, CredentialKind, Error, ErrorKind, RequestLine, Responder, Server,
    ServerKind, SetupError, SpeaksFor, Stall, TlsFailure, UrlSetting, NO_SUCH_ROUTE,
};
pub use stop_signal::{stop_waiting, stopped};
pub use transport::route::chronograf::DefaultChoice;
pub use webhook::{Recovery, Webhook};
pub use writing::{give_back_leases, writes_are_done, Writer};

pub use crate::secret::{Secret, MASK};
