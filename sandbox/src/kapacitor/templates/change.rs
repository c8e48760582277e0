//! Creating, updating and deleting templates. An update reaches the tasks that are made from the template.

use crate::go::{quote::quote, time};
use crate::kapacitor::execution::Stop;
use crate::kapacitor::script::{self, Script};
use crate::kapacitor::stored::{Dbrp, Status, Task, Template};
use crate::kapacitor::tasks::{is_valid_id, Options, View};
use crate::kapacitor::templates::read;
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Request};

/// `POST /kapacitor/v1/templates`. Of those that create one id at the same time, one succeeds.
pub async fn create(kapacitor: &Kapacitor, request: &Request) -> Result<Answer, Answer> {
    let options = Options::read(request)?;
    let id = options
        .id
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    if !is_valid_id(&id) {
        let allowed = "template ID must contain only letters, numbers, '-', '.' and '_'.";
        return Err(Answer::error(400, &format!("{allowed} {}", quote(&id))));
    }
    if kapacitor.state().database.templates.contains_key(&id) {
        return Err(Answer::error(400, &format!("template {id} already exists")));
    }
    let script = options.script.unwrap_or_default();
    let task_type = script::check_template(&script, kapacitor.release())?;
    // Whoever creates the same id at the same time has seen none either, and is refused by the database.
    kapacitor.lifecycle.before_store(request).await;
    let now = time::now();
    let template = Template {
        id,
        task_type,
        script,
        created: now.clone(),
        modified: now,
    };
    let mut state = kapacitor.state();
    if state.database.templates.contains_key(&template.id) {
        return Err(Answer::error(500, "template already exists"));
    }
    state.database.templates.insert(template.id.clone(), template.clone());
    kapacitor.save(&state);
    read::whole(&template, View::DEFAULT)
}

/// `DELETE /kapacitor/v1/templates/ID`: 204 whether there was one or not. Its tasks run on, but follow it no longer.
pub fn delete(kapacitor: &Kapacitor, id: &str) -> Answer {
    let mut state = kapacitor.state();
    state.database.templates.remove(id);
    state.database.associations.remove(id);
    kapacitor.save(&state);
    Answer::no_content()
}

/// `PATCH /kapacitor/v1/templates/ID`. It is stored before its tasks are reloaded, and stays stored if one of them fails.
pub async fn update(kapacitor: &Kapacitor, request: &Request, id: &str) -> Result<Answer, Stop> {
    let options = Options::read(request)?;
    let original = kapacitor.state().database.templates.get(id).cloned();
    let original = original.ok_or_else(|| Answer::error(404, "template does not exist, cannot update"))?;
    let mut updated = original.clone();
    if let Some(id) = options.id.as_ref().filter(|id| !id.is_empty()) {
        updated.id.clone_from(id);
    }
    if let Some(script) = options.script() {
        updated.script.clone_from(script);
    }
    updated.task_type = script::check_template(&updated.script, kapacitor.release())?;
    updated.modified = time::now();
    let tasks = store(kapacitor, &original, &updated)?;
    for (reached, task) in (1..).zip(&tasks) {
        if let Err(failed) = reload(kapacitor, request, &original, &updated, task).await {
            let reached = tasks.iter().take(reached);
            roll_back(kapacitor, request, &original, reached).await?;
            return Err(failed);
        }
    }
    Ok(read::whole(&updated, View::DEFAULT)?)
}

/// Stores an updated template and returns the tasks that follow it.
fn store(kapacitor: &Kapacitor, original: &Template, updated: &Template) -> Result<Vec<String>, Answer> {
    let mut state = kapacitor.state();
    let database = &mut state.database;
    let tasks = database.associations.get(&original.id).cloned().unwrap_or_default();
    if original.id != updated.id {
        if database.templates.contains_key(&updated.id) {
            let message = "failed to create new template for ID change: template already exists";
            return Err(Answer::error(500, message));
        }
        database.templates.remove(&original.id);
        database.associations.remove(&original.id);
    }
    database.templates.insert(updated.id.clone(), updated.clone());
    kapacitor.save(&state);
    Ok(tasks.into_iter().collect())
}

/// Gives a task the template's script, and restarts it if it is enabled.
async fn reload(
    kapacitor: &Kapacitor,
    request: &Request,
    old: &Template,
    new: &Template,
    task: &str,
) -> Result<(), Stop> {
    let (before, declared) = (dbrps(&old.script), dbrps(&new.script));
    let changed = {
        let mut state = kapacitor.state();
        let Some(mut changed) = state.database.tasks.get(task).cloned() else {
            state.database.dissociate(&old.id, task);
            return Ok(());
        };
        if old.id != new.id {
            state.database.associate(&new.id, task);
        }
        take(&mut changed, new);
        if !before.is_empty() || !declared.is_empty() {
            changed.dbrps = declared;
        }
        state.database.tasks.insert(task.to_owned(), changed.clone());
        kapacitor.save(&state);
        changed
    };
    restart(kapacitor, request, &changed)
        .await
        .map_err(|failed| match failed {
            Stop::Refused(answer) => reloading(task, &answer).into(),
            Stop::Hung => Stop::Hung,
        })
}

/// The refusal of a start, as the refusal of the template's update.
fn reloading(task: &str, answer: &Answer) -> Answer {
    let body: serde_json::Value = serde_json::from_slice(&answer.body).unwrap_or_default();
    let reason = body["error"].as_str().unwrap_or_default();
    Answer::error(500, &format!("error reloading associated task {task}: {reason}"))
}

/// Gives the tasks that were reached the former script, and restarts those that are enabled. What fails is only logged.
async fn roll_back<'a>(
    kapacitor: &Kapacitor,
    request: &Request,
    old: &Template,
    tasks: impl Iterator<Item = &'a String>,
) -> Result<(), Stop> {
    for id in tasks {
        let Some(mut task) = kapacitor.state().database.tasks.get(id).cloned() else {
            continue;
        };
        take(&mut task, old);
        let declared = dbrps(&old.script);
        if !declared.is_empty() {
            task.dbrps = declared;
        }
        kapacitor.state().database.tasks.insert(id.clone(), task.clone());
        if let Err(Stop::Hung) = restart(kapacitor, request, &task).await {
            return Err(Stop::Hung);
        }
    }
    Ok(())
}

fn take(task: &mut Task, template: &Template) {
    task.template_id.clone_from(&template.id);
    task.script.clone_from(&template.script);
    task.task_type = template.task_type;
}

fn dbrps(script: &str) -> Vec<Dbrp> {
    Script::dbrps_of(script).unwrap_or_default()
}

async fn restart(kapacitor: &Kapacitor, request: &Request, task: &Task) -> Result<(), Stop> {
    if task.status == Status::Disabled {
        return Ok(());
    }
    kapacitor.stop_task(request, &task.id).await?;
    kapacitor.start_task(request, task).await
}
