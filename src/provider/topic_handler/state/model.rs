//! The resource's state, and its way to a handler and back.

use super::private_state::PrivateState;
use crate::kapacitor::models::TopicHandler;
use crate::kapacitor::Secret;
use crate::provider::topic_handler::definition::twin;
use crate::provider::topic_handler::definition::version;
use crate::provider::topic_handler::definition::write_only;
use crate::rule::handlers::{TopicKind, TopicOption, TopicOptionKind, TOPIC_KINDS};
use crate::rule::{is_secret_header, Duration};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;
use tf_provider::value::ValueAny;

/// The attributes of one kind, or of the whole resource.
pub(crate) type Attributes = BTreeMap<String, ValueAny>;

/// The option whose values are one map on the wire with those of the plain one.
pub(crate) const SENSITIVE_HEADERS: &str = "sensitive_headers";

/// The resource as Terraform has it: configuration, plan or state, by the names of its attributes.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(transparent)]
pub(crate) struct TopicHandlerState(Attributes);

/// What only the configuration has is written as null.
impl Serialize for TopicHandlerState {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut written = self.0.clone();
        for path in write_only() {
            let Some((kind, option)) = path.split_once('.') else {
                continue;
            };
            if let Some(ValueAny::Map(options)) = written.get_mut(kind) {
                options.insert(option.to_owned(), ValueAny::Null);
            }
        }
        for kind in TOPIC_KINDS {
            written.entry(kind.name.to_owned()).or_default();
        }
        written.serialize(serializer)
    }
}

/// A known text.
pub(crate) fn text(value: impl Into<String>) -> ValueAny {
    ValueAny::String(value.into())
}

/// An attribute; null if it is not there.
pub(crate) fn get<'a>(attributes: &'a Attributes, name: &str) -> &'a ValueAny {
    attributes.get(name).unwrap_or(&ValueAny::Null)
}

impl TopicHandlerState {
    /// An attribute.
    pub(crate) fn get(&self, name: &str) -> &ValueAny {
        get(&self.0, name)
    }

    /// Sets an attribute.
    pub(crate) fn set(&mut self, name: &str, value: ValueAny) {
        self.0.insert(name.to_owned(), value);
    }

