//! The version of a Kapacitor.

/// The version that Kapacitor sends in `X-Kapacitor-Version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub(in crate::kapacitor) String);

impl Version {
    /// The version, e.g. `1.8.3`; `None` for a build that was made without one.
    pub fn as_str(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|version| !version.is_empty())
    }
}
