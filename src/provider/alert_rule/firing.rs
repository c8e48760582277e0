//! Warnings before a change that would cut an alert off from its open incident.

use super::model::AlertRuleState;
use super::plan::alert_ids;
use crate::kapacitor::models::Event;
use crate::kapacitor::{Client, Error};
use crate::rule::Rule;
use crate::secret::escaped_line;
use tf_provider::{AttributePath, Diagnostics};

/// What is about to happen to a rule that may be firing.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// The rule goes, or its task gets another id.
    Removal,
    /// The rule is there, and is planned to be created: Terraform replaces it.
    Replacement,
    /// The rule is gone, and was firing.
    Removed,
    /// The rule changes in a way that its alerts' state does not survive.
    Change(&'static str),
}

/// Why the alerts of the rule would lose their state with this change; none where they keep it.
pub fn cuts_off(prior: &AlertRuleState, planned: &AlertRuleState) -> Option<Step> {
    if !prior.id.is_unknown() && !planned.id.is_unknown() && prior.id != planned.id {
        return Some(Step::Removal);
    }
    let (before, after) = (prior.spec(), planned.spec());
    if prior.group_by == planned.group_by && alert_ids(prior, planned).is_some() {
        return Some(Step::Change("the script on the server makes another id of the alert"));
    }
    if before == after {
        return None;
    }
    let (before, after) = (Rule::from_server(&before).ok()?, Rule::from_server(&after).ok()?);
    change_that_cuts_off(&before, &after).map(Step::Change)
}

fn change_that_cuts_off(before: &Rule, after: &Rule) -> Option<&'static str> {
    let (was, is) = (before.definition(), after.definition());
    if was.name != is.name {
        return Some("`name` is the alert's id");
    }
    if sorted(&was.group_by) != sorted(&is.group_by) {
        return Some("`group_by` is part of the alert's id");
    }
    if before.alert_node() != after.alert_node() {
        return Some("another kind of trigger, or `aggregate` added or removed, renumbers the alert's node");
    }
    if !was.flapping && is.flapping {
        return Some("with `flapping` switched on, Kapacitor holds the next change of level back");
    }
    let watched = |definition: &crate::rule::Definition| {
        (
            definition.database.clone(),
            definition.retention_policy.clone(),
            definition.measurement.clone(),
            definition.tags.clone(),
        )
    };
    if watched(was) != watched(is) {
        return Some("the rule then watches other data, so that the firing series may never be evaluated again");
    }
    None
}

/// Kapacitor sorts the tags of a group before it makes the alert's id of them, so that their order makes no difference.
fn sorted(tags: &[String]) -> Vec<&String> {
    let mut sorted: Vec<&String> = tags.iter().collect();
    sorted.sort();
    sorted
}

/// Warns where the rule is firing now. Whether it could be seen: a look that fails is only logged, since it must not fail a
/// plan.
pub async fn warn(diags: &mut Diagnostics, client: &Client, id: &str, step: Step) -> bool {
    let events = look(client, id).await;
    warn_of(diags, events.as_deref().unwrap_or_default(), step);
    events.is_some()
}

/// The alerts of the rule that are open; none where they could not be seen.
pub async fn look(client: &Client, id: &str) -> Option<Vec<Event>> {
    let events = match client.refusal() {
        Some(error) => Err(error),
        None => firing_events(client, id).await,
    };
    if let Err(error) = &events {
        tracing::info!("it could not be seen whether the rule is firing: {error}");
    }
    events.ok()
}

/// Warns of these alerts, which are open.
pub fn warn_of(diags: &mut Diagnostics, events: &[Event], step: Step) {
    if events.is_empty() {
        return;
    }
    let series: Vec<String> = events
        .iter()
        .map(|event| {
            format!(
                "- {} ({}, since {})",
                escaped_line(&event.id),
                event.state.level.as_str(),
                event.state.time
            )
        })
        .collect();
    let (summary, cause, advice) = match step {
        Step::Removal => (
            FIRING,
            "Kapacitor forgets the state of a task that is deleted or renamed".to_owned(),
            WAIT_OR_RESOLVE,
        ),
        Step::Replacement => (
            FIRING,
            "The plan creates the rule although its task is there. If that is because Terraform replaces the rule, the task is \
             deleted first (unless create_before_destroy is set), and Kapacitor forgets the state of a task that is deleted"
                .to_owned(),
            WAIT_OR_RESOLVE,
        ),
        Step::Removed => (
            "The rule was firing",
            "The rule's task was deleted while alerts were open, and Kapacitor forgets the state of a task that is deleted"
                .to_owned(),
            "Resolve the incident in Squadcast, unless the rule was created anew and fires again for the same series.",
        ),
        Step::Change(reason) => (
            FIRING,
            format!("The change cuts the alert off from its state: {reason}"),
            WAIT,
        ),
    };
    diags.warning(
        summary,
        format!(
            "{cause}. Its recovery is then never sent, and the incident in Squadcast stays open until somebody resolves it. \
             These alerts are open:\n{}\n\n{advice}",
            series.join("\n")
        ),
        AttributePath::root(),
    );
}

const FIRING: &str = "The rule is firing";

const WAIT: &str = "Wait for the recovery, or resolve the incident in Squadcast afterwards.";

const WAIT_OR_RESOLVE: &str =
    "Wait for the recovery, or resolve the incident in Squadcast afterwards. To have a destroy \
    post the recoveries itself, set resolve_on_destroy = true and apply that first.";

/// The alerts of the rule that are open.
pub async fn firing_events(client: &Client, id: &str) -> Result<Vec<Event>, Error> {
    let topics = client.topics().list(&format!("main:{id}:*")).await?;
    let mut events = Vec::new();
    for topic in topics {
        events.extend(client.topics().open_events(&topic.id).await?.unwrap_or_default());
    }
    Ok(events)
}
