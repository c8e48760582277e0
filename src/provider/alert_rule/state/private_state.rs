//! What the resource has to remember of a rule and no attribute says. Terraform keeps it beside the state, and hands it to
//! the next refresh and plan.

use super::write_only_memory::WriteOnlyMemory;
use crate::provider::environment::RememberedVariables;
use crate::provider::ownership::OwnerMemory;
use crate::secret::Key;
use serde::{Deserialize, Serialize};

/// What is remembered of a rule.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PrivateState {
    /// Of each element of `post` of the state.
    pub posts: Vec<PostMemory>,
    /// Of each handler of the state, the names of the secrets that somebody added on the server.
    pub handlers: Vec<Vec<String>>,
    /// What the environment variables hold that the blocks take their URLs from.
    pub url_variables: RememberedVariables,
    /// What the fingerprints in the state are keyed with.
    pub fingerprint_key: Option<Key>,
    /// What only the configuration has, as it was written last.
    pub write_only: WriteOnlyMemory,
    /// Who else has the object, and what the plan of its destroy has seen.
    pub owner: OwnerMemory,
}

/// What is remembered of an element of `post`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PostMemory {
    /// The names of the secret headers that somebody added on the server: no configuration has left them out.
    pub added: Vec<String>,
    /// Whether the URL was imported, and no configuration has set or removed it since.
    pub url_is_imported: bool,
    /// Whether the server has another URL than the environment variable that the state names.
    pub has_other_url: bool,
}

impl PrivateState {
    /// Nothing but a key.
    pub(crate) fn with_key(key: &Key) -> Self {
        PrivateState {
            fingerprint_key: Some(key.clone()),
            ..PrivateState::default()
        }
    }

    /// The same with this key, if there is one.
    pub(crate) fn keyed(self, key: Option<Key>) -> Self {
        PrivateState {
            fingerprint_key: key.or(self.fingerprint_key),
            ..self
        }
    }

    /// The key of the state's fingerprints: a new one, which is kept from now on, if there is none yet.
    pub(crate) fn key(&mut self) -> Key {
        self.fingerprint_key.get_or_insert_with(Key::random).clone()
    }

    /// What is remembered of an element of `post`, by its place in the state.
    pub(crate) fn post(&self, place: usize) -> PostMemory {
        self.posts.get(place).cloned().unwrap_or_default()
    }

    /// The names of the secrets that somebody added to a handler, by its place in the state.
    pub(crate) fn added_to_handler(&self, place: usize) -> &[String] {
        self.handlers.get(place).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::managed_object::kept;
    use serde_json::json;

    fn read(private: serde_json::Value) -> PrivateState {
        kept(serde_json::from_value(private).unwrap())
    }

    #[test]
    fn a_key_comes_back_as_it_was_given_to_terraform() {
        let private = PrivateState::default().keyed(Some(Key::random()));
        let given = serde_json::to_value(&private).unwrap();
        assert!(given["fingerprint_key"].is_string(), "{given}");
        assert_eq!(read(given), private);
    }

    #[test]
    fn states_without_one_and_states_that_hold_more_are_read() {
        assert_eq!(read(json!(null)), PrivateState::default());
        assert_eq!(
            read(json!({ "something_else": "of another version" })),
            PrivateState::default()
        );
    }

    #[test]
    fn a_key_stays_where_no_other_is_made() {
        let mut private = PrivateState::default();
        let key = private.key();
        assert!(private.key() == key);
        assert_eq!(private.clone().keyed(None), private);
    }
}
