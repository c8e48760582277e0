//! The open alerts of the tasks that are made from a template.

use crate::kapacitor::models::{Event, Task};
use crate::kapacitor::{Client, Error};
use crate::provider::task::open_alerts::firing::{warn_of, Step};
use crate::provider::task::open_alerts::lost::{one_per_line, still_missing};
use tf_provider::{AttributePath, Diagnostics};

/// Warns before a change that cuts alerts off from their state, if any of them are open.
pub(super) async fn warn(diags: &mut Diagnostics, client: &Client, tasks: &[Task]) {
    let events = match client.refusal() {
        Some(error) => Err(error),
        None => open(client, tasks).await,
    };
    match events {
        Ok(events) => warn_of(
            diags,
            &events,
            Step::Change("the number of an alert's node, its id or the grouping of its data is another one in all tasks of the template then"),
        ),
        Err(error) => tracing::info!("it could not be seen whether the template's tasks are firing: {error}"),
    }
}

/// The open alerts of these tasks, as far as they run.
pub(super) async fn open(client: &Client, tasks: &[Task]) -> Result<Vec<Event>, Error> {
    let running: Vec<&Task> = tasks.iter().filter(|task| task.is_running()).collect();
    if running.is_empty() {
        return Ok(Vec::new());
    }
    let is_theirs = |topic: &str| {
        let rest = topic.strip_prefix("main:");
        running.iter().any(|task| {
            let node = rest.and_then(|rest| rest.strip_prefix(&task.id));
            node.is_some_and(|node| node.starts_with(':'))
        })
    };
    let mut events = Vec::new();
    for topic in client.topics().list("main:*").await? {
        if is_theirs(&topic.id) {
            events.extend(client.topics().open_events(&topic.id).await?.unwrap_or_default());
        }
    }
    Ok(events)
}

/// The alerts that are open before a change. A look that fails is only logged: it must not keep a template from being changed.
pub(super) async fn open_before(client: &Client, tasks: &[Task]) -> Vec<Event> {
    open(client, tasks).await.unwrap_or_else(|error| {
        tracing::info!("the apply could not see whether the template's tasks are firing: {error}");
        Vec::new()
    })
}

/// Those of the alerts that Kapacitor no longer knows after the tasks were started.
pub(super) async fn lost(client: &Client, tasks: &[Task], before: Vec<Event>) -> Vec<Event> {
    still_missing(before, || open(client, tasks)).await
}

/// Reports lost alerts.
pub(super) fn report_lost(diags: &mut Diagnostics, lost: &[Event]) {
    if lost.is_empty() {
        return;
    }
    diags.warning(
        "Open alerts have lost their state",
        format!(
            "Tasks of the template were firing when it was changed, and Kapacitor has lost the state of these alerts over the \
             restart of the tasks; it does so if kapacitor.conf says `persist-topics = false` under `[alert]`, or if the alert's \
             node has changed:\n{}\n\nNo recovery is sent for one that has recovered meanwhile: resolve its incident in \
             Squadcast.",
            one_per_line(lost)
        ),
        AttributePath::root(),
    );
}
