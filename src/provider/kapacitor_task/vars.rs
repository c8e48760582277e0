//! The values of a script's vars: as texts of a configuration, and as Kapacitor's API has them.

use crate::kapacitor::models::Vars;
use crate::tickscript::ast::{Duration, Expression, Statement};
use crate::tickscript::{self, Program};
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// The types of vars that Kapacitor knows.
const TYPES: [&str; 9] = [
    "bool", "int", "float", "duration", "string", "regex", "lambda", "list", "star",
];

/// What is wrong with the value of a var; never the value itself.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BadVar {
    /// The var.
    pub name: String,
    /// What is wrong.
    pub reason: String,
}

/// The vars as the API takes them, by the types that the script declares.
pub(super) fn encode(program: &Program, given: &BTreeMap<String, String>) -> Result<Vars, Vec<BadVar>> {
    let (mut vars, mut bad) = (Vars::new(), Vec::new());
    let declared = program.declared_vars();
    for (name, text) in given {
        let kind = declared
            .iter()
            .find(|var| var.name == *name)
            .map(|var| var.kind.as_str());
        let value = match kind {
            Some(kind) => value(kind, text).map(|value| json!({ "type": kind, "value": value })),
            None => Err(undeclared(&declared)),
        };
        match value {
            Ok(value) => drop(vars.insert(name.clone(), value)),
            Err(reason) => bad.push(BadVar {
                name: name.clone(),
                reason,
            }),
        }
    }
    match bad.is_empty() {
        true => Ok(vars),
        false => Err(bad),
    }
}

/// The vars that the script declares without a value, and that nothing gives one.
pub(super) fn missing<'a>(program: &Program, is_given: impl Fn(&str) -> bool + 'a) -> Vec<String> {
    let declared = program.declared_vars().into_iter();
    let missing = declared.filter(|var| var.value.is_none() && is_type(&var.kind) && !is_given(&var.name));
    missing.map(|var| var.name).collect()
}

/// The vars that the script declares as something that is no type, and what that is.
pub(super) fn of_no_type(program: &Program) -> Vec<(String, String)> {
    let declared = program.declared_vars().into_iter().filter(|var| !is_type(&var.kind));
    declared.map(|var| (var.name, var.kind)).collect()
}

fn is_type(kind: &str) -> bool {
    TYPES.contains(&kind)
}

fn undeclared(declared: &[tickscript::DeclaredVar]) -> String {
    let names: Vec<&str> = declared.iter().map(|var| var.name.as_str()).collect();
    match names.is_empty() {
        true => "The script declares no var with a value of its own.".to_owned(),
        false => format!("The script declares no such var. It declares: {}.", names.join(", ")),
    }
}

fn value(kind: &str, text: &str) -> Result<Value, String> {
    let refused = |what: &str| format!("The script declares it as {kind}, so that its value must be {what}.");
    match kind {
        "bool" => match text.to_ascii_lowercase().as_str() {
            "true" => Ok(json!(true)),
            "false" => Ok(json!(false)),
            _ => Err(refused("`true` or `false`")),
        },
        "int" => text
            .parse::<i64>()
            .map(|number| json!(number))
            .map_err(|_| refused("a whole number")),
        "float" => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(json!(number)),
            _ => Err(refused("a number")),
        },
        "duration" => match Duration::parse(text) {
            Ok(duration) => Ok(json!(duration.nanoseconds())),
            Err(_) => Err(refused("a duration such as `10m`")),
        },
        "string" | "regex" => Ok(json!(text)),
        "star" if text == "*" => Ok(Value::Null),
        "star" => Err(refused("`*`")),
        "lambda" => match parsed(&format!("lambda: {}", without_keyword(text))) {
            Some(Expression::Lambda(lambda)) => Ok(json!(lambda.expression.to_string())),
            _ => Err(refused("an expression such as `\"usage\" > 90`")),
        },
        "list" => match parsed(text) {
            Some(Expression::List(list)) => list.items.iter().map(item).collect::<Option<Vec<Value>>>(),
            _ => None,
        }
        .map(Value::Array)
        .ok_or_else(|| refused("a list of texts and stars such as `['host', 'cpu']`")),
        _ => Err(format!(
            "The script declares it as {kind}, which is no type that Kapacitor knows."
        )),
    }
}

fn without_keyword(text: &str) -> &str {
    text.trim().strip_prefix("lambda:").unwrap_or(text)
}

