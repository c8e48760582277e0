//! The variables of a task, which replace those that its script declares.

use crate::go::duration;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// By name.
pub type Vars = BTreeMap<String, Var>;

/// The kinds of values that a variable can have.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum VarType {
    Bool,
    Int,
    Float,
    Duration,
    Lambda,
    String,
    Regex,
    Star,
    List,
}

impl VarType {
    /// The type of that name.
    pub fn named(name: &str) -> Option<VarType> {
        serde_json::from_value(Value::String(name.to_owned())).ok()
    }

    /// The name that Kapacitor writes.
    pub fn name(self) -> &'static str {
        match self {
            VarType::Bool => "bool",
            VarType::Int => "int",
            VarType::Float => "float",
            VarType::Duration => "duration",
            VarType::Lambda => "lambda",
            VarType::String => "string",
            VarType::Regex => "regex",
            VarType::Star => "star",
            VarType::List => "list",
        }
    }
}

/// A variable; its value fits its type, durations being nanoseconds.
#[derive(Clone, Debug, Serialize, PartialEq)]
pub struct Var {
    #[serde(rename = "type")]
    pub var_type: VarType,
    pub value: Value,
    pub description: String,
}

impl<'de> Deserialize<'de> for Var {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Sent {
            #[serde(rename = "type")]
            var_type: VarType,
            #[serde(default)]
            value: Value,
            #[serde(default)]
            description: String,
        }
        let sent = Sent::deserialize(deserializer)?;
        let value = checked(sent.var_type, sent.value).map_err(serde::de::Error::custom)?;
        Ok(Var {
            var_type: sent.var_type,
            value,
            description: sent.description,
        })
    }
}

/// The value as Kapacitor keeps it, or why it does not fit.
fn checked(var_type: VarType, value: Value) -> Result<Value, String> {
    let fits = match (var_type, &value) {
        (VarType::Bool, Value::Bool(_)) => true,
        (VarType::Int, Value::Number(number)) => number.is_i64(),
        (VarType::Float, Value::Number(_)) => true,
        (VarType::Lambda | VarType::String | VarType::Regex, Value::String(_)) => true,
        (VarType::Star, _) => return Ok(Value::Null),
        (VarType::Duration, Value::Number(number)) => number.is_i64(),
        (VarType::Duration, Value::String(text)) => {
            let nanos = duration::parse(text).ok_or_else(|| format!("invalid duration {text}"))?;
            return Ok(json!(nanos));
        }
        (VarType::List, Value::Array(_)) => {
            let items: Vec<Var> = serde_json::from_value(value).map_err(|error| error.to_string())?;
            return serde_json::to_value(items).map_err(|error| error.to_string());
        }
        _ => false,
    };
    if fits {
        Ok(value)
    } else {
        Err(format!("{value} is no {}", var_type.name()))
    }
}
