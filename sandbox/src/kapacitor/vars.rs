//! The variables of a task, which replace those that its script declares.

use crate::engine::{Const, Scope};
use crate::go::duration;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{json, Value};
use squadcast_kapacitor::tickscript::ast::{Program, Statement};
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

    /// A value of the type.
    fn zero(self) -> Value {
        match self {
            VarType::Bool => json!(false),
            VarType::Int | VarType::Duration => json!(0),
            VarType::Float => json!(0.0),
            VarType::Lambda => json!("TRUE"),
            VarType::String | VarType::Regex => json!(""),
            VarType::Star => Value::Null,
            VarType::List => json!([]),
        }
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

/// Values for the variables of a template that have none, so that it can be compiled.
pub fn placeholders(program: &Program) -> Vars {
    let typed = program.statements.iter().filter_map(|statement| match statement {
        Statement::TypedVariable(variable) => Some(variable),
        _ => None,
    });
    typed
        .filter_map(|variable| {
            let var_type = VarType::named(&variable.kind.name)?;
            let var = Var {
                var_type,
                value: var_type.zero(),
                description: String::new(),
            };
            Some((variable.name.name.clone(), var))
        })
        .collect()
}

/// The variables that a template declares; those of a type alone have no value.
pub fn declared(program: &Program, scope: &Scope) -> Vec<(String, Value)> {
    let declared = program.statements.iter().filter_map(|statement| {
        let (name, comment, var_type, value) = match statement {
            Statement::TypedVariable(variable) => {
                let var_type = VarType::named(&variable.kind.name)?;
                (&variable.name.name, &variable.comment, var_type, Value::Null)
            }
            Statement::Variable(variable) => {
                let constant = scope.get(&variable.name.name)?;
                let var_type = VarType::named(constant.type_name())?;
                (&variable.name.name, &variable.comment, var_type, shown(constant))
            }
            _ => return None,
        };
        let lines = comment.iter().flat_map(|comment| comment.blocks.iter().flatten());
        let description = lines.cloned().collect::<Vec<String>>().join("\n");
        let var = json!({ "type": var_type.name(), "value": value, "description": description });
        Some((name.clone(), var))
    });
    declared.collect()
}

fn shown(constant: &Const) -> Value {
    match constant {
        Const::Float(value) => json!(value),
        Const::Int(value) | Const::Duration(value) => json!(value),
        Const::Bool(value) => json!(value),
        Const::String(text) | Const::Regex(text) => json!(text),
        Const::Lambda(expression) => json!(expression.to_string()),
        Const::List(items) => items
            .iter()
            .map(|item| json!({ "type": item.type_name(), "value": shown(item), "description": "" }))
            .collect(),
        Const::Star | Const::Reference(_) | Const::Node(_) => Value::Null,
    }
}
