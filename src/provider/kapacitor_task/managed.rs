//! A task as everything that is a task is managed.

use super::state::model::KapacitorTaskState;
use super::{check, vars};
use crate::kapacitor::models::{Task, Vars};
use crate::provider::ownership::Words;
use crate::provider::task::script::{printed, redacted};
use crate::provider::task::{ManagedTask, TaskAttributes, WantedTask};
use crate::provider::values::known;
use crate::rule::{self, Post};
use crate::secret::Key;
use tf_provider::{AttributePath, Diagnostics};

impl ManagedTask for KapacitorTaskState {
    const WORDS: Words = Words {
        resource: "squadcast_kapacitor_task",
        object: "the Kapacitor task",
        told_apart_by: "task a `task_id` of its own",
    };

    fn task(&self) -> &TaskAttributes {
        &self.task
    }

    fn task_mut(&mut self) -> &mut TaskAttributes {
        &mut self.task
    }

    fn name(&self) -> &str {
        known(&self.task.task_id).unwrap_or_default()
    }

    fn candidate_ids(&self) -> Vec<String> {
        known(&self.task.task_id).map(str::to_owned).into_iter().collect()
    }

    fn path_of_name(&self) -> AttributePath {
        AttributePath::new("task_id")
    }

    fn wanted(&self, diags: &mut Diagnostics) -> Option<WantedTask> {
        let program = self.program();
        let encoded = match &program {
            Some(program) => vars::encode(program, &self.all_vars()),
            None => Ok(Vars::new()),
        };
        match encoded {
            Ok(vars) => Some(self.task(vars)),
            Err(bad) => {
                check::report_vars(diags, self, bad);
                None
            }
        }
    }

    /// The former task follows from the state, unless somebody has changed it: then only the server has it.
    fn as_written(&self, key: &Key) -> Option<WantedTask> {
        let script = printed(known(&self.script)?)?;
        if !self.task.template_id.is_null() || redacted(&script, key) != self.task.tickscript {
            return None;
        }
        Some(self.task(vars::encode(&self.program()?, &self.all_vars()).ok()?))
    }

    fn is_done_by(&self, task: &Task) -> bool {
        self.wanted(&mut Diagnostics::default())
            .is_some_and(|wanted| wanted.is_done_by(task))
    }

    fn posts(&self) -> Result<Vec<Post>, String> {
        const UNKNOWN: &str =
            "The script makes what it posts to of more than texts and vars, so that only Kapacitor knows where \
                               that is.";
        let program = self.program().ok_or(UNKNOWN)?;
        rule::script_posts(&program, &self.all_vars()).ok_or_else(|| UNKNOWN.to_owned())
    }

    fn has_posts(&self) -> bool {
        // That a template posts is seen when it is read.
        self.source()
            .is_none_or(|source| rule::script_handlers(source).kinds.iter().any(|kind| kind == "post"))
    }

    fn has_other_secrets(&self, prior: &Self) -> bool {
        self.secrets != prior.secrets || self.secrets_wo_version != prior.secrets_wo_version
    }

    fn finished(mut self, task: &Task, key: &Key) -> Self {
        let task_id = self.task.task_id.clone();
        self.refresh(task, key);
        self.task.task_id = task_id;
        self
    }
}
