//! Go's `net/url`, as far as it decides what an HTTP client posts to: what `url.Parse` refuses, in its words, and what it
//! makes of what it takes.
//!
//! Follows Go 1.26 with `urlstrictcolons=0`, which is how Kapacitor 1.8.3 is built. `tests/contract/go-urls.jsonl` holds
//! what Go does.

use crate::go::quote::quote;
use crate::go::url_escape::{escape, is_valid_encoded, unescape, unescaped_text, Part};
use std::net::IpAddr;

/// A URL that Go takes. Much that is of no use to an HTTP client is taken too.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Url {
    /// In lower case; empty if there is none.
    pub scheme: String,
    /// What follows `scheme:` without a slash.
    opaque: String,
    /// User name and password.
    pub user: Option<(Vec<u8>, Vec<u8>)>,
    /// `host` or `host:port`.
    pub host: String,
    path: Vec<u8>,
    /// The path as written, if that is not how Go would write it.
    raw_path: Option<String>,
    query: Option<String>,
    fragment: Option<String>,
    omit_host: bool,
}

/// Go's refusal of a URL, in its words; `None` if it takes it.
pub fn refusal(url: &str) -> Option<String> {
    Url::parse(url).err()
}

impl Url {
    /// Go's `url.Parse`; the error is in its words, e.g. `parse "a b:": first path segment in URL cannot contain colon`.
    pub fn parse(text: &str) -> Result<Url, String> {
        let (main, fragment) = text
            .split_once('#')
            .map_or((text, None), |(main, rest)| (main, Some(rest)));
        let mut url = parse_main(main).map_err(|reason| format!("parse {}: {reason}", quote(main)))?;
        if let Some(fragment) = fragment.filter(|fragment| !fragment.is_empty()) {
            unescape(fragment, Part::Fragment).map_err(|reason| format!("parse {}: {reason}", quote(text)))?;
            url.fragment = Some(fragment.to_owned());
        }
        Ok(url)
    }

    /// The host without its port and brackets.
    pub fn hostname(&self) -> &str {
        let host = match self.port() {
            Some(port) => &self.host[..self.host.len() - port.len() - 1],
            None => self.host.strip_suffix(':').unwrap_or(&self.host),
        };
        host.strip_prefix('[')
            .and_then(|inside| inside.strip_suffix(']'))
            .unwrap_or(host)
    }

    /// The port, if there is one.
    pub fn port(&self) -> Option<&str> {
        let (_, port) = self.host.rsplit_once(':')?;
        Some(port).filter(|port| !port.is_empty() && port.bytes().all(|digit| digit.is_ascii_digit()))
    }

    /// Path and query as they stand in a request line. The query is sent as it is written.
    pub fn request_target(&self) -> String {
        let mut target = match self.opaque.as_str() {
            "" => self.escaped_path(),
            opaque if opaque.starts_with("//") => format!("{}:{opaque}", self.scheme),
            opaque => opaque.to_owned(),
        };
        if target.is_empty() {
            target.push('/');
        }
        if let Some(query) = &self.query {
            target.push('?');
            target.push_str(query);
        }
        target
    }

    fn escaped_path(&self) -> String {
        let written = self
            .raw_path
            .as_ref()
            .filter(|raw| raw.bytes().all(|byte| is_valid_encoded(byte, Part::Path)));
        match written {
            Some(raw) => raw.clone(),
            None if self.path == b"*" => "*".to_owned(),
            None => escape(&self.path, Part::Path),
        }
    }

