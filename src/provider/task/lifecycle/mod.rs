//! How a task is made, changed and removed, so that it is never left half-made.
//!
//! Every sequence runs with the right to write (see [`Writer`]), since Kapacitor hangs for good where tasks are started and
//! stopped at the same time.

pub(crate) mod anew;
pub(crate) mod creation;
pub(crate) mod refusal;
pub(crate) mod running;
use self::anew::{make_anew, put_back};
use self::running::{bring_to_status, look_until, restarted, running, Past};
use crate::kapacitor::models::{CreateTask, Dbrp, Status, Task, TaskType, UpdateTask, Vars};
use crate::kapacitor::{Error, Secret, Writer};
use crate::provider::diagnostics::explain;
use crate::tickscript;

/// The task as it shall be.
#[derive(Debug, Clone)]
pub struct WantedTask {
    /// Its id.
    pub id: String,
    /// Stream or batch.
    pub task_type: TaskType,
    /// Its TICKscript; empty if it has that of its template.
    pub script: String,
    /// The script as Kapacitor prints it, and so shows it.
    pub printed: String,
    /// What it reads; empty if that is not known, because its template says it.
    pub dbrps: Vec<Dbrp>,
    /// Whether the script itself says what it reads. Kapacitor refuses to be told twice.
    pub script_has_dbrps: bool,
    /// Whether it shall run.
    pub enabled: bool,
    /// The values of its script's vars; a rule has none, but a task that was changed by others may.
    pub vars: Vars,
    /// The template that it is made from; empty for none, as for a rule.
    pub template_id: String,
    /// What of the script no message may show.
    pub secrets: Vec<Secret>,
}

impl WantedTask {
    /// The change that makes the task `id` this one, disabled so that the script is loaded when it is enabled again.
    ///
    /// One that is made from another template than `template_id` has to be made anew, and is only disabled here: Kapacitor takes
    /// another template by a change, and goes on to reload the task with the former one (`06-templates-moved-tasks`).
    pub(super) fn disabled_in_place_of(&self, id: &str, template_id: &str) -> UpdateTask {
        let new_id = (id != self.id).then(|| self.id.clone());
        if self.template_id != template_id {
            return UpdateTask {
                id: new_id,
                ..UpdateTask::status(Status::Disabled)
            };
        }
        UpdateTask {
            id: new_id,
            script: Some(self.script.clone()).filter(|script| !script.is_empty()),
            dbrps: Some(self.dbrps_to_send()).filter(|dbrps| !dbrps.is_empty()),
            status: Some(Status::Disabled),
            vars: Some(self.vars.clone()).filter(|vars| !vars.is_empty()),
            template_id: Some(self.template_id.clone()).filter(|id| !id.is_empty()),
            secrets: self.secrets.clone(),
        }
    }

    /// The status that the task is to have.
    pub(crate) fn status(&self) -> Status {
        match self.enabled {
            true => Status::Enabled,
            false => Status::Disabled,
        }
    }

    /// The task to create, with this status.
    pub(crate) fn to_create(&self, status: Status) -> CreateTask {
        CreateTask {
            id: self.id.clone(),
            task_type: self.task_type,
            dbrps: self.dbrps_to_send(),
            script: self.script.clone(),
            vars: self.vars.clone(),
            template_id: self.template_id.clone(),
            status,
            secrets: self.secrets.clone(),
        }
    }

    fn dbrps_to_send(&self) -> Vec<Dbrp> {
        match self.script_has_dbrps {
            true => Vec::new(),
            false => self.dbrps.clone(),
        }
    }

    /// Whether no change makes this one of a task: Kapacitor takes away neither vars nor a template.
    pub(super) fn must_replace(&self, task: &Task) -> bool {
        (self.vars.is_empty() && !task.vars.is_empty()) || self.template_id != task.template_id
    }

    /// The same with the vars and the template that a task has.
    fn with_extras_of(self, task: &Task) -> Self {
        WantedTask {
            vars: task.vars.clone(),
            template_id: task.template_id.clone(),
            ..self
        }
    }

    /// Whether a task does what this one does, whether it runs or not.
    pub fn is_done_by(&self, task: &Task) -> bool {
        self.is_written_in(task) && same_vars(&task.vars, &self.vars) && task.template_id == self.template_id
    }

    /// Whether a task has this one's script and data, whatever others gave it besides.
    pub(crate) fn is_written_in(&self, task: &Task) -> bool {
        let has_script = self.printed.is_empty() || task.script == self.printed;
        has_script && (self.dbrps.is_empty() || task.dbrps == self.dbrps)
    }
}

