//! What a configuration says of a rule of the server, if it can take the rule over.

use super::import::imported;
use super::state::model::AlertRuleState;
use crate::kapacitor::models::Task;
use crate::rule::Rule;
use tf_provider::Diagnostics;

/// What becomes of a rule of an earlier Chronograf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Older {
    /// It is left as it is, so that it is none of the rules.
    Kept,
    /// It is a rule, and a plan shows that an apply writes it anew.
    Upgraded,
}

/// A rule that a configuration can take over.
pub(crate) struct Found {
    /// What an import gives.
    pub state: AlertRuleState,
    /// Whether a plan for it shows a change.
    pub changes: bool,
}

/// The rule of a task.
///
/// # Errors
/// Why it is none, or cannot be taken over as one.
pub(crate) fn found(task: &Task, older: Older) -> Result<Found, String> {
    if !task.template_id.is_empty() {
        return Err(format!("it is made from the template {:?}", task.template_id));
    }
    let reading = Rule::reading(&task.script).map_err(|reason| reason.to_string())?;
    if reading.is_older && older == Older::Kept {
        return Err("an earlier Chronograf wrote it, and an apply would write it anew".to_owned());
    }
    if !task.vars.is_empty() {
        return Err("it has vars of its own, which a rule does not have".to_owned());
    }
    let source = reading.rule.definition();
    let reads_its_own =
        matches!(task.dbrps.as_slice(), [one] if one.db == source.database && one.rp == source.retention_policy);
    if !reads_its_own {
        return Err("its databases and retention policies are not the one that its script names".to_owned());
    }
    let state = imported(&mut Diagnostics::default(), task).map(|(state, _)| state);
    let state = state.ok_or("it cannot be imported")?;
    match state.spec().check().first() {
        Some(error) => Err(format!(
            "its attribute {} would be refused: {}",
            error.path, error.message
        )),
        None => Ok(Found {
            state,
            changes: reading.is_older,
        }),
    }
}
