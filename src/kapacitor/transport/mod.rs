//! How a request gets to Kapacitor and back.

pub(super) mod answer;
pub(super) mod auth;
pub(super) mod connection;
pub(super) mod http;
pub(super) mod last_failure;
pub(super) mod outage;
pub(super) mod ping;
pub(super) mod proxy;
pub(super) mod request;
pub(super) mod retry;
pub(super) mod route;
pub(super) mod tls;
