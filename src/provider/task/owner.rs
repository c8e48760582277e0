//! Which task a resource has, so that no other has it.

use super::open_alerts::firing;
use super::open_alerts::firing::Step;
use super::ManagedTask;
use crate::kapacitor::models::Task;
use crate::kapacitor::Client;
use crate::provider::ownership::{Creation, Keeping, OwnerMemory, Ownership};
use crate::provider::values::{known, Flag};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// Notes which task a validated configuration wants.
pub(crate) fn announce(ownership: &Ownership, config: &impl ManagedTask) {
    if let Some(id) = wanted_id(config) {
        ownership.announce(&id);
    }
}

/// The id that the configuration asks for, by itself or by a name.
fn wanted_id(config: &impl ManagedTask) -> Option<String> {
    match &config.task().task_id {
        Value::Null => config.candidate_ids().into_iter().next(),
        id => known(id).map(str::to_owned),
    }
}

/// Looks for the task that a new task wants: in this walk, and on the server. None where there is nothing to look for, or two
/// resources want it.
///
/// The id stays open, since the apply may have to choose another one. It cannot be decided here: an apply plans each creation
/// again in another process, knows nothing of this plan, may come to the resources in another order, and somebody else may have
/// created the task meanwhile.
pub(crate) async fn plan_creation<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: Option<Client>,
    ownership: &Ownership,
    planned: &mut T,
) -> Option<Creation> {
    let id = known(&planned.task().id)?.to_owned();
    let creation = match ownership.plan_creation(&id, &planned.holder()) {
        Ok(creation) => creation,
        Err(conflict) => {
            T::WORDS.report(diags, conflict, &id, planned.name(), planned.path_of_name());
            return None;
        }
    };
    if let Some(client) = client {
        match task_on_server(&client, &id).await {
            None => ownership.claim(&id),
            Some(task) => warn_of_task(diags, &client, planned, (&task, creation)).await,
        }
    }
    leave_id_open(planned);
    Some(creation)
}

/// Warns of the task that is there before the task is created.
async fn warn_of_task<T: ManagedTask>(
    diags: &mut Diagnostics,
    client: &Client,
    planned: &T,
    (task, creation): (&Task, Creation),
) {
    let id = &task.id;
    match creation {
        Creation::InState => {}
        Creation::Tainted => {
            firing::warn(diags, client, id, Step::Replacement).await;
        }
        Creation::Unseen if planned.is_done_by(task) => {
            diags.warning("Kapacitor has this task already", found(id), planned.path_of_name());
        }
        Creation::Unseen => {
            diags.warning(
                "Kapacitor has another task of this id",
                taken(id, planned),
                planned.path_of_name(),
            );
        }
    }
}

/// A look that fails must not fail a plan: the server may still be created by the same apply.
async fn task_on_server(client: &Client, id: &str) -> Option<Task> {
    match client.tasks().look(id).await {
        Ok(task) => task,
        Err(error) => {
            tracing::info!("the plan could not see whether the task exists: {error}");
            None
        }
    }
}

/// An id that the configuration names is never open.
fn leave_id_open<T: ManagedTask>(planned: &mut T) {
    if planned.task().task_id.is_null() {
        planned.task_mut().id = Value::Unknown;
    }
}

fn found(id: &str) -> String {
    format!(
        "Kapacitor has the task {id:?}, with the script of this task, and no resource that this plan has read so far has it. \
         Terraform takes it over instead of creating it. {EXPECTED} {CONFLICTING}"
    )
}

const EXPECTED: &str =
    "That is right after an apply that broke off or whose state was lost, and for a resource with create_before_destroy that is \
     being replaced.";

const CONFLICTING: &str =
    "If another configuration manages the task too, both would own it, and a destroy by one would take it from the other: \
     give this task another name then. If the resource only has another address now, a `moved` block says so.";

