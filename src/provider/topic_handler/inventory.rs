//! The handlers of a server that a configuration can take over without a change, and why each other one cannot.

use super::imported::imported;
use super::list::topics_with_handlers;
use super::state::model::TopicHandlerState;
use super::{check, definition, plan};
use crate::kapacitor::models::TopicHandler;
use crate::kapacitor::{Client, Error};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::rule::handlers::{TopicKind, TopicOption, TopicOptionKind, TOPIC_KINDS};
use tf_provider::value::ValueAny;
use tf_provider::Diagnostics;
use tokio::task::JoinSet;

/// How many topics are read at a time.
const AT_A_TIME: usize = 8;

/// What came of the handlers of a server, by their import ids.
#[derive(Default)]
pub(crate) struct Inventory {
    /// Those that can be taken over.
    pub handlers: Vec<(String, TopicHandlerState)>,
    /// The others, with the reason.
    pub others: Vec<(String, String)>,
}

/// Reads all handlers. `progress` is told how many topics of how many have been read.
///
/// # Errors
/// As [`Error`] says.
pub(crate) async fn inventory(client: &Client, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Inventory, Error> {
    let topics = topics_with_handlers(client).await?;
    let (mut due, mut under_way) = (topics.iter(), JoinSet::new());
    let (mut read, mut done) = (Inventory::default(), 0);
    loop {
        while under_way.len() < AT_A_TIME {
            let Some(topic) = due.next().cloned() else { break };
            let client = client.clone();
            under_way.spawn(async move {
                let handlers = client.topics().handlers(&topic).await;
                (topic, handlers)
            });
        }
        // A look that was given up is one that panicked, and the process ends with it.
        let Some(Ok((topic, handlers))) = under_way.join_next().await else {
            return Ok(read);
        };
        let handlers = match handlers {
            // The topic went meanwhile.
            Err(error) if error.is_not_found() => Vec::new(),
            handlers => handlers?,
        };
        for handler in handlers {
            let id = format!("{topic}/{}", handler.id);
            match configured(&topic, &handler) {
                Ok(config) => read.handlers.push((id, config)),
                Err(reason) => read.others.push((id, reason)),
            }
        }
        done += 1;
        progress(done, topics.len());
    }
}

/// The configuration of a handler, if a plan for it shows no change.
fn configured(topic: &str, handler: &TopicHandler) -> Result<TopicHandlerState, String> {
    if TopicKind::named(&handler.kind).is_none() {
        return Err(format!("the provider does not know its kind, {:?}", handler.kind));
    }
    let state = imported(topic, handler);
    let mut config = state.clone();
    for computed in ["id", "live"] {
        config.set(computed, ValueAny::Null);
    }
    let mut diags = Diagnostics::default();
    let mut planned = state.clone();
    check::check(&mut diags, &config);
    plan::complete(&mut planned, &config, Some(&state));
    check::check_target(&mut diags, &planned);
    if let Some(error) = diags.errors.first() {
        let reason = error.detail.lines().next().unwrap_or_default();
        return Err(format!("a configuration of it would be refused: {reason}"));
    }
    match planned == state {
        true => Ok(config),
        false => Err("an apply would change it".to_owned()),
    }
}

/// The attributes in the order of the docs, those of each kind with its options.
pub(crate) fn attributes() -> Vec<Definition> {
    let of_kind = |kind: &'static TopicKind| {
        let options = kind.options.iter().map(of_option).collect();
        Definition::new(kind.name, Kind::Object(options), Given::Optional, kind.documentation())
    };
    let mut attributes = definition::attributes();
    attributes.extend(TOPIC_KINDS.iter().map(of_kind));
    attributes
}

fn of_option(option: &'static TopicOption) -> Definition {
    let kind = match (option.kind, option.name) {
        (TopicOptionKind::Map, _) => Kind::TextMap,
        (_, "url") => Kind::Url,
        _ => Kind::Text,
    };
    let definition = Definition::new(option.name, kind, Given::Optional, "");
    match option.secret {
        true => definition.sensitive(),
        false => definition,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn handler(kind: &str, options: serde_json::Value) -> TopicHandler {
        serde_json::from_value(json!({ "id": "h", "kind": kind, "options": options })).unwrap()
    }

    #[test]
    fn a_handler_becomes_what_a_person_would_write() {
        let handler = handler(
            "post",
            json!({ "url": "https://host/key", "headers": { "X-Key": "k3y", "Accept": "json" }, "timeout": 5_000_000_000_i64 }),
        );
        let config = configured("ops", &handler).unwrap();
        let (kind, options) = config.kind().unwrap();
        let text = |text: &str| ValueAny::String(text.to_owned());
        assert_eq!(kind.name, "post");
        assert_eq!(options["url"], text("https://host/key"));
        assert_eq!(options["timeout"], text("5s"));
        assert_eq!(
            options["sensitive_headers"],
            ValueAny::Map([("X-Key".to_owned(), text("k3y"))].into())
        );
        assert_eq!(config.get("live"), &ValueAny::Null);
    }

    #[test]
    fn a_handler_that_the_provider_cannot_write_is_left_out() {
        for (handler, words) in [
            (handler("nope", json!({})), "\"nope\""),
            (handler("post", json!({ "url": "no url" })), "refused"),
        ] {
            let reason = configured("ops", &handler).unwrap_err();
            assert!(reason.contains(words), "{reason}");
        }
    }
}
