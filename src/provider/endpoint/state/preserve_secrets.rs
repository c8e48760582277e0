//! Secrets that a configuration leaves out and the endpoint keeps.
//!
//! `terraform plan -generate-config-out` writes `null` for every secret of an imported endpoint. Its configuration has to
//! plan empty, and must not take a header away. But a header goes to no other URL than the one that it was set for.

use super::model::EndpointState;
use super::private_state::{Credentials, PrivateState};
use crate::provider::values::{names, Text, TextMap};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// A state, and what is remembered of it.
#[derive(Clone, Copy)]
pub(crate) struct Prior<'a> {
    /// The state.
    pub state: &'a EndpointState,
    /// What is remembered.
    pub private: &'a PrivateState,
}

/// Fills in what the configuration leaves out and the state has. Returns what is to be remembered of the planned endpoint.
pub(crate) fn preserve_secrets(
    diags: &mut Diagnostics,
    planned: &mut EndpointState,
    config: &EndpointState,
    prior: Option<Prior>,
) -> PrivateState {
    planned.url = preserved_url(diags, config, prior);
    planned.sensitive_headers = config.sensitive_headers.clone();
    let Some(prior) = prior else {
        return PrivateState::default();
    };
    let leaves_headers_out = config.sensitive_headers.is_null()
        && config.sensitive_headers_wo.0.is_null()
        && prior.private.headers_are_imported;
    if leaves_headers_out {
        planned.sensitive_headers = preserved_headers(
            diags,
            config,
            &planned.planned_fingerprint(prior.private.fingerprint_key.as_ref()),
            prior,
        );
    }
    PrivateState {
        headers_are_imported: leaves_headers_out,
        added: Vec::new(),
        ..prior.private.clone()
    }
}

fn preserved_url(diags: &mut Diagnostics, config: &EndpointState, prior: Option<Prior>) -> Text {
    if !config.url.is_null() || !config.url_env.is_null() || !config.url_wo.0.is_null() {
        return config.url.clone();
    }
    match prior.map(|prior| &prior.state.url) {
        Some(url) if !url.is_null() => url.clone(),
        _ => {
            diags.error(
                "The endpoint needs a URL",
                "Set `url`, or `url_wo`, or `url_env` to the name of an environment variable that holds it.",
                AttributePath::new("url"),
            );
            Value::Null
        }
    }
}

fn preserved_headers(diags: &mut Diagnostics, config: &EndpointState, url_fingerprint: &Text, prior: Prior) -> TextMap {
    let Value::Value(former) = &prior.state.sensitive_headers else {
        return Value::Null;
    };
    let is_shown = |name: &str| names(&config.headers).any(|shown| shown.eq_ignore_ascii_case(name));
    let mut kept = former.clone();
    kept.retain(|name, _| !prior.private.added.contains(name) && !is_shown(name));
    if kept.is_empty() {
        return match former.is_empty() {
            true => prior.state.sensitive_headers.clone(),
            false => Value::Null,
        };
    }
    if url_fingerprint.is_unknown() || config.headers.is_unknown() {
        return Value::Unknown;
    }
    // What the server has, also if the environment names another URL by now.
    if *url_fingerprint != prior.state.url_fingerprint {
        diags.error(
            "It is unclear which secret headers the webhook gets",
            "The configuration leaves `sensitive_headers` out, so that the endpoint keeps the secret headers that it has. They \
             were set for another URL than the one that the endpoint is to get, and a secret is not sent where it was not set \
             for. Set `sensitive_headers` to what the new webhook needs, or to {} for none.",
            AttributePath::new("sensitive_headers"),
        );
        return Value::Null;
    }
    Value::Value(kept)
}

/// Warns that credentials which the resource does not set go to the URL that it does set.
pub(crate) fn warn_of_unmanaged_credentials(diags: &mut Diagnostics, unmanaged: &[Credentials]) {
    for which in unmanaged {
        let (attribute, what, remedy) = match which {
            Credentials::Headers => (
                "sensitive_headers",
                "headers that may be secret",
                "Set `headers` or `sensitive_headers` to those that the webhook at the new URL needs, or `headers` to {} for none.",
            ),
            Credentials::BasicAuth => (
                "basic_auth",
                "a user name and password",
                "Set `basic_auth` if the webhook at the new URL needs other ones.",
            ),
        };
        diags.warning(
            "Credentials go to another URL than before",
            format!(
                "The endpoint has {what} which this resource does not set, in kapacitor.conf or by another hand. Kapacitor sends \
                 them to the new URL too. {remedy}"
            ),
            AttributePath::new(attribute),
        );
    }
}
