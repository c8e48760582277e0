//! The URL and the headers of a webhook, wherever a configuration has them.

use super::values::{known, Text, TextMap};
use crate::template::Place;
use crate::webhook::{check_header_name, check_header_value, repeated_names, WebhookUrl};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

const INVALID: &str = "Invalid attribute value";

/// Reports a URL to which Kapacitor would never post, and warns of one that holds a blank; without showing it.
pub(super) fn check_url(diags: &mut Diagnostics, at: AttributePath, url: &Text, place: Place) {
    let Some(url) = known(url) else { return };
    if let Err(error) = WebhookUrl::check(url, place) {
        diags.error(INVALID, format!("{error}."), at);
    } else if let Some(blank) = WebhookUrl::parse(url).ok().and_then(|url| url.blank()) {
        diags.warning("The URL holds a blank", blank.consequence(), at);
    }
}

/// Reports a URL from an environment variable to which Kapacitor would never post, without showing it.
pub(super) fn check_url_of_variable(diags: &mut Diagnostics, at: AttributePath, url: &Text, place: Place) {
    if let Some(Err(error)) = known(url).map(|url| WebhookUrl::check(url, place)) {
        diags.error("Invalid value of an environment variable", format!("{error}."), at);
    }
}

/// Reports headers with which Kapacitor sends nothing, in maps that go into the same request; without their values.
pub(super) fn check_headers(diags: &mut Diagnostics, maps: &[(&'static str, &TextMap)]) {
    check_headers_at(diags, AttributePath::root(), maps);
}

/// The same for maps below an attribute.
pub(super) fn check_headers_at(diags: &mut Diagnostics, below: AttributePath, maps: &[(&str, &TextMap)]) {
    let entries = || {
        maps.iter().flat_map(|(map, headers)| match headers {
            Value::Value(headers) => headers
                .iter()
                .map(|(name, value)| (*map, name.as_str(), value))
                .collect(),
            _ => Vec::new(),
        })
    };
    let at = |map: &str, name: &str| below.clone().attribute(map.to_owned()).key(name.to_owned());
    for (map, name, value) in entries() {
        if let Err(error) = check_header_name(name) {
            diags.error(INVALID, error.to_string(), at(map, name));
        }
        match value {
            Value::Null => diags.error(
                INVALID,
                "The header has no value: write one, or leave the header out.",
                at(map, name),
            ),
            Value::Unknown => {}
            Value::Value(value) => {
                if let Err(error) = check_header_value(value) {
                    diags.error(INVALID, error.to_string(), at(map, name));
                }
            }
        }
    }
    for name in repeated_names(entries().map(|(_, name, _)| name)) {
        let last = entries().rfind(|(_, other, _)| *other == name);
        let map = last.map_or("headers", |(map, ..)| map);
        diags.error(
            INVALID,
            "This header is there twice: HTTP does not tell capital letters apart.",
            at(map, name),
        );
    }
}
