//! Creating, updating and deleting tasks, which starts and stops them.

use crate::go::{quote::quote, time};
use crate::kapacitor::execution::{reply, Stop};
use crate::kapacitor::process::state::State;
use crate::kapacitor::script::Script;
use crate::kapacitor::stored::{Status, Task};
use crate::kapacitor::tasks::options::Options;
use crate::kapacitor::tasks::path::{id_of, is_valid_id};
use crate::kapacitor::tasks::view::{self, View};
use crate::kapacitor::Kapacitor;
use crate::server::exchange::{Answer, Reply, Request};

/// `POST /kapacitor/v1/tasks`.
pub async fn create(kapacitor: &Kapacitor, request: &Request) -> Reply {
    reply(create_or_stop(kapacitor, request).await)
}

/// `PATCH /kapacitor/v1/tasks/ID`.
pub async fn update(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    reply(update_or_stop(kapacitor, request, path).await)
}

/// `DELETE /kapacitor/v1/tasks/ID`: 204 whether there was one or not. The alert's state goes with a task that is enabled. One
/// whose start is still under way runs on as a ghost.
pub async fn delete(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    reply(delete_or_stop(kapacitor, request, path).await)
}

async fn delete_or_stop(kapacitor: &Kapacitor, request: &Request, path: &str) -> Result<Answer, Stop> {
    let id = id_of(path)?;
    let task = kapacitor.state().database.tasks.get(id).cloned();
    let Some(task) = task else {
        return Ok(Answer::no_content());
    };
    kapacitor.state().database.dissociate(&task.template_id, id);
    if task.status == Status::Enabled {
        kapacitor.stop_task(request, id).await?;
    }
    let mut state = kapacitor.state();
    if task.status == Status::Enabled {
        state.forget_alerts_of(id);
    }
    state.database.tasks.remove(id);
    kapacitor.save(&state);
    Ok(Answer::no_content())
}

async fn create_or_stop(kapacitor: &Kapacitor, request: &Request) -> Result<Answer, Stop> {
    let options = Options::read(request)?;
    let task = new_task(kapacitor, options)?;
    kapacitor.lifecycle.before_store(request).await;
    {
        let mut state = kapacitor.state();
        if state.database.tasks.contains_key(&task.id) {
            return Err(Answer::error(500, "object already exists").into());
        }
        state.database.tasks.insert(task.id.clone(), task.clone());
        kapacitor.save(&state);
    }
    if task.status == Status::Enabled {
        kapacitor.start_task(request, &task).await?;
    }
    show(kapacitor, request, &task).await
}

fn new_task(kapacitor: &Kapacitor, options: Options) -> Result<Task, Answer> {
    let id = options
        .id
        .clone()
        .filter(|id| !id.is_empty())
        .unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
    if !is_valid_id(&id) {
        let allowed = "task ID must contain only letters, numbers, '-', '.' and '_'.";
        return Err(Answer::error(400, &format!("{allowed} {}", quote(&id))));
    }
    if kapacitor.state().database.tasks.contains_key(&id) {
        return Err(Answer::error(400, &format!("task {id} already exists")));
    }
    let source = match options.template_id() {
        Some(template) => script_of_template(&mut kapacitor.state(), template, template, &id)?,
        None => options
            .script()
            .ok_or_else(|| Answer::error(400, "must provide TICKscript"))?
            .clone(),
    };
    let vars = options.vars.clone().unwrap_or_default();
    let script = Script::read(&source, &vars, kapacitor.release())?;
    let dbrps = match (script.dbrps.is_empty(), options.dbrps()) {
        (true, None) => return Err(Answer::error(400, "must specify dbrp")),
        (false, Some(_)) => {
            return Err(Answer::error(
                400,
                "cannot specify dbrp in both implicitly and explicitly",
            ))
        }
        (true, Some(dbrps)) => dbrps.clone(),
        (false, None) => script.dbrps,
    };
    let now = time::now();
    let status = options.status.unwrap_or(Status::Disabled);
    let last_enabled = if status == Status::Enabled {
        now.clone()
    } else {
        time::ZERO.to_owned()
    };
    Ok(Task {
        id,
        template_id: options.template_id.unwrap_or_default(),
        task_type: script.task_type,
        dbrps,
        script: source,
        vars,
        status,
        error: String::new(),
        created: now.clone(),
        modified: now,
        last_enabled,
    })
}

/// The script that a task gets from its template, which from now on knows the task. `asked` is the template that the request
/// names, which is empty if it names none.
fn script_of_template(state: &mut State, template: &str, asked: &str, task: &str) -> Result<String, Answer> {
    let unknown = || Answer::error(400, &format!("unknown template {asked}: err: no template exists"));
    let script = state.database.templates.get(template).map(|found| found.script.clone());
    let script = script.ok_or_else(unknown)?;
    state.database.associate(template, task);
    Ok(script)
}

