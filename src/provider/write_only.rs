//! Secrets that only the configuration has, and the versions that go with them.

use super::values::Text;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Reports a write-only secret without a version, and a version without a secret. `at` makes a path of a name.
pub fn check_version<T>(
    diags: &mut Diagnostics,
    name: &'static str,
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
