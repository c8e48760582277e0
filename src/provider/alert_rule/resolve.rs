//! `resolve_on_destroy`: the recoveries that Kapacitor will never send, because the rule is about to go.

use super::firing::firing_events;
use super::lifecycle::{Failure, Left};
use crate::kapacitor::models::{Event, Level, Status, UpdateTask};
use crate::kapacitor::{Error, Recovery, Secret, Webhook, Writes};
use crate::provider::diagnostics::explain;
use crate::rule::Post;
use std::collections::BTreeMap;
use time::format_description::well_known::Rfc3339;

/// Posts a recovery for each series that fires to each webhook. Where one cannot be posted the rule runs on, and has to be
/// destroyed again.
///
/// The rule is stopped in between, so that nothing new opens; before that, because Kapacitor shows the alerts of a running
/// task only.
pub async fn resolve(mut writes: Writes, id: String, posts: Vec<Post>) -> Result<(), Failure> {
    let events = firing_events(writes.client(), &id).await?;
    if events.is_empty() {
        return Ok(());
    }
    let webhooks = webhooks(&writes, &posts).await?;
    writes.update_task(&id, &UpdateTask::status(Status::Disabled)).await?;
    let Err(error) = post_recoveries(&events, &webhooks).await else {
        return Ok(());
    };
    let restarted = writes.update_task(&id, &UpdateTask::status(Status::Enabled)).await;
    Err(Failure {
        summary: "An open incident could not be resolved",
        detail: format!(
            "{}\n\n{}\n\nSet resolve_on_destroy = false and apply to destroy the rule all the same; the incident then has to \
             be resolved in Squadcast.",
            explain("posting the recovery of an open alert", &error),
            match restarted {
                Ok(_) => "The rule was not destroyed, and runs as before.".to_owned(),
                Err(error) => format!("The rule was not destroyed, but is disabled: {error}."),
            }
        ),
        left: Left::AsBefore,
    })
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
