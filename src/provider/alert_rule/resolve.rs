//! `resolve_on_destroy`: the recoveries that Kapacitor will never send, because the rule is about to go.

use super::firing::firing_events;
use super::lifecycle::{stop_task, Failure, Left};
use crate::kapacitor::models::{Event, Level, Status, UpdateTask};
use crate::kapacitor::{Error, Recovery, Secret, Webhook, Writes};
use crate::provider::diagnostics::explain;
use crate::rule::Post;
use std::collections::BTreeMap;
use time::format_description::well_known::Rfc3339;

/// Posts a recovery for each series that fires to each webhook. Returns whether there was one, and so the rule's task is
/// disabled now. Where a recovery cannot be posted the rule runs on, and has to be destroyed again.
///
/// The rule is stopped in between, so that nothing new opens; before that, because Kapacitor shows the alerts of a running
/// task only.
pub async fn resolve(mut writes: Writes, id: String, posts: Vec<Post>) -> Result<bool, Failure> {
    let Some((events, status)) = open_alerts(&mut writes, &id).await? else {
        return Ok(false);
    };
    let webhooks = webhooks(&writes, &posts).await?;
    let resolved = match stop_task(&mut writes, &id).await {
        Ok(_) => post_recoveries(&events, &webhooks)
            .await
            .map_err(|error| explain("posting the recovery of an open alert", &error)),
        Err(error) => Err(explain("stopping the rule's task", &error)),
    };
    let Err(cause) = resolved else {
        return Ok(true);
    };
    Err(Failure {
        summary: "An open incident could not be resolved",
        detail: format!(
            "{cause}\n\n{}\n\nSet resolve_on_destroy = false and apply to destroy the rule all the same; the incident then \
             has to be resolved in Squadcast.",
            put_back(&mut writes, &id, status).await
        ),
        left: Left::AsBefore,
    })
}

/// Starts the task again where it ran, and says what came of it.
async fn put_back(writes: &mut Writes, id: &str, status: Status) -> String {
    if status == Status::Disabled {
        return "The rule was not destroyed, and is disabled as before.".to_owned();
    }
    match writes.update_task(id, &UpdateTask::status(Status::Enabled)).await {
        Ok(_) => "The rule was not destroyed, and runs as before.".to_owned(),
        Err(error) => format!("The rule was not destroyed, but may be disabled: {error}."),
    }
}

/// What is open, and the status that the task had; none where there is nothing.
///
/// A disabled task shows no alerts, though one may be open since before it was disabled, by somebody or by a destroy that
/// failed half-way: it is started for the look.
async fn open_alerts(writes: &mut Writes, id: &str) -> Result<Option<(Vec<Event>, Status)>, Failure> {
    let events = firing_events(writes.client(), id).await?;
    if !events.is_empty() {
        return Ok(Some((events, Status::Enabled)));
    }
    match writes.client().tasks().get(id).await? {
        Some(task) if task.status == Status::Disabled => {}
        _ => return Ok(None),
    }
    writes.update_task(id, &UpdateTask::status(Status::Enabled)).await?;
    let events = firing_events(writes.client(), id).await;
    stop_task(writes, id).await?;
    Ok(Some((events?, Status::Disabled)).filter(|(events, _)| !events.is_empty()))
}

async fn webhooks(writes: &Writes, posts: &[Post]) -> Result<Vec<Webhook>, Error> {
    let mut webhooks = Vec::new();
    for post in posts {
        webhooks.extend(webhook(writes, post).await?);
    }
    Ok(webhooks)
}

async fn post_recoveries(events: &[Event], webhooks: &[Webhook]) -> Result<(), Error> {
    for event in events {
        let recovery = recovery(event);
        for webhook in webhooks {
            webhook.send(&recovery).await?;
        }
    }
    Ok(())
}

/// Where Kapacitor posts to: the endpoint where it is there, else the URL of the rule itself; the headers of both.
async fn webhook(writes: &Writes, post: &Post) -> Result<Option<Webhook>, Error> {
    let endpoint = match &post.endpoint {
        Some(name) => writes.client().httppost().get(name).await?,
        None => None,
    };
    let own = post
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), Secret::from(value.clone())));
    let (url, mut headers) = match endpoint {
        Some(endpoint) => (Some(endpoint.url), endpoint.headers),
        None => (post.url.clone().map(Secret::from), BTreeMap::new()),
    };
    headers.extend(own);
    Ok(url.map(|url| Webhook { url, headers }))
}

fn recovery(event: &Event) -> Recovery {
    Recovery {
        id: event.id.clone(),
        message: format!("{} is OK: its rule was removed by Terraform", event.id),
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
