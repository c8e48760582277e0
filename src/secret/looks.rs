//! Texts that look like a secret although nothing says that they are one.

use super::names::is_secret_name;

/// A run of letters and digits of this many is no word.
const LONG: usize = 20;
/// So many changes between letters, digits and capitals make a run look random.
const RANDOM: usize = 6;
/// A value behind the name of a secret has at least so many letters.
const SHORTEST_VALUE: usize = 6;

/// Whether a text holds what looks like a secret: credentials in a URL, a value behind the name of a secret, or a long run of
/// letters and digits that looks random. A person has to look at it; what it says of a text is never sure.
pub(crate) fn looks_secret(text: &str) -> bool {
    has_user_info(text) || names_a_secret(text) || text.split(is_outside).any(is_random)
}

fn has_user_info(text: &str) -> bool {
    text.split("://").skip(1).any(|rest| {
        let authority = rest.split(|c: char| c.is_whitespace() || matches!(c, '/' | '?' | '\'' | '"'));
        authority.take(1).any(|authority| authority.contains('@'))
    })
}

/// `token=abc123` or `X-Api-Key: abc123`.
fn names_a_secret(text: &str) -> bool {
    let is_part_of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    text.match_indices(['=', ':']).any(|(at, _)| {
        let before = text[..at].trim_end_matches(['"', '\'']);
        let name = before.rsplit(|c| !is_part_of_name(c)).next().unwrap_or_default();
        let behind = text[at + 1..].trim_start_matches([' ', '"', '\'']);
        let value = behind.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '&' | ','));
        is_secret_name(name)
            && value
                .take(1)
                .any(|value| value.len() >= SHORTEST_VALUE && value.starts_with(|c: char| c.is_ascii_alphanumeric()))
    })
}

fn is_outside(c: char) -> bool {
    !c.is_ascii_alphanumeric() && !matches!(c, '-' | '_')
}

fn is_random(word: &str) -> bool {
    let class = |c: &u8| match c {
        b'0'..=b'9' => 0,
        b'A'..=b'Z' => 1,
        b'a'..=b'z' => 2,
        _ => 3,
    };
    let classes: Vec<i32> = word.as_bytes().iter().map(class).filter(|class| *class != 3).collect();
    let changes = classes.windows(2).filter(|pair| pair[0] != pair[1]).count();
    classes.len() >= LONG && classes.contains(&0) && changes >= RANDOM
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_told_from_words() {
        for text in [
            "https://hooks.slack.com/services/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",
            "https://api.example.com/v2/incidents/kapacitor/2f7c140b6cb08a46e1d94c6a5f4e3b2a",
            "http://me:hunter2@host/path",
            "curl -H 'X-Api-Key: abcdef123'",
            "https://host/hook?token=abcdef123",
            "call 7d3c1c1e-5f0d-4bb2-9a5e-0f6f6f0a1b2c",
        ] {
            assert!(looks_secret(text), "{text}");
        }
        for text in [
            "https://grafana.example.com/d/cpu-overview?var-host={{ index .Tags \"host\" }}",
            "{{ .ID }} is {{ .Level }} at {{ .Time }}: token bucket is empty",
            "author: Team Observability",
            "usage_user_percent_of_total_over_95th_percentile",
            "see https://wiki.example.com/runbooks/disk_full_on_production_servers",
            "time: 2024-01-02T03:04:05Z",
        ] {
            assert!(!looks_secret(text), "{text}");
        }
    }
}
