//! The values that names have.

use crate::engine::lambda;
use crate::engine::plan::Const;
use crate::kapacitor::vars::{Var, VarType};

/// A value that is known before any point arrives.
pub(super) fn constant(value: lambda::Value) -> Result<Const, String> {
    match value {
        lambda::Value::Float(value) => Ok(Const::Float(value)),
        lambda::Value::Int(value) => Ok(Const::Int(value)),
        lambda::Value::String(text) => Ok(Const::String(text)),
        lambda::Value::Bool(value) => Ok(Const::Bool(value)),
        lambda::Value::Duration(value) => Ok(Const::Duration(value)),
        lambda::Value::Regex(text) => Ok(Const::Regex(text)),
        lambda::Value::Time(_) | lambda::Value::Missing => {
            Err("a field or tag has no value outside of a lambda".to_owned())
        }
    }
}

/// The value that a task gives to a variable of the script.
pub(super) fn given(name: &str, var: &Var, declared: &str) -> Result<Const, String> {
    let got = var.var_type.name();
    // A list of tags may be given as a star.
    if got != declared && !(declared == "list" && got == "star") {
        return Err(format!("invalid type supplied for {name}, got {got} exp {declared}"));
    }
    const_of(var).ok_or_else(|| format!("invalid value for var \"{name}\""))
}

fn const_of(var: &Var) -> Option<Const> {
    Some(match var.var_type {
        VarType::Bool => Const::Bool(var.value.as_bool()?),
        VarType::Int => Const::Int(var.value.as_i64()?),
        VarType::Float => Const::Float(var.value.as_f64()?),
        VarType::Duration => Const::Duration(var.value.as_i64()?),
        VarType::Lambda => Const::Lambda(lambda::parse(var.value.as_str()?).ok()?),
        VarType::String => Const::String(var.value.as_str()?.to_owned()),
        VarType::Regex => Const::Regex(var.value.as_str()?.to_owned()),
        VarType::Star => Const::Star,
        VarType::List => {
            let items: Vec<Var> = serde_json::from_value(var.value.clone()).ok()?;
            Const::List(items.iter().map(const_of).collect::<Option<_>>()?)
        }
    })
}
