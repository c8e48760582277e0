//! Import of a rule by its task's id or by its name.

use super::refresh::refresh;
use super::state::model::AlertRuleState;
use super::state::private_state::PrivateState;
use crate::kapacitor::models::{ListTasks, Task};
use crate::kapacitor::{Client, Error};
use crate::provider::diagnostics::server_error;
use crate::provider::task::task_id;
use crate::rule::{self, Rule};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The state of the rule that `wanted` names, and what is to be remembered of it.
pub(crate) async fn import(
    diags: &mut Diagnostics,
    client: &Client,
    wanted: &str,
) -> Option<(AlertRuleState, PrivateState)> {
    if wanted.trim().is_empty() {
        diags.root_error(
            "The import id is empty",
            "Give the id of the rule's task, or the rule's name.",
        );
        return None;
    }
    let found = match find(client, wanted).await {
        Ok(found) => found,
        Err(error) => {
            server_error(diags, "looking for the rule", AttributePath::root(), &error);
            return None;
        }
    };
    match found.as_slice() {
        [task] => imported(diags, task),
        [] => {
            diags.root_error(
                "There is no such rule",
                format!(
                    "Kapacitor has no task with the id {wanted:?}, and none whose script names a rule so. The data source \
                     squadcast_kapacitor_alert_rules lists all."
                ),
            );
            None
        }
        several => {
            let ids = several.iter().map(|task| task.id.as_str());
            report_several(diags, AttributePath::root(), ids);
            None
        }
    }
}

/// Reports that a name does not say which rule is meant.
pub(crate) fn report_several<'a>(
    diags: &mut Diagnostics,
    attribute: AttributePath,
    ids: impl Iterator<Item = &'a str>,
) {
    let ids: Vec<&str> = ids.collect();
    diags.error(
        "Several rules have that name",
        format!("Take one of them by its task's id: {}.", ids.join(", ")),
        attribute,
    );
}

async fn find(client: &Client, wanted: &str) -> Result<Vec<Task>, Error> {
    client.refusal().map_or(Ok(()), Err)?;
    // Kapacitor answers a path with the slashes of a name, such as that of a URL, by a redirect.
    let by_id = Some(wanted.to_owned()).filter(|id| task_id::can_be(id));
    for id in by_id.into_iter().chain([task_id::derived(wanted)]) {
        match client.tasks().find(&id).await {
            Ok(Some(task)) => return Ok(vec![task]),
            Ok(None) => {}
            Err(error) => return Err(error),
        }
    }
    let tasks = client.tasks().list(&ListTasks::default()).await?;
    let has_name = |task: &Task| rule::rule_name(&task.script).is_some_and(|name| name == wanted);
    let named: Vec<Task> = tasks.into_iter().filter(has_name).collect();
    let rules: Vec<Task> = named.iter().filter(|task| is_rule(task)).cloned().collect();
    // A task of that name that is not a rule is told of, with the reason, and not passed over.
    Ok(if rules.is_empty() { named } else { rules })
}

fn is_rule(task: &Task) -> bool {
    task.template_id.is_empty() && Rule::from_tickscript(&task.script).is_ok()
}

/// The state of a rule's task.
pub(super) fn imported(diags: &mut Diagnostics, task: &Task) -> Option<(AlertRuleState, PrivateState)> {
    if !task.template_id.is_empty() {
        diags.root_error(
            "The task is made from a template",
            format!(
                "The task {:?} is not a rule, but made from the template {:?}: its script is the template's and cannot be \
                 changed by itself. To have a rule instead, write one with another name and delete the task.",
                task.id, task.template_id
            ),
        );
        return None;
    }
    if let Err(reason) = Rule::from_tickscript(&task.script) {
        diags.root_error(
            "The task is not a rule",
            format!(
                "The script of the task {:?} says something that a rule's attributes cannot say: {reason}. Only a script of \
                 the form that Chronograf's rule builder writes can be imported as a rule.",
                task.id
            ),
        );
        return None;
    }
    warn_of_vars(diags, task);
    let mut state = AlertRuleState::default();
    let mut private = PrivateState::default();
    let _ = refresh(&mut state, &mut private, task);
    state.task.resolve_on_destroy = Value::Value(false);
    if task.id != task_id::derived(crate::provider::values::known(&state.attributes.name).unwrap_or_default()) {
        state.task.task_id = Value::Value(task.id.clone());
    }
    Some((state, private))
}

fn warn_of_vars(diags: &mut Diagnostics, task: &Task) {
    if task.vars.is_empty() {
        return;
    }
    let names: Vec<&str> = task.vars.keys().map(String::as_str).collect();
    diags.root_warning(
        "The task has vars of its own",
        format!(
            "Somebody gave the task {:?} values that Kapacitor takes instead of those in its script: {}. The imported \
             attributes are what the script says. The first apply makes the task anew without these vars, so set the \
             attributes to what the rule is to do.",
            task.id,
            names.join(", ")
        ),
    );
}
