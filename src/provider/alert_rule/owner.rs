//! Which task a rule has, so that no other rule has it.

use super::firing::{self, Step};
use super::model::AlertRuleState;
use super::plan::dbrps;
use super::task_id;
use crate::kapacitor::models::Task;
use crate::kapacitor::Client;
use crate::provider::ownership::{Creation, Holder, Keeping, OwnerMemory, Ownership, Words};
use crate::provider::values::{known, Flag, Text};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// What a rule and its task are called.
pub const WORDS: Words = Words {
    resource: "squadcast_kapacitor_alert_rule",
    object: "the Kapacitor task",
    told_apart_by: "rule a name of its own, or a `task_id`",
};

/// Notes which task a validated configuration wants.
pub fn announce(ownership: &Ownership, config: &AlertRuleState) {
    if let Some(id) = known(&wanted_id(config)) {
        ownership.announce(id);
    }
}

fn wanted_id(config: &AlertRuleState) -> Text {
    task_id::planned(&config.task_id, &config.name)
}

/// The rule as one that has a task, or wants it.
pub fn holder(rule: &AlertRuleState) -> Holder {
    let name = known(&rule.name).unwrap_or_default();
    match rule.task_id {
        Value::Null => Holder::named(name),
        _ => Holder::fixed(name),
    }
}

fn path(rule: &AlertRuleState) -> AttributePath {
    AttributePath::new(if rule.task_id.is_null() { "name" } else { "task_id" })
}

