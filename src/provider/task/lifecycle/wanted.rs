//! A task as it should be, and whether one that is there is such a task.

use crate::kapacitor::models::{CreateTask, Dbrp, Status, Task, TaskType, UpdateTask, Vars};
use crate::kapacitor::Secret;
use crate::tickscript;

/// The task as it should be.
#[derive(Debug, Clone)]
pub(crate) struct WantedTask {
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
    /// Whether it should run.
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
    pub(super) fn with_extras_of(self, task: &Task) -> Self {
        WantedTask {
            vars: task.vars.clone(),
            template_id: task.template_id.clone(),
            ..self
        }
    }

    /// Whether a task does what this one does, whether it runs or not.
    pub(crate) fn is_done_by(&self, task: &Task) -> bool {
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
pub(crate) fn same_vars(one: &Vars, other: &Vars) -> bool {
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
