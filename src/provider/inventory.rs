//! All that a server holds, as an import of each object would give it.

use super::alert_rule;
use super::attributes::{BlockDefinition, Definition, Given, Kind};
use super::config::configuration;
use super::config::configuration::{Configuration, ConfigurationError, Resolved};
use super::endpoint;
use crate::kapacitor::{self, Client, ClientConfig};
use crate::rule;
use serde::Serialize;
use serde_json::{Map, Value as Json};

/// A type of resources.
pub struct ResourceType {
    /// Its name, such as `squadcast_kapacitor_alert_rule`.
    pub name: &'static str,
    /// Its attributes, in the order of the docs.
    pub attributes: Vec<Definition>,
    /// Its blocks, in that order.
    pub blocks: Vec<BlockDefinition>,
    /// What an attribute is if a configuration leaves it out.
    pub default: fn(&str) -> Option<Json>,
}

/// An object of a server.
#[derive(Debug, Clone)]
pub struct Object {
    /// Its import id.
    pub id: String,
    /// What a person calls it.
    pub name: String,
    /// The state that an import gives it.
    pub state: Map<String, Json>,
}

/// An object that no resource can be made of.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LeftOut {
    /// What it is, such as `task`.
    pub kind: &'static str,
    /// Its id.
    pub id: String,
    /// Why; never a text of the object that may hold a secret.
    pub reason: String,
}

/// The objects of one type.
pub struct Objects {
    /// Those that a resource can be made of, by name and id.
    pub objects: Vec<Object>,
    /// Those of which none can.
    pub left_out: Vec<LeftOut>,
}

/// The client that a configuration and the environment give.
///
/// # Errors
/// A setting is missing or contradicts another one.
pub fn client(settings: &Map<String, Json>) -> Result<Client, ConfigurationError> {
    let malformed = |detail: String| ConfigurationError {
        attribute: tf_provider::AttributePath::root(),
        detail,
    };
    let settings = complete(settings);
    let configuration: Configuration =
        serde_json::from_value(settings).map_err(|error| malformed(format!("{error}.")))?;
    let mut config: ClientConfig = match configuration.resolve(&|variable| std::env::var(variable).ok())? {
        Resolved::Known(settings) => settings.client,
        Resolved::NotYetKnown => return Err(malformed("A setting is not known.".to_owned())),
    };
    config.script_secrets = rule::script_secrets;
    Client::new(config).map_err(|error| malformed(format!("{error}.")))
}

/// A configuration in which what was not given is null, as Terraform sends it.
fn complete(given: &Map<String, Json>) -> Json {
    fn with_nulls(definitions: &[Definition], given: &Map<String, Json>) -> Json {
        let value = |one: &Definition| match (&one.kind, given.get(one.name)) {
            (_, None) => Json::Null,
            (Kind::Object(inner), Some(Json::Object(content))) => with_nulls(inner, content),
            (_, Some(value)) => value.clone(),
        };
        let all = definitions.iter().map(|one| (one.name.to_owned(), value(one)));
        Json::Object(all.collect())
    }
    with_nulls(&configuration::attributes(), given)
}

/// The rules of a server.
pub fn rule_type() -> ResourceType {
    ResourceType {
        name: "squadcast_kapacitor_alert_rule",
        attributes: alert_rule::definition::attributes(),
        blocks: alert_rule::definition::blocks(),
        default: default_of_rule,
    }
}

fn default_of_rule(name: &str) -> Option<Json> {
    use rule::Presence;
    match name {
        "enabled" => return Some(Json::Bool(true)),
        "resolve_on_destroy" => return Some(Json::Bool(false)),
        _ => {}
    }
    match rule::attribute(name)?.presence {
        Presence::TextDefault(text) => Some(text.into()),
        Presence::BooleanDefault(boolean) => Some(boolean.into()),
        Presence::Required | Presence::Optional => None,
    }
}

/// The endpoints of a server.
pub fn endpoint_type() -> ResourceType {
    ResourceType {
        name: "squadcast_kapacitor_endpoint",
        attributes: endpoint::definition::attributes(),
        blocks: Vec::new(),
        default: |_| None,
    }
}

/// Reads the rules, which are tasks, and says of each other task why it is not one.
///
/// # Errors
/// As [`kapacitor::Error`] says.
pub async fn rules(client: &Client) -> Result<Objects, kapacitor::Error> {
    let read = alert_rule::inventory(client).await?;
    Ok(objects(read.rules, "task", read.others))
}

/// Reads the endpoints that kapacitor.conf declares, and names the others.
///
/// # Errors
/// As [`kapacitor::Error`] says.
pub async fn endpoints(client: &Client) -> Result<Objects, kapacitor::Error> {
    let read = endpoint::inventory(client).await?;
    Ok(objects(read.declared, "endpoint", read.others))
}

/// What was found, by name and id, and what was not, by id.
fn objects(
    found: Vec<(String, impl Serialize)>,
    kind: &'static str,
    others: Vec<(String, impl Into<String>)>,
) -> Objects {
    let mut objects: Vec<Object> = found.into_iter().map(|(id, state)| object(id, &state)).collect();
    objects.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
    let others = others.into_iter().map(|(id, reason)| LeftOut {
        kind,
        id,
        reason: reason.into(),
    });
    let mut left_out: Vec<LeftOut> = others.collect();
    left_out.sort();
    Objects { objects, left_out }
}

fn object(id: String, state: &impl Serialize) -> Object {
    let state = match serde_json::to_value(state) {
        Ok(Json::Object(members)) => members,
        _ => Map::new(),
    };
    let name = state.get("name").and_then(Json::as_str).unwrap_or(&id).to_owned();
    Object { id, name, state }
}

/// Whether a configuration may set an attribute.
pub fn is_configurable(definition: &Definition) -> bool {
    definition.given != Given::Computed && !definition.write_only
}