    /// As Go's client shows it in errors: the password is hidden.
    pub fn redacted(&self) -> String {
        let mut text = String::new();
        if !self.scheme.is_empty() {
            text.push_str(&format!("{}:", self.scheme));
        }
        if !self.opaque.is_empty() {
            text.push_str(&self.opaque);
        } else {
            let empty = self.host.is_empty() && self.user.is_none();
            let has_authority = !empty || !(self.scheme.is_empty() || self.omit_host);
            if has_authority && !(empty && self.path.is_empty()) {
                text.push_str("//");
            }
            if let Some((name, password)) = &self.user {
                text.push_str(&escape(name, Part::User));
                text.push_str(if password.is_empty() { "@" } else { ":***@" });
            }
            text.push_str(&escape(self.host.as_bytes(), Part::Host));
            text.push_str(&self.escaped_path());
        }
        if let Some(query) = &self.query {
            text.push_str(&format!("?{query}"));
        }
        if let Some(fragment) = &self.fragment {
            text.push_str(&format!("#{fragment}"));
        }
        text
    }
}

fn parse_main(text: &str) -> Result<Url, String> {
    if text.bytes().any(|byte| byte < 0x20 || byte == 0x7f) {
        return Err("net/url: invalid control character in URL".to_owned());
    }
    let mut url = Url::default();
    if text == "*" {
        url.path = b"*".to_vec();
        return Ok(url);
    }
    let (scheme, rest) = scheme(text)?;
    url.scheme = scheme.to_ascii_lowercase();
    let (rest, query) = rest
        .split_once('?')
        .map_or((rest, None), |(rest, query)| (rest, Some(query.to_owned())));
    url.query = query;
    if !rest.starts_with('/') {
        if !url.scheme.is_empty() {
            url.opaque = rest.to_owned();
            return Ok(url);
        }
        if rest.split('/').next().is_some_and(|segment| segment.contains(':')) {
            return Err("first path segment in URL cannot contain colon".to_owned());
        }
    }
    let has_authority = rest.starts_with("//") && (!url.scheme.is_empty() || !rest.starts_with("///"));
    let path = match rest.strip_prefix("//").filter(|_| has_authority) {
        Some(rest) => {
            let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            (url.user, url.host) = parse_authority(authority)?;
            path
        }
        None => {
            url.omit_host = !url.scheme.is_empty() && rest.starts_with('/');
            rest
        }
    };
    url.path = unescape(path, Part::Path)?;
    url.raw_path = Some(path.to_owned()).filter(|path| *path != escape(&url.path, Part::Path));
    Ok(url)
}

/// The scheme and what follows its colon; no scheme is an empty one.
fn scheme(text: &str) -> Result<(&str, &str), String> {
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => {}
            b'0'..=b'9' | b'+' | b'-' | b'.' if at > 0 => {}
            b':' if at == 0 => return Err("missing protocol scheme".to_owned()),
            b':' => return Ok((&text[..at], &text[at + 1..])),
            _ => break,
        }
    }
    Ok(("", text))
}

/// User name and password.
type User = (Vec<u8>, Vec<u8>);

fn parse_authority(authority: &str) -> Result<(Option<User>, String), String> {
    let (user, host) = match authority.rsplit_once('@') {
        Some((user, host)) => (Some(user), host),
        None => (None, authority),
    };
    let host = parse_host(host)?;
    let Some(user) = user else { return Ok((None, host)) };
    if !user
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-._:~!$&'()*+,;=%@".contains(&byte))
    {
        return Err("net/url: invalid userinfo".to_owned());
    }
    let (name, password) = user.split_once(':').unwrap_or((user, ""));
    Ok((
        Some((unescape(name, Part::User)?, unescape(password, Part::User)?)),
        host,
    ))
}

fn parse_host(host: &str) -> Result<String, String> {
    match host.rfind('[') {
        Some(0) => parse_literal(host),
        Some(_) => Err("invalid IP-literal".to_owned()),
        None => {
            if let Some(at) = host.rfind(':') {
                check_port(&host[at..])?;
            }
            unescaped_text(host, Part::Host)
        }
    }
}

