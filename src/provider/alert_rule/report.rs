//! What a rule's attributes and its task's state have to say to the user.

use super::model::{known_list, AlertRuleState};
use crate::provider::diagnostics::path;
use crate::rule::{self, RuleError, Step};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Reports attributes that cannot be as they are. What is wrong with a URL that comes from a variable is said at the
/// variable's name, since that is what the configuration has.
pub fn errors(diags: &mut Diagnostics, state: &AlertRuleState, errors: &[RuleError]) {
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
fn written_at(state: &AlertRuleState, at: &rule::AttributePath) -> rule::AttributePath {
    let mut at = at.clone();
    let [Step::Attribute(block), Step::Index(index), Step::Attribute(name), ..] = at.0.as_mut_slice() else {
        return at;
    };
    let post = known_list(&state.post).get(*index);
    let handler = known_list(&state.handler).get(*index);
    let twin = match (*block, *name) {
        ("post", "url") => post.filter(|post| !post.url_wo.0.is_null()).map(|_| "url_wo"),
        ("post", "sensitive_headers") => post
            .filter(|post| !post.sensitive_headers_wo.0.is_null())
            .map(|_| "sensitive_headers_wo"),
        ("handler", "secrets") => handler.filter(|one| !one.secrets_wo.0.is_null()).map(|_| "secrets_wo"),
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

/// Warns of a rule that Kapacitor started and that ended by itself, with Kapacitor's reason: an apply starts it again, and
/// it ends again when the same happens.
pub fn stopped(diags: &mut Diagnostics, prior: &AlertRuleState) {
    let Value::Value(error) = &prior.error else { return };
    if error.is_empty() || prior.enabled != Value::Value(true) || prior.executing != Value::Value(false) {
        return;
    }
    let advice = if error.contains("template: ") {
        "A template of the rule failed when an alert fired: the alert was not sent, and Kapacitor ended the rule. An apply \
         starts it again, and unless the template is changed, the next alert ends it again."
    } else {
        "An apply starts it again. If the cause is still there, it will not start, or end again."
    };
    diags.warning(
        "The rule does not run",
        format!("Kapacitor says: {}\n\n{advice}", error.trim_end()),
        AttributePath::new("error"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(error: &str, enabled: bool, executing: bool) -> AlertRuleState {
        AlertRuleState {
            error: Value::Value(error.to_owned()),
            enabled: Value::Value(enabled),
            executing: Value::Value(executing),
            ..AlertRuleState::default()
        }
    }

    fn warnings(state: &AlertRuleState) -> Vec<String> {
        let mut diags = Diagnostics::default();
        stopped(&mut diags, state);
        assert!(diags.errors.is_empty());
        diags
            .warnings
            .into_iter()
            .map(|warning| warning.detail.into_owned())
            .collect()
    }

    /// The words are those of tests/contract/http/13-template-fails.
    #[test]
    fn a_rule_that_ended_by_a_template_is_named_with_its_cause() {
        let error = "template: message:1:3: executing \"message\" at <.Nope>: can't evaluate field Nope in type kapacitor.messageInfo";
        let [warning] = warnings(&state(error, true, false)).try_into().unwrap();
        for words in [error, "A template of the rule failed", "the next alert ends it again"] {
            assert!(warning.contains(words), "{warning}");
        }
        let [warning] = warnings(&state("connection refused", true, false)).try_into().unwrap();
        assert!(!warning.contains("A template of the rule failed"), "{warning}");
    }

    #[test]
    fn a_rule_that_runs_or_is_not_to_run_is_not_warned_of() {
        for state in [
            state("", true, true),
            state("", true, false),
            state("old", true, true),
            state("old", false, false),
        ] {
            assert_eq!(warnings(&state), Vec::<String>::new());
        }
    }
}
