//! What the server has, taken over into the state: by attribute where its script reads as a rule.

pub(crate) mod examination;
pub(crate) mod normal_form;
use self::examination::{redacted, Examination};
use super::state::model::AlertRuleState;
use super::state::private_state::PrivateState;
use super::state::read_blocks::mark_other_urls;
use crate::kapacitor::models::{Status, Task};
use crate::provider::task::fields::{dbrp_text, error_of, shown, vars_of};
use crate::provider::values::{known_list, text_list, text_map};
use crate::rule::{self, Reading, Rule};
use crate::secret::{escaped, Key};
use tf_provider::value::Value;

/// Takes over what the server has. An attribute that means the same as before keeps the form in which the configuration
/// has it; a script that does not read as a rule leaves the attributes alone, and shows as a difference of `tickscript`.
///
/// Returns the examination of the attributes where they are as they were.
pub(crate) fn refresh(state: &mut AlertRuleState, private: &mut PrivateState, task: &Task) -> Option<Examination> {
    let key = private.key();
    state.task.id = Value::Value(task.id.clone());
    state.task.enabled = Value::Value(task.status == Status::Enabled);
    state.task.executing = Value::Value(task.executing);
    state.task.error = Value::Value(escaped(&error_of(task)).into_owned());
    state.task.vars = text_map(vars_of(task, &key));
    state.task.template_id = Value::Value(task.template_id.clone());
    state.task.dbrps = text_list(task.dbrps.iter().map(dbrp_text).collect());
    if !state.task.task_id.is_null() {
        state.task.task_id = state.task.id.clone();
    }
    // The script of most rules is the one that their attributes write: that is much cheaper to see than to read it.
    let examination = Examination::of(state.spec(), Some(&key));
    match &examination.rule {
        Some((rule, tickscript)) if rule.is_written_as(&task.script) => {
            state.task.tickscript = tickscript.clone();
            private.posts.iter_mut().for_each(|post| post.has_other_url = false);
            Some(examination)
        }
        _ => {
            read_script(state, private, task, &key);
            None
        }
    }
}

fn read_script(state: &mut AlertRuleState, private: &mut PrivateState, task: &Task, key: &Key) {
    match Rule::reading(&task.script) {
        Ok(Reading { rule, is_older }) => {
            // What an older Chronograf wrote says the same as the attributes, and yet an apply writes another script.
            let tickscript = match is_older {
                true => Value::Value(shown(rule::redact_script(&task.script, key))),
                false => redacted(&rule, key),
            };
            if state.task.tickscript == tickscript {
                // The script is the one that the attributes were read from or made for, and only a variable holds something
                // else now, or nothing.
                mark_other_urls(known_list(&state.post), &rule.definition().posts, private);
                return;
            }
            state.set_from_rule(&rule, private);
            state.task.tickscript = tickscript;
        }
        Err(reason) => {
            tracing::info!("the script of task {} does not read as a rule: {reason}", task.id);
            state.task.tickscript = Value::Value(shown(rule::redact_script(&task.script, key)));
        }
    }
}
