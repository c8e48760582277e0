//! What the state has of a rule's webhooks, and what is remembered of them.

use crate::provider::alert_rule::state::model::AlertRuleState;
use crate::provider::alert_rule::state::post::PostBlock;
use crate::provider::alert_rule::state::private_state::PostMemory;
use crate::provider::alert_rule::state::private_state::PrivateState;
use crate::provider::values::{known_list, Text, TextMap};
use crate::rule::{Field, PostSpec};
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// A state, and what is remembered of it.
#[derive(Clone, Copy)]
pub(crate) struct Prior<'a> {
    /// The state.
    pub state: &'a AlertRuleState,
    /// What is remembered.
    pub private: &'a PrivateState,
}

/// An element of `post` of the state.
pub(crate) struct FormerPost<'a> {
    pub(crate) block: &'a PostBlock,
    pub(crate) memory: PostMemory,
    /// Where it posts to, as far as that is known.
    pub(crate) target: PostSpec,
    /// Its secret headers, but for those that somebody added.
    pub(crate) secrets: BTreeMap<String, Text>,
}

impl FormerPost<'_> {
    /// Whether it has anything that a configuration may leave out.
    pub(crate) fn has_secrets(&self) -> bool {
        !self.secrets.is_empty() || self.memory.url_is_imported
    }
}

pub(crate) fn former_posts(prior: Option<Prior<'_>>) -> Vec<FormerPost<'_>> {
    let Some(Prior { state, private }) = prior else {
        return Vec::new();
    };
    let numbered = known_list(&state.post).iter().enumerate();
    numbered
        .map(|(place, block)| {
            let memory = private.post(place);
            let mut target = block.spec();
            if memory.has_other_url {
                target.url = Field::Unknown;
            }
            FormerPost {
                block,
                target,
                secrets: without(&block.sensitive_headers, &memory.added),
                memory,
            }
        })
        .collect()
}

pub(crate) fn without(map: &TextMap, names: &[String]) -> BTreeMap<String, Text> {
    let Value::Value(map) = map else {
        return BTreeMap::new();
    };
    let kept = map.iter().filter(|(name, _)| !names.contains(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}
