//! Creating, updating and deleting tasks, which starts and stops them.

use crate::exchange::{Answer, Reply, Request};
use crate::go::{quote::quote, time};
use crate::kapacitor::lifecycle::{Change, Hung};
use crate::kapacitor::script::Script;
use crate::kapacitor::tasks::view::{self, View};
use crate::kapacitor::tasks::{id_of, Dbrp, Status, Task, TaskType};
use crate::kapacitor::vars::Vars;
use crate::kapacitor::Kapacitor;
use serde::Deserialize;
use serde_json::Value;

/// Why a request ends early.
enum Stop {
    Refused(Answer),
    Hung,
}

impl From<Answer> for Stop {
    fn from(answer: Answer) -> Self {
        Stop::Refused(answer)
    }
}

impl From<Hung> for Stop {
    fn from(_: Hung) -> Self {
        Stop::Hung
    }
}

/// The body of POST and PATCH. Unknown fields, and text after the JSON value, are ignored.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Options {
    id: Option<String>,
    #[serde(rename = "template-id")]
    template_id: Option<String>,
    /// Checked for its spelling only: the script decides.
    #[serde(rename = "type")]
    _task_type: Option<TaskType>,
    dbrps: Option<Vec<Dbrp>>,
    script: Option<String>,
    status: Option<Status>,
    vars: Option<Vars>,
}

impl Options {
    fn read(request: &Request) -> Result<Options, Answer> {
        let invalid = || Answer::error(400, "invalid JSON");
        let value = serde_json::Deserializer::from_slice(&request.body)
            .into_iter::<Value>()
            .next();
        match value.and_then(Result::ok) {
            Some(Value::Null) => Ok(Options::default()),
            Some(object @ Value::Object(_)) => serde_json::from_value(object).map_err(|_| invalid()),
            _ => Err(invalid()),
        }
    }

    fn script(&self) -> Option<&String> {
        self.script.as_ref().filter(|script| !script.is_empty())
    }

    fn dbrps(&self) -> Option<&Vec<Dbrp>> {
        self.dbrps.as_ref().filter(|dbrps| !dbrps.is_empty())
    }
}

/// `POST /kapacitor/v1/tasks`.
pub async fn create(kapacitor: &Kapacitor, request: &Request) -> Reply {
    reply(create_or_stop(kapacitor, request).await)
}

/// `PATCH /kapacitor/v1/tasks/ID`.
pub async fn update(kapacitor: &Kapacitor, request: &Request, path: &str) -> Reply {
    reply(update_or_stop(kapacitor, request, path).await)
}

/// `DELETE /kapacitor/v1/tasks/ID`: 204 whether there was one or not. The alert's state goes with the task.
pub async fn delete(kapacitor: &Kapacitor, path: &str) -> Reply {
    let id = match id_of(path) {
        Ok(id) => id,
        Err(answer) => return answer.into(),
    };
    let Some(task) = kapacitor.state().database.tasks.get(id).cloned() else {
        return Answer::no_content().into();
    };
    if task.status == Status::Enabled && stop(kapacitor, id).await.is_err() {
        return Reply::Hang;
    }
    let mut state = kapacitor.state();
    state.database.tasks.remove(id);
    state.forget_alerts_of(id);
    kapacitor.save(&state);
    Answer::no_content().into()
}

fn reply(result: Result<Answer, Stop>) -> Reply {
    match result {
        Ok(answer) | Err(Stop::Refused(answer)) => answer.into(),
        Err(Stop::Hung) => Reply::Hang,
    }
}

async fn create_or_stop(kapacitor: &Kapacitor, request: &Request) -> Result<Answer, Stop> {
    let options = Options::read(request)?;
    let task = new_task(kapacitor, options)?;
    {
        let mut state = kapacitor.state();
        if state.database.tasks.contains_key(&task.id) {
            return Err(Answer::error(500, "object already exists").into());
        }
        state.database.tasks.insert(task.id.clone(), task.clone());
        kapacitor.save(&state);
    }
    if task.status == Status::Enabled {
        start(kapacitor, &task.id).await?;
    }
    show(kapacitor, &task)
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
    refuse_template(&options)?;
    let source = options
        .script()
        .ok_or_else(|| Answer::error(400, "must provide TICKscript"))?
        .clone();
    let vars = options.vars.clone().unwrap_or_default();
    let script = Script::read(&source, &vars)?;
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

/// Letters of any alphabet, digits, `-`, `.` and `_`.
pub fn is_valid_id(id: &str) -> bool {
    !id.is_empty()
        && id
            .chars()
            .all(|letter| letter.is_alphabetic() || letter.is_ascii_digit() || "-._".contains(letter))
}

fn refuse_template(options: &Options) -> Result<(), Answer> {
    match options.template_id.as_deref() {
        None | Some("") => Ok(()),
        // The sandbox keeps no templates, so each is unknown.
        Some(template) => Err(Answer::error(
            400,
            &format!("unknown template {template}: err: no template exists"),
        )),
    }
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
    let updated = updated_task(&original, &options)?;
    store(kapacitor, &original, &updated)?;
    let renamed = original.id != updated.id;
    if renamed && original.status == Status::Enabled && updated.status == Status::Enabled {
        stop(kapacitor, &original.id).await?;
        start(kapacitor, &updated.id).await?;
    }
    match (original.status, updated.status) {
        (Status::Disabled, Status::Enabled) => start(kapacitor, &updated.id).await?,
        (Status::Enabled, Status::Disabled) => stop(kapacitor, &original.id).await?,
        _ => {}
    }
    show(kapacitor, &updated)
}

/// The task with what the options change. What is empty changes nothing.
fn updated_task(original: &Task, options: &Options) -> Result<Task, Answer> {
    refuse_template(options)?;
    let mut updated = original.clone();
    if let Some(id) = options.id.as_ref().filter(|id| !id.is_empty()) {
        updated.id.clone_from(id);
    }
    if let Some(vars) = options.vars.as_ref().filter(|vars| !vars.is_empty()) {
        updated.vars.clone_from(vars);
    }
    if let Some(script) = options.script() {
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
    updated.task_type = Script::read(&updated.script, &updated.vars)?.task_type;
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
    }
    state.database.tasks.insert(updated.id.clone(), updated.clone());
    kapacitor.save(&state);
    Ok(())
}

/// Starts the stored task. One that cannot start stays as it is, with the error set.
async fn start(kapacitor: &Kapacitor, id: &str) -> Result<(), Stop> {
    let started = kapacitor
        .lifecycle
        .change(Change::Start, id, || kapacitor.start_task(id))
        .await?;
    started.map_err(|message| Answer::error(500, &message).into())
}

async fn stop(kapacitor: &Kapacitor, id: &str) -> Result<(), Hung> {
    kapacitor
        .lifecycle
        .change(Change::Stop, id, || kapacitor.state().stop_task(id))
        .await
}

/// The answer to a change shows the task as the request left it, so that the error of an earlier failed start still shows.
fn show(kapacitor: &Kapacitor, task: &Task) -> Result<Answer, Stop> {
    if kapacitor.lifecycle.is_hung() {
        return Err(Stop::Hung);
    }
    let state = kapacitor.state();
    Ok(Answer::json(200, &view::whole(task, &state.memory, View::DEFAULT)))
}
