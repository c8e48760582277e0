//! Runs a template.

use crate::go::template::functions;
use crate::go::template::parse::{Argument, Command, Node, Pipeline};
use crate::go::template::value::Value;

pub fn execute(name: &str, nodes: &[Node], data: &Value) -> Result<String, String> {
    let mut run = Run {
        name,
        output: String::new(),
        variables: vec![("$".to_owned(), data.clone())],
    };
    run.nodes(nodes, data)?;
    Ok(run.output)
}

struct Run<'a> {
    name: &'a str,
    output: String,
    variables: Vec<(String, Value)>,
}

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<(), String> {
        nodes.iter().try_for_each(|node| self.node(node, dot))
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Result<(), String> {
        match node {
            Node::Text(text) => self.output.push_str(text),
            Node::Action { declares, pipeline } => {
                let value = self.pipeline(pipeline, dot)?;
                match declares.first() {
                    Some(name) => self.variables.push((name.clone(), value)),
                    None => self.output.push_str(&value.print()),
                }
            }
            Node::If { branches, otherwise } => {
                for (condition, body) in branches {
                    if self.pipeline(condition, dot)?.is_true() {
                        return self.scoped(body, dot, Vec::new());
                    }
                }
                self.scoped(otherwise, dot, Vec::new())?;
            }
            Node::With {
                declares,
                pipeline,
                body,
                otherwise,
            } => {
                let value = self.pipeline(pipeline, dot)?;
                if !value.is_true() {
                    return self.scoped(otherwise, dot, Vec::new());
                }
                let declared = declares.iter().map(|name| (name.clone(), value.clone())).collect();
                self.scoped(body, &value, declared)?;
            }
            Node::Range {
                declares,
                pipeline,
                body,
                otherwise,
            } => {
                let items = self.pipeline(pipeline, dot).and_then(|value| items(&value))?;
                if items.is_empty() {
                    return self.scoped(otherwise, dot, Vec::new());
                }
                for (key, item) in items {
                    let declared = match declares.as_slice() {
                        [] => Vec::new(),
                        [value] => vec![(value.clone(), item.clone())],
                        [index, value, ..] => vec![(index.clone(), key), (value.clone(), item.clone())],
                    };
                    self.scoped(body, &item, declared)?;
                }
            }
        }
        Ok(())
    }

    fn scoped(&mut self, nodes: &[Node], dot: &Value, declared: Vec<(String, Value)>) -> Result<(), String> {
        let scope = self.variables.len();
        self.variables.extend(declared);
        let result = self.nodes(nodes, dot);
        self.variables.truncate(scope);
        result
    }

    fn pipeline(&self, pipeline: &Pipeline, dot: &Value) -> Result<Value, String> {
        let mut handed_on = None;
        for command in &pipeline.commands {
            handed_on = Some(self.command(command, dot, handed_on)?);
        }
        Ok(handed_on.unwrap_or(Value::Nil))
    }

    fn command(&self, command: &Command, dot: &Value, handed_on: Option<Value>) -> Result<Value, String> {
        let failed = |message: String| {
            let (line, column) = command.place;
            format!(
                "template: {}:{line}:{column}: executing \"{}\" at <{}>: {message}",
                self.name, self.name, command.source
            )
        };
        let Some((first, rest)) = command.arguments.split_first() else {
            return Ok(Value::Nil);
        };
        if let Argument::Function(function) = first {
            let mut arguments = rest
                .iter()
                .map(|argument| self.argument(argument, dot))
                .collect::<Result<Vec<_>, _>>()?;
            arguments.extend(handed_on);
            return functions::call(function, &arguments)
                .map_err(|message| failed(format!("error calling {function}: {message}")));
        }
        if !rest.is_empty() || handed_on.is_some() {
            return Err(failed("can't give argument to non-function".to_owned()));
        }
        self.argument(first, dot).map_err(|message| {
            if message.starts_with("template: ") {
                message
            } else {
                failed(message)
            }
        })
    }

    fn argument(&self, argument: &Argument, dot: &Value) -> Result<Value, String> {
        match argument {
            Argument::Dot => Ok(dot.clone()),
            Argument::Nil => Ok(Value::Nil),
            Argument::Bool(value) => Ok(Value::Bool(*value)),
            Argument::Int(value) => Ok(Value::Int(*value)),
            Argument::Float(value) => Ok(Value::Float(*value)),
            Argument::String(text) => Ok(Value::String(text.clone())),
            Argument::Fields(fields) => chain(dot, fields),
            Argument::Variable(name, fields) => {
                let declared = self.variables.iter().rev().find(|(declared, _)| declared == name);
                chain(declared.map_or(&Value::Nil, |(_, value)| value), fields)
            }
            Argument::Function(function) => functions::call(function, &[]),
            Argument::Nested(pipeline, fields) => chain(&self.pipeline(pipeline, dot)?, fields),
        }
    }
}

/// `.A.B` of a value.
fn chain(value: &Value, fields: &[String]) -> Result<Value, String> {
    let mut current = value.clone();
    for field in fields {
        current = match &current {
            Value::Nil => Value::Nil,
            Value::Map { entries, of_strings } => {
                entries
                    .get(field)
                    .cloned()
                    .unwrap_or(if *of_strings { Value::from("") } else { Value::Nil })
            }
            Value::Struct { type_name, fields, .. } => {
                let found = fields.iter().find(|(name, _)| name == field);
                found
                    .map(|(_, value)| value.clone())
                    .ok_or_else(|| format!("can't evaluate field {field} in type {type_name}"))?
            }
            _ => return Err(format!("can't evaluate field {field}")),
        };
    }
    Ok(current)
}

/// Keys and values that `range` walks over.
fn items(value: &Value) -> Result<Vec<(Value, Value)>, String> {
    match value {
        Value::Nil => Ok(Vec::new()),
        Value::List(items) => Ok((0..).map(Value::Int).zip(items.iter().cloned()).collect()),
        Value::Map { entries, .. } => Ok(entries
            .iter()
            .map(|(key, value)| (Value::from(key.as_str()), value.clone()))
            .collect()),
        other => Err(format!("range can't iterate over {}", other.print())),
    }
}
