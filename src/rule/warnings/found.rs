//! A warning before it is known where the script stands.

/// What is wrong, wherever the script stands.
pub(super) struct Found {
    pub summary: &'static str,
    pub detail: String,
}