fn taken<T: ManagedTask>(id: &str, planned: &T) -> String {
    let outcome = match &planned.task().task_id {
        Value::Null => format!(
            "Unless that task gets another name in the same apply, the new one gets another id, and both run. \
             {ONE_NAME}"
        ),
        _ => "Unless the task gets another id in the same apply before this task is created, the apply will fail."
            .to_owned(),
    };
    format!(
        "Kapacitor has the task {id:?}, which does something else than the one here, and no resource that this plan has \
         read so far has it. {outcome}\n\nIf it is the same, bring it under Terraform's control with `terraform import ADDRESS {id}` \
         instead. Otherwise give one of the two another name, or set `task_id`."
    )
}

/// Says that the creation found the task.
pub(crate) fn warn_of_found<T: ManagedTask>(diags: &mut Diagnostics, id: &str) {
    diags.root_warning(
        "The task was there already",
        format!(
            "Kapacitor had the task {id:?} with the script of this task, so Terraform took it over instead of creating it. \
             {EXPECTED} {CONFLICTING}"
        ),
    );
}

/// Says that the task got another task than its name's, since the server has that one for something else.
pub(crate) fn warn_of_taken<T: ManagedTask>(diags: &mut Diagnostics, taken: &str, id: &str) {
    diags.root_warning(
        "Kapacitor has another task of this id",
        format!(
            "Kapacitor had the task {taken:?}, which does something else, so a new one was made, {id:?}, and both run. \
             {ONE_NAME} That is over once this apply gives the other task another name. Otherwise another configuration or Chronograf has one of this name: give one of the two another name, or bring the other one under Terraform's \
             control with `terraform import ADDRESS {taken}` in place of this."
        ),
    );
}

const ONE_NAME: &str =
    "Alerts of two tasks of one name have the same ids, so that the recovery of one resolves the incident of the other.";

/// Plans which task a resource has that stays.
pub(crate) fn plan_keeping<T: ManagedTask>(
    diags: &mut Diagnostics,
    ownership: &Ownership,
    prior: &T,
    planned: &mut T,
    config: &T,
) {
    let wanted = wanted_id(config);
    let wanted = wanted.as_deref();
    let Value::Value(id) = planned.task().id.clone() else {
        return ownership.plan_giving_up(prior.id(), wanted);
    };
    if id != prior.id() {
        ownership.plan_giving_up(prior.id(), None);
    }
    let gives_up = leaves_its_name(prior, planned);
    match ownership.plan_keeping(&id, wanted, &planned.holder(), gives_up) {
        Ok(Keeping::Undisputed) if gives_up => planned.task_mut().id = Value::Unknown,
        Ok(Keeping::Undisputed) => {}
        Ok(Keeping::Disputed) => planned.task_mut().executing = Flag::Unknown,
        Ok(Keeping::Taken) => planned.task_mut().id = Value::Unknown,
        Err(conflict) => {
            T::WORDS.report(diags, conflict, &id, planned.name(), planned.path_of_name());
        }
    }
}

/// Whether the task's id follows from a name that the task is to lose. A new task may have that name, and the task that goes
/// with it; which of the two the apply comes to first, no plan can know.
fn leaves_its_name<T: ManagedTask>(prior: &T, planned: &T) -> bool {
    let follows = prior.candidate_ids().first().is_some_and(|id| id == prior.id());
    planned.task().task_id.is_null() && follows && prior.name() != planned.name()
}

/// Plans a destroy. Whether that is decided: another resource keeps the task, or the task has moved.
pub(crate) fn plan_destruction<T: ManagedTask>(
    diags: &mut Diagnostics,
    ownership: &Ownership,
    prior: &T,
    memory: &mut OwnerMemory,
) -> bool {
    let planned = ownership.plan_destruction_of(prior.id(), &prior.holder(), memory);
    planned.unwrap_or_else(|conflict| {
        T::WORDS.report(diags, conflict, prior.id(), prior.name(), AttributePath::root());
        true
    })
}
