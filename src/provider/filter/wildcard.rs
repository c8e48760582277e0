//! Patterns for names in lists: `*` stands for any text.

/// Whether a name is asked for: it matches the pattern, or there is none.
pub(crate) fn lets_through(pattern: Option<&str>, name: &str) -> bool {
    pattern.is_none_or(|pattern| matches(pattern, name))
}

/// Whether a name matches a pattern as a whole.
pub(crate) fn matches(pattern: &str, name: &str) -> bool {
    let Some((beginning, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(mut name) = name.strip_prefix(beginning) else {
        return false;
    };
    let mut parts: Vec<&str> = rest.split('*').collect();
    let end = parts.pop().unwrap_or_default();
    // The first place of each part leaves the most for those after it.
    for part in parts {
        match name.find(part) {
            Some(place) => name = &name[place + part.len()..],
            None => return false,
        }
    }
    name.ends_with(end)
}

#[cfg(test)]
mod tests {
    use super::matches;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, expected) in [
            ("cpu", "cpu", true),
            ("cpu", "cpu high", false),
            ("", "", true),
            ("", "cpu", false),
            ("*", "", true),
            ("*", "cpu", true),
            ("cpu*", "cpu high", true),
            ("cpu*", "a cpu", false),
            ("*high", "cpu high", true),
            ("*high", "cpu higher", false),
            ("*p*h*", "cpu high", true),
            ("*h*h", "h", false),
            ("a*b*b", "ab", false),
            ("a*b*b", "abb", true),
            ("ü*", "über", true),
        ] {
            assert_eq!(matches(pattern, name), expected, "{pattern:?} {name:?}");
        }
    }
}
