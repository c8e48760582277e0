//! Import of a rule by its task's id or by its name.

use super::model::AlertRuleState;
use super::refresh::refresh;
use super::task_id;
use crate::kapacitor::models::{ListTasks, Task};
use crate::kapacitor::{Client, Error, Phase, SetupError};
use crate::provider::diagnostics::server_error;
use crate::rule::Rule;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The state of the rule that `wanted` names.
pub async fn import(diags: &mut Diagnostics, client: &Client, wanted: &str) -> Option<AlertRuleState> {
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
                    "Kapacitor has no task with the id {wanted:?}, and none of its scripts is a rule of that name."
                ),
            );
            None
        }
        several => {
            let ids: Vec<&str> = several.iter().map(|task| task.id.as_str()).collect();
            diags.root_error(
                "Several rules have that name",
                format!("Import one of them by its task's id: {}.", ids.join(", ")),
            );
            None
        }
    }
}

async fn find(client: &Client, wanted: &str) -> Result<Vec<Task>, Error> {
    for id in [wanted.to_owned(), task_id::derived(wanted)] {
        match client.tasks().get(&id).await {
            Ok(Some(task)) => return Ok(vec![task]),
            Ok(None) => {}
            // An id that no path can carry is no id, but may still be a rule's name.
            Err(error) if matches!(error.phase(), Phase::Setup(SetupError::Name { .. })) => {}
            Err(error) => return Err(error),
        }
    }
    let tasks = client.tasks().list(&ListTasks::default()).await?;
    let has_name = |task: &Task| Rule::from_tickscript(&task.script).is_ok_and(|rule| rule.name() == wanted);
    Ok(tasks.into_iter().filter(has_name).collect())
}

fn imported(diags: &mut Diagnostics, task: &Task) -> Option<AlertRuleState> {
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
    let mut state = AlertRuleState::default();
    let _ = refresh(&mut state, task);
    state.resolve_on_destroy = Value::Value(false);
    if task.id != task_id::derived(crate::provider::values::known(&state.name).unwrap_or_default()) {
        state.task_id = Value::Value(task.id.clone());
    }
    Some(state)
}
