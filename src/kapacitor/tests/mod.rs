//! The client against a scripted server that answers with recorded bodies, or not at all.

mod messages;
mod reading;
pub(crate) mod support;
mod transport;
mod writing;

use std::time::Duration;

use super::{Backoff, Client, ClientConfig, KapacitorAuth};
use support::server::Server;

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