/// Looks for the task that a new rule wants: in this walk, and on the server. None where there is nothing to look for, or two
/// resources want it.
///
/// The id stays open, since the apply may have to choose another one. It cannot be decided here: an apply plans each creation
/// again in another process, knows nothing of this plan, may come to the resources in another order, and somebody else may have
/// created the task meanwhile.
pub async fn plan_creation(
    diags: &mut Diagnostics,
    client: Option<Client>,
    ownership: &Ownership,
    planned: &mut AlertRuleState,
) -> Option<Creation> {
    let id = known(&planned.id)?.to_owned();
    let creation = match ownership.plan_creation(&id, &holder(planned)) {
        Ok(creation) => creation,
        Err(conflict) => {
            let name = known(&planned.name).unwrap_or_default();
            WORDS.report(diags, conflict, &id, name, path(planned));
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

/// Warns of the task that is there before the rule is created.
async fn warn_of_task(
    diags: &mut Diagnostics,
    client: &Client,
    planned: &AlertRuleState,
    (task, creation): (&Task, Creation),
) {
    let id = &task.id;
    match creation {
        Creation::InState => {}
        Creation::Tainted => {
            firing::warn(diags, client, id, Step::Replacement).await;
        }
        Creation::Unseen if is_the_rule(task, planned) => {
            diags.warning("Kapacitor has this rule already", found(id), path(planned));
        }
        Creation::Unseen => {
            diags.warning(
                "Kapacitor has another task of this id",
                taken(id, planned),
                path(planned),
            );
        }
    }
}

/// A look that fails must not fail a plan: the server may still be created by the same apply.
async fn task_on_server(client: &Client, id: &str) -> Option<Task> {
    match client.tasks().refresh(id).await {
        Ok(task) => task,
        Err(error) => {
            tracing::info!("the plan could not see whether the rule's task exists: {error}");
            None
        }
    }
}

/// An id that the configuration names is never open.
fn leave_id_open(planned: &mut AlertRuleState) {
    if planned.task_id.is_null() {
        planned.id = Value::Unknown;
    }
}

/// Whether the task does what the rule is to do.
fn is_the_rule(task: &Task, planned: &AlertRuleState) -> bool {
    let is_plain = task.vars.is_empty() && task.template_id.is_empty();
    is_plain
        && planned
            .rule()
            .is_some_and(|rule| rule.is_written_as(&task.script) && dbrps(&rule) == task.dbrps)
}

fn found(id: &str) -> String {
    format!(
        "Kapacitor has the task {id:?}, with the script of this rule, and no resource that this plan has read so far has it. \
         Terraform takes it over instead of creating it. {EXPECTED} {CONFLICTING}"
    )
}

const EXPECTED: &str =
    "That is right after an apply that broke off or whose state was lost, and for a rule with create_before_destroy that is \
     being replaced.";

const CONFLICTING: &str =
    "If another configuration manages the rule too, both would own it, and a destroy by one would take it from the other: \
     give this rule another name then.";

fn taken(id: &str, planned: &AlertRuleState) -> String {
    let outcome = match planned.task_id {
        Value::Null => format!(
            "Unless that task gets another name in the same apply, the new rule gets a task with another id, and both run. \
             {ONE_NAME}"
        ),
        _ => "Unless the task gets another id in the same apply before this rule is created, the apply will fail.".to_owned(),
    };
    format!(
        "Kapacitor has the task {id:?}, which does not do what this rule says, and no resource that this plan has read so far \
         has it. {outcome}\n\nIf it is the same rule, bring it under Terraform's control with `terraform import ADDRESS {id}` \
         instead. Otherwise give one of the two another name, or set `task_id`."
    )
}

/// Says that the creation found the rule's task.
pub fn warn_of_found(diags: &mut Diagnostics, id: &str) {
    diags.root_warning(
        "The rule's task was there already",
        format!(
            "Kapacitor had the task {id:?} with the script of this rule, so Terraform took it over instead of creating it. \
             {EXPECTED} {CONFLICTING}"
        ),
    );
}

/// Says that the rule got another task than its name's, since the server has that one for something else.
pub fn warn_of_taken(diags: &mut Diagnostics, taken: &str, id: &str) {
    diags.root_warning(
        "Kapacitor has another task of this id",
        format!(
            "Kapacitor had the task {taken:?}, which does not do what this rule says, so the rule has the task {id:?}, and both \
             run. {ONE_NAME} That is over once this apply gives the other rule another name. Otherwise another configuration \
             or Chronograf has a rule of this name: give one of the two another name, or bring the other one under Terraform's \
             control with `terraform import ADDRESS {taken}` in place of this."
        ),
    );
}

const ONE_NAME: &str =
    "Alerts of two rules of one name have the same ids, so that the recovery of one resolves the incident of the other.";

/// Plans which task a rule has that stays.
pub fn plan_keeping(
    diags: &mut Diagnostics,
    ownership: &Ownership,
    prior: &AlertRuleState,
    planned: &mut AlertRuleState,
    config: &AlertRuleState,
) {
    let wanted = wanted_id(config);
    let wanted = known(&wanted);
    let Value::Value(id) = planned.id.clone() else {
        return ownership.plan_giving_up(prior.id(), wanted);
    };
    if id != prior.id() {
        ownership.plan_giving_up(prior.id(), None);
    }
    let gives_up = leaves_its_name(prior, planned);
    match ownership.plan_keeping(&id, wanted, &holder(planned), gives_up) {
        Ok(Keeping::Undisputed) if gives_up => planned.id = Value::Unknown,
        Ok(Keeping::Undisputed) => {}
        Ok(Keeping::Disputed) => planned.executing = Flag::Unknown,
        Ok(Keeping::Taken) => planned.id = Value::Unknown,
        Err(conflict) => {
            let name = known(&planned.name).unwrap_or_default();
            WORDS.report(diags, conflict, &id, name, path(planned));
        }
    }
}

/// Whether the task's id follows from a name that the rule is to lose. A new rule may have that name, and the task that goes
/// with it; which of the two the apply comes to first, no plan can know.
fn leaves_its_name(prior: &AlertRuleState, planned: &AlertRuleState) -> bool {
    let follows = known(&prior.name).is_some_and(|name| task_id::derived(name) == prior.id());
    planned.task_id.is_null() && follows && prior.name != planned.name
}

/// Plans a destroy. Whether that is decided: another resource keeps the task, or the rule has moved.
pub fn plan_destruction(
    diags: &mut Diagnostics,
    ownership: &Ownership,
    prior: &AlertRuleState,
    memory: &mut OwnerMemory,
) -> bool {
    let planned = ownership.plan_destruction_of(prior.id(), &holder(prior), memory);
    planned.unwrap_or_else(|conflict| {
        let name = known(&prior.name).unwrap_or_default();
        WORDS.report(diags, conflict, prior.id(), name, AttributePath::root());
        true
    })
}