impl From<Task> for WantedTask {
    /// A task as it is. What its script or its template says must not be sent beside it.
    fn from(task: Task) -> Self {
        let program = tickscript::parse(&task.script);
        let has_dbrp = |program: &tickscript::Program| {
            let mut statements = program.statements.iter();
            statements.any(|statement| matches!(statement, tickscript::ast::Statement::Dbrp(_)))
        };
        WantedTask {
            id: task.id,
            task_type: task.task_type,
            script_has_dbrps: program.is_ok_and(|program| has_dbrp(&program)),
            printed: task.script.clone(),
            script: task.script,
            dbrps: task.dbrps,
            enabled: task.status == Status::Enabled,
            vars: task.vars,
            template_id: task.template_id,
            secrets: Vec::new(),
        }
    }
}

/// Whether vars have the same types and values. Their descriptions come from the script.
pub fn same_vars(one: &Vars, other: &Vars) -> bool {
    let same = |(name, var): (&String, &serde_json::Value)| {
        other.get(name).is_some_and(|other| canonical(var) == canonical(other))
    };
    one.len() == other.len() && one.iter().all(same)
}

fn canonical(var: &serde_json::Value) -> serde_json::Value {
    let value = match &var["value"] {
        serde_json::Value::Array(items) => items.iter().map(canonical).collect(),
        _ if var["type"] == "star" => serde_json::Value::Null,
        serde_json::Value::Number(number) if var["type"] == "float" => serde_json::json!(number.as_f64()),
        value => value.clone(),
    };
    serde_json::json!([var["type"], value])
}

/// Why a task is not as it shall be, and what is left.
#[derive(Debug)]
pub struct Failure {
    /// The summary, without any value.
    pub summary: &'static str,
    /// What happened, in Kapacitor's words, and what to do.
    pub detail: String,
    /// What the server has now.
    pub left: Left,
}

/// What a failed sequence leaves on the server.
#[derive(Debug, Clone, PartialEq)]
pub enum Left {
    /// What was there before.
    AsBefore,
    /// Another task has the id that was wanted.
    Taken,
    /// The task as it was last seen, which is neither as before nor as it shall be.
    HalfMade(Box<Task>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut detail = explain("writing the task", &error);
        if let Some(reason) = refusal::explanation(&error) {
            detail.push_str(&format!("\n\n{reason}"));
        }
        if error.is_stalled() {
            detail.push_str(
                "\n\nWhat was asked for may be done all the same. The next apply goes on from what is there.",
            );
        }
        Failure {
            summary: "The task could not be written",
            detail,
            left: Left::AsBefore,
        }
    }
}

/// The task after a write whose answer was lost, where a look shows that it was carried out: a disabled task with what was
/// sent. Otherwise the write's own error.
pub(super) async fn carried_out(writes: &Writer, wanted: &WantedTask, error: Error) -> Result<Task, Failure> {
    if !error.may_have_acted() || error.is_stalled() {
        return Err(error.into());
    }
    match writes.client().tasks().find(&wanted.id).await {
        Ok(Some(task)) if task.status == Status::Disabled && wanted.is_written_in(&task) => Ok(task),
        _ => Err(error.into()),
    }
}

/// Changes a task: everything and `disabled` in one request, then enabled, then read until it runs. One that has vars or a
/// template, which no change takes away, is made anew in between. Where the task does not run, it is put back to `former`.
pub async fn update(mut writes: Writer, former: WantedTask, wanted: WantedTask) -> Result<Task, Failure> {
    update_with(&mut writes, former, wanted).await
}

/// The same for who goes on to write.
pub async fn update_with(writes: &mut Writer, former: WantedTask, wanted: WantedTask) -> Result<Task, Failure> {
    let change = wanted.disabled_in_place_of(&former.id, &former.template_id);
    let task = match writes.update_task(&former.id, &change).await {
        Ok(task) => task,
        Err(error) if error.is_not_found() => return Err(gone(&former.id)),
        Err(error) if error.is_stalled() => return Err(still_stopping(&error, &wanted)),
        Err(error) => carried_out(writes, &sent(&former, &wanted), error).await?,
    };
    let past = Past::of(&task);
    let (former, task) = match wanted.must_replace(&task) {
        false => (former, task),
        true => {
            let former = former.with_extras_of(&task);
            let task = make_anew(writes, &former, &wanted, task).await?;
            (former, task)
        }
    };
    match bring_to_status(writes, &wanted, &task, past).await {
        Ok(task) => Ok(task),
        Err(cause) => Err(put_back(writes, &former, (task, past), cause).await),
    }
}

/// The task after the first request of a change.
fn sent(former: &WantedTask, wanted: &WantedTask) -> WantedTask {
    match wanted.template_id == former.template_id {
        true => wanted.clone(),
        false => WantedTask {
            id: wanted.id.clone(),
            ..former.clone()
        },
    }
}

