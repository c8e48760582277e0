//! Secrets that only the configuration has, and the versions that go with them.

use crate::provider::values::{known_entries, Text, TextMap};
use crate::secret::Key;
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The fingerprint of each entry, by its name.
pub(crate) fn fingerprints(entries: &TextMap, key: &Key) -> BTreeMap<String, String> {
    let entries = known_entries(entries).into_iter();
    entries.map(|(name, value)| (name, key.fingerprint(&value))).collect()
}

/// Reports two attributes that exclude each other, at the second one.
pub(crate) fn report_both(diags: &mut Diagnostics, one: &str, other: &str, at: &dyn Fn(String) -> AttributePath) {
    let detail = format!("`{one}` and `{other}` cannot both be set.");
    diags.error("Invalid attribute value", detail, at(other.to_owned()));
}

/// Reports a write-only secret without a version, and a version without a secret. `at` makes a path of a name.
pub(crate) fn check_version<T>(
    diags: &mut Diagnostics,
    name: &str,
    secret: &Value<T>,
    version: &Text,
    at: &dyn Fn(String) -> AttributePath,
) {
    let version_name = format!("{name}_version");
    match (secret.is_null(), version.is_null()) {
        (false, true) => diags.error(
            "Invalid attribute value",
            format!(
                "Terraform keeps nothing of `{name}`, so that it cannot tell when it changes. Set `{version_name}` too, to 1 for \
                 example, and to another text whenever the secret is to be written anew."
            ),
            at(name.to_owned()),
        ),
        (true, false) => diags.error(
            "Invalid attribute value",
            format!("`{version_name}` goes with `{name}`, which is not set."),
            at(version_name),
        ),
        _ => {}
    }
}

/// A plain map and its write-only twin as one. The twin is not known where there is only its version, as in a state.
pub(crate) fn with_twin(plain: &TextMap, twin: &TextMap, version: &Text) -> TextMap {
    match (plain, twin) {
        (_, Value::Null) if version.is_null() => plain.clone(),
        (_, Value::Null | Value::Unknown) | (Value::Unknown, _) => Value::Unknown,
        (Value::Null, twin) => twin.clone(),
        (Value::Value(plain), Value::Value(twin)) => {
            let entries = plain.iter().chain(twin);
            Value::Value(entries.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
    }
}
