//! Where Kapacitor posts a task's alerts to, as far as Terraform can post there in its place.

use crate::kapacitor::models::Endpoint;
use crate::kapacitor::{Error, Secret, Webhook, Writer};
use crate::provider::diagnostics::explain;
use crate::provider::endpoint::presence::{self, Presence};
use crate::rule::Post;
use std::collections::BTreeMap;

/// The webhooks of the task's posts, or what stands in the way of the first that Terraform cannot post to, and what to do
/// about it. Of the server, nothing is changed.
pub(crate) async fn find(writes: &mut Writer, posts: &[Post]) -> Result<Vec<Webhook>, String> {
    let mut webhooks = Vec::new();
    for post in posts {
        for Target { url, headers } in targets(writes, post).await? {
            if url.expose().contains("{{") {
                return Err(ONLY_KAPACITOR_FILLS_IN_THE_URL.to_owned());
            }
            let webhook = writes.client().webhook(&url, &headers);
            webhooks.push(webhook.map_err(|error| explain("getting ready to post the recovery", &error))?);
        }
    }
    Ok(webhooks)
}

const ONLY_KAPACITOR_FILLS_IN_THE_URL: &str =
    "The webhook's URL is a template, which Kapacitor fills in for each alert and Terraform cannot. Give the task a \
     webhook whose URL is without \"{{\".";

/// A URL as Kapacitor has it, and the headers that go with each post.
struct Target {
    url: Secret,
    headers: BTreeMap<String, Secret>,
}

/// Where one post of the task goes to.
async fn targets(writes: &mut Writer, post: &Post) -> Result<Vec<Target>, String> {
    match &post.endpoint {
        Some(name) if !presence::is_addressable(name) => {
            let listed = writes
                .client()
                .httppost()
                .list()
                .await
                .map_err(|error| unseen(name, &error))?;
            all_targets(listed.into_iter().find(|endpoint| endpoint.name == *name), post)
        }
        Some(name) => {
            let presence = Presence::look_up_within(writes, name).await;
            Ok(vec![target(presence.map_err(|error| unseen(name, &error))?, post)?])
        }
        None => Ok(vec![target(Presence::Missing, post)?]),
    }
}

fn unseen(name: &str, error: &Error) -> String {
    explain(
        &format!("looking up the endpoint {name:?} that the task posts to"),
        error,
    )
}

/// The endpoint if it is live, else the URL of the task itself: as Kapacitor chooses.
fn target(presence: Presence, post: &Post) -> Result<Target, String> {
    if let Presence::Declared(endpoint) = presence {
        return of_endpoint(endpoint, post);
    }
    of_post(post).ok_or_else(|| nowhere(post, &presence))
}

/// Both the endpoint and the URL of the task, as far as there are any: Kapacitor does not tell of an endpoint that its API
/// cannot change whether it is live. A recovery for which a receiver has no alert does no harm.
fn all_targets(endpoint: Option<Endpoint>, post: &Post) -> Result<Vec<Target>, String> {
    let of_endpoint = endpoint.map(|endpoint| of_endpoint(endpoint, post)).transpose()?;
    let targets: Vec<Target> = of_endpoint.into_iter().chain(of_post(post)).collect();
    if targets.is_empty() {
        return Err(nowhere(post, &Presence::Missing));
    }
    Ok(targets)
}

/// The URL of the task itself.
fn of_post(post: &Post) -> Option<Target> {
    post.url.as_ref().map(|url| Target {
        url: Secret::new(url),
        headers: own_headers(post),
    })
}

/// A live endpoint, with the task's headers over its own.
fn of_endpoint(endpoint: Endpoint, post: &Post) -> Result<Target, String> {
    let own = own_headers(post);
    if let Some(reason) = only_kapacitor_can_post(&endpoint, &own) {
        return Err(format!(
            "The task posts to the endpoint {:?}, and {reason} Take that from the endpoint, or give the task's `post` a \
             `url` instead of `endpoint`.",
            endpoint.name
        ));
    }
    let mut headers = endpoint.headers;
    headers.retain(|name, _| !has_header(&own, name));
    headers.extend(own);
    Ok(Target {
        url: endpoint.url,
        headers,
    })
}

/// Why a post of Terraform would not be taken for one of Kapacitor.
fn only_kapacitor_can_post(endpoint: &Endpoint, own: &BTreeMap<String, Secret>) -> Option<&'static str> {
    if endpoint.basic_auth && !has_header(own, "Authorization") {
        return Some(
            "Kapacitor logs in there with the endpoint's basic_auth. It shows nobody the password, so that Terraform cannot \
             log in.",
        );
    }
    if !endpoint.alert_template.is_empty() || !endpoint.alert_template_file.is_empty() {
        return Some(
            "Kapacitor makes the body from the endpoint's alert_template. Terraform can post only Kapacitor's own JSON, from \
             which that receiver may not see what has recovered.",
        );
    }
    None
}

/// An endpoint that is not live, and no URL beside it: Kapacitor delivers nothing either.
fn nowhere(post: &Post, presence: &Presence) -> String {
    let name = post.endpoint.as_deref().unwrap_or_default();
    let state = match presence {
        Presence::Added(_) => "was added through Kapacitor's API and so is not live",
        Presence::Declared(_) | Presence::Missing => "does not exist",
    };
    format!(
        "The task posts to the endpoint {name:?}, which {state}, and has no URL of its own. So there is nowhere to post a \
         recovery to, and Kapacitor delivers none either. Declare the endpoint in kapacitor.conf, or give the task's \
         webhook a URL and apply."
    )
}

fn own_headers(post: &Post) -> BTreeMap<String, Secret> {
    let headers = post.headers.iter();
    headers
        .map(|(name, value)| (name.clone(), Secret::new(value)))
        .collect()
}

fn has_header(headers: &BTreeMap<String, Secret>, name: &str) -> bool {
    headers.keys().any(|known| known.eq_ignore_ascii_case(name))
}
