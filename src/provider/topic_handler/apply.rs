//! What an apply does to a handler.

use super::state::model::TopicHandlerState;
use crate::kapacitor::models::TopicHandler;
use crate::kapacitor::{Client, Error, Writer};
use crate::provider::diagnostics::{explain, server_error, summary_of_write};
use serde_json::{json, Map};
use tf_provider::value::ValueAny;
use tf_provider::{AttributePath, Diagnostics};

/// Adds the handler. `may_replace` says that another entry of the state has it, and leaves it to this one. Whether it is there
/// as planned.
pub(super) async fn create(
    diags: &mut Diagnostics,
    client: &Client,
    planned: &mut TopicHandlerState,
    may_replace: bool,
) -> bool {
    let Some((topic, handler)) = wanted(diags, planned) else {
        return false;
    };
    let mut writes = match client.writes().await {
        Ok(writes) => writes,
        Err(error) => return failed(diags, planned, &error),
    };
    let error = match writes.create_topic_handler(&topic, &handler).await {
        Ok(_) => return succeeded(planned),
        Err(error) => error,
    };
    match client.topics().handler(&topic, &handler.id).await {
        // The answer to an earlier try was lost, or an apply was killed.
        Ok(Some(found)) if found.is_same(&handler) => match replace(&mut writes, &topic, &handler).await {
            Ok(()) => succeeded(planned),
            Err(error) => failed(diags, planned, &error),
        },
        Ok(Some(_)) if may_replace => match replace(&mut writes, &topic, &handler).await {
            Ok(()) => succeeded(planned),
            Err(error) => failed(diags, planned, &error),
        },
        Ok(Some(_)) if error.says_it_exists() => {
            let id = planned.id().unwrap_or_default();
            diags.error(
                "Kapacitor has another handler of this id",
                format!(
                    "The topic {topic:?} has a handler {:?} already, which does something else. Give this one another \
                     `handler_id`; or, if it is to be managed here, import it first: terraform import ADDRESS {id}",
                    handler.id
                ),
                AttributePath::new("handler_id"),
            );
            false
        }
        _ => failed(diags, planned, &error),
    }
}

/// Replaces the handler that is there. Whether it is there as planned.
pub(super) async fn update(diags: &mut Diagnostics, client: &Client, planned: &mut TopicHandlerState) -> bool {
    let Some((topic, handler)) = wanted(diags, planned) else {
        return false;
    };
    let mut writes = match client.writes().await {
        Ok(writes) => writes,
        Err(error) => return failed(diags, planned, &error),
    };
    match replace(&mut writes, &topic, &handler).await {
        Ok(()) => succeeded(planned),
        Err(error) if was_carried_out(client, &topic, &handler, &error).await => succeeded(planned),
        Err(error) => failed(diags, planned, &error),
    }
}

/// Whether a change whose answer was lost was made all the same.
async fn was_carried_out(client: &Client, topic: &str, handler: &TopicHandler, error: &Error) -> bool {
    let is_lost = error.status().is_none() && error.may_have_acted();
    is_lost && matches!(client.topics().handler(topic, &handler.id).await, Ok(Some(found)) if found.is_same(handler))
}

/// Kapacitor does not find a handler whose endpoint is gone, though it has it stored: a new one takes its place.
async fn replace(writes: &mut Writer, topic: &str, handler: &TopicHandler) -> Result<(), Error> {
    match writes.replace_topic_handler(topic, handler).await {
        Err(error) if error.is_not_found() => writes.create_topic_handler(topic, handler).await.map(drop),
        result => result.map(drop),
    }
}

/// Takes the handler away. One that Kapacitor hides, since its endpoint is gone, would stay stored and return with the
/// endpoint, so that one which does nothing takes its place first.
pub(super) async fn destroy(diags: &mut Diagnostics, client: &Client, prior: &TopicHandlerState) {
    let Some((topic, id)) = prior.key() else { return };
    if let Err(error) = remove(client, topic, id, prior.endpoint().is_some()).await {
        server_error(diags, "deleting the handler", AttributePath::root(), &error);
    }
}

async fn remove(client: &Client, topic: &str, id: &str, may_be_hidden: bool) -> Result<(), Error> {
    let mut writes = client.writes().await?;
    if may_be_hidden && client.topics().handler(topic, id).await?.is_none() {
        let nothing = TopicHandler {
            id: id.to_owned(),
            kind: "publish".to_owned(),
            options: Map::from_iter([("topics".to_owned(), json!([]))]),
            condition: String::new(),
            secrets: Vec::new(),
        };
        writes.create_topic_handler(topic, &nothing).await?;
    }
    match writes.delete_topic_handler(topic, id).await {
        // The answer was lost, and the handler is gone.
        Err(error) if error.may_have_acted() && client.topics().handler(topic, id).await?.is_none() => Ok(()),
        result => result,
    }
}

fn wanted(diags: &mut Diagnostics, planned: &TopicHandlerState) -> Option<(String, TopicHandler)> {
    let wanted = planned.text("topic").map(str::to_owned).zip(planned.handler());
    if wanted.is_none() {
        diags.root_error(
            "The provider has a bug",
            "A value of the handler is not known at the time of the apply. Please report this to the provider's authors.",
        );
    }
    wanted
}

fn succeeded(planned: &mut TopicHandlerState) -> bool {
    planned.set("live", ValueAny::Bool(true));
    true
}

fn failed(diags: &mut Diagnostics, planned: &TopicHandlerState, error: &Error) -> bool {
    let cause = explain("writing the handler", error);
    let words = error.kapacitor_message().unwrap_or_default();
    let endpoint = planned
        .endpoint()
        .filter(|_| words.contains("if an endpoint is not specified"));
    let (at, advice) = match endpoint {
        Some(endpoint) => (
            AttributePath::new("post").attribute("endpoint"),
            format!(
                "\n\nThe endpoint {endpoint:?} is not live, so that Kapacitor does not know where to post to. Declare it \
                 in kapacitor.conf and restart Kapacitor, or set `url` beside it: Kapacitor posts to the URL until the endpoint \
                 is there."
            ),
        ),
        None => (AttributePath::root(), String::new()),
    };
    let summary = summary_of_write("The handler could not be written", error);
    diags.error(summary, format!("{cause}{advice}"), at);
    false
}
