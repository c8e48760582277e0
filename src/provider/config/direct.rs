//! How Kapacitor itself is told who asks.

use super::configuration::{bearer_token, wrong, ConfigurationError, Sources};
use super::settings::{CLIENT_CERT, CLIENT_KEY, PASSWORD, SHARED_SECRET, TOKEN, USERNAME};
use crate::kapacitor::{ClientIdentity, KapacitorAuth, PemSource, Secret};

/// The credentials for Kapacitor.
///
/// # Errors
/// One is missing, or several ways are set.
pub(super) fn auth(sources: Sources<'_>) -> Result<KapacitorAuth, ConfigurationError> {
    // A way that the configuration names is not mixed with another one of the environment.
    let sets = |setting| sources.configuration.sets(setting);
    let username = sources.without_environment_if(sets(&TOKEN)).text(&USERNAME);
    let sources = sources.without_environment_if(sets(&PASSWORD) || sets(&SHARED_SECRET) || sets(&TOKEN));
    let password = sources.text(&PASSWORD).map(Secret::new);
    let secret = sources.text(&SHARED_SECRET).map(Secret::new);
    let token = sources.text(&TOKEN).map(|token| bearer_token(&token));
    match (username, password, secret, token) {
        (None, None, None, None) => Ok(KapacitorAuth::None),
        (None, None, None, Some(token)) => Ok(KapacitorAuth::Bearer(token)),
        (Some(username), None, Some(secret), None) => Ok(KapacitorAuth::SharedSecret { username, secret }),
        (Some(username), Some(password), None, None) => Ok(KapacitorAuth::Basic { username, password }),
        (None, _, Some(_), None) => Err(wrong(
            &USERNAME,
            "`shared_secret` is set without `username`: Kapacitor's tokens name a user. Set `username`.",
        )),
        (None, Some(_), None, None) => Err(wrong(
            &USERNAME,
            "`password` is set without `username`. Set both, or neither.",
        )),
        (Some(_), None, None, None) => Err(wrong(
            &PASSWORD,
            "`username` is set without `password`. Set both, or neither.",
        )),
        _ => Err(wrong(
            &TOKEN,
            "More than one way of authenticating is set, in the configuration or as SQUADCAST_KAPACITOR_… in the environment. \
             Set one of `username` with `password`, `username` with `shared_secret`, and `token`.",
        )),
    }
}

/// The certificate by which the provider identifies itself.
///
/// # Errors
/// Only one of certificate and key is set.
pub(super) fn client_identity(sources: Sources<'_>) -> Result<Option<ClientIdentity>, ConfigurationError> {
    match (sources.text(&CLIENT_CERT), sources.text(&CLIENT_KEY)) {
        (None, None) => Ok(None),
        (Some(certificate), Some(key)) => Ok(Some(ClientIdentity {
            certificate: PemSource::from_setting(&certificate),
            private_key: PemSource::from_setting(&key),
        })),
        (Some(_), None) => Err(wrong(
            &CLIENT_KEY,
            "`client_cert` is set without `client_key`. Set both, or neither.",
        )),
        (None, Some(_)) => Err(wrong(
            &CLIENT_CERT,
            "`client_key` is set without `client_cert`. Set both, or neither.",
        )),
    }
}
