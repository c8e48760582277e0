//! The HTTP API of Kapacitor, direct or through Chronograf's proxy. Knows nothing of Terraform.
//!
//! Reads are under [`Client::tasks`], [`Client::httppost`] and [`Client::topics`]; writes only under [`Client::writes`].
//! Source of all that is said here about the server: the recordings in `tests/contract/http`.

mod answer;
pub mod api;
mod chronograf;
mod client;
mod config;
mod connection;
mod credentials;
mod error;
mod hint;
mod http;
mod lease;
pub mod models;
mod outage;
mod pem;
mod process_lock;
mod proxy;
mod request;
mod retry;
mod route;
mod stall;
mod superadmin;
#[cfg(test)]
pub(crate) mod tests;
mod tls;
mod together;
mod waiting;
mod webhook;
mod write_queue;
mod writes;

pub use chronograf::DefaultChoice;
pub use client::{writes_are_done, Client};
pub use config::{
    Backoff, ChronografAuth, ChronografConfig, ClientConfig, ClientIdentity, ConfigError, KapacitorAuth, TlsConfig,
    TransportConfig, UrlSetting, Variables, DEFAULT_MAX_RETRIES, DEFAULT_STOP_TIMEOUT, DEFAULT_TIMEOUT, USER_AGENT,
};
pub use error::{
    ChoiceError, ConnectFailure, CredentialKind, Error, Phase, RequestLine, Server, ServerKind, SetupError, Speaker,
    SpeaksFor, TlsFailure,
};
pub use lease::{LeaseTerms, DEFAULT_LEASE_DURATION, DEFAULT_LEASE_WAIT};
pub use pem::PemSource;
pub use stall::Stall;
pub use waiting::stop_waiting;
pub use webhook::{Recovery, Webhook};
pub use write_queue::give_back_leases;
pub use writes::Writes;

pub use crate::secret::{Secret, MASK};
