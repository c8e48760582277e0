//! What a plan shows for a handler.

use super::definition::version;
use super::state::model::get;
use super::state::model::text;
use super::state::model::Attributes;
use super::state::model::TopicHandlerState;
use tf_provider::value::ValueAny;

/// Fills in what the configuration leaves to the provider.
pub(super) fn complete(planned: &mut TopicHandlerState, config: &TopicHandlerState, prior: Option<&TopicHandlerState>) {
    let id = planned.id().map_or(ValueAny::Unknown, text);
    planned.set("id", id);
    planned.set("live", live(planned, prior));
    let none = Attributes::new();
    let configured = config.kind().map_or(&none, |(_, options)| options);
    let Some((kind, options)) = planned.kind_mut() else {
        return;
    };
    for option in kind.options.iter().filter(|option| option.secret) {
        let is_left_out = matches!(get(configured, option.name), ValueAny::Null);
        let has_twin = !matches!(get(configured, &version(option.name)), ValueAny::Null);
        let nothing_to_keep = matches!(get(options, option.name), ValueAny::Unknown);
        if is_left_out && (has_twin || nothing_to_keep) {
            options.insert(option.name.to_owned(), ValueAny::Null);
        }
    }
}

/// A handler that Kapacitor does not call is written again, whatever else stays.
fn live(planned: &TopicHandlerState, prior: Option<&TopicHandlerState>) -> ValueAny {
    match prior {
        Some(prior) if prior.is_live() && prior.key() == planned.key() => ValueAny::Bool(true),
        _ => ValueAny::Unknown,
    }
}
