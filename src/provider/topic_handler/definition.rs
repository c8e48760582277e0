//! The attributes of `squadcast_kapacitor_topic_handler`; those of each kind follow from the table of kinds.

use crate::protocol::IdentityPart;
use crate::provider::attributes::{block, Definition, Given, Kind};
use crate::rule::handlers::{Content, TopicKind, TopicOption, TopicOptionKind, TOPIC_KINDS};
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Description, Schema};

/// What the resource is, for the schema and the docs page.
pub(crate) const DESCRIPTION: &str =
    "Manages a handler of a Kapacitor topic: what becomes of the alerts that TICKscripts send to a \
    topic with `.topic('NAME')`. Alerts of any task share it, and a change of it restarts none of them.\n\n\
    Exactly one of the attributes named after a kind of handler has to be set.";

/// What tells a handler from all others of its server.
pub(crate) const IDENTITY: &[IdentityPart] = &[
    IdentityPart {
        name: "topic",
        description: "Name of the topic.",
    },
    IdentityPart {
        name: "handler_id",
        description: "Id of the handler among those of its topic.",
    },
];

/// The attributes that every kind has.
pub(crate) fn attributes() -> Vec<Definition> {
    let text = |name, given, description| Definition::new(name, Kind::Text, given, description);
    vec![
        text("topic", Given::Required, "Name of the topic, which need not exist: letters, digits, `-`, `.` and `_`; changing it makes a new handler."),
        text("handler_id", Given::Required, "Id of the handler among those of its topic, made of the same characters; changing it makes a new handler."),
        text("match", Given::Optional, "Lambda expression over the alert's tags and fields, `level()`, `changed()`, `name()`, `taskName()` and `duration()` that decides which alerts the handler gets, such as `\"host\" == 'a'` or `changed() == TRUE`. Default: all alerts."),
        text("id", Given::Computed, "`TOPIC/HANDLER_ID`."),
        Definition::new("live", Kind::Flag, Given::Computed, "Whether Kapacitor calls the handler, which it does not while the `endpoint` of a `post` is not in kapacitor.conf, nor after somebody has deleted the topic (which can only be seen until its next alert)."),
    ]
}

/// The name of an option's write-only twin.
pub(crate) fn twin(name: &str) -> String {
    format!("{name}_wo")
}

/// The name of the version of an option's write-only twin.
pub(crate) fn version(name: &str) -> String {
    format!("{name}_wo_version")
}

/// The paths of what only the configuration has.
pub(crate) fn write_only() -> Vec<String> {
    let secret = |kind: &'static TopicKind| kind.options.iter().filter(|option| option.secret);
    TOPIC_KINDS
        .iter()
        .flat_map(|kind| secret(kind).map(|option| format!("{}.{}", kind.name, twin(option.name))))
        .collect()
}

/// The resource's schema.
pub(crate) fn schema() -> Schema {
    let mut block = block(DESCRIPTION, &attributes());
    block.attributes.extend(TOPIC_KINDS.iter().map(|kind| {
        let options = kind.options.iter().flat_map(|option| options(kind, option));
        let (attr_type, description) = match kind.options.is_empty() {
            false => (AttributeType::AttributeSingle(options.collect()), String::new()),
            // Terraform takes no object without attributes.
            true => (
                AttributeType::Map(Box::new(AttributeType::String)),
                " (`{}`, without options).".to_owned(),
            ),
        };
        let attribute = Attribute {
            attr_type,
            ..attribute(AttributeConstraint::Optional, described(kind, &description))
        };
        (kind.name.to_owned(), attribute)
    }));
    Schema { version: 0, block }
}

/// What a kind does, with a note in place of the full stop.
fn described(kind: &TopicKind, note: &str) -> String {
    match note {
        "" => kind.documentation().to_owned(),
        note => kind.documentation().trim_end_matches('.').to_owned() + note,
    }
}

fn attribute(constraint: AttributeConstraint, description: String) -> Attribute {
    Attribute {
        attr_type: AttributeType::String,
        description: Description::markdown(description),
        constraint,
        sensitive: false,
        deprecated: false,
    }
}

/// An option, with its twin and the twin's version where it is a secret.
fn options(kind: &TopicKind, option: &TopicOption) -> Vec<(String, Attribute)> {
    let text = || AttributeType::String;
    let attr_type = match option.kind {
        TopicOptionKind::Text | TopicOptionKind::Duration => text(),
        TopicOptionKind::List => AttributeType::List(Box::new(text())),
        TopicOptionKind::Flag => AttributeType::Bool,
        TopicOptionKind::Integer => AttributeType::Number,
        TopicOptionKind::Map => AttributeType::Map(Box::new(text())),
        TopicOptionKind::Maps(_) => AttributeType::List(Box::new(AttributeType::Map(Box::new(text())))),
    };
    let constraint = match (option.required, option.secret) {
        (true, _) => AttributeConstraint::Required,
        (_, true) => AttributeConstraint::OptionalComputed,
        _ => AttributeConstraint::Optional,
    };
    // What follows the first sentence is about Chronograf's rules.
    let first = kind.documentation_of(option).split(". ").next().unwrap_or_default();
    let mut description = format!("{}.", first.trim_end_matches('.'));
    let mut notes = Vec::new();
    if let Content::Template(_) = kind.content_of(option) {
        notes.push("a Go template");
    }
    if option.secret {
        notes.push("what the handler has stays while it is left out");
    }
    if !notes.is_empty() {
        description = format!("{} ({}).", description.trim_end_matches('.'), notes.join("; "));
    }
    let plain = Attribute {
        attr_type: attr_type.clone(),
        sensitive: option.secret,
        ..attribute(constraint, description)
    };
    let mut options = vec![(option.name.to_owned(), plain)];
    if option.secret {
        let kind = match option.kind {
            TopicOptionKind::Map => Kind::TextMap,
            _ => Kind::Text,
        };
        let names = [option.name.to_owned(), twin(option.name), version(option.name)];
        let [twin, version] = Definition::write_only_twin_named(names.map(leaked), kind);
        options.extend([twin, version].map(|definition| {
            let optional = attribute(AttributeConstraint::Optional, definition.description.clone());
            let attribute = Attribute {
                attr_type: match definition.kind {
                    Kind::TextMap => attr_type.clone(),
                    _ => text(),
                },
                sensitive: definition.sensitive,
                ..optional
            };
            (definition.name.to_owned(), attribute)
        }));
    }
    options
}

/// The name of an attribute for as long as the process lives. Schemas are made a few times at most.
fn leaked(name: String) -> &'static str {
    Box::leak(name.into_boxed_str())
}
