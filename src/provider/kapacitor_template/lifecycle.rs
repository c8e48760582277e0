//! How a template is made and changed, so that neither it nor one of its tasks is left half-made.
//!
//! Kapacitor stores a changed template, and then stops and starts its tasks one by one. If one cannot start, it puts the tasks
//! back, and keeps the changed template, which each of them would take with its next start (`06-templates-reload-fails`).

use super::followers::{settle, Memory, TaskFailure};
use crate::kapacitor::models::{NewTemplate, Task, Template};
use crate::kapacitor::{stopped, Client, Error, Writer};
use crate::provider::diagnostics::{explain, summary_of_write};
use crate::provider::task::lifecycle::refusal;
use std::time::Duration;
use tokio::time::Instant;

/// Why a template is not as it is to be, and what is left.
#[derive(Debug)]
pub(super) struct Failure {
    /// The summary, without any value.
    pub summary: &'static str,
    /// What happened, in Kapacitor's words, and what to do.
    pub detail: String,
    /// The attribute that it comes from, if it comes from one.
    pub attribute: Option<&'static str>,
    /// Whether something was written, so that what the server has now is to be looked at.
    pub has_written: bool,
}

const NOT_WRITTEN: &str = "The template could not be written";
const NOT_RELOADED: &str = "A task of the template could not be reloaded";

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let mut detail = explain("writing the template", &error);
        if let Some(reason) = refusal::explanation(&error) {
            detail.push_str(&format!("\n\n{reason}"));
        }
        let is_script = error
            .kapacitor_message()
            .is_some_and(|words| words.contains("TICKscript"));
        Failure {
            summary: summary_of_write(NOT_WRITTEN, &error),
            detail,
            attribute: is_script.then_some("script"),
            has_written: false,
        }
    }
}

/// A template that a creation came to.
#[derive(Debug)]
pub(super) struct Created {
    /// The template, as it is to be.
    pub template: Template,
    /// Whether it was there before.
    pub was_there: bool,
    /// Why a task that was made from a former template of this id does not follow this one.
    pub unsettled: Option<TaskFailure>,
}

/// Creates a template. One of the same id and script is taken for this one, as after an apply that was killed; `may_replace`
/// says that another entry of the state has it, and leaves it to this one whatever its script is.
pub(super) async fn create(mut writes: Writer, wanted: NewTemplate, may_replace: bool) -> Result<Created, Failure> {
    let client = writes.client().clone();
    let error = match writes.create_template(&wanted).await {
        Ok(template) => return Ok(created(&mut writes, template, false).await),
        Err(error) => error,
    };
    let exists = error.says_it_exists();
    match client.templates().get(&wanted.id).await {
        Ok(Some(found)) if is_printed(&wanted, &found) => Ok(created(&mut writes, found, exists).await),
        Ok(Some(_)) if exists && may_replace => {
            let former_id = wanted.id.clone();
            let template = update_with(&mut writes, &former_id, wanted, true).await?;
            Ok(created(&mut writes, template, true).await)
        }
        Ok(Some(_)) if exists => Err(taken(&wanted.id, OF_ANOTHER)),
        _ => Err(error.into()),
    }
}

/// Has the tasks follow that were made from a former template of this id: Kapacitor has forgotten that they do.
async fn created(writes: &mut Writer, template: Template, was_there: bool) -> Created {
    let memory = match was_there {
        true => Memory::Whole,
        false => Memory::Lost,
    };
    let tasks = writes.client().tasks().list_with_templates().await;
    let unsettled = match tasks {
        Ok(tasks) => settle(writes, &tasks, &template.id, &template, memory).await.err(),
        Err(error) => Some(TaskFailure {
            detail: explain("looking for tasks of the template", &error),
        }),
    };
    Created {
        template,
        was_there,
        unsettled,
    }
}

fn is_printed(wanted: &NewTemplate, found: &Template) -> bool {
    crate::tickscript::format(&wanted.script).is_ok_and(|printed| printed == found.script)
}

const OF_ANOTHER: &str =
    "with another script. If it is the same, bring it under Terraform's control with `terraform import`; \
                          otherwise give this one another `template_id`.";
const BY_RENAMING: &str =
    "so that this one cannot get its id. Give it another one. If two templates are to exchange their ids, \
                           give one of them a third id by an apply of its own.";

