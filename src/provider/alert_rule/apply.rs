//! What an apply does to a rule.

use super::creation::{self, Created};
use super::firing::{self, Step};
use super::lifecycle::{self, Failure, Left, WantedTask};
use super::lost;
use super::model::AlertRuleState;
use super::owner;
use super::plan::dbrps;
use super::private_state::PrivateState;
use super::refresh::{redacted, refresh};
use super::resolve::{self, Resolution};
use super::task_id;
use crate::kapacitor::models::{Event, Status, Task, Vars};
use crate::kapacitor::{Client, Secret};
use crate::provider::diagnostics::{rule_errors, server_error};
use crate::provider::ownership::{Holder, Ownership};
use crate::provider::values::known;
use crate::rule::{Post, Rule};
use crate::secret::Key;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Creates the rule, under the first id that nobody else has where the plan left that open. None where nothing was left
/// behind; what a failure left is in the state that it returns.
pub async fn create(
    diags: &mut Diagnostics,
    client: &Client,
    ownership: &Ownership,
    planned: AlertRuleState,
    key: &Key,
) -> Option<AlertRuleState> {
    let holder = owner::holder(&planned);
    let name = known(&planned.name).unwrap_or_default().to_owned();
    let ids: Vec<String> = match known(&planned.id) {
        Some(id) => vec![id.to_owned()],
        None => task_id::candidates(&name).collect(),
    };
    let wanted = ids.first().cloned().unwrap_or_default();
    let created = create_as(diags, client, ownership, planned, (&ids, &holder), key).await;
    ownership.created(&wanted, created.as_ref().map(AlertRuleState::id), &holder);
    created
}

async fn create_as(
    diags: &mut Diagnostics,
    client: &Client,
    ownership: &Ownership,
    mut planned: AlertRuleState,
    (ids, holder): (&[String], &Holder),
    key: &Key,
) -> Option<AlertRuleState> {
    let is_open = !planned.id.is_value();
    let mut failed = None;
    for id in ids {
        planned.id = Value::Value(id.clone());
        let wanted = wanted_task(diags, &planned)?;
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
                    owner::warn_of_found(diags, id);
                } else if failed.is_some() {
                    owner::warn_of_taken(diags, &ids[0], id);
                }
                return Some(finished_as_planned(diags, planned, &task, key));
            }
            Err(failure) if failure.left == Left::Taken => failed = Some(failure),
            Err(failure) => return left_by(diags, failure, planned, key),
        }
    }
    left_by(diags, failed.unwrap_or_else(no_id_left), planned, key)
}

/// So many rules of one name are no accident.
fn no_id_left() -> Failure {
    Failure {
        summary: "Another task has the rule's id",
        detail: "Other rules of this configuration have all ids that follow from the rule's name. Give the rule another name, \
                 or set `task_id`."
            .to_owned(),
        left: Left::Taken,
    }
}

/// Changes the rule in place. None where it failed, and all is as it was before; what a failure left otherwise is in the
/// state that it returns.
pub async fn update(
    diags: &mut Diagnostics,
    client: &Client,
    ownership: &Ownership,
    prior: &AlertRuleState,
    mut planned: AlertRuleState,
    key: &Key,
) -> Option<AlertRuleState> {
    let holder = owner::holder(&planned);
    let turn = ownership.turn(prior.id()).await;
    let is_open = planned.id.is_unknown();
    if ownership.is_destroyed(prior.id()) || (is_open && ownership.keep_unless_taken(prior.id(), &holder)) {
        drop(turn);
        return create(diags, client, ownership, planned, key).await;
    }
    if is_open {
        planned.id = prior.id.clone();
    }
    let updated = update_in_place(diags, client, prior, planned, key).await;
    let has_now = updated.as_ref().unwrap_or(prior);
    ownership.kept(has_now.id(), &holder);
    updated
}

