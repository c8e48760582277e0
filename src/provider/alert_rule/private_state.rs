//! What the resource has to remember of a rule and no attribute says. Terraform keeps it beside the state, and hands it to
//! the next refresh and plan.

use super::model::{known_list, AlertRuleState};
use crate::provider::environment::RememberedVariables;
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// What is remembered of a rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PrivateState {
    /// Of each block `post` of the state.
    pub posts: Vec<PostMemory>,
    /// Of each block `handler` of the state, the names of the secrets that somebody added on the server.
    pub handlers: Vec<Vec<String>>,
    /// What the environment variables hold that the blocks take their URLs from.
    pub url_variables: RememberedVariables,
}

/// What is remembered of a block `post`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct PostMemory {
    /// The names of the secret headers that somebody added on the server: no configuration has left them out.
    pub added: Vec<String>,
    /// Whether the URL was imported, and no configuration has set or removed it since.
    pub url_is_imported: bool,
    /// Whether the server has another URL than the environment variable that the state names.
    pub has_other_url: bool,
}

impl PrivateState {
    /// What is remembered of a block `post`, by its place in the state.
    pub fn post(&self, place: usize) -> PostMemory {
        self.posts.get(place).cloned().unwrap_or_default()
    }

    /// The names of the secrets that somebody added to a handler, by its place in the state.
    pub fn added_to_handler(&self, place: usize) -> &[String] {
        self.handlers.get(place).map_or(&[], Vec::as_slice)
    }

    /// What Terraform kept; nothing for a rule of which nothing was remembered yet.
    pub fn of(kept: Value<PrivateState>) -> Self {
        match kept {
            Value::Value(private) => private,
            Value::Null | Value::Unknown => PrivateState::default(),
        }
    }

    /// The same after the rule was written.
    pub fn after_write(mut self, state: &AlertRuleState) -> Self {
        self.remember_variables(state);
        self
    }

    /// Remembers what the variables hold now.
    pub fn remember_variables(&mut self, state: &AlertRuleState) {
        self.url_variables = RememberedVariables::of_now(known_list(&state.post).iter().map(|post| &post.url_env));
    }
}