/// `[::1]`, `[::1]:80` or `[fe80::1%25eth0]`.
fn parse_literal(host: &str) -> Result<String, String> {
    let close = host.rfind(']').ok_or("missing ']' in host")?;
    let (inside, port) = (&host[1..close], &host[close + 1..]);
    check_port(port)?;
    let inside = match inside.find("%25") {
        Some(at) => {
            let (address, zone) = inside.split_at(at);
            unescaped_text(address, Part::Host)? + &unescaped_text(zone, Part::Zone)?
        }
        None => unescaped_text(inside, Part::Host)?,
    };
    let address = inside.split_once('%').map_or(inside.as_str(), |(address, _)| address);
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V6(_)) => Ok(format!("[{inside}]{port}")),
        Ok(IpAddr::V4(_)) => Err("invalid IP-literal".to_owned()),
        Err(_) => Err(format!(
            "invalid host: ParseAddr({}): unable to parse IP",
            quote(&inside)
        )),
    }
}

fn check_port(port: &str) -> Result<(), String> {
    let is_port = |port: &str| port.bytes().all(|digit| digit.is_ascii_digit());
    if port.is_empty() || port.strip_prefix(':').is_some_and(is_port) {
        return Ok(());
    }
    Err(format!("invalid port {} after host", quote(port)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    fn recorded() -> Vec<Value> {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/contract/go-urls.jsonl");
        let lines = std::fs::read_to_string(path).expect("what Go does with URLs");
        lines
            .lines()
            .map(|line| serde_json::from_str(line).expect("a case"))
            .collect()
    }

    fn filled(text: &Value) -> Option<String> {
        let text = text.as_str()?;
        Some(text.replace("<receiver>", "127.0.0.1:54321").replace("<port>", "54321"))
    }

    #[test]
    fn urls_are_refused_in_the_words_of_go() {
        let mut refused = 0;
        for case in recorded() {
            let url = filled(&case["url"]).expect("a URL");
            let words = filled(&case["error"]).filter(|words| words.starts_with("parse "));
            assert_eq!(refusal(&url), words, "{case}");
            refused += usize::from(words.is_some());
        }
        assert!(refused > 40, "{refused}");
    }

    /// The recordings by which the provider checks URLs hold for the sandbox as well.
    #[test]
    fn the_providers_recordings_are_refused_as_go_does() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/contract/go/webhooks.jsonl");
        let lines = std::fs::read_to_string(path).expect("what Go does with webhooks");
        let cases = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("a case"));
        let (mut matched, mut wrong) = (0, Vec::new());
        for case in cases.filter(|case| case["url"].is_string()) {
            let url = case["url"].as_str().expect("a URL");
            let words = case["error"].as_str().filter(|words| words.starts_with("parse "));
            // What is wrong with an IPv6 address is not told apart.
            let cut = |words: Option<&str>| words.map(|words| words.split(": ParseAddr(").next().map(str::to_owned));
            let found = refusal(url);
            if cut(found.as_deref()) == cut(words) {
                matched += 1;
            } else {
                wrong.push(format!("{case}\n  we {found:?}"));
            }
        }
        assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
        assert!(matched > 1000, "{matched}");
    }

    #[test]
    fn the_request_line_is_that_of_go() {
        let mut sent = 0;
        for case in recorded() {
            let Some(target) = filled(&case["target"]) else {
                continue;
            };
            let url = Url::parse(&filled(&case["url"]).expect("a URL")).expect("a URL that Go takes");
            assert_eq!(url.request_target(), target, "{case}");
            sent += 1;
        }
        assert!(sent > 50, "{sent}");
    }

    #[test]
    fn what_a_client_refuses_shows_the_url_as_go_does() {
        for case in recorded() {
            let Some(words) = filled(&case["error"]).filter(|words| words.starts_with("Post ")) else {
                continue;
            };
            let url = Url::parse(&filled(&case["url"]).expect("a URL")).expect("a URL that Go takes");
            let shown = format!("Post {}: ", quote(&url.redacted()));
            assert!(words.starts_with(&shown), "{words} / {shown}");
        }
    }
}
