//! `resolve_on_destroy`: the recoveries that Kapacitor will never send, because the rule is about to go.

use super::firing::firing_events;
use super::webhooks;
use crate::kapacitor::models::{Event, Level, Status, UpdateTask};
use crate::kapacitor::{Client, Error, Recovery, Webhook, Writer};
use crate::provider::diagnostics::explain;
use crate::provider::task::lifecycle::{stop_task, Failure, Left};
use crate::rule::Post;
use time::format_description::well_known::Rfc3339;

/// What became of a task's open alerts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Resolution {
    /// None was open.
    NothingOpen,
    /// All are resolved, and the task is disabled.
    Resolved,
    /// Kapacitor does not run the task, for the reason that it gives, and so shows none of its alerts.
    NotSeen(String),
}

/// What Kapacitor shows of a task's alerts.
enum Look {
    NothingOpen,
    /// These are open, and the task had this status.
    Open(Vec<Event>, Status),
    NotSeen(String),
}

/// Posts a recovery for each series that fires to each webhook. Where one cannot be posted the task runs on, and has to be
/// destroyed again. `posts` is what the task posts to, or why that is not known.
///
/// The task is stopped in between, so that nothing new opens; before that, because Kapacitor shows the alerts of a running
/// task only.
///
/// The right to write is given back while the webhooks are posted to: one that does not answer would hold up all other
/// writes to this Kapacitor. Terraform does nothing else with the task meanwhile, and what another apply may do to it, it may
/// do just as well between this and the deletion.
pub(crate) async fn resolve(
    mut writes: Writer,
    id: String,
    posts: Result<Vec<Post>, String>,
) -> Result<Resolution, Failure> {
    let (events, status) = match open_alerts(&mut writes, &id).await? {
        Look::Open(events, status) => (events, status),
        Look::NothingOpen => return Ok(Resolution::NothingOpen),
        Look::NotSeen(reason) => return Ok(Resolution::NotSeen(reason)),
    };
    let webhooks = match posts {
        Ok(posts) => webhooks::find(&mut writes, &posts).await,
        Err(reason) => Err(reason),
    };
    let webhooks = webhooks.map_err(|cause| unresolved(&cause, "The task was neither stopped nor destroyed."))?;
    if let Err(error) = stop_task(&mut writes, &id).await {
        let outcome = put_back(&mut writes, &id, status).await;
        return Err(unresolved(&explain("stopping the task", &error), &outcome));
    }
    let client = writes.client().clone();
    drop(writes);
    let Err(error) = post_recoveries(&events, &webhooks, "its task was removed by Terraform").await else {
        return Ok(Resolution::Resolved);
    };
    let cause = explain("posting the recovery of an open alert", &error);
    Err(unresolved(&cause, &put_back_again(&client, &id, status).await))
}

fn unresolved(cause: &str, outcome: &str) -> Failure {
    Failure {
        summary: "An open incident could not be resolved",
        detail: format!(
            "{cause}\n\n{outcome}\n\nSet resolve_on_destroy = false and apply to destroy the task all the same; the incident \
             then has to be resolved in Squadcast."
        ),
        left: Left::AsBefore,
    }
}

fn as_before(status: Status) -> &'static str {
    match status {
        Status::Enabled => "The task was not destroyed, and runs as before.",
        Status::Disabled => "The task was not destroyed, and is disabled as before.",
    }
}

/// Takes the right to write again, and starts the task where it ran.
async fn put_back_again(client: &Client, id: &str, status: Status) -> String {
    match client.writes_to_go_on().await {
        Ok(mut writes) => put_back(&mut writes, id, status).await,
        Err(error) => may_be_disabled(&error),
    }
}

/// Starts the task again where it ran, and says what came of it.
async fn put_back(writes: &mut Writer, id: &str, status: Status) -> String {
    if status == Status::Disabled {
        return as_before(status).to_owned();
    }
    match writes.update_task(id, &UpdateTask::status(Status::Enabled)).await {
        Ok(_) => as_before(status).to_owned(),
        Err(error) => may_be_disabled(&error),
    }
}

fn may_be_disabled(error: &Error) -> String {
    format!("The task was not destroyed, but may be disabled: {error}.")
}

/// Looks for what is open. A disabled task shows no alerts (until Kapacitor is restarted), though one may be open since
/// before it was disabled, by somebody or by a destroy that failed half-way: it is started for the look.
async fn open_alerts(writes: &mut Writer, id: &str) -> Result<Look, Failure> {
    let Some(task) = writes.client().tasks().find(id).await? else {
        return Ok(Look::NothingOpen);
    };
    let events = firing_events(writes.client(), id).await?;
    match task.status {
        status if !events.is_empty() => Ok(Look::Open(events, status)),
        Status::Disabled => look_at_disabled(writes, id).await,
        Status::Enabled if !task.executing => Ok(Look::NotSeen(task.error)),
        Status::Enabled => Ok(Look::NothingOpen),
    }
}

/// Starts the task for the look, and stops it again whatever came of it: a task that could not start would stay enabled.
async fn look_at_disabled(writes: &mut Writer, id: &str) -> Result<Look, Failure> {
    let look = start_and_look(writes, id).await;
    stop_task(writes, id).await?;
    Ok(look?)
}

async fn start_and_look(writes: &mut Writer, id: &str) -> Result<Look, Error> {
    if let Err(error) = writes.update_task(id, &UpdateTask::status(Status::Enabled)).await {
        // Only what Kapacitor keeps with the task says that it cannot start; any other refusal may pass.
        return match writes.client().tasks().find(id).await? {
            Some(task) if task.status == Status::Enabled && !task.executing => Ok(Look::NotSeen(task.error)),
            _ => Err(error),
        };
    }
    let events = firing_events(writes.client(), id).await?;
    if events.is_empty() {
        return Ok(Look::NothingOpen);
    }
    Ok(Look::Open(events, Status::Disabled))
}

/// Posts the recovery of each event to each webhook, with the reason why Kapacitor will not.
pub(crate) async fn post_recoveries(events: &[Event], webhooks: &[Webhook], reason: &str) -> Result<(), Error> {
    for event in events {
        let recovery = recovery(event, reason);
        for webhook in webhooks {
            webhook.send(&recovery).await?;
        }
    }
    Ok(())
}

fn recovery(event: &Event, reason: &str) -> Recovery {
    Recovery {
        id: event.id.clone(),
        message: format!("{} is OK: {reason}", event.id),
        details: String::new(),
        time: time::OffsetDateTime::now_utc()
            .format(&Rfc3339)
            .unwrap_or_else(|_| event.state.time.clone()),
        duration: 0,
        level: Level::Ok,
        data: serde_json::json!({ "series": null }),
        previous_level: event.state.level,
        recoverable: true,
    }
}
