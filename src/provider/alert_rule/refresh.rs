//! What the server has, taken over into the state: by attribute where its script reads as a rule.

use super::model::{AlertRuleState, HandlerBlock, PostBlock};
use crate::kapacitor::models::{Dbrp, Status, Task};
use crate::provider::values::{list_map_value, list_value, text_list, value, Text};
use crate::rule::{self, Field, HandlerSpec, PostSpec, Rule, RuleSpec};
use tf_provider::value::Value;

/// Takes over what the server has. An attribute that means the same as before keeps the form in which the configuration
/// has it; a script that does not read as a rule leaves the attributes alone, and shows as a difference of `tickscript`.
pub fn refresh(state: &mut AlertRuleState, task: &Task) {
    state.id = Value::Value(task.id.clone());
    state.enabled = Value::Value(task.status == Status::Enabled);
    state.executing = Value::Value(task.executing);
    state.error = Value::Value(task.error.clone());
    state.dbrps = text_list(task.dbrps.iter().map(dbrp_text).collect());
    match Rule::from_tickscript(&task.script) {
        Ok(rule) => {
            take_over(state, &rule);
            state.tickscript = redacted(&rule);
        }
        Err(reason) => {
            tracing::info!("the script of task {} does not read as a rule: {reason}", task.id);
            let script = rule::redact_script(&task.script);
            state.tickscript = Value::Value(script);
        }
    }
    if !state.task_id.is_null() {
        state.task_id = state.id.clone();
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

fn take_over(state: &mut AlertRuleState, rule: &Rule) {
    let former = state.rule();
    if former.as_ref() == Some(rule) {
        return;
    }
    let is = RuleSpec::from(rule);
    let was = former.as_ref().map(RuleSpec::from);
    macro_rules! take {
        ($attribute:ident, $convert:expr) => {
            if was.as_ref().is_none_or(|was| was.$attribute != is.$attribute) {
                state.$attribute = $convert(&is.$attribute);
            }
        };
    }
    take!(name, value);
    take!(database, value);
    take!(retention_policy, value);
    take!(measurement, value);
    take!(field, value);
    take!(aggregate, value);
    take!(period, value);
    take!(every, value);
    take!(group_by, list_value);
    take!(where_tags, list_map_value);
    take!(exclude, list_map_value);
    take!(trigger, value);
    take!(operator, value);
    take!(value, value);
    take!(lower, value);
    take!(upper, value);
    take!(change, value);
    take!(shift, value);
    take!(message, value);
    take!(details, value);
    take!(state_changes_only, value);
    take!(no_recoveries, value);
    take!(flapping, value);
    take_over_posts(state, was.as_ref().map(|was| &was.posts), &is.posts);
    take_over_handlers(state, was.as_ref().map(|was| &was.handlers), &is.handlers);
}

fn take_over_posts(state: &mut AlertRuleState, was: Option<&Field<Vec<PostSpec>>>, is: &Field<Vec<PostSpec>>) {
    if was == Some(is) {
        return;
    }
    let Field::Known(is) = is else {
        state.post = Value::Value(Vec::new());
        return;
    };
    let former_specs = was.and_then(Field::known).cloned().unwrap_or_default();
    let former = match &state.post {
        Value::Value(blocks) => blocks.clone(),
        _ => Vec::new(),
    };
    let blocks = is
        .iter()
        .enumerate()
        .map(|(position, spec)| match former.get(position) {
            Some(block) if former_specs.get(position) == Some(spec) => block.clone(),
            block => PostBlock::read(spec, block),
        });
    state.post = Value::Value(blocks.collect());
}

/// Blocks that still stand on the server keep their place and their form; a changed one takes the place of one of its kind.
fn take_over_handlers(state: &mut AlertRuleState, was: Option<&Field<Vec<HandlerSpec>>>, is: &Field<Vec<HandlerSpec>>) {
    if was == Some(is) {
        return;
    }
    let mut remaining = is.known().cloned().unwrap_or_default();
    let former = match &state.handler {
        Value::Value(blocks) => blocks.clone(),
        _ => Vec::new(),
    };
    let unchanged: Vec<bool> = former
        .iter()
        .map(|block| {
            let spec = rule::canonical_handler(&block.spec());
            take_first(&mut remaining, |candidate| Some(candidate) == spec.as_ref()).is_some()
        })
        .collect();
    let mut blocks = Vec::new();
    for (block, unchanged) in former.into_iter().zip(unchanged) {
        if unchanged {
            blocks.push(block);
        } else if let Some(spec) = take_first(&mut remaining, |candidate| value(&candidate.kind) == block.kind) {
            blocks.push(HandlerBlock::read(&spec));
        }
    }
    blocks.extend(remaining.iter().map(HandlerBlock::read));
    state.handler = Value::Value(blocks);
}

fn take_first<T>(list: &mut Vec<T>, wanted: impl Fn(&T) -> bool) -> Option<T> {
    let position = list.iter().position(wanted)?;
    Some(list.remove(position))
}
