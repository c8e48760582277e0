//! Warnings before a change that would cut an alert off from its open incident.

use crate::kapacitor::models::Event;
use crate::kapacitor::{Client, Error};
use crate::secret::escaped_line;
use tf_provider::{AttributePath, Diagnostics};

/// What is about to happen to a task that may be firing.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Step {
    /// The task goes, or its task gets another id.
    Removal,
    /// The task is there, and is planned to be created: Terraform replaces it.
    Replacement,
    /// The task is gone, and was firing.
    Removed,
    /// The task changes in a way that its alerts' state does not survive.
    Change(&'static str),
}

/// Warns where the task is firing now. Whether it could be seen: a look that fails is only logged, since it must not fail a
/// plan.
pub(crate) async fn warn(diags: &mut Diagnostics, client: &Client, id: &str, step: Step) -> bool {
    let events = look(client, id).await;
    warn_of(diags, events.as_deref().unwrap_or_default(), step);
    events.is_some()
}

/// The alerts of the task that are open; none where they could not be seen.
pub(crate) async fn look(client: &Client, id: &str) -> Option<Vec<Event>> {
    let events = match client.refusal() {
        Some(error) => Err(error),
        None => firing_events(client, id).await,
    };
    if let Err(error) = &events {
        tracing::info!("it could not be seen whether the task is firing: {error}");
    }
    events.ok()
}

/// Warns of these alerts, which are open.
pub(crate) fn warn_of(diags: &mut Diagnostics, events: &[Event], step: Step) {
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
            "The plan creates the task although its task is there. If that is because Terraform replaces the task, the task is \
             deleted first (unless create_before_destroy is set), and Kapacitor forgets the state of a task that is deleted"
                .to_owned(),
            WAIT_OR_RESOLVE,
        ),
        Step::Removed => (
            "The task was firing",
            "The task was deleted while alerts were open, and Kapacitor forgets the state of a task that is deleted"
                .to_owned(),
            "Resolve the incident in Squadcast, unless the task was created anew and fires again for the same series.",
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

const FIRING: &str = "The task is firing";

const WAIT: &str = "Wait for the recovery, or resolve the incident in Squadcast afterwards.";

const WAIT_OR_RESOLVE: &str =
    "Wait for the recovery, or resolve the incident in Squadcast afterwards. To have a destroy \
    post the recoveries itself, set resolve_on_destroy = true and apply that first.";

/// The alerts of the task that are open.
pub(crate) async fn firing_events(client: &Client, id: &str) -> Result<Vec<Event>, Error> {
    let topics = client.topics().list(&format!("main:{id}:*")).await?;
    let mut events = Vec::new();
    for topic in topics {
        events.extend(client.topics().open_events(&topic.id).await?.unwrap_or_default());
    }
    Ok(events)
}
