//! Alerts that were open before a change of their task and whose state is gone after it.
//!
//! Kapacitor keeps the state of alerts over a stop and a start of their task, unless kapacitor.conf says
//! `[alert] persist-topics = false` (recorded in `14-persist-topics-false`), which its API does not show. It then sends no
//! recovery for what was open, so that a look before and after the change is the only way to know.

use super::firing::firing_events;
use super::resolve::post_recoveries;
use super::webhooks;
use crate::kapacitor::models::Event;
use crate::kapacitor::{Client, Error};
use crate::provider::diagnostics::explain;
use crate::provider::task::ManagedTask;
use crate::rule::Post;
use crate::secret::escaped_line;
use std::future::Future;
use std::time::Duration;
use tf_provider::{AttributePath, Diagnostics};

/// How long Kapacitor may take to show the alerts of a task that it has started, and how often it is asked meanwhile: it
/// restores them a moment after it has answered that the task runs.
const PATIENCE: u32 = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// The alerts that are open before a change. A look that fails is only logged: it must not keep a task from being changed.
pub(crate) async fn open_before(client: &Client, prior: &impl ManagedTask) -> Vec<Event> {
    if !prior.is_enabled() {
        return Vec::new();
    }
    firing_events(client, prior.id()).await.unwrap_or_else(|error| {
        tracing::info!("the apply could not see whether the task is firing: {error}");
        Vec::new()
    })
}

/// Those of the alerts that Kapacitor no longer knows after the task was started.
pub(crate) async fn lost(client: &Client, id: &str, before: Vec<Event>) -> Vec<Event> {
    still_missing(before, || firing_events(client, id)).await
}

/// Those of the alerts that `look` never finds.
pub(crate) async fn still_missing<L>(before: Vec<Event>, look: impl Fn() -> L) -> Vec<Event>
where
    L: Future<Output = Result<Vec<Event>, Error>>,
{
    let mut missing = before;
    for _ in 0..PATIENCE {
        if missing.is_empty() {
            break;
        }
        match look().await {
            Ok(now) => missing.retain(|event| !now.iter().any(|known| known.id == event.id)),
            Err(error) => {
                tracing::info!("the apply could not see whether the alerts kept their state: {error}");
                return Vec::new();
            }
        }
        if !missing.is_empty() {
            tokio::time::sleep(PAUSE).await;
        }
    }
    missing
}

/// The ids of alerts, for a diagnostic.
pub(crate) fn one_per_line(alerts: &[Event]) -> String {
    let ids: Vec<String> = alerts
        .iter()
        .map(|event| format!("- {}", escaped_line(&event.id)))
        .collect();
    ids.join("\n")
}

/// Reports lost alerts and, where the task's recoveries are wanted, posts them to where the task posted before.
pub(crate) async fn report(
    diags: &mut Diagnostics,
    client: &Client,
    lost: &[Event],
    resolves: bool,
    posts: Result<Vec<Post>, String>,
) {
    if lost.is_empty() {
        return;
    }
    let ids = one_per_line(lost);
    let cause = "The task was firing when it was changed, and Kapacitor has lost the state of these alerts over the restart of \
                 the task; it does so if kapacitor.conf says `persist-topics = false` under `[alert]`, or if the alert's node or \
                 the task's id has changed";
    let outcome = if resolves {
        match resolve(client, lost, posts).await {
            Ok(()) => "Their recoveries were posted, as `resolve_on_destroy` asks for; an alert whose value is still bad opens \
                       anew."
                .to_owned(),
            Err(reason) => format!(
                "Their recoveries could not be posted, so that their incidents stay open if the alerts have recovered: {reason}"
            ),
        }
    } else {
        "No recovery is sent for one that has recovered meanwhile: resolve its incident in Squadcast. With \
         `resolve_on_destroy`, Terraform posts the recoveries."
            .to_owned()
    };
    diags.warning(
        "Open alerts have lost their state",
        format!("{cause}:\n{ids}\n\n{outcome}"),
        AttributePath::root(),
    );
}

async fn resolve(client: &Client, lost: &[Event], posts: Result<Vec<Post>, String>) -> Result<(), String> {
    let posts = posts?;
    let mut writes = client
        .writes()
        .await
        .map_err(|error| explain("looking up where the task posts to", &error))?;
    let webhooks = webhooks::find(&mut writes, &posts).await?;
    drop(writes);
    post_recoveries(
        lost,
        &webhooks,
        "its task was changed by Terraform, and Kapacitor has lost the alert's state",
    )
    .await
    .map_err(|error| explain("posting the recovery of an open alert", &error))
}
