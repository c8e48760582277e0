//! What is taken from a rule to be remembered of it.

use super::model::AlertRuleState;
use super::post::PostBlock;
use super::private_state::PrivateState;
use super::write_only_memory::{PostMemory, WriteOnlyMemory};
use crate::provider::attributes::write_only::fingerprints;
use crate::provider::environment::RememberedVariables;
use crate::provider::ownership::OwnerMemory;
use crate::provider::values::{known, known_list};
use crate::secret::Key;
use std::collections::BTreeSet;

impl PrivateState {
    /// The same after the rule was written.
    pub(crate) fn after_write(mut self, state: &AlertRuleState) -> Self {
        self.remember_variables(state);
        self.owner = OwnerMemory::default();
        self
    }

    /// Remembers what the variables hold now.
    pub(crate) fn remember_variables(&mut self, state: &AlertRuleState) {
        self.url_variables = RememberedVariables::of_now(known_list(&state.post).iter().map(|post| &post.url_env));
    }
}

impl WriteOnlyMemory {
    /// What a configuration has, which was just written.
    pub(crate) fn of(config: &AlertRuleState, key: &Key) -> Self {
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
    pub(crate) fn has_all(&self, planned: &AlertRuleState, key: Option<&Key>) -> bool {
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
}
