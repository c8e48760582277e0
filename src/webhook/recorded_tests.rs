//! What Go made of URLs and headers, held against this code; tests/contract/README.md says how it was recorded.

use super::url::UrlError;
use super::{check_header_name, check_header_value, WebhookUrl};
use serde::Deserialize;

#[derive(Deserialize)]
struct Record {
    url: Option<String>,
    name: Option<String>,
    value: Option<String>,
    #[serde(default)]
    error: String,
    #[serde(default)]
    dials: String,
    #[serde(default)]
    target: String,
}

fn records() -> Vec<Record> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/contract/go/webhooks.jsonl");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// Names that one resolver looks up and another one does not: left to Kapacitor.
fn depends_on_the_resolver(error: &str) -> bool {
    let Some((_, name)) = error.split_once(": lookup ") else {
        return false;
    };
    let name = name.trim_end_matches(": no such host");
    let plain = name
        .chars()
        .all(|c| !c.is_ascii() || c.is_ascii_alphanumeric() || "-_.".contains(c));
    plain && !name.contains("..")
}

/// Go dials its own machine for a URL without a host, and a port of zero.
fn is_refused_on_purpose(record: &Record) -> bool {
    record.dials.starts_with(':') || record.dials.ends_with(":0")
}

/// A URL is refused if and only if Go never posts to it, and the request's path is the one that Go sends.
#[test]
fn a_url_is_refused_if_go_never_posts_to_it() {
    let (mut posted, mut refused) = (0, 0);
    for record in records() {
        let Some(url) = &record.url else { continue };
        match WebhookUrl::parse(url) {
            Ok(parsed) if record.error.is_empty() => {
                assert!(!is_refused_on_purpose(&record), "{url:?}");
                if !record.target.is_empty() {
                    assert_eq!(parsed.target(), record.target, "{url:?}");
                }
                posted += 1;
            }
            Ok(_) => assert!(depends_on_the_resolver(&record.error), "{url:?}: {}", record.error),
            Err(error) => {
                assert!(
                    !record.error.is_empty() || is_refused_on_purpose(&record),
                    "{url:?}: {error}"
                );
                refused += 1;
            }
        }
    }
    assert!(posted > 400 && refused > 1500, "{posted} posted, {refused} refused");
}

#[test]
fn a_header_is_refused_if_go_sends_nothing_with_it() {
    let mut compared = 0;
    for record in records() {
        let (Some(name), Some(value)) = (&record.name, &record.value) else {
            continue;
        };
        let outcome = check_header_name(name).and_then(|()| check_header_value(value));
        assert_eq!(
            outcome.is_ok(),
            record.error.is_empty(),
            "{name:?}: {value:?}: {}",
            record.error
        );
        compared += 1;
    }
    assert!(compared > 500, "{compared}");
}

/// The message says what is wrong.
#[test]
fn the_reason_is_the_true_one() {
    use UrlError::*;
    for (url, reason) in [
        ("https://h/a\n", LineBreakAtEnd),
        ("https://h/\ta", Control),
        (" https://h/a", Beginning),
        ("\"https://h/a\"", Beginning),
        ("h/a", Scheme),
        ("", Empty),
        ("ftp://h/a", Scheme),
        ("h:80/a", Scheme),
        ("https:/h/a", Slashes),
        ("https:h/a", Slashes),
        ("http:\\\\h\\a", Slashes),
        ("https:///a", NoHost),
        ("https://:80/a", NoHost),
        ("https://a b/a", Host),
        ("https://<host>/a", Host),
        ("https://[h]/a", Address),
        ("https://h:65536/a", Port),
        ("https://h:0/a", Port),
        ("https://h:8o/a", Port),
        ("https://u v@h/a", UserInformation),
        ("https://h/100%", Escape),
    ] {
        assert_eq!(WebhookUrl::parse(url).err(), Some(reason), "{url:?}");
    }
}