fn taken(id: &str, what: &str) -> Failure {
    Failure {
        summary: "Kapacitor has another template of this id",
        detail: format!("Kapacitor has a template {id:?} already, {what}"),
        attribute: Some("template_id"),
        has_written: false,
    }
}

/// Changes the template `former_id`: its script, if that is to be written, and then its id. Where a task of it cannot start,
/// all is put back.
pub(super) async fn update(
    mut writes: Writer,
    former_id: String,
    wanted: NewTemplate,
    writes_script: bool,
) -> Result<Template, Failure> {
    update_with(&mut writes, &former_id, wanted, writes_script).await
}

async fn update_with(
    writes: &mut Writer,
    former_id: &str,
    wanted: NewTemplate,
    writes_script: bool,
) -> Result<Template, Failure> {
    let client = writes.client().clone();
    let Some(former) = Former::read(&client, former_id).await? else {
        return Err(gone(former_id));
    };
    let before = client.tasks().list_with_templates().await?;
    let mut change = Change { writes, before };
    let mut template = former.template.clone();
    if writes_script {
        template = change.script(&former, &wanted).await?;
    }
    if template.id == wanted.id {
        return Ok(template);
    }
    let rest = change.id(&template, wanted).await;
    rest.map_err(|failure| Failure {
        has_written: failure.has_written || writes_script,
        ..failure
    })
}

fn gone(id: &str) -> Failure {
    Failure {
        summary: "The template is gone",
        detail: format!(
            "Somebody deleted the template {id:?} after the plan was made. Plan and apply again: the template will be created."
        ),
        attribute: None,
        has_written: false,
    }
}

/// A template as it was before a change.
struct Former {
    /// As it was sent, to be sent again.
    sent: NewTemplate,
    /// As Kapacitor shows it.
    template: Template,
}

impl Former {
    async fn read(client: &Client, id: &str) -> Result<Option<Self>, Error> {
        let templates = client.templates();
        let Some((template, raw)) = templates.get(id).await?.zip(templates.raw(id).await?) else {
            return Ok(None);
        };
        let secrets = crate::rule::script_secrets(&raw).into_iter().map(Into::into);
        let sent = NewTemplate {
            id: template.id.clone(),
            task_type: template.task_type,
            secrets: secrets.collect(),
            script: raw,
        };
        Ok(Some(Former { sent, template }))
    }
}

/// A change of a template that is under way.
struct Change<'a> {
    writes: &'a mut Writer,
    /// The server's tasks before it.
    before: Vec<Task>,
}

