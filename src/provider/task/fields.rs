//! What the server says of a task, as the attributes of every task have it.

use super::ManagedTask;
use crate::kapacitor::models::{Dbrp, Status, Task};
use crate::rule;
use crate::secret::{escaped, Key};
use std::borrow::Cow;
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// A task that is disabled keeps the error of its last start, which then says nothing.
pub(crate) fn error_of(task: &Task) -> String {
    match task.status {
        Status::Enabled => task.error.clone(),
        Status::Disabled => String::new(),
    }
}

/// The vars of a task, without what may be a secret.
pub(crate) fn vars_of(task: &Task, key: &Key) -> BTreeMap<String, String> {
    let vars = task.vars.iter();
    vars.map(|(name, var)| (shown(name.clone()), shown(rule::redact_var(name, var, key))))
        .collect()
}

/// A database and retention policy as the attribute `dbrps` has it.
pub(crate) fn dbrp_text(dbrp: &Dbrp) -> String {
    format!("{}.{}", dbrp.db, dbrp.rp)
}

/// The name of a measurement or tag may hold what would paint over a plan.
pub(crate) fn shown(script: String) -> String {
    match escaped(&script) {
        Cow::Borrowed(_) => script,
        Cow::Owned(escaped) => escaped,
    }
}

/// Warns of a task that Kapacitor started and that ended by itself, with Kapacitor's reason: an apply starts it again, and
/// it ends again when the same happens.
pub(crate) fn stopped(diags: &mut Diagnostics, prior: &impl ManagedTask) {
    let task = prior.task();
    let Value::Value(error) = &task.error else { return };
    if error.is_empty() || task.enabled != Value::Value(true) || task.executing != Value::Value(false) {
        return;
    }
    let advice = if error.contains("template: ") {
        "A template of the task failed when an alert fired: the alert was not sent, and Kapacitor ended the task. An apply \
         starts it again, and unless the template is changed, the next alert ends it again."
    } else {
        "An apply starts it again. If the cause is still there, it will not start, or end again."
    };
    diags.warning(
        "The task does not run",
        format!("Kapacitor says: {}\n\n{advice}", error.trim_end()),
        AttributePath::new("error"),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::provider::alert_rule::state::model::AlertRuleState;
    use crate::provider::task::TaskAttributes;

    fn state(error: &str, enabled: bool, executing: bool) -> AlertRuleState {
        AlertRuleState {
            task: TaskAttributes {
                error: Value::Value(error.to_owned()),
                enabled: Value::Value(enabled),
                executing: Value::Value(executing),
                ..TaskAttributes::default()
            },
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
        for words in [error, "A template of the task failed", "the next alert ends it again"] {
            assert!(warning.contains(words), "{warning}");
        }
        let [warning] = warnings(&state("connection refused", true, false)).try_into().unwrap();
        assert!(!warning.contains("A template of the task failed"), "{warning}");
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