async fn update_or_stop(kapacitor: &Kapacitor, request: &Request, path: &str) -> Result<Answer, Stop> {
    let id = id_of(path)?;
    let options = Options::read(request)?;
    let original = kapacitor
        .state()
        .database
        .tasks
        .get(id)
        .cloned()
        .ok_or_else(|| Answer::error(404, "task does not exist, cannot update"))?;
    let updated = updated_task(kapacitor, &original, &options)?;
    kapacitor.lifecycle.before_store(request).await;
    store(kapacitor, &original, &updated)?;
    let renamed = original.id != updated.id;
    if renamed && original.status == Status::Enabled && updated.status == Status::Enabled {
        kapacitor.stop_task(request, &original.id).await?;
        kapacitor.start_task(request, &updated).await?;
    }
    match (original.status, updated.status) {
        (Status::Disabled, Status::Enabled) => kapacitor.start_task(request, &updated).await?,
        (Status::Enabled, Status::Disabled) => kapacitor.stop_task(request, &original.id).await?,
        _ => {}
    }
    show(kapacitor, request, &updated).await
}

/// The script of the template that a changed task has. Only a task that is renamed becomes known to a template.
fn take_from_template(
    state: &mut State,
    original: &Task,
    id: &str,
    template: &str,
    options: &Options,
) -> Result<String, Answer> {
    let asked = options.template_id.as_deref().unwrap_or_default();
    if original.id == id {
        let found = state.database.templates.get(template);
        let unknown = || Answer::error(400, &format!("unknown template {asked}: err: no template exists"));
        return found.map(|found| found.script.clone()).ok_or_else(unknown);
    }
    let script = script_of_template(state, template, asked, id)?;
    state.database.dissociate(&original.template_id, &original.id);
    Ok(script)
}

/// The task with what the options change. What is empty changes nothing.
fn updated_task(kapacitor: &Kapacitor, original: &Task, options: &Options) -> Result<Task, Answer> {
    let mut updated = original.clone();
    if let Some(id) = options.id.as_ref().filter(|id| !id.is_empty()) {
        updated.id.clone_from(id);
    }
    if let Some(vars) = options.vars.as_ref().filter(|vars| !vars.is_empty()) {
        updated.vars.clone_from(vars);
    }
    let of_template = Some(&original.template_id).filter(|template| !template.is_empty());
    if let Some(template) = options.template_id().or(of_template) {
        updated.script = take_from_template(&mut kapacitor.state(), original, &updated.id, template, options)?;
        updated.template_id.clone_from(template);
    } else if let Some(script) = options.script() {
        updated.script.clone_from(script);
    }
    let old_dbrps = Script::dbrps_of(&original.script);
    let new_dbrps = Script::dbrps_of(&updated.script);
    if let Err(message) = &new_dbrps {
        return Err(Answer::error(400, message));
    }
    let (old_dbrps, new_dbrps) = (old_dbrps.unwrap_or_default(), new_dbrps.unwrap_or_default());
    match options.dbrps() {
        None if !old_dbrps.is_empty() && new_dbrps.is_empty() => return Err(Answer::error(400, "must specify dbrp")),
        Some(_) if !new_dbrps.is_empty() => {
            return Err(Answer::error(400, "cannot specify dbrp in implicitly and explicitly"))
        }
        None if !new_dbrps.is_empty() => updated.dbrps = new_dbrps,
        Some(dbrps) => updated.dbrps.clone_from(dbrps),
        None => {}
    }
    if let Some(status) = options.status {
        updated.status = status;
    }
    updated.task_type = Script::read(&updated.script, &updated.vars, kapacitor.release())?.task_type;
    updated.modified = time::now();
    if original.status == Status::Disabled && updated.status == Status::Enabled {
        updated.last_enabled.clone_from(&updated.modified);
    }
    Ok(updated)
}

fn store(kapacitor: &Kapacitor, original: &Task, updated: &Task) -> Result<(), Answer> {
    let mut state = kapacitor.state();
    if original.id != updated.id {
        if state.database.tasks.contains_key(&updated.id) {
            let message = "failed to create new task during ID change: object already exists";
            return Err(Answer::error(500, message));
        }
        state.database.tasks.remove(&original.id);
    } else if !state.database.tasks.contains_key(&original.id) {
        let message = "failed to replace task definition: no object exists";
        return Err(Answer::error(500, message));
    }
    state.database.tasks.insert(updated.id.clone(), updated.clone());
    kapacitor.save(&state);
    Ok(())
}

/// The answer to a change shows the task as the request left it, so that the error of an earlier failed start still shows.
async fn show(kapacitor: &Kapacitor, request: &Request, task: &Task) -> Result<Answer, Stop> {
    kapacitor.lifecycle.turn(request).await?;
    let state = kapacitor.state();
    Ok(Answer::json(200, &view::whole(task, &state.memory, View::DEFAULT)))
}
