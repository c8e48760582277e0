//! Requests and answers, and the ways that they go.

mod chronograf;
mod credentials;
mod faults;
mod limits;
mod proxies;
mod repeats;
mod tls;
mod webhooks;
