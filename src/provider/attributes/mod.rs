//! The one definition of an attribute, from which the schema that Terraform sees and the docs pages follow.

pub(crate) mod count;
pub(crate) mod elements;
pub(crate) mod write_only;
use crate::rule;
use std::collections::HashMap;
use tf_provider::schema::{Attribute, AttributeConstraint, AttributeType, Block, Description};

/// What a value is made of.
#[derive(Debug, Clone)]
pub enum Kind {
    /// A string.
    Text,
    /// A TICKscript, a string.
    Script,
    /// The URL of a webhook, a string.
    Url,
    /// The name of an environment variable that holds the URL of a webhook, a string.
    UrlVariable,
    /// A boolean.
    Flag,
    /// A whole number.
    Count,
    /// A list of strings.
    TextList,
    /// A map of strings.
    TextMap,
    /// A map of lists of strings.
    TextListMap,
    /// A list of maps of strings.
    TextMaps,
    /// An object with these attributes.
    Object(Vec<Definition>),
    /// A list of objects with these attributes.
    Objects(Vec<Definition>),
    /// A number, whole or not.
    Number,
}

/// Who may set a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// The configuration has to.
    Required,
    /// The configuration may.
    Optional,
    /// The configuration may; the provider fills in the default where it does not.
    Defaulted,
    /// The provider alone.
    Computed,
}

/// One attribute.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Its name in a configuration.
    pub name: &'static str,
    /// What its value is made of.
    pub kind: Kind,
    /// Who may set it.
    pub given: Given,
    /// Whether Terraform must not show it.
    pub sensitive: bool,
    /// Whether only the configuration has it, and neither plan nor state.
    pub write_only: bool,
    /// Meaning, unit, default and allowed values, in Markdown.
    pub description: String,
}

impl Definition {
    /// An attribute that may be shown.
    pub fn new(name: &'static str, kind: Kind, given: Given, description: impl Into<String>) -> Self {
        Definition {
            name,
            kind,
            given,
            sensitive: false,
            write_only: false,
            description: description.into(),
        }
    }

    /// The twin of a secret attribute that only the configuration has, of the name `NAME_wo`, and the version by which a
    /// configuration has it written anew, `NAME_wo_version`.
    pub fn write_only_twin_named(names: [&'static str; 3], kind: Kind) -> [Self; 2] {
        let [plain, twin, version] = names;
        [
            Definition {
                sensitive: true,
                write_only: true,
                ..Definition::new(twin, kind, Given::Optional, format!(
                    "The same as `{plain}`, but in no plan and no state (see [Secrets](../guides/secrets.md#write-only)); needs \
                     `{version}`, and Terraform or OpenTofu 1.11."
                ))
            },
            Definition::new(version, Kind::Text, Given::Optional, format!(
                "Any text, such as a number, that goes with `{twin}`: when it changes, the secret is written again."
            )),
        ]
    }

    /// The same attribute, but Terraform must not show its value.
    pub fn sensitive(self) -> Self {
        Definition {
            sensitive: true,
            ..self
        }
    }

    fn schema(&self) -> Attribute {
        Attribute {
            attr_type: match &self.kind {
                Kind::Text | Kind::Script | Kind::Url | Kind::UrlVariable => AttributeType::String,
                Kind::Flag => AttributeType::Bool,
                Kind::Count | Kind::Number => AttributeType::Number,
                Kind::TextList => AttributeType::List(Box::new(AttributeType::String)),
                Kind::TextMap => AttributeType::Map(Box::new(AttributeType::String)),
                Kind::TextListMap => AttributeType::Map(Box::new(AttributeType::List(Box::new(AttributeType::String)))),
                Kind::TextMaps => AttributeType::List(Box::new(AttributeType::Map(Box::new(AttributeType::String)))),
                Kind::Object(attributes) => AttributeType::AttributeSingle(schemas(attributes)),
                Kind::Objects(attributes) => AttributeType::AttributeList(schemas(attributes)),
            },
            description: Description::markdown(&self.description),
            constraint: match self.given {
                Given::Required => AttributeConstraint::Required,
                Given::Optional => AttributeConstraint::Optional,
                Given::Defaulted => AttributeConstraint::OptionalComputed,
                Given::Computed => AttributeConstraint::Computed,
            },
            sensitive: self.sensitive,
            deprecated: false,
        }
    }
}

impl From<&rule::Attribute> for Definition {
    fn from(attribute: &rule::Attribute) -> Self {
        use rule::{AttributeKind, Presence};
        Definition {
            name: attribute.name,
            kind: match attribute.kind {
                AttributeKind::Text | AttributeKind::Number | AttributeKind::Value | AttributeKind::Duration => {
                    Kind::Text
                }
                AttributeKind::Url => Kind::Url,
                AttributeKind::UrlVariable => Kind::UrlVariable,
                AttributeKind::Boolean => Kind::Flag,
                AttributeKind::TextList => Kind::TextList,
                AttributeKind::TextMap => Kind::TextMap,
                AttributeKind::TextListMap => Kind::TextListMap,
            },
            given: match attribute.presence {
                Presence::Required => Given::Required,
                // Terraform writes no secret into a configuration that it generates, so that one which is left out stays.
                Presence::Optional if attribute.sensitive => Given::Defaulted,
                Presence::Optional => Given::Optional,
                Presence::TextDefault(_) | Presence::BooleanDefault(_) => Given::Defaulted,
            },
            sensitive: attribute.sensitive,
            write_only: false,
            description: attribute.description(),
        }
    }
}

/// The write-only twin of the attribute `NAME`, and its version.
macro_rules! write_only_twin {
    ($name:literal, $kind:expr) => {
        $crate::provider::attributes::Definition::write_only_twin_named(
            [$name, concat!($name, "_wo"), concat!($name, "_wo_version")],
            $kind,
        )
    };
}
pub(crate) use write_only_twin;

/// The paths of the attributes that only the configuration has.
pub(crate) fn write_only_paths(attributes: &[Definition]) -> Vec<String> {
    let paths = attributes.iter().flat_map(|definition| match &definition.kind {
        Kind::Object(inner) | Kind::Objects(inner) => below(definition.name, inner),
        _ if definition.write_only => vec![definition.name.to_owned()],
        _ => Vec::new(),
    });
    paths.collect()
}

fn below(name: &str, attributes: &[Definition]) -> Vec<String> {
    let paths = write_only_paths(attributes).into_iter();
    paths.map(|path| format!("{name}.{path}")).collect()
}

/// What a schema says of a resource, a list, a data source, an action or the provider's configuration.
pub(crate) fn block(description: &str, attributes: &[Definition]) -> Block {
    Block {
        version: 0,
        attributes: schemas(attributes),
        blocks: HashMap::new(),
        description: Description::markdown(description),
        deprecated: false,
    }
}

fn schemas(attributes: &[Definition]) -> HashMap<String, Attribute> {
    attributes
        .iter()
        .map(|definition| (definition.name.to_owned(), definition.schema()))
        .collect()
}
