//! What Go's `url.Parse` refuses.

use crate::go::quote::quote;

/// Go's refusal of a URL, in its words; `None` where it takes it. Much that is no useful URL is taken.
pub fn refusal(url: &str) -> Option<String> {
    let reason = reason(url)?;
    Some(format!("parse {}: {reason}", quote(url)))
}

fn reason(url: &str) -> Option<String> {
    if url
        .chars()
        .any(|letter| (letter as u32) < 0x20 || letter as u32 == 0x7f)
    {
        return Some("net/url: invalid control character in URL".to_owned());
    }
    let (before_fragment, fragment) = url.split_once('#').unwrap_or((url, ""));
    let before_query = before_fragment
        .split_once('?')
        .map_or(before_fragment, |(path, _)| path);
    let scheme_end = before_query.find(':').filter(|at| is_scheme(&before_query[..*at]));
    if scheme_end.is_none() && before_query.starts_with(':') {
        return Some("missing protocol scheme".to_owned());
    }
    let after_scheme = scheme_end.map_or(before_query, |at| &before_query[at + 1..]);
    let (authority, path) = match after_scheme.strip_prefix("//") {
        Some(rest) => rest.split_at(rest.find('/').unwrap_or(rest.len())),
        None => ("", after_scheme),
    };
    if scheme_end.is_none() && authority.is_empty() && path.split('/').next().is_some_and(|part| part.contains(':')) {
        return Some("first path segment in URL cannot contain colon".to_owned());
    }
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if let Some(bad) = host.chars().find(|letter| " <>\"\\^`{|}".contains(*letter)) {
        return Some(format!("invalid character {} in host name", quote(&bad.to_string())));
    }
    if let Some(port) = host
        .rsplit_once(':')
        .map(|(_, port)| port)
        .filter(|_| !host.ends_with(']'))
    {
        if !port.chars().all(|digit| digit.is_ascii_digit()) {
            return Some(format!("invalid port {} after host", quote(&format!(":{port}"))));
        }
    }
    bad_escape(path).or_else(|| bad_escape(fragment))
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|letter: char| letter.is_ascii_alphabetic())
        && text
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "+-.".contains(letter))
}

fn bad_escape(text: &str) -> Option<String> {
    let at = text.match_indices('%').map(|(at, _)| at).find(|at| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        !digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })?;
    let escape: String = text[at..].chars().take(3).collect();
    Some(format!("invalid URL escape {}", quote(&escape)))
}