    /// An attribute that is a known text.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        match self.get(name) {
            ValueAny::String(text) => Some(text),
            _ => None,
        }
    }

    /// The topic and the handler's id, once both are known.
    pub(crate) fn key(&self) -> Option<(&str, &str)> {
        self.text("topic").zip(self.text("handler_id"))
    }

    /// The id of the resource; none while it is not known.
    pub(crate) fn id(&self) -> Option<String> {
        self.key().map(|(topic, handler)| format!("{topic}/{handler}"))
    }

    /// Whether the state says that Kapacitor calls the handler.
    pub(crate) fn is_live(&self) -> bool {
        *self.get("live") == ValueAny::Bool(true)
    }

    /// The kinds that are set, or may turn out to be.
    pub(crate) fn kinds(&self) -> impl Iterator<Item = &'static TopicKind> + '_ {
        TOPIC_KINDS
            .iter()
            .filter(|kind| !matches!(self.get(kind.name), ValueAny::Null))
    }

    /// The one kind that is set, and its options.
    pub(crate) fn kind(&self) -> Option<(&'static TopicKind, &Attributes)> {
        TOPIC_KINDS.iter().find_map(|kind| match self.get(kind.name) {
            ValueAny::Map(options) => Some((kind, options)),
            _ => None,
        })
    }

    /// The same to be changed.
    pub(crate) fn kind_mut(&mut self) -> Option<(&'static TopicKind, &mut Attributes)> {
        let kind = self.kind()?.0;
        match self.0.get_mut(kind.name) {
            Some(ValueAny::Map(options)) => Some((kind, options)),
            _ => None,
        }
    }

    /// The endpoint that a `post` names.
    pub(crate) fn endpoint(&self) -> Option<&str> {
        match self.kind() {
            Some((kind, options)) if kind.name == "post" => match get(options, "endpoint") {
                ValueAny::String(name) if !name.is_empty() => Some(name),
                _ => None,
            },
            _ => None,
        }
    }

    /// Takes over what only the configuration has.
    pub(crate) fn take_write_only(&mut self, config: &TopicHandlerState) {
        let Some((kind, configured)) = config.kind() else {
            return;
        };
        let Some(ValueAny::Map(options)) = self.0.get_mut(kind.name) else {
            return;
        };
        for option in kind.options.iter().filter(|option| option.secret) {
            let twin = twin(option.name);
            options.insert(twin.clone(), get(configured, &twin).clone());
        }
    }

    /// What of the resource no message may show.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let Some((kind, options)) = self.kind() else {
            return Vec::new();
        };
        let secret = kind.options.iter().filter(|option| option.secret);
        let names = secret.flat_map(|option| [option.name.to_owned(), twin(option.name)]);
        names
            .flat_map(|name| texts(get(options, &name)))
            .map(Secret::from)
            .collect()
    }

    /// The handler; none while something of it is not known.
    pub(crate) fn handler(&self) -> Option<TopicHandler> {
        let (kind, attributes) = self.kind()?;
        let mut options = Map::new();
        for option in kind.options {
            let value = effective(attributes, option);
            match (wire(option, value)?, options.get_mut(option.wire)) {
                (Json::Null, _) => {}
                (Json::Object(more), Some(Json::Object(entries))) => entries.extend(more),
                (value, _) => {
                    options.insert(option.wire.to_owned(), value);
                }
            }
        }
        Some(TopicHandler {
            id: self.text("handler_id")?.to_owned(),
            kind: kind.name.to_owned(),
            options,
            condition: match self.get("match") {
                ValueAny::Null => String::new(),
                ValueAny::String(condition) => condition.clone(),
                _ => return None,
            },
            secrets: self.secrets(),
        })
    }

    /// Takes over what the server has. What the state says in another way, and means the same, stays.
    pub(crate) fn refresh(&mut self, handler: &TopicHandler, private: &PrivateState) {
        if self.text("match").unwrap_or_default() != handler.condition {
            let condition = Some(handler.condition.as_str()).filter(|condition| !condition.is_empty());
            self.set("match", condition.map_or(ValueAny::Null, text));
        }
        for kind in TOPIC_KINDS {
            let value = match kind.name == handler.kind {
                true => ValueAny::Map(read(kind, self.get(kind.name), handler, private)),
                false => ValueAny::Null,
            };
            self.set(kind.name, value);
        }
    }
}

/// The value of an option, plain or write-only.
pub(crate) fn effective<'a>(attributes: &'a Attributes, option: &TopicOption) -> &'a ValueAny {
    match get(attributes, &twin(option.name)) {
        ValueAny::Null => get(attributes, option.name),
        write_only => write_only,
    }
}

/// The value on the wire; none while it is not known.
fn wire(option: &TopicOption, value: &ValueAny) -> Option<Json> {
    match (option.kind, value) {
        (TopicOptionKind::Duration, ValueAny::String(written)) => {
            let duration: Option<Duration> = written.parse().ok();
            duration.map(|duration| Json::from(duration.nanoseconds()))
        }
        _ => json(value),
    }
}

fn json(value: &ValueAny) -> Option<Json> {
    Some(match value {
        ValueAny::String(text) => Json::from(text.as_str()),
        ValueAny::Number(number) => Json::from(*number),
        ValueAny::Bool(flag) => Json::from(*flag),
        ValueAny::List(items) => Json::Array(items.iter().map(json).collect::<Option<_>>()?),
        ValueAny::Map(entries) => Json::Object(
            entries
                .iter()
                .map(|(name, value)| Some((name.clone(), json(value)?)))
                .collect::<Option<_>>()?,
        ),
        ValueAny::Null => Json::Null,
        ValueAny::Unknown => return None,
    })
}

