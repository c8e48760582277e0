//! Secrets that a configuration names by an environment variable, so that they stand in no state.

use crate::provider::values::{known, Text};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The secret in an environment variable of the machine that runs Terraform; an empty one counts as not set.
pub(super) fn secret(variable: &str) -> Option<String> {
    read(variable).filter(|secret| !secret.is_empty())
}

#[cfg(not(test))]
fn read(variable: &str) -> Option<String> {
    std::env::var(variable).ok()
}

#[cfg(test)]
use self::testing::read;

/// Variables of a test's own thread, before those of the environment, which is the same for all tests.
#[cfg(test)]
pub(super) mod testing {
    use std::cell::RefCell;
    use std::collections::HashMap;

    thread_local! {
        static VARIABLES: RefCell<HashMap<String, String>> = RefCell::default();
    }

    /// Sets a variable for this thread.
    pub(crate) fn set(variable: &str, value: &str) {
        VARIABLES.with_borrow_mut(|variables| variables.insert(variable.to_owned(), value.to_owned()));
    }

    pub(crate) fn read(variable: &str) -> Option<String> {
        let own = VARIABLES.with_borrow(|variables| variables.get(variable).cloned());
        own.or_else(|| std::env::var(variable).ok())
    }
}

/// A URL given by itself or by the name of a variable. One whose variable is not set here is not known.
pub(super) fn url_of(url: &Text, url_env: &Text) -> Text {
    match url_env {
        Value::Null => url.clone(),
        Value::Unknown => Value::Unknown,
        Value::Value(variable) => secret(variable).map_or(Value::Unknown, Value::Value),
    }
}

/// What is wrong with the variable that a configuration names; nothing where it names none.
pub(super) fn problem(url_env: &Text) -> Option<String> {
    let variable = known(url_env)?;
    if secret(variable).is_some() {
        return None;
    }
    Some(format!(
        "The environment variable {variable:?} is not set, or is empty, where Terraform runs. Set it to the webhook URL, \
         both for the plan and for the apply."
    ))
}

/// The fingerprint of each variable that a resource takes its URL from, as it was when the resource was last read or written.
///
/// Terraform plans a second time right before it applies a saved plan, and hands that plan nothing of the first one. It does
/// hand over what was remembered beside the state that the first one was made for.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct RememberedVariables(BTreeMap<String, String>);

impl RememberedVariables {
    /// What these variables hold now.
    pub(super) fn of_now<'a>(variables: impl IntoIterator<Item = &'a Text>) -> Self {
        let remembered = variables.into_iter().filter_map(|variable| {
            let variable = known(variable)?;
            Some((variable.to_owned(), fingerprint(&secret(variable)?)))
        });
        RememberedVariables(remembered.collect())
    }

    /// Whether nothing is remembered of a variable. What depends on it has to stay open in a plan: by the time of the apply it
    /// may hold something else, and nobody could tell.
    pub(super) fn lacks(&self, variable: &Text) -> bool {
        known(variable).is_some_and(|variable| !self.0.contains_key(variable))
    }

    /// Reports a variable that holds something else than what is remembered. A plan reads the resource first, so that this is
    /// the apply of a plan that was made with another value.
    pub(super) fn check(&self, diags: &mut Diagnostics, variable: &Text, attribute: AttributePath) {
        let Some(variable) = known(variable) else { return };
        let now = secret(variable).map(|value| fingerprint(&value));
        let former = self.0.get(variable);
        if former.is_some() && now.is_some() && former != now.as_ref() {
            changed_since_plan(diags, variable, attribute);
        }
    }
}

/// Reports that a variable holds another URL than it did for the plan that is being applied.
fn changed_since_plan(diags: &mut Diagnostics, variable: &str, attribute: AttributePath) {
    diags.error(
        "The environment variable has changed since the plan",
        format!(
            "The environment variable {variable:?} holds another URL now than it did when the plan read the server. Set it to \
             the URL that the plan was made with, or plan again. A plan with -refresh=false does not read the server: after \
             the variable was given another URL, plan without that option."
        ),
        attribute,
    );
}

/// The SHA-256 of a secret, in hexadecimal. It stands in no plan, only beside the state.
fn fingerprint(secret: &str) -> String {
    Sha256::digest(secret.as_bytes())
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

/// Warns of a variable that is not set although nothing changes that needs it, as in a destroy: there is no need to stop.
pub(super) fn warn_of_missing(diags: &mut Diagnostics, problem: String, attribute: AttributePath) {
    diags.warning(
        "The environment variable is not set",
        format!("{problem} Nothing else changes, so that it is not needed now; whether the server's URL is still the right one was not looked at."),
        attribute,
    );
}
