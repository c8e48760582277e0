//! What is remembered of secrets that only the configuration has: keyed fingerprints of what was written last.

use crate::secret::Key;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The fingerprints of what was written last.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct WriteOnlyMemory {
    /// Of each element of `post`.
    pub(super) posts: Vec<PostMemory>,
    /// Of the secrets of each handler, by their names.
    pub(super) handlers: Vec<BTreeMap<String, String>>,
    /// Of what was written and is on no block any more. Somebody may bring it back.
    pub(super) gone: BTreeSet<String>,
}

/// What was written to one element of `post`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PostMemory {
    /// Of its URL.
    pub url: Option<String>,
    /// Of each header, by its name.
    pub headers: BTreeMap<String, String>,
}

impl WriteOnlyMemory {
    /// The same after a refresh, by the former places of the blocks that there are now.
    pub(crate) fn moved(&self, posts: &[Option<usize>], handlers: &[Option<usize>]) -> Self {
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
    pub(crate) fn is_empty(&self) -> bool {
        self.all().next().is_none()
    }

    /// Whether a text was written, and is on no block any more. Somebody may bring it back.
    pub(crate) fn was_gone(&self, text: &str, key: &Key) -> bool {
        self.gone.contains(&key.fingerprint(text))
    }

    /// Whether there is any such text.
    pub(crate) fn has_gone(&self) -> bool {
        !self.gone.is_empty()
    }

    fn all(&self) -> impl Iterator<Item = &String> {
        let posts = self
            .posts
            .iter()
            .flat_map(|post| post.url.iter().chain(post.headers.values()));
        posts.chain(self.handlers.iter().flat_map(BTreeMap::values))
    }

    /// What was written to the element of `post` at this place.
    pub(crate) fn post(&self, place: usize) -> PostMemory {
        self.posts.get(place).cloned().unwrap_or_default()
    }

    /// What was written to the handler at this place.
    pub(crate) fn handler(&self, place: usize) -> BTreeMap<String, String> {
        self.handlers.get(place).cloned().unwrap_or_default()
    }
}
