//! What a release of Kapacitor can do, as far as releases differ in what the provider uses.

/// A release, e.g. 1.5.9.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Release([u32; 3]);

impl Release {
    /// The one of the recordings, and whatever comes after it.
    pub const NEWEST: Release = Release([u32::MAX; 3]);

    /// The release of a version; a build without one, or with one of another shape, is the newest.
    pub fn of(version: &str) -> Release {
        let parts: Option<Vec<u32>> = version.split('.').map(|part| part.parse().ok()).collect();
        let numbers = parts.and_then(|parts| <[u32; 3]>::try_from(parts).ok());
        numbers.map_or(Release::NEWEST, Release)
    }

    /// Whether the list of tasks knows the field `template-id` (kapacitor commit cbcd989).
    pub fn lists_template_ids(self) -> bool {
        self >= Release([1, 6, 2])
    }

    /// Whether alerts have the handler of that name in scripts, or of that kind in the API.
    pub fn has_handler(self, name: &str) -> bool {
        let since = match name.to_ascii_lowercase().as_str() {
            "discord" | "teams" => [1, 5, 6],
            "servicenow" => [1, 5, 7],
            "bigpanda" => [1, 5, 8],
            "zenoss" => [1, 6, 0],
            _ => return true,
        };
        self >= Release(since)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_has_what_came_before_it() {
        let old = Release::of("1.5.9");
        assert!(old.has_handler("bigPanda") && old.has_handler("teams") && old.has_handler("slack"));
        assert!(!old.has_handler("zenoss") && !old.lists_template_ids());
        assert!(Release::of("1.6.1").has_handler("zenoss") && !Release::of("1.6.1").lists_template_ids());
        assert!(Release::of("1.6.2").lists_template_ids() && Release::of("1.10.0").lists_template_ids());
        assert_eq!(Release::of(""), Release::NEWEST);
    }
}
