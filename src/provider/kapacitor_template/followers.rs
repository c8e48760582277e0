//! The tasks that are made from a template, and that each of them follows it.
//!
//! Kapacitor notes that a task follows a template when it creates the task, and forgets it together with the template. A change
//! that gives a task another template it does not note: the former one goes on to be reloaded into the task, and the new one
//! never is (`06-templates-moved-tasks`). So each task is looked at after a write, and one that does not follow is made anew.

use crate::kapacitor::models::{Dbrp, Task, Template};
use crate::kapacitor::Writer;
use crate::provider::diagnostics::explain;
use crate::provider::task::lifecycle::update_with;
use crate::provider::task::script::dbrps_of;
use crate::provider::task::{make_again, WantedTask};
use crate::rule::script_secrets;
use crate::secret::Secret;
use crate::tickscript::{self, Program};
use tf_provider::{AttributePath, Diagnostics};

/// A task that is not as a write of its template should have left it.
#[derive(Debug)]
pub(super) struct TaskFailure {
    /// What happened, in Kapacitor's words.
    pub detail: String,
}

/// How far Kapacitor still knows which tasks follow a template.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Memory {
    /// It knows those that have the template's script.
    Whole,
    /// It may have forgotten any of them.
    Lost,
    /// It knows those that have the template's script, and the write put that back: a task that did not follow it before, and
    /// is as it was, is left alone.
    PutBack,
}

/// Sees that each task is as a write of the template `former_id` should have left it, which is `template` now. `before` are the
/// server's tasks before the write.
pub(super) async fn settle(
    writes: &mut Writer,
    before: &[Task],
    former_id: &str,
    template: &Template,
    memory: Memory,
) -> Result<(), TaskFailure> {
    let is_one_of_them = |id: &str| id == former_id || id == template.id;
    let after = writes.client().tasks().list_with_templates().await;
    let after = after.map_err(|error| TaskFailure {
        detail: explain("reading the tasks of the template", &error),
    })?;
    for was in before {
        let Some(is) = after.iter().find(|task| task.id == was.id) else {
            continue;
        };
        let runs_on = is.is_running() || !was.is_running();
        let is_as_it_was = is.script == was.script && is.template_id == was.template_id && runs_on;
        if memory == Memory::PutBack && is_as_it_was && is.script != template.script {
            continue;
        }
        if is_one_of_them(&was.template_id) {
            follow(writes, (was, is), template, memory).await?;
        } else if is_one_of_them(&is.template_id) {
            give_back(writes, was, is).await?;
        }
    }
    Ok(())
}

/// Has a task follow the template that does not.
async fn follow(
    writes: &mut Writer,
    (was, is): (&Task, &Task),
    template: &Template,
    memory: Memory,
) -> Result<(), TaskFailure> {
    let wanted = following(was, is, template);
    let is_known = is.script == template.script && is.template_id == template.id && memory != Memory::Lost;
    let written = if !is_known {
        make_again(writes, as_it_is(is), wanted).await
    } else if is.dbrps != wanted.dbrps {
        update_with(writes, as_it_is(is), wanted).await
    } else if was.is_running() && !is.is_running() {
        return Err(TaskFailure {
            detail: format!(
                "The task {:?} ran before, and does not now. Kapacitor says: {}",
                is.id, is.error
            ),
        });
    } else {
        return Ok(());
    };
    written.map(drop).map_err(|failure| TaskFailure {
        detail: format!("The task {:?}: {}", is.id, failure.detail),
    })
}

/// Gives a task back what it was. Kapacitor took it for one that follows the template, since it did so once.
async fn give_back(writes: &mut Writer, was: &Task, is: &Task) -> Result<(), TaskFailure> {
    tracing::warn!(
        task = was.id,
        "Kapacitor gave the template's script to a task that is not made from it; it is put back"
    );
    let written = update_with(writes, as_it_is(is), as_it_is(was)).await;
    written.map(drop).map_err(|failure| TaskFailure {
        detail: format!(
            "Kapacitor gave the script to the task {:?}, which is not made from the template, and it could not be put back. {}",
            is.id, failure.detail
        ),
    })
}

fn as_it_is(task: &Task) -> WantedTask {
    WantedTask {
        secrets: secrets_of(&task.script),
        ..WantedTask::from(task.clone())
    }
}

/// The task as the template makes it.
fn following(was: &Task, is: &Task, template: &Template) -> WantedTask {
    let of_script = lines_of(&template.script);
    WantedTask {
        task_type: template.task_type,
        script: String::new(),
        printed: template.script.clone(),
        template_id: template.id.clone(),
        script_has_dbrps: !of_script.is_empty(),
        dbrps: match of_script.is_empty() {
            true => was.dbrps.clone(),
            false => of_script,
        },
        secrets: secrets_of(&template.script),
        ..WantedTask::from(is.clone())
    }
}

fn lines_of(script: &str) -> Vec<Dbrp> {
    tickscript::parse(script)
        .map(|program| dbrps_of(&program))
        .unwrap_or_default()
}

fn secrets_of(script: &str) -> Vec<Secret> {
    script_secrets(script).into_iter().map(Secret::from).collect()
}

/// Warns of running tasks that Kapacitor would not start with the new script.
pub(super) fn warn_of_refusals(diags: &mut Diagnostics, tasks: &[Task], before: Option<&Program>, after: &Program) {
    let loses_lines = before.is_some_and(|before| !dbrps_of(before).is_empty()) && dbrps_of(after).is_empty();
    let running = tasks.iter().filter(|task| task.is_running());
    let refused: Vec<String> = running
        .filter_map(|task| refusal(task, after, loses_lines).map(|reason| format!("- {}: {reason}", task.id)))
        .collect();
    if refused.is_empty() {
        return;
    }
    diags.warning(
        "Tasks of the template would not start",
        format!(
            "Kapacitor stops and starts the tasks of a template when it changes, and these would not start with the new script, \
             so that the apply would fail and put all back:\n{}\n\nGive a new var a value in the script first, and take it away \
             when all tasks have one. To take lines `dbrp` away, disable the tasks first.",
            refused.join("\n")
        ),
        AttributePath::new("script"),
    );
}

/// Why Kapacitor would not start a task; none if nothing speaks against it.
fn refusal(task: &Task, script: &Program, loses_lines: bool) -> Option<String> {
    let declared = script.declared_vars();
    let lacks = declared
        .iter()
        .find(|var| var.value.is_none() && !task.vars.contains_key(&var.name));
    if let Some(var) = lacks {
        return Some(format!("it has no value for the var {}", var.name));
    }
    let differs = declared.iter().find_map(|var| {
        let kind = task.vars.get(&var.name)?["type"].as_str()?;
        (kind != var.kind).then(|| format!("its var {} is {kind}, and not {}", var.name, var.kind))
    });
    differs.or_else(|| loses_lines.then(|| "only the lines `dbrp` of the former script say what it reads".to_owned()))
}