/// A stop that takes longer than it is waited for. Kapacitor stores the change before it stops the task.
fn still_stopping(error: &Error, wanted: &WantedTask) -> Failure {
    let left = match wanted.enabled {
        true => {
            "What is left: Kapacitor stores a change before it stops the task, so that the task most likely has its new script \
             and is disabled. It does not run until an apply starts it: apply again, once Kapacitor answers."
        }
        false => {
            "What is left: Kapacitor stores a change before it stops the task, so that the task most likely has its new script \
             and is disabled, as it is to be. The next plan shows it, once Kapacitor answers."
        }
    };
    Failure {
        summary: "Kapacitor has not stopped the task yet",
        detail: format!("{}\n\n{left}", explain("stopping the task to change it", error)),
        left: Left::AsBefore,
    }
}

pub(super) fn gone(id: &str) -> Failure {
    Failure {
        summary: "The task is gone",
        detail: format!(
            "Somebody deleted the task {id:?} after the plan was made. Plan and apply again: the task will be created."
        ),
        left: Left::AsBefore,
    }
}

/// Starts a task whose script is as it shall be. One that does not start is disabled again.
pub async fn start(mut writes: Writer, id: String) -> Result<Task, Failure> {
    let answer = writes.update_task(&id, &UpdateTask::status(Status::Enabled)).await;
    if answer.as_ref().is_err_and(Error::is_not_found) {
        return Err(gone(&id));
    }
    // The answer to a start still shows the error of before.
    let past = answer.as_ref().map_or(Past::Clean, Past::of);
    let started = match running(writes.client(), &id, answer).await {
        Ok(task) if past == Past::Failed => restarted(&mut writes, task).await,
        started => started,
    };
    let cause = match started {
        Ok(task) => return Ok(task),
        Err(cause) => cause,
    };
    // An enabled task that does not run would be started by nothing but a change of its status.
    Err(match stop_task(&mut writes, &id).await {
        Ok(_) => cause.left(Left::AsBefore, "The task is disabled, as it was before."),
        Err(error) => cause.left_as_seen(&format!("The task could not be disabled again: {error}.")),
    })
}

/// Stops a task whose script is as it shall be.
pub async fn stop(mut writes: Writer, id: String) -> Result<Task, Failure> {
    match stop_task(&mut writes, &id).await {
        Err(error) if error.is_not_found() => Err(gone(&id)),
        Err(error) => {
            let mut detail = explain("stopping the task", &error);
            if error.is_stalled() {
                detail.push_str(
                    "\n\nWhat is left: Kapacitor stores that a task is disabled before it stops it, so that the task most \
                     likely is. The next plan shows it, once Kapacitor answers.",
                );
            }
            Err(Failure {
                summary: "The task could not be stopped",
                detail,
                left: Left::AsBefore,
            })
        }
        Ok(task) => Ok(task),
    }
}

/// Disables a task; where the answer is lost, a look decides.
pub async fn stop_task(writes: &mut Writer, id: &str) -> Result<Task, Error> {
    let error = match writes.update_task(id, &UpdateTask::status(Status::Disabled)).await {
        Err(error) if error.may_have_acted() && !error.is_stalled() => error,
        answer => return answer,
    };
    match writes.client().tasks().find(id).await {
        Ok(Some(task)) if task.status == Status::Disabled => Ok(task),
        _ => Err(error),
    }
}

/// Deletes a task; there need not be one.
///
/// Kapacitor forgets the alerts of a task only if it is enabled. Those of one that is disabled are deleted first: a task that is
/// created later under the same id would not tell of what is still critical.
pub async fn delete(mut writes: Writer, id: String, is_disabled: bool) -> Result<(), Failure> {
    let deleted = match is_disabled {
        true => delete_disabled(&mut writes, &id).await,
        false => delete_task(&mut writes, &id).await,
    };
    deleted.map_err(|error| {
        let mut detail = explain("deleting the task", &error);
        if error.is_stalled() {
            detail.push_str(
                "\n\nWhat is left: Kapacitor deletes the task as soon as it has stopped it. The next plan shows whether it is \
                 gone, once Kapacitor answers.",
            );
        }
        Failure {
            summary: "The task could not be deleted",
            detail,
            left: Left::AsBefore,
        }
    })
}

async fn delete_disabled(writes: &mut Writer, id: &str) -> Result<(), Error> {
    for topic in writes.client().tasks().topics(id).await? {
        writes.delete_topic(&topic).await?;
    }
    delete_task(writes, id).await
}

/// Deletes a task; where the answer is lost, a look decides.
pub(crate) async fn delete_task(writes: &mut Writer, id: &str) -> Result<(), Error> {
    let error = match writes.delete_task(id).await {
        Err(error) if error.may_have_acted() && !error.is_stalled() => error,
        answer => return answer,
    };
    // Kapacitor answers others as soon as the task is stopped, and takes it out of its database a moment later.
    let looks = if error.stall().is_some() { LOOKS_AFTER_STALL } else { 1 };
    match look_until(writes.client(), id, looks, |task| task.is_none()).await {
        Ok(None) => Ok(()),
        Ok(Some(_)) | Err(_) => Err(error),
    }
}

/// How often a look tells whether a deletion that waited for a webhook is done.
const LOOKS_AFTER_STALL: u32 = 60;
