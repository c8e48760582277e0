//! Secrets that a configuration names by an environment variable, so that they stand in no state.

use super::values::{known, Text};
use sha2::{Digest, Sha256};
use tf_provider::value::Value;

/// The secret in an environment variable of the machine that runs Terraform; an empty one counts as not set.
pub fn secret(variable: &str) -> Option<String> {
    std::env::var(variable).ok().filter(|secret| !secret.is_empty())
}

/// A URL given by itself or by the name of a variable. One whose variable is not set here is not known.
pub fn url_of(url: &Text, url_env: &Text) -> Text {
    match url_env {
        Value::Null => url.clone(),
        Value::Unknown => Value::Unknown,
        Value::Value(variable) => secret(variable).map_or(Value::Unknown, Value::Value),
    }
}

/// What is wrong with the variable that a configuration names; nothing where it names none.
pub fn problem(url_env: &Text) -> Option<String> {
    let variable = known(url_env)?;
    if secret(variable).is_some() {
        return None;
    }
    Some(format!(
        "The environment variable {variable:?} is not set, or is empty, where Terraform runs. Set it to the webhook URL, \
         both for the plan and for the apply."
    ))
}

/// The SHA-256 of a secret, in hexadecimal.
pub fn fingerprint(secret: &str) -> String {
    Sha256::digest(secret.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
