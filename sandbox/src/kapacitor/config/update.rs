//! What a POST to the configuration asks for, and what it makes of the stored overrides.

use crate::go::quote::quote;
use crate::kapacitor::config::httppost::KEY;
use crate::kapacitor::config::overrides::{id, Override};
use crate::kapacitor::config::sections;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The body; unknown keys are ignored.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Update {
    set: Option<Map<String, Value>>,
    delete: Option<Vec<String>>,
    add: Option<Map<String, Value>>,
    remove: Option<Vec<String>>,
}

/// Where the path points: a section, and an element where there is a slash behind the section.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub section: String,
    pub element: Option<String>,
}

/// What is to be stored once the live configuration has taken it.
pub enum Planned {
    Put {
        id: String,
        record: Override,
    },
    Remove(Vec<String>),
    /// `add` of an element that has a record already: Kapacitor's handler panics after it has updated the live services
    /// with no overrides at all, and the connection is dropped.
    Panic,
}

impl Planned {
    /// The overrides with which the update is tried.
    pub fn tried(&self, stored: &BTreeMap<String, Override>) -> BTreeMap<String, Override> {
        let mut tried = stored.clone();
        match self {
            Planned::Put { id, record } => drop(tried.insert(id.clone(), record.clone())),
            Planned::Remove(ids) => tried.retain(|id, _| !ids.contains(id)),
            Planned::Panic => tried.clear(),
        }
        tried
    }

    pub fn save(self, stored: &mut BTreeMap<String, Override>) {
        match self {
            Planned::Put { id, record } => drop(stored.insert(id, record)),
            Planned::Remove(ids) => stored.retain(|id, _| !ids.contains(id)),
            Planned::Panic => {}
        }
    }
}

impl Update {
    pub fn plan(self, place: &Place, stored: &BTreeMap<String, Override>) -> Result<Planned, String> {
        let (set, delete) = (self.set.unwrap_or_default(), self.delete.unwrap_or_default());
        let (add, remove) = (self.add.unwrap_or_default(), self.remove.unwrap_or_default());
        validate(
            place,
            [!set.is_empty(), !delete.is_empty(), !add.is_empty(), !remove.is_empty()],
        )
        .map_err(|error| format!("invalid update action: {error}"))?;
        if !remove.is_empty() {
            return Ok(Planned::Remove(
                remove.iter().map(|element| id(&place.section, element)).collect(),
            ));
        }
        if !add.is_empty() {
            return plan_add(&place.section, add, stored);
        }
        let id = id(&place.section, place.element.as_deref().unwrap_or_default());
        let mut record = stored.get(&id).cloned().unwrap_or_default();
        record.options.extend(set);
        for name in delete {
            record.options.remove(&name);
        }
        Ok(Planned::Put { id, record })
    }
}

/// Checks an update; the booleans say which of its parts are there.
fn validate(place: &Place, [set, delete, add, remove]: [bool; 4]) -> Result<(), String> {
    let element = place.element.as_deref().unwrap_or_default();
    if !is_valid(&place.section) {
        return Err(format!("invalid section name {}", quote(&place.section)));
    }
    if !element.is_empty() && !is_valid(element) {
        return Err(format!("invalid element name {}", quote(element)));
    }
    if (set || delete) && (add || remove) {
        return Err("cannot provide both set/delete and add/remove actions in the same update".to_owned());
    }
    if add && !element.is_empty() {
        return Err("must not provide an element name when adding an a new override".to_owned());
    }
    if remove && !element.is_empty() {
        return Err("must not provide element when removing an override".to_owned());
    }
    if !add && !remove && place.element.is_none() {
        return Err("element not specified, are you missing a trailing '/'?".to_owned());
    }
    Ok(())
}

fn is_valid(name: &str) -> bool {
    !name.is_empty()
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || "-_+".contains(letter))
}

fn plan_add(section: &str, add: Map<String, Value>, stored: &BTreeMap<String, Override>) -> Result<Planned, String> {
    let key = match (section, sections::all().get(section)) {
        ("httppost", _) => KEY,
        (_, Some(other)) => other.key.as_str(),
        (_, None) => return Err(format!("unknown section {}", quote(section))),
    };
    if key.is_empty() {
        return Err(format!(
            "section {} is not a list, cannot add new element",
            quote(section)
        ));
    }
    let element = match add.get(key) {
        Some(Value::String(element)) => element.clone(),
        Some(other) => {
            return Err(format!(
                "expected {} key to be a string, got {}",
                quote(key),
                go_type(other)
            ))
        }
        None => return Err(format!("missing key {} in \"add\" map", quote(key))),
    };
    let id = id(section, &element);
    if stored.contains_key(&id) {
        return Ok(Planned::Panic);
    }
    Ok(Planned::Put {
        id,
        record: Override {
            options: add,
            create: true,
        },
    })
}

/// The type of a JSON value as Go's `%T` names it.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "<nil>",
        Value::Bool(_) => "bool",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}
