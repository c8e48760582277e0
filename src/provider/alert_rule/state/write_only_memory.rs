//! What is remembered of secrets that only the configuration has: keyed fingerprints of what was written last.

use super::model::{known_list, AlertRuleState, PostBlock};
use crate::provider::attributes::write_only::fingerprints;
use crate::provider::values::known;
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The fingerprints of what was written last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct WriteOnlyMemory {
    /// Of each block `post`.
    posts: Vec<PostMemory>,
    /// Of the secrets of each block `handler`, by their names.
    handlers: Vec<BTreeMap<String, String>>,
    /// Of what was written and is on no block any more. Somebody may bring it back.
    gone: BTreeSet<String>,
}

/// What was written to one block `post`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PostMemory {
    /// Of its URL.
    pub url: Option<String>,
    /// Of each header, by its name.
    pub headers: BTreeMap<String, String>,
}

impl WriteOnlyMemory {
    /// What a configuration has, which was just written.
    pub fn of(config: &AlertRuleState, key: &Key) -> Self {
        let post = |post: &PostBlock| PostMemory {
            url: known(&post.url_wo.0).map(|url| key.fingerprint(url)),
            headers: fingerprints(&post.sensitive_headers_wo.0, key),
        };
        WriteOnlyMemory {
            posts: known_list(&config.post).iter().map(post).collect(),
            handlers: known_list(&config.handlers)
                .iter()
                .map(|handler| fingerprints(&handler.secrets_wo.0, key))
                .collect(),
            gone: BTreeSet::new(),
        }
    }

    /// Whether everything that a plan would write was written already.
    pub fn has_all(&self, planned: &AlertRuleState, key: Option<&Key>) -> bool {
        let Some(key) = key else {
            return !planned.has_write_only();
        };
        let wanted = WriteOnlyMemory::of(planned, key);
        let urls = wanted.posts.iter().filter_map(|post| post.url.as_ref());
        let has_url = |url: &String| self.posts.iter().any(|post| post.url.as_ref() == Some(url));
        let headers = wanted.posts.iter().flat_map(|post| &post.headers);
        let has_header =
            |(name, value): (&String, &String)| self.posts.iter().any(|post| post.headers.get(name) == Some(value));
        let secrets = wanted.handlers.iter().flatten();
        let has_secret =
            |(name, value): (&String, &String)| self.handlers.iter().any(|handler| handler.get(name) == Some(value));
        urls.into_iter().all(has_url) && { headers }.all(has_header) && { secrets }.all(has_secret)
    }

    /// The same after a refresh, by the former places of the blocks that there are now.
    pub fn moved(&self, posts: &[Option<usize>], handlers: &[Option<usize>]) -> Self {
        let post = |place: &Option<usize>| place.map(|place| self.post(place)).unwrap_or_default();
        let handler = |place: &Option<usize>| place.map(|place| self.handler(place)).unwrap_or_default();
        let mut moved = WriteOnlyMemory {
            posts: posts.iter().map(post).collect(),
            handlers: handlers.iter().map(handler).collect(),
            gone: BTreeSet::new(),
        };
        let there: BTreeSet<&String> = moved.all().collect();
        let gone = self.all().chain(&self.gone).filter(|one| !there.contains(one));
        moved.gone = gone.cloned().collect();
        moved
    }

    /// Whether no block has anything that only the configuration has.
    pub fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Whether a text was written, and is on no block any more. Somebody may bring it back.
    pub fn was_gone(&self, text: &str, key: &Key) -> bool {
        self.gone.contains(&key.fingerprint(text))
    }

    /// Whether there is any such text.
    pub fn has_gone(&self) -> bool {
        !self.gone.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        let posts = self
            .posts
            .iter()
            .flat_map(|post| post.url.iter().chain(post.headers.values()));
        posts.chain(self.handlers.iter().flat_map(BTreeMap::values))
    }

    /// What was written to the block `post` at this place.
    pub fn post(&self, place: usize) -> PostMemory {
        self.posts.get(place).cloned().unwrap_or_default()
    }

    /// What was written to the block `handler` at this place.
    pub fn handler(&self, place: usize) -> BTreeMap<String, String> {
        self.handlers.get(place).cloned().unwrap_or_default()
    }
}
