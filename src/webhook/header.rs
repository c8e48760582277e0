//! The headers that Go's HTTP client agrees to send, after golang.org/x/net/http/httpguts.

use std::collections::BTreeSet;

/// A header with which Kapacitor sends nothing. The message never holds the value, which may be a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum HeaderError {
    /// The name holds what the name of a header cannot hold.
    #[error("This is no name of an HTTP header: it takes letters, digits and hyphens, such as \"Content-Type\". Kapacitor sends no post with it.")]
    Name,
    /// Kapacitor refuses this name itself.
    #[error(
        "Kapacitor refuses the header \"authenticate\". The header that carries credentials is \"Authorization\"."
    )]
    Authenticate,
    /// The value ends in a line break, as the text of a file does.
    #[error("The value of the header ends in a line break, as the text of a file does: remove it. Kapacitor sends no post with it.")]
    LineBreakAtEnd,
    /// The value holds a control character.
    #[error("The value of a header holds no line breaks or other control characters: remove them. Kapacitor sends no post with them.")]
    Control,
}

/// Whether Kapacitor can send a header of this name.
pub(crate) fn check_header_name(name: &str) -> Result<(), HeaderError> {
    let token = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c);
    if name.eq_ignore_ascii_case("authenticate") {
        return Err(HeaderError::Authenticate);
    }
    if name.is_empty() || !name.chars().all(token) {
        return Err(HeaderError::Name);
    }
    Ok(())
}

/// Whether Kapacitor can send a header with this value.
pub(crate) fn check_header_value(value: &str) -> Result<(), HeaderError> {
    let refused = |c: char| c.is_ascii_control() && c != '\t';
    if !value.contains(refused) {
        return Ok(());
    }
    if !value.trim_end_matches(['\r', '\n']).contains(refused) {
        return Err(HeaderError::LineBreakAtEnd);
    }
    Err(HeaderError::Control)
}

/// The names that stand more than once, for HTTP does not tell capital letters apart; each but its first time.
pub(crate) fn repeated_names<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = BTreeSet::new();
    names.filter(|name| !seen.insert(name.to_ascii_lowercase())).collect()
}