fn parsed(value: &str) -> Option<Expression> {
    let program = tickscript::parse(&format!("var x = {value}")).ok()?;
    match <[Statement; 1]>::try_from(program.statements).ok()? {
        [Statement::Variable(variable)] => Some(variable.value),
        _ => None,
    }
}

fn item(item: &Expression) -> Option<Value> {
    match item {
        Expression::String(text) => Some(json!({ "type": "string", "value": text.value() })),
        Expression::Star(_) => Some(json!({ "type": "star", "value": null })),
        _ => None,
    }
}

/// A var of the API as a configuration writes it.
pub(super) fn decode(var: &Value) -> String {
    let value = &var["value"];
    match (var["type"].as_str(), value) {
        (Some("duration"), Value::Number(number)) => {
            let duration = number.as_i64().and_then(Duration::from_nanoseconds);
            duration.map_or_else(|| number.to_string(), |duration| duration.literal().to_owned())
        }
        (Some("star"), _) => "*".to_owned(),
        (Some("list"), Value::Array(items)) => {
            let items = items.iter().map(|item| match item["type"].as_str() {
                Some("star") => "*".to_owned(),
                _ => format!("'{}'", decode(item).replace('\'', "\\'")),
            });
            format!("[{}]", items.collect::<Vec<_>>().join(", "))
        }
        (_, Value::String(text)) => text.clone(),
        _ => value.to_string(),
    }
}

/// Whether a text is the value of a var of the server's task.
pub(super) fn is_value_of(program: &Program, name: &str, text: &str, var: &serde_json::Value) -> bool {
    let one = BTreeMap::from([(name.to_owned(), text.to_owned())]);
    let found = Vars::from_iter([(name.to_owned(), var.clone())]);
    encode(program, &one).is_ok_and(|one| crate::provider::task::same_vars(&one, &found))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCRIPT: &str =
        "var on = TRUE\nvar n = 1\nvar f = 1.0\nvar d = 1m\nvar s = 'a'\nvar r = /a/\nvar l = lambda: \"v\" > 1\n\
                          var tags = ['a']\nvar all = *\nvar hook string\nvar data = stream|from()";

    fn encoded(name: &str, text: &str) -> Result<Value, String> {
        let given = BTreeMap::from([(name.to_owned(), text.to_owned())]);
        let vars = encode(&tickscript::parse(SCRIPT).unwrap(), &given);
        vars.map(|vars| vars[name].clone())
            .map_err(|mut bad| bad.remove(0).reason)
    }

    #[test]
    fn each_type_that_kapacitor_knows_is_read_by_the_scripts_declaration_and_shown_the_same_way() {
        for (name, text, kind, value) in [
            ("on", "false", "bool", json!(false)),
            ("n", "-5", "int", json!(-5)),
            ("f", "0.5", "float", json!(0.5)),
            ("d", "10m", "duration", json!(600_000_000_000_i64)),
            ("s", "it's", "string", json!("it's")),
            ("r", "^a", "regex", json!("^a")),
            ("l", "\"v\" > 2", "lambda", json!("\"v\" > 2")),
            ("all", "*", "star", Value::Null),
            ("hook", "https://h/", "string", json!("https://h/")),
        ] {
            let var = encoded(name, text).unwrap();
            assert_eq!(var, json!({ "type": kind, "value": value }), "{name}");
            assert_eq!(decode(&var), text, "{name}");
        }
        assert_eq!(decode(&encoded("tags", "['it\\'s', *]").unwrap()), "['it\\'s', *]");
    }

    #[test]
    fn what_does_not_fit_the_declaration_is_refused_without_the_value() {
        for (name, reason) in [
            ("on", "`true` or `false`"),
            ("n", "whole number"),
            ("f", "a number"),
            ("d", "a duration"),
            ("l", "an expression"),
            ("tags", "a list"),
            ("all", "`*`"),
            ("data", "no such var"),
            ("nope", "It declares: on, n, f"),
        ] {
            let refused = encoded(name, "planted)").unwrap_err();
            assert!(
                refused.contains(reason) && !refused.contains("planted"),
                "{name}: {refused}"
            );
        }
        let program = tickscript::parse(SCRIPT).unwrap();
        assert_eq!(missing(&program, |_| false), ["hook"]);
        assert!(missing(&program, |name| name == "hook").is_empty());
    }
}