async fn update_in_place(
    diags: &mut Diagnostics,
    client: &Client,
    prior: &AlertRuleState,
    planned: AlertRuleState,
    key: &Key,
) -> Option<AlertRuleState> {
    let wanted = wanted_task(diags, &planned)?;
    let only_status = prior.id == planned.id
        && prior.tickscript == planned.tickscript
        && prior.dbrps == planned.dbrps
        && prior.vars == planned.vars
        && prior.template_id == planned.template_id
        && prior.executing == prior.enabled;
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

/// Tells of alerts that were open before the change, if the changed rule runs without them.
async fn report_lost(
    diags: &mut Diagnostics,
    client: &Client,
    before: Vec<Event>,
    prior: &AlertRuleState,
    planned: &AlertRuleState,
    changed: Option<&Task>,
) {
    let Some(task) = changed.filter(|task| task.is_running() && !before.is_empty()) else {
        return;
    };
    let lost = lost::lost(client, &task.id, before).await;
    let resolves = planned.resolves_on_destroy() && prior.has_posts();
    lost::report(diags, client, &lost, resolves, posts(prior)).await;
}

/// The state before, with what a destroy shall do as it was decided. Only the state has that, and a rule that cannot run
/// could never be destroyed without its recoveries if a change that fails took the decision back.
fn as_before_but_decided(prior: &AlertRuleState, planned: &AlertRuleState) -> Option<AlertRuleState> {
    let differs = prior.resolve_on_destroy != planned.resolve_on_destroy;
    differs.then(|| AlertRuleState {
        resolve_on_destroy: planned.resolve_on_destroy,
        ..prior.clone()
    })
}

async fn switch(client: &Client, wanted: WantedTask) -> Result<Task, Failure> {
    if wanted.enabled {
        return client.uninterrupted(|writes| lifecycle::start(writes, wanted.id)).await;
    }
    client.uninterrupted(|writes| lifecycle::stop(writes, wanted.id)).await
}

/// Reports the failure, and gives the state where it is another one than before.
fn left_by(diags: &mut Diagnostics, failure: Failure, planned: AlertRuleState, key: &Key) -> Option<AlertRuleState> {
    let left = failure.left.clone();
    report(diags, failure);
    match left {
        Left::AsBefore | Left::Taken => None,
        Left::HalfMade(task) => Some(finished(planned, &task, key)),
    }
}

/// Deletes the rule, after its open incidents were resolved where that is wanted. A plan that has looked whether the rule is
/// firing has warned already; of a replacement that is asked for, Terraform makes no such plan.
pub async fn destroy(diags: &mut Diagnostics, client: &Client, prior: &AlertRuleState, has_looked: bool) {
    let mut resolution = Resolution::NothingOpen;
    let mut open = Vec::new();
    let resolves = prior.resolves_on_destroy() && prior.has_posts();
    if !has_looked && !resolves {
        open = firing::look(client, prior.id()).await.unwrap_or_default();
    }
    if prior.resolves_on_destroy() && prior.has_posts() {
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
        failure.detail += "\n\nThe rule's open alerts were resolved before, and so the rule was left disabled.";
    }
    report(diags, failure);
}

async fn resolve_open_alerts(client: &Client, prior: &AlertRuleState) -> Result<Resolution, Failure> {
    let (id, posts) = (prior.id().to_owned(), posts(prior));
    client.uninterrupted(|writes| resolve::resolve(writes, id, posts)).await
}

/// A rule that does not run is destroyed all the same: there may be no way to make it run, and so to see what is open.
fn warn_of_unseen(diags: &mut Diagnostics, resolution: Resolution) {
    if let Resolution::NotSeen(reason) = resolution {
        diags.root_warning(
            "The rule may leave an incident open",
            format!(
                "Kapacitor did not run the rule and so showed none of its alerts{}. Nothing was resolved. See whether Squadcast \
                 has an incident of this rule that is still open, and resolve it there.",
                match reason.is_empty() {
                    true => ", and gives no reason".to_owned(),
                    false => format!("; it said: {reason}"),
                }
            ),
        );
    }
}

/// What the rule posts to, or why that is not known here.
fn posts(prior: &AlertRuleState) -> Result<Vec<Post>, String> {
    if let Some(rule) = prior.rule() {
        return Ok(rule.definition().posts.clone());
    }
    Err(prior.missing_url_variable().unwrap_or_else(|| {
        "The rule's attributes, as they are in the state, make no rule, so that nothing tells where it posts to."
            .to_owned()
    }))
}

fn report(diags: &mut Diagnostics, failure: Failure) {
    diags.root_error(failure.summary, failure.detail);
}

fn wanted_task(diags: &mut Diagnostics, planned: &AlertRuleState) -> Option<WantedTask> {
    let rule = match Rule::try_from(planned.spec()) {
        Ok(rule) => rule,
        Err(errors) => {
            rule_errors(diags, &errors);
            return None;
        }
    };
    Some(task_of(planned, &rule))
}

/// The task of a state whose attributes make the rule.
fn task_of(state: &AlertRuleState, rule: &Rule) -> WantedTask {
    WantedTask {
        id: state.id().to_owned(),
        script: rule.to_tickscript(),
        dbrps: dbrps(rule),
        enabled: state.is_enabled(),
        vars: Vars::new(),
        template_id: String::new(),
        secrets: rule.secrets().into_iter().map(Secret::from).collect(),
    }
}

/// The task as it is, to be put back where the change fails. It follows from the state, unless the script was edited by
/// hand: then only the server has it.
async fn former_task(
    diags: &mut Diagnostics,
    client: &Client,
    prior: &AlertRuleState,
    wanted: &WantedTask,
    key: &Key,
) -> Option<WantedTask> {
    if let Some(rule) = prior.rule().filter(|rule| redacted(rule, key) == prior.tickscript) {
        return Some(task_of(prior, &rule));
    }
    match client.tasks().find(prior.id()).await {
        Ok(Some(task)) => Some(WantedTask {
            id: task.id,
            script: task.script,
            dbrps: task.dbrps,
            enabled: task.status == Status::Enabled,
            vars: task.vars,
            template_id: task.template_id,
            secrets: wanted.secrets.clone(),
        }),
        Ok(None) => {
            diags.root_error(
                "The rule's task is gone",
                "Somebody deleted the rule's task after the plan was made. Plan again: the rule will be created.",
            );
            None
        }
        Err(error) => {
            server_error(diags, "reading the rule's task", AttributePath::root(), &error);
            None
        }
    }
}

/// The planned state with what the server now says of the task, which somebody may have changed since the plan.
fn finished_as_planned(diags: &mut Diagnostics, planned: AlertRuleState, task: &Task, key: &Key) -> AlertRuleState {
    let finished = finished(planned.clone(), task, key);
    let differing = differing(&planned, &finished);
    if !differing.is_empty() {
        diags.root_error(
            "The rule is not as it was planned",
            format!(
                "The rule was written, and Kapacitor then showed its task with another {}: somebody else has changed it since \
                 the plan was made. Plan and apply again.",
                differing.join(", ")
            ),
        );
    }
    finished
}

/// Attributes of the task that are known in the plan and came out otherwise.
fn differing(planned: &AlertRuleState, finished: &AlertRuleState) -> Vec<&'static str> {
    fn differs<T: PartialEq>(planned: &Value<T>, finished: &Value<T>) -> bool {
        !planned.is_unknown() && planned != finished
    }
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

/// The planned state with what the server now says of the task.
fn finished(mut planned: AlertRuleState, task: &Task, key: &Key) -> AlertRuleState {
    let task_id = planned.task_id.clone();
    // What the plan remembered of its blocks stays true: they are what was written.
    let _ = refresh(&mut planned, &mut PrivateState::with_key(key), task);
    planned.task_id = task_id;
    planned
}
