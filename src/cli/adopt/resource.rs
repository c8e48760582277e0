//! From an object's state to the block that a person would write for it.

use super::links::Links;
use super::named::Named;
use super::output::hcl::Block;
use super::output::hcl::Expression;
use super::output::hcl::Item;
use super::script;
use super::secrets::{Found, Variables};
use crate::provider::attributes::{Definition, Kind};
use crate::provider::inventory::{is_configurable, Object, ResourceType};
use crate::secret::looks_secret;
use serde_json::{Map, Value as Json};

/// What is written in place of a value that stands elsewhere.
#[derive(Clone, Copy)]
pub(super) struct Elsewhere<'a> {
    /// Secrets.
    pub variables: &'a Variables,
    /// Names of other objects.
    pub links: &'a Links,
}

/// Notes the secrets of an object.
pub(super) fn note_secrets(kind: &ResourceType, named: &Named, found: &mut Found) {
    note(&kind.attributes, &named.object.state, &named.name, found);
}

/// The `import` block and the `resource` block of an object.
pub(super) fn blocks_of(kind: &ResourceType, named: &Named, elsewhere: Elsewhere<'_>) -> [Block; 2] {
    let address = format!("{}.{}", kind.name, named.name);
    let import = Block::new("import", &[])
        .with("to", Expression::Reference(address))
        .with("id", named.object.id.as_str().into());
    let mut resource = Block::new("resource", &[kind.name, &named.name]);
    resource.body = body(kind, &named.object, elsewhere);
    [import, resource]
}

fn body(kind: &ResourceType, object: &Object, elsewhere: Elsewhere<'_>) -> Vec<Item> {
    let is_default = |name: &str, value: &Json| (kind.default)(name).as_ref() == Some(value);
    let written = attributes(&kind.attributes, &object.state, elsewhere, is_default).into_iter();
    written.map(|(name, value)| Item::Attribute(name, value)).collect()
}

/// The attributes of an object whose texts look as if they held a secret, although nothing says so.
pub(super) fn suspicious(kind: &ResourceType, named: &Named, variables: &Variables) -> Vec<String> {
    let mut suspicious = Vec::new();
    look(&kind.attributes, &named.object.state, variables, &mut suspicious);
    suspicious.dedup();
    suspicious
}

fn look(definitions: &[Definition], state: &Map<String, Json>, variables: &Variables, suspicious: &mut Vec<String>) {
    let is_wanted = |definition: &&Definition| is_configurable(definition) && !is_id(definition.name);
    for definition in definitions.iter().filter(is_wanted) {
        let Some(value) = state.get(definition.name) else {
            continue;
        };
        let is_suspicious = match (&definition.kind, value) {
            (Kind::Object(inner) | Kind::Objects(inner), _) => {
                let objects = contents(definition.name, state).into_iter();
                objects.for_each(|content| look(inner, content, variables, suspicious));
                false
            }
            (Kind::Script, Json::String(text)) => script::looks_suspicious(text, variables),
            (_, value) => {
                let of_text = |text: &str| variables.index().is_in(text) || looks_secret(text);
                !definition.sensitive && texts(value).into_iter().any(of_text)
            }
        };
        if is_suspicious {
            suspicious.push(definition.name.to_owned());
        }
    }
}

/// Ids are random by nature.
fn is_id(name: &str) -> bool {
    name == "topic" || name.ends_with("_id")
}

fn texts(value: &Json) -> Vec<&str> {
    match value {
        Json::String(text) => vec![text],
        Json::Array(items) => items.iter().flat_map(texts).collect(),
        Json::Object(members) => members.values().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// The objects of that name in a state, be they blocks or an attribute.
fn contents<'a>(name: &str, state: &'a Map<String, Json>) -> Vec<&'a Map<String, Json>> {
    match state.get(name) {
        Some(Json::Array(several)) => several.iter().filter_map(Json::as_object).collect(),
        Some(Json::Object(one)) => vec![one],
        _ => Vec::new(),
    }
}

fn note(definitions: &[Definition], state: &Map<String, Json>, user: &str, found: &mut Found) {
    for definition in definitions.iter().filter(|one| is_configurable(one)) {
        if let Kind::Object(inner) | Kind::Objects(inner) = &definition.kind {
            for content in contents(definition.name, state) {
                note(inner, content, user, found);
            }
        }
        if let (Kind::Script, Some(Json::String(text))) = (&definition.kind, state.get(definition.name)) {
            script::note_secrets(text, user, found);
            continue;
        }
        if !definition.sensitive {
            continue;
        }
        if let Some(secret) = state.get(definition.name).filter(|value| !is_empty(value)) {
            found.note(secret, definition.name, user);
        }
    }
}

fn is_empty(value: &Json) -> bool {
    match value {
        Json::String(text) => text.is_empty(),
        Json::Object(members) => members.is_empty(),
        _ => true,
    }
}

fn attributes(
    definitions: &[Definition],
    state: &Map<String, Json>,
    elsewhere: Elsewhere<'_>,
    is_default: impl Fn(&str, &Json) -> bool,
) -> Vec<(String, Expression)> {
    let written = definitions.iter().filter(|definition| is_configurable(definition));
    written
        .filter_map(|definition| {
            let value = state.get(definition.name)?;
            if is_default(definition.name, value) {
                return None;
            }
            if let (Kind::Script, Json::String(text)) = (&definition.kind, value) {
                return Some((
                    definition.name.to_owned(),
                    script::expression(text, elsewhere.variables),
                ));
            }
            let secret = Some(elsewhere.variables).filter(|_| definition.sensitive);
            let secret = secret.and_then(|variables| variables.reference(value));
            let link = value
                .as_str()
                .and_then(|name| elsewhere.links.reference(definition, name));
            let value = secret
                .or(link)
                .or_else(|| nested(definition, state, elsewhere))
                .or_else(|| expression(value))?;
            Some((definition.name.to_owned(), value))
        })
        .collect()
}

/// An attribute that holds objects, in which secrets are variables too.
fn nested(definition: &Definition, state: &Map<String, Json>, elsewhere: Elsewhere<'_>) -> Option<Expression> {
    let (inner, is_list) = match &definition.kind {
        Kind::Object(inner) => (inner, false),
        Kind::Objects(inner) => (inner, true),
        _ => return None,
    };
    let objects = contents(definition.name, state).into_iter();
    let mut objects = objects.map(|content| Expression::Object(attributes(inner, content, elsewhere, |_, _| false)));
    match is_list {
        true => Some(Expression::List(objects.collect())).filter(|_| state[definition.name].is_array()),
        false => objects.next(),
    }
}

/// A value as it is written; nothing for one that is null.
fn expression(value: &Json) -> Option<Expression> {
    Some(match value {
        Json::Null => return None,
        Json::Bool(boolean) => Expression::Boolean(*boolean),
        Json::Number(number) => Expression::Number(number.to_string()),
        Json::String(text) => text.as_str().into(),
        Json::Array(items) => Expression::List(items.iter().filter_map(expression).collect()),
        Json::Object(members) => {
            let written = members
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), expression(value)?)));
            Expression::Object(written.collect())
        }
    })
}
