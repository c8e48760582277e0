//! Warnings before a change after which somebody would wait for a recovery in vain.

use super::state::model::TopicHandlerState;
use crate::kapacitor::Client;
use crate::secret::escaped_line;
use tf_provider::{AttributePath, Diagnostics};

/// Warns where alerts of the topic are open that the handler has told of. A look that fails is only logged, since it must not
/// fail a plan.
pub(super) async fn warn(diags: &mut Diagnostics, client: Option<Client>, prior: &TopicHandlerState) {
    let (Some(client), Some(topic)) = (client, prior.text("topic")) else {
        return;
    };
    let events = match client.refusal() {
        Some(error) => Err(error),
        None => client.topics().open_events(topic).await,
    };
    let events = match events {
        Ok(events) => events.unwrap_or_default(),
        Err(error) => {
            tracing::info!("it could not be seen whether the topic is firing: {error}");
            return;
        }
    };
    if events.is_empty() {
        return;
    }
    let lines = events.iter().map(|event| {
        let (id, level) = (escaped_line(&event.id), event.state.level.as_str());
        format!("- {id} ({level}, since {})", event.state.time)
    });
    diags.warning(
        "The handler's topic is firing",
        format!(
            "What the handler told of stays open after this: the recovery no longer goes to where the alert went. If that is \
             Squadcast, resolve the incident there, or wait for the recovery first. These alerts are open:\n{}",
            lines.collect::<Vec<_>>().join("\n")
        ),
        AttributePath::root(),
    );
}
