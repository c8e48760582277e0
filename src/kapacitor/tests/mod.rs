//! The client against a scripted server that answers with recorded bodies, or not at all.

mod chronograf;
mod credentials;
mod every_recording;
mod faults;
mod limits;
mod logging;
mod masking;
mod outage;
mod proxies;
mod reads;
mod recording;
mod repeats;
mod serialising;
pub(crate) mod server;
mod stalls;
mod tls;
mod webhooks;
mod writing;

use std::time::Duration;

use super::{Backoff, Client, ClientConfig, KapacitorAuth};
use server::Server;

/// A client of `server` that repeats at once.
fn client(server: &Server) -> Client {
    Client::new(config(server)).unwrap()
}

fn config(server: &Server) -> ClientConfig {
    impatient(ClientConfig::direct(server.url(), KapacitorAuth::None))
}

/// Repeats at once, and is alone with its server, so that it sees no request but those of the test.
fn impatient(config: ClientConfig) -> ClientConfig {
    ClientConfig {
        lease: None,
        backoff: Backoff {
            first: Duration::ZERO,
            cap: Duration::ZERO,
        },
        ..config
    }
}