fn from_json(value: &Json) -> ValueAny {
    match value {
        Json::Null => ValueAny::Null,
        Json::Bool(flag) => ValueAny::Bool(*flag),
        Json::Number(number) => number.as_i64().map_or(ValueAny::Null, ValueAny::Number),
        Json::String(written) => text(written.as_str()),
        Json::Array(items) => ValueAny::List(items.iter().map(from_json).collect()),
        Json::Object(entries) => ValueAny::Map(
            entries
                .iter()
                .map(|(name, value)| (name.clone(), from_json(value)))
                .collect(),
        ),
    }
}

/// The texts that a value is made of.
fn texts(value: &ValueAny) -> Vec<String> {
    match value {
        ValueAny::String(text) => vec![text.clone()],
        ValueAny::Map(entries) => entries.values().flat_map(texts).collect(),
        ValueAny::List(items) => items.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The options of a kind as the server has them.
fn read(kind: &TopicKind, prior: &ValueAny, handler: &TopicHandler, private: &PrivateState) -> Attributes {
    let none = Attributes::new();
    let prior = match prior {
        ValueAny::Map(prior) => prior,
        _ => &none,
    };
    let mut attributes = Attributes::new();
    for option in kind.options {
        let found = handler
            .options
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case(option.wire));
        let found = found.map_or(Json::Null, |(_, value)| value.clone());
        let found = match (option.wire, found) {
            ("headers", Json::Object(all)) => part_of_headers(option, all, prior, private),
            (_, found) => found,
        };
        if option.secret {
            let version = version(option.name);
            let is_write_only = !matches!(get(prior, &version), ValueAny::Null);
            let is_as_written = private.is_as_written(option.name, &found);
            let kept = match is_write_only && is_as_written {
                true => get(prior, &version).clone(),
                // Another version than the configuration's has the plan write it again.
                false => ValueAny::Null,
            };
            attributes.insert(version, kept);
            attributes.insert(twin(option.name), ValueAny::Null);
            let value = if is_write_only {
                ValueAny::Null
            } else {
                value_of(option, &found, prior)
            };
            attributes.insert(option.name.to_owned(), value);
        } else {
            attributes.insert(option.name.to_owned(), value_of(option, &found, prior));
        }
    }
    attributes
}

fn value_of(option: &TopicOption, found: &Json, prior: &Attributes) -> ValueAny {
    let before = get(prior, option.name);
    let is_same = wire(option, before).is_some_and(|before| before == *found);
    match (option.kind, found) {
        _ if is_same => before.clone(),
        (TopicOptionKind::Duration, Json::Number(number)) => {
            text(crate::rule::written_duration(number.as_i64().unwrap_or_default()))
        }
        _ => from_json(found),
    }
}

/// The headers that belong into the map of this option: those that the state has there, and of new ones the sensitive map gets
/// all whose names are not known to be harmless. Nothing if there are none, and the state has no map either.
fn part_of_headers(option: &TopicOption, all: Map<String, Json>, prior: &Attributes, private: &PrivateState) -> Json {
    let has = |map: &str, name: &str| match get(prior, map) {
        ValueAny::Map(entries) => entries.keys().any(|known| known.eq_ignore_ascii_case(name)),
        _ => false,
    };
    let is_sensitive = |name: &str| {
        has(SENSITIVE_HEADERS, name)
            || private.is_write_only_header(name)
            || !has("headers", name) && is_secret_header(name)
    };
    let wants_sensitive = option.name == SENSITIVE_HEADERS;
    let entries: Map<String, Json> = all
        .into_iter()
        .filter(|(name, _)| is_sensitive(name) == wants_sensitive)
        .collect();
    let had_a_map = matches!(get(prior, option.name), ValueAny::Map(_));
    match entries.is_empty() && !had_a_map {
        true => Json::Null,
        false => Json::Object(entries),
    }
}
