//! What an apply does to a task.

use super::lifecycle::creation;
use super::lifecycle::creation::Created;
use super::lifecycle::{self, Failure, Left, WantedTask};
use super::open_alerts::firing;
use super::open_alerts::firing::Step;
use super::open_alerts::resolve::Resolution;
use super::open_alerts::{lost, resolve};
use super::{owner, ManagedTask};
use crate::kapacitor::models::{Event, Task};
use crate::kapacitor::Client;
use crate::provider::diagnostics::server_error;
use crate::provider::ownership::{Holder, Ownership};
use crate::provider::values::known;
use crate::secret::Key;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Creates the task, under the first id that nobody else has where the plan left that open. None where nothing was left
/// behind; what a failure left is in the state that it returns.
pub(crate) async fn create<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: &Client,
    ownership: &Ownership,
    planned: T,
    key: &Key,
) -> Option<T> {
    let holder = planned.holder();
    let ids: Vec<String> = match known(&planned.task().id) {
        Some(id) => vec![id.to_owned()],
        None => planned.candidate_ids(),
    };
    let wanted = ids.first().cloned().unwrap_or_default();
    let created = create_as(diags, client, ownership, planned, (&ids, &holder), key).await;
    ownership.created(&wanted, created.as_ref().map(T::id), &holder);
    created
}

async fn create_as<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: &Client,
    ownership: &Ownership,
    mut planned: T,
    (ids, holder): (&[String], &Holder),
    key: &Key,
) -> Option<T> {
    let is_open = !planned.task().id.is_value();
    let mut failed = None;
    for id in ids {
        planned.task_mut().id = Value::Value(id.clone());
        let wanted = planned.wanted(diags)?;
        let _turn = ownership.turn(id).await;
        if is_open && !ownership.take(id) {
            continue;
        }
        let created = client.uninterrupted(|writes| creation::create(writes, wanted)).await;
        if let Ok(created) = &created {
            ownership.kept(&created.task.id, holder);
        }
        ownership.release(id);
        match created {
            Ok(Created { task, was_there }) => {
                if was_there {
                    owner::warn_of_found::<T>(diags, id);
                } else if failed.is_some() {
                    owner::warn_of_taken::<T>(diags, &ids[0], id);
                }
                return Some(finished_as_planned(diags, planned, &task, key));
            }
            Err(failure) if failure.left == Left::Taken => failed = Some(failure),
            Err(failure) => return left_by(diags, failure, planned, key),
        }
    }
    left_by(diags, failed.unwrap_or_else(no_id_left), planned, key)
}

/// So many resources of one name are no accident.
fn no_id_left() -> Failure {
    Failure {
        summary: "Another task has the id",
        detail: "Other tasks of this configuration have all ids that follow from the task's name. Give the task another name, \
                 or set `task_id`."
            .to_owned(),
        left: Left::Taken,
    }
}

/// Changes the task in place. None where it failed, and all is as it was before; what a failure left otherwise is in the
/// state that it returns.
pub(crate) async fn update<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: &Client,
    ownership: &Ownership,
    prior: &T,
    mut planned: T,
    key: &Key,
) -> Option<T> {
    let holder = planned.holder();
    let turn = ownership.turn(prior.id()).await;
    let is_open = planned.task().id.is_unknown();
    if ownership.is_destroyed(prior.id()) || (is_open && ownership.keep_unless_taken(prior.id(), &holder)) {
        drop(turn);
        return create(diags, client, ownership, planned, key).await;
    }
    if is_open {
        planned.task_mut().id = prior.task().id.clone();
    }
    let updated = update_in_place(diags, client, prior, planned, key).await;
    let has_now = updated.as_ref().unwrap_or(prior);
    ownership.kept(has_now.id(), &holder);
    updated
}

