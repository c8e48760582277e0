//! The version of a Kapacitor.

/// The three numbers that a version begins with.
fn numbers(version: &str) -> Option<[u32; 3]> {
    let mut parts = version.trim_start_matches('v').splitn(3, '.').map(leading_number);
    Some([parts.next()??, parts.next()??, parts.next()??])
}

fn leading_number(part: &str) -> Option<u32> {
    let end = part.find(|c: char| !c.is_ascii_digit()).unwrap_or(part.len());
    part[..end].parse().ok()
}

/// The version that Kapacitor sends in `X-Kapacitor-Version`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version(pub(in crate::kapacitor) String);

impl Version {
    /// The version, e.g. `1.8.3`; `None` for a build that was made without one.
    pub fn as_str(&self) -> Option<&str> {
        Some(self.0.as_str()).filter(|version| !version.is_empty())
    }

    /// Whether it is known to be earlier than another one. Only the numbers count, not what follows them, as in `1.6.0-rc1`.
    pub fn is_before(&self, other: &str) -> bool {
        match (self.as_str().and_then(numbers), numbers(other)) {
            (Some(this), Some(other)) => this < other,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, other, before) in [
            ("1.5.9", "1.6.0", true),
            ("1.5.9", "1.5.10", true),
            ("1.6.0", "1.6.0", false),
            ("1.10.0", "1.6.0", false),
            ("1.6.0-rc1", "1.6.0", false),
            ("v1.5.3", "1.5.8", true),
            ("", "1.6.0", false),
            ("nightly", "1.6.0", false),
        ] {
            assert_eq!(
                Version(version.to_owned()).is_before(other),
                before,
                "{version} and {other}"
            );
        }
    }
}
