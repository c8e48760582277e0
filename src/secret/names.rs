//! Which names mean that a value is secret: one list for headers, properties of handlers, variables, tags and fields.

/// Headers whose values are not secret, in lower case. All others are taken for secrets.
const HARMLESS_HEADERS: &[&str] = &[
    "accept",
    "accept-charset",
    "accept-encoding",
    "content-encoding",
    "content-type",
    "user-agent",
];

/// Parts of names, in lower case and without anything but letters and digits, whose values are taken for secrets.
const SECRET_WORDS: &[&str] = &[
    "accesskey",
    "apikey",
    "appkey",
    "auth",
    "bearer",
    "cookie",
    "credential",
    "passphrase",
    "passwd",
    "password",
    "privatekey",
    "pwd",
    "routingkey",
    "secret",
    "servicekey",
    "session",
    "signature",
    "token",
    "userkey",
    "webhook",
];

/// Whether the value of a header of that name may be a secret, so that it must not be shown unasked.
pub fn is_secret_header(name: &str) -> bool {
    !HARMLESS_HEADERS.contains(&name.to_ascii_lowercase().as_str())
}

/// Whether a property, variable, tag or field of that name is taken to hold a secret.
pub(crate) fn is_secret_name(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(|character| character.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect();
    SECRET_WORDS.iter().any(|word| plain.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_secret_unless_they_are_known_to_be_harmless() {
        assert!(is_secret_header("Authorization") && is_secret_header("X-Anything"));
        assert!(!is_secret_header("Content-Type") && !is_secret_header("ACCEPT"));
    }

    #[test]
    fn a_name_is_secret_however_it_is_spelt() {
        for name in [
            "token",
            "access_token",
            "privateKey",
            "PRIVATE-KEY",
            "auth",
            "passwd",
            "passphrase",
            "db_password",
            "X-Api-Key",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["host", "cpu", "usage_user", "datacenter", "key", "path"] {
            assert!(!is_secret_name(name), "{name}");
        }
    }
}
