//! The webhooks of a rule.

use std::collections::BTreeMap;

use super::validation::{Use, Validation};
use crate::rule::{AttributePath, Field, Post, PostSpec, TextMap};
use crate::template::Place;
use crate::webhook::{self, WebhookUrl};

impl Validation {
    pub(super) fn posts(&mut self, given: &Field<Vec<PostSpec>>) -> Option<Vec<Post>> {
        let posts = match given {
            Field::Absent => return Some(Vec::new()),
            Field::Unknown => return None,
            Field::Known(posts) => posts,
        };
        let checked: Vec<Option<Post>> = posts
            .iter()
            .enumerate()
            .map(|(index, post)| self.post(&AttributePath::root("post").index(index), post))
            .collect();
        checked.into_iter().collect()
    }

    fn post(&mut self, path: &AttributePath, post: &PostSpec) -> Option<Post> {
        if post.url.is_absent() && post.endpoint.is_absent() {
            self.error(
                path.attribute("url"),
                "A post needs a url, or the name of an endpoint, or both.",
            );
        }
        let url = self.url(&path.attribute("url"), &post.url);
        let endpoint = self.optional(&path.attribute("endpoint"), &post.endpoint, Use::Name);
        let headers = self.headers(path, post);
        Some(Post {
            url: url?,
            endpoint: endpoint?,
            headers: headers?,
        })
    }

    /// Never repeats the URL, which is a secret.
    fn url(&mut self, path: &AttributePath, given: &Field<String>) -> Option<Option<String>> {
        let url = self.optional(path, given, Use::Name)?;
        if let Some(Err(error)) = url.as_deref().map(|url| WebhookUrl::check(url, Place::Url)) {
            self.discourage(path.clone(), format!("{error}."));
        }
        Some(url)
    }

    fn headers(&mut self, path: &AttributePath, post: &PostSpec) -> Option<BTreeMap<String, String>> {
        let plain = self.header_map(&path.attribute("headers"), &post.headers);
        let secret = self.header_map(&path.attribute("sensitive_headers"), &post.sensitive_headers);
        let paths = [
            ("headers", &post.headers),
            ("sensitive_headers", &post.sensitive_headers),
        ];
        let names = || {
            paths
                .iter()
                .flat_map(|(_, given)| given.known().into_iter().flat_map(BTreeMap::keys))
        };
        for name in webhook::repeated_names(names().map(String::as_str)) {
            let map = if post.sensitive_headers.known().is_some_and(|map| map.contains_key(name)) {
                "sensitive_headers"
            } else {
                "headers"
            };
            self.discourage(
                path.attribute(map).key(name),
                "This header is there twice: HTTP does not tell capital letters apart.",
            );
        }
        let mut headers = plain?;
        headers.extend(secret?);
        Some(headers)
    }

    fn header_map(&mut self, path: &AttributePath, given: &Field<TextMap>) -> Option<BTreeMap<String, String>> {
        let headers = match given {
            Field::Absent => return Some(BTreeMap::new()),
            Field::Unknown => return None,
            Field::Known(headers) => headers,
        };
        let mut complete = Some(BTreeMap::new());
        for (name, value) in headers {
            if let Err(error) = webhook::check_header_name(name) {
                self.discourage(path.key(name), error.to_string());
            }
            let name_is_right = self.writable(&path.key(name), name, Use::Name).is_some();
            let value = self.header_value(&path.key(name), value);
            match (value, &mut complete) {
                (Some(value), Some(map)) if name_is_right => {
                    map.insert(name.clone(), value);
                }
                _ => complete = None,
            }
        }
        complete
    }

    fn header_value(&mut self, path: &AttributePath, value: &Field<String>) -> Option<String> {
        let value = match value {
            Field::Known(value) => value,
            Field::Unknown => return None,
            Field::Absent => {
                self.error(
                    path.clone(),
                    "The header has no value: write one, or leave the header out.",
                );
                return None;
            }
        };
        if let Err(error) = webhook::check_header_value(value) {
            self.discourage(path.clone(), error.to_string());
        }
        self.writable(path, value, Use::Text).map(|()| value.clone())
    }
}
