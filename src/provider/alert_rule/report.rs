//! What a rule's attributes and its task's state have to say to the user.

use super::handlers::place;
use super::state::model::AlertRuleState;
use crate::provider::diagnostics::path;
use crate::provider::values::known_list;
use crate::rule::{self, RuleError, Step};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Reports attributes that cannot be as they are. What is wrong with a URL that comes from a variable is said at the
/// variable's name, since that is what the configuration has.
pub(super) fn errors(diags: &mut Diagnostics, state: &AlertRuleState, errors: &[RuleError]) {
    for error in errors {
        match variable_at(state, &error.path) {
            Some(at) => diags.error("Invalid value of an environment variable", error.message.clone(), at),
            None => diags.error(
                "Invalid attribute value",
                error.message.clone(),
                path(&written_at(state, &error.path)),
            ),
        }
    }
}

/// The path of what the configuration has: a write-only twin, where that is set.
pub(crate) fn written_at(state: &AlertRuleState, at: &rule::AttributePath) -> rule::AttributePath {
    let handlers = known_list(&state.handlers);
    let mut at = place::of_rule_path(handlers, at).unwrap_or_else(|| at.clone());
    let [Step::Attribute(block), Step::Index(index), Step::Attribute(name), ..] = at.0.as_mut_slice() else {
        return at;
    };
    let post = known_list(&state.post).get(*index);
    let twin = match (*block, *name) {
        ("post", "url") => post.filter(|post| !post.url_wo.0.is_null()).map(|_| "url_wo"),
        ("post", "sensitive_headers") => post
            .filter(|post| !post.sensitive_headers_wo.0.is_null())
            .map(|_| "sensitive_headers_wo"),
        _ => None,
    };
    *name = twin.unwrap_or(name);
    at
}

fn variable_at(state: &AlertRuleState, at: &rule::AttributePath) -> Option<AttributePath> {
    let [Step::Attribute("post"), Step::Index(index), Step::Attribute("url")] = at.0.as_slice() else {
        return None;
    };
    let Value::Value(posts) = &state.post else {
        return None;
    };
    let from_variable = posts
        .get(*index)
        .is_some_and(|post| !post.url_env.is_null() && post.url.is_null());
    from_variable.then(|| path(&rule::AttributePath::root("post").index(*index).attribute("url_env")))
}
