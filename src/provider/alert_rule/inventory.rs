//! The rules of a server that a configuration can take over without a change, and why each other task is none of them.

use super::import::imported;
use super::state::model::AlertRuleState;
use crate::kapacitor::models::{ListTasks, Status, Task};
use crate::kapacitor::{Client, Error};
use crate::rule::Rule;
use tf_provider::Diagnostics;

/// What came of the tasks of a server.
pub struct Inventory {
    /// The rules, by the ids of their tasks.
    pub rules: Vec<(String, AlertRuleState)>,
    /// The other tasks, with the reason.
    pub others: Vec<(String, String)>,
}

/// Reads all tasks.
///
/// # Errors
/// As [`Error`] says.
pub async fn inventory(client: &Client) -> Result<Inventory, Error> {
    let tasks = client.tasks().list(&ListTasks::default()).await?;
    let mut read = Inventory {
        rules: Vec::new(),
        others: Vec::new(),
    };
    for task in tasks {
        match unchanged(&task) {
            Ok(state) => read.rules.push((task.id, state)),
            Err(reason) => read.others.push((task.id, reason)),
        }
    }
    Ok(read)
}

/// The state of a task's rule, if a plan for it shows no change.
fn unchanged(task: &Task) -> Result<AlertRuleState, String> {
    if !task.template_id.is_empty() {
        return Err(format!("it is made from the template {:?}", task.template_id));
    }
    let reading = Rule::reading(&task.script).map_err(|reason| reason.to_string())?;
    if reading.is_older {
        return Err("an earlier Chronograf wrote it, and an apply would write it anew".to_owned());
    }
    if !task.vars.is_empty() {
        return Err("it has vars of its own, which a rule does not have".to_owned());
    }
    if task.status == Status::Enabled && !task.executing {
        return Err("Kapacitor does not execute it, and an apply would start it again".to_owned());
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
        None => Ok(state),
    }
}