async fn update_in_place<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: &Client,
    prior: &T,
    planned: T,
    key: &Key,
) -> Option<T> {
    let wanted = planned.wanted(diags)?;
    let only_status = differs_in_status_alone(prior, &planned);
    if let Some(task) = done_by_template(client, &wanted).await {
        return Some(finished_as_planned(diags, planned, &task, key));
    }
    let outcome = if only_status {
        switch(client, wanted).await
    } else {
        let former = former_task(diags, client, prior, &wanted, key).await?;
        let before = lost::open_before(client, prior).await;
        let outcome = client
            .uninterrupted(|writes| lifecycle::update(writes, former, wanted))
            .await;
        report_lost(diags, client, before, prior, &planned, outcome.as_ref().ok()).await;
        outcome
    };
    match outcome {
        Ok(task) => Some(finished_as_planned(diags, planned, &task, key)),
        Err(failure) => {
            let decided = as_before_but_decided(prior, &planned);
            left_by(diags, failure, planned, key).or(decided)
        }
    }
}

/// The task, if a change of its template has made it what it is to be: Kapacitor reloads the tasks of a template.
async fn done_by_template(client: &Client, wanted: &WantedTask) -> Option<Task> {
    if wanted.template_id.is_empty() {
        return None;
    }
    let task = client.tasks().find(&wanted.id).await.ok().flatten()?;
    let is_done = wanted.is_done_by(&task) && task.status == wanted.status();
    (is_done && (task.is_running() || !wanted.enabled)).then_some(task)
}

/// Whether starting or stopping the task is all that the change takes.
fn differs_in_status_alone<T: ManagedTask>(prior: &T, planned: &T) -> bool {
    let (was, is) = (prior.task(), planned.task());
    was.id == is.id
        && was.tickscript == is.tickscript
        && was.dbrps == is.dbrps
        && was.vars == is.vars
        && was.template_id == is.template_id
        && was.executing == was.enabled
        && !planned.has_other_secrets(prior)
}

/// Tells of alerts that were open before the change, if the changed task runs without them.
async fn report_lost<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: &Client,
    before: Vec<Event>,
    prior: &T,
    planned: &T,
    changed: Option<&Task>,
) {
    let Some(task) = changed.filter(|task| task.is_running() && !before.is_empty()) else {
        return;
    };
    let lost = lost::lost(client, &task.id, before).await;
    let resolves = planned.task().resolve_on_destroy == Value::Value(true) && prior.has_posts();
    lost::report(diags, client, &lost, resolves, prior.posts()).await;
}

/// The state before, with what a destroy should do as it was decided. Only the state has that, and a task that cannot run
/// could never be destroyed without its recoveries if a change that fails took the decision back.
fn as_before_but_decided<T: ManagedTask>(prior: &T, planned: &T) -> Option<T> {
    let decided = &planned.task().resolve_on_destroy;
    (prior.task().resolve_on_destroy != *decided).then(|| {
        let mut state = prior.clone();
        state.task_mut().resolve_on_destroy = *decided;
        state
    })
}

async fn switch(client: &Client, wanted: WantedTask) -> Result<Task, Failure> {
    if wanted.enabled {
        return client.uninterrupted(|writes| lifecycle::start(writes, wanted.id)).await;
    }
    client.uninterrupted(|writes| lifecycle::stop(writes, wanted.id)).await
}

/// Reports the failure, and gives the state where it is another one than before.
fn left_by<T: ManagedTask>(diags: &mut Diagnostics, failure: Failure, planned: T, key: &Key) -> Option<T> {
    let left = failure.left.clone();
    report(diags, failure);
    match left {
        Left::AsBefore | Left::Taken => None,
        Left::HalfMade(task) => Some(planned.finished(&task, key)),
    }
}

/// Deletes the task, after its open incidents were resolved where that is wanted. A plan that has looked whether the task is
/// firing has warned already; of a replacement that is asked for, Terraform makes no such plan.
pub(crate) async fn destroy<T: ManagedTask>(diags: &mut Diagnostics, client: &Client, prior: &T, has_looked: bool) {
    let mut resolution = Resolution::NothingOpen;
    let mut open = Vec::new();
    let resolves = prior.resolves_on_destroy();
    if !has_looked && !resolves {
        open = firing::look(client, prior.id()).await.unwrap_or_default();
    }
    if resolves {
        resolution = match resolve_open_alerts(client, prior).await {
            Ok(resolution) => resolution,
            Err(failure) => return report(diags, failure),
        };
    }
    let id = prior.id().to_owned();
    let is_disabled = !prior.is_enabled() || resolution == Resolution::Resolved;
    let delete = move |writes| lifecycle::delete(writes, id, is_disabled);
    let Err(mut failure) = client.uninterrupted(delete).await else {
        firing::warn_of(diags, &open, Step::Removed);
        return warn_of_unseen(diags, resolution);
    };
    if resolution == Resolution::Resolved {
        failure.detail += "\n\nThe task's open alerts were resolved before, and so the task was left disabled.";
    }
    report(diags, failure);
}

