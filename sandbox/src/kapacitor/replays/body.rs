//! The body of a request.

use crate::server::exchange::{Answer, Request};

/// Reads it, or says what is wrong with it.
pub(super) fn read<T: serde::de::DeserializeOwned>(request: &Request) -> Result<T, Answer> {
    serde_json::from_slice(&request.body).map_err(|error| Answer::error(400, &error.to_string()))
}
