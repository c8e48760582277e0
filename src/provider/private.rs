//! What the provider keeps of a resource besides its state. Terraform hands it back with each call and shows it in no plan.

use crate::secret::Key;
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// The private state of a resource; none for one that was made before there was any.
pub type PrivateState = Value<Private>;

/// A map with names, so that one that knows more, or less, can be read too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Private {
    /// What the fingerprints in the state are keyed with.
    pub fingerprint_key: Option<Key>,
}

/// The key of the resource's fingerprints, if it has one.
pub fn key(private: &PrivateState) -> Option<&Key> {
    match private {
        Value::Value(private) => private.fingerprint_key.as_ref(),
        _ => None,
    }
}

/// The private state with this key.
pub fn with_key(private: PrivateState, key: Option<Key>) -> PrivateState {
    let private = match private {
        Value::Value(private) => private,
        _ => Private::default(),
    };
    Value::Value(Private {
        fingerprint_key: key.or(private.fingerprint_key),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(private: serde_json::Value) -> PrivateState {
        serde_json::from_value(private).unwrap()
    }

    #[test]
    fn it_comes_back_as_it_was_given_to_terraform() {
        let private = with_key(Value::Null, Some(Key::random()));
        let given = serde_json::to_value(&private).unwrap();
        assert!(given["fingerprint_key"].is_string(), "{given}");
        assert_eq!(read(given), private);
    }

    #[test]
    fn states_without_one_and_states_that_hold_more_are_read() {
        assert_eq!(read(json!(null)), Value::Null);
        let more = read(json!({ "something_else": "of another version" }));
        assert_eq!(more, Value::Value(Private::default()));
        assert_eq!(key(&more), None);
    }

    #[test]
    fn a_key_stays_where_no_other_is_made() {
        let private = with_key(Value::Null, Some(Key::random()));
        assert_eq!(with_key(private.clone(), None), private);
    }
}