async fn resolve_open_alerts<T: ManagedTask>(client: &Client, prior: &T) -> Result<Resolution, Failure> {
    let (id, posts) = (prior.id().to_owned(), prior.posts());
    client.uninterrupted(|writes| resolve::resolve(writes, id, posts)).await
}

/// A task that does not run is destroyed all the same: there may be no way to make it run, and so to see what is open.
fn warn_of_unseen(diags: &mut Diagnostics, resolution: Resolution) {
    if let Resolution::NotSeen(reason) = resolution {
        diags.root_warning(
            "The task may leave an incident open",
            format!(
                "Kapacitor did not run the task and so showed none of its alerts{}. Nothing was resolved. See whether Squadcast \
                 has an incident of this task that is still open, and resolve it there.",
                match reason.is_empty() {
                    true => ", and gives no reason".to_owned(),
                    false => format!("; it said: {reason}"),
                }
            ),
        );
    }
}

fn report(diags: &mut Diagnostics, failure: Failure) {
    diags.root_error(failure.summary, failure.detail);
}

/// The task as it is, to be put back where the change fails. It follows from the state, unless the script was edited by
/// hand: then only the server has it.
async fn former_task<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: &Client,
    prior: &T,
    wanted: &WantedTask,
    key: &Key,
) -> Option<WantedTask> {
    if let Some(task) = prior.as_written(key) {
        return Some(task);
    }
    match client.tasks().find(prior.id()).await {
        Ok(Some(task)) => Some(WantedTask {
            secrets: wanted.secrets.clone(),
            ..WantedTask::from(task)
        }),
        Ok(None) => {
            diags.root_error(
                "The task is gone",
                "Somebody deleted the task after the plan was made. Plan again: the task will be created.",
            );
            None
        }
        Err(error) => {
            server_error(diags, "reading the task", AttributePath::root(), &error);
            None
        }
    }
}

/// The planned state with what the server now says of the task, which somebody may have changed since the plan.
fn finished_as_planned<T: ManagedTask>(diags: &mut Diagnostics, planned: T, task: &Task, key: &Key) -> T {
    let finished = planned.clone().finished(task, key);
    let differing = differing(&planned, &finished);
    if !differing.is_empty() {
        diags.root_error(
            "The task is not as it was planned",
            format!(
                "The task was written, and Kapacitor then showed its task with another {}: somebody else has changed it since \
                 the plan was made. Plan and apply again.",
                differing.join(", ")
            ),
        );
    }
    finished
}

/// Attributes of the task that are known in the plan and came out otherwise.
fn differing<T: ManagedTask>(planned: &T, finished: &T) -> Vec<&'static str> {
    fn differs<T: PartialEq>(planned: &Value<T>, finished: &Value<T>) -> bool {
        !planned.is_unknown() && planned != finished
    }
    let (planned, finished) = (planned.task(), finished.task());
    let attributes = [
        ("`enabled`", differs(&planned.enabled, &finished.enabled)),
        ("`tickscript`", differs(&planned.tickscript, &finished.tickscript)),
        ("`dbrps`", differs(&planned.dbrps, &finished.dbrps)),
        ("`vars`", differs(&planned.vars, &finished.vars)),
        ("`template_id`", differs(&planned.template_id, &finished.template_id)),
        ("`executing`", differs(&planned.executing, &finished.executing)),
        ("`error`", differs(&planned.error, &finished.error)),
    ];
    attributes
        .into_iter()
        .filter_map(|(name, differs)| differs.then_some(name))
        .collect()
}