impl Change<'_> {
    async fn script(&mut self, former: &Former, wanted: &NewTemplate) -> Result<Template, Failure> {
        let id = &former.template.id;
        let wanted = NewTemplate {
            id: id.clone(),
            ..wanted.clone()
        };
        let error = match self.writes.update_template(id, &wanted).await {
            Ok(template) => return self.settled(former, template).await,
            Err(error) => error,
        };
        if error.is_not_found() {
            return Err(gone(id));
        }
        if error.kapacitor_message().is_some() && error.status().is_some_and(|status| status >= 500) {
            return Err(self.put_back(former, explain("changing the template", &error)).await);
        }
        if error.kapacitor_message().is_some() || !error.may_have_acted() || error.is_stalled() {
            return Err(self.unanswered(error));
        }
        match self.followed(&wanted).await {
            Ok(Some(template)) => self.settled(former, template).await,
            Ok(None) => Err(self.unanswered(error)),
            Err(_) => Err(self.unanswered(error)),
        }
    }

    async fn settled(&mut self, former: &Former, template: Template) -> Result<Template, Failure> {
        let id = &former.template.id;
        match settle(self.writes, &self.before, id, &template, Memory::Whole).await {
            Ok(()) => Ok(template),
            Err(failure) => Err(self.put_back(former, failure.detail).await),
        }
    }

    /// Writes the former template again, and sees that its tasks follow it.
    async fn put_back(&mut self, former: &Former, cause: String) -> Failure {
        let id = &former.template.id;
        let outcome = match self.writes.update_template(id, &former.sent).await {
            Ok(template) => settle(self.writes, &self.before, id, &template, Memory::PutBack)
                .await
                .map_err(|failure| failure.detail),
            Err(error) => Err(format!("{error}.")),
        };
        put_back_to(cause, outcome)
    }

    /// Gives the template another id. Kapacitor reloads its tasks for that too.
    async fn id(&mut self, template: &Template, wanted: NewTemplate) -> Result<Template, Failure> {
        let former_id = &template.id;
        let error = match self.writes.update_template(former_id, &wanted).await {
            Ok(renamed) => match settle(self.writes, &self.before, former_id, &renamed, Memory::Whole).await {
                Ok(()) => return Ok(renamed),
                Err(failure) => return Err(self.rename_back(template, wanted, failure.detail).await),
            },
            Err(error) => error,
        };
        let words = error.kapacitor_message().unwrap_or_default();
        if words.ends_with("already exists") {
            return Err(taken(&wanted.id, BY_RENAMING));
        }
        if words.contains("associated task") {
            let cause = explain("giving the template another id", &error);
            return Err(self.rename_back(template, wanted, cause).await);
        }
        let looked = match error.may_have_acted() && !error.is_stalled() {
            true => self.followed(&wanted).await,
            false => Ok(None),
        };
        match looked {
            Ok(Some(template)) => Ok(template),
            _ => Err(self.unanswered(error)),
        }
    }

    /// Gives the template its former id again. Kapacitor has forgotten the tasks by then that it had not reloaded yet.
    async fn rename_back(&mut self, template: &Template, wanted: NewTemplate, cause: String) -> Failure {
        let former = NewTemplate {
            id: template.id.clone(),
            ..wanted.clone()
        };
        let outcome = match self.writes.update_template(&wanted.id, &former).await {
            Ok(back) => settle(self.writes, &self.before, &wanted.id, &back, Memory::Lost)
                .await
                .map_err(|failure| failure.detail),
            Err(error) => Err(format!("{error}.")),
        };
        put_back_to(cause, outcome)
    }

    /// The failure of a change of which nobody knows more. The next plan shows what has become of it.
    fn unanswered(&self, error: Error) -> Failure {
        let may_go_on = error.kapacitor_message().is_none() && error.may_have_acted();
        let mut failure = Failure::from(error);
        failure.has_written = may_go_on;
        if may_go_on {
            failure.detail.push_str(
                "\n\nWhat is left: Kapacitor stores a template before it stops and starts its tasks, and may still be at that. \
                 The next plan shows which tasks do not have the script yet, and an apply gives it to them.",
            );
        }
        failure
    }

    /// The template, once all its tasks follow it; none if it was not stored, or no task has followed for a while.
    async fn followed(&self, wanted: &NewTemplate) -> Result<Option<Template>, Error> {
        let client = self.writes.client();
        let patience = WITHOUT_PROGRESS.min(client.stop_timeout());
        let (mut pending, mut last_progress) = (usize::MAX, Instant::now());
        loop {
            let Some(template) = client.templates().get(&wanted.id).await? else {
                return Ok(None);
            };
            if !is_printed(wanted, &template) {
                return Ok(None);
            }
            let now = self.pending(&client.tasks().list_with_templates().await?, &template);
            if now == 0 {
                return Ok(Some(template));
            }
            if now < pending {
                last_progress = Instant::now();
            }
            if last_progress.elapsed() >= patience {
                return Ok(None);
            }
            pending = now;
            tokio::select! {
                () = tokio::time::sleep(BETWEEN_LOOKS) => {}
                () = stopped() => return Ok(None),
            }
        }
    }

    /// How many tasks do not follow the template yet, or were not started again.
    fn pending(&self, now: &[Task], template: &Template) -> usize {
        let followers = now.iter().filter(|task| task.template_id == template.id);
        let ran = |id: &str| self.before.iter().any(|was| was.id == id && was.is_running());
        followers
            .filter(|task| task.script != template.script || ran(&task.id) && !task.is_running())
            .count()
    }
}

/// How long the tasks of a changed template whose answer was lost may take for the next of them to follow, unless
/// `stop_timeout` is shorter: a stop waits up to 30 s for each post to a webhook that does not answer.
const WITHOUT_PROGRESS: Duration = Duration::from_secs(60);

/// The pause between two looks at them.
const BETWEEN_LOOKS: Duration = Duration::from_millis(500);

fn put_back_to(cause: String, outcome: Result<(), String>) -> Failure {
    let outcome = match outcome {
        Ok(()) => "The template has its former script and id again, and so have its tasks.".to_owned(),
        Err(error) => format!(
            "The former template could not be put back: {error} Until the next apply succeeds, tasks of it may not run."
        ),
    };
    Failure {
        summary: NOT_RELOADED,
        detail: format!("{cause}\n\n{outcome}"),
        attribute: None,
        has_written: true,
    }
}
