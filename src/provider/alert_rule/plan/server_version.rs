//! What a rule needs of Kapacitor's version.

use crate::kapacitor::Client;
use crate::provider::alert_rule::handlers::place;
use crate::provider::alert_rule::state::model::AlertRuleState;
use crate::provider::values::known;
use crate::rule::HandlerKind;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// Reports handlers that the server's version does not have. Asks for the version only if a handler needs a certain one; a
/// version that the server does not tell fails nothing.
pub(crate) async fn check(diags: &mut Diagnostics, client: &Client, planned: &AlertRuleState) {
    let Value::Value(handlers) = &planned.handlers else {
        return;
    };
    for (index, handler) in handlers.iter().enumerate() {
        let kind = known(&handler.kind).and_then(|kind| HandlerKind::named(kind).ok());
        let Some((kind, since)) = kind.and_then(|kind| Some((kind, kind.since?))) else {
            continue;
        };
        let Ok(version) = client.version().await else {
            return;
        };
        if version.is_before(since) {
            diags.error(
                "Kapacitor's version does not have the handler",
                format!(
                    "This Kapacitor is version {}, and the handler {} needs {since} or later. Upgrade Kapacitor, or take the \
                     handler out.",
                    version.as_str().unwrap_or_default(),
                    kind.name
                ),
                place::of_block(handlers, index),
            );
        }
    }
}
