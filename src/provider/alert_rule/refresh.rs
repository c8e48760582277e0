//! What the server has, taken over into the state: by attribute where its script reads as a rule.

use super::model::AlertRuleState;
use crate::kapacitor::models::{Dbrp, Status, Task};
use crate::provider::values::{text_list, Text};
use crate::rule::{self, Rule};
use tf_provider::value::Value;

/// Takes over what the server has. An attribute that means the same as before keeps the form in which the configuration
/// has it; a script that does not read as a rule leaves the attributes alone, and shows as a difference of `tickscript`.
pub fn refresh(state: &mut AlertRuleState, task: &Task) {
    state.id = Value::Value(task.id.clone());
    state.enabled = Value::Value(task.status == Status::Enabled);
    state.executing = Value::Value(task.executing);
    state.error = Value::Value(task.error.clone());
    state.dbrps = text_list(task.dbrps.iter().map(dbrp_text).collect());
    take_over_script(state, task);
    if !state.task_id.is_null() {
        state.task_id = state.id.clone();
    }
}

fn take_over_script(state: &mut AlertRuleState, task: &Task) {
    // The script of most rules is the one that their attributes write: that is much cheaper to see than to read it.
    if let Some(rule) = state.rule().filter(|rule| rule.is_written_as(&task.script)) {
        state.tickscript = redacted(&rule);
        return;
    }
    match Rule::from_tickscript(&task.script) {
        Ok(rule) => {
            state.take_over(&rule);
            state.tickscript = redacted(&rule);
        }
        Err(reason) => {
            tracing::info!("the script of task {} does not read as a rule: {reason}", task.id);
            let script = rule::redact_script(&task.script);
            state.tickscript = Value::Value(script);
        }
    }
}

/// A database and retention policy as the attribute `dbrps` has it.
pub fn dbrp_text(dbrp: &Dbrp) -> String {
    format!("{}.{}", dbrp.db, dbrp.rp)
}

/// The rule's script as the attribute `tickscript` has it.
pub fn redacted(rule: &Rule) -> Text {
    Value::Value(rule.redacted_tickscript())
}
