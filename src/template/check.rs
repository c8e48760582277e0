//! A template, executed on types instead of values.

use super::ast::{Command, Control, Node, Number, Operand, Pipeline};
use super::data::{Data, Place, Type};
use super::error::{ErrorKind, TemplateError};
use super::parser::{parse, TOO_DEEP};
use super::{functions, html};
use std::collections::BTreeSet;

/// What was found out about a template.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Findings {
    /// Why it does not parse, or fails each time that it is executed.
    pub fails: Option<TemplateError>,
    /// Why it fails whenever a branch is taken that may be taken.
    pub may_fail: Option<TemplateError>,
    /// The keys by which it looks into the alert's fields.
    pub fields: BTreeSet<String>,
    /// The keys by which it looks into the alert's tags.
    pub tags: BTreeSet<String>,
    /// The texts that are copied whatever the data is, in their order, `None` for what actions print between them. Not
    /// set if branches decide what is printed.
    pub printed: Option<Vec<Option<String>>>,
}

/// Checks a template of this place.
pub(crate) fn check(template: &str, place: Place) -> Findings {
    let mut findings = Findings::default();
    for data in place.data() {
        check_with(template, place, *data, &mut findings);
    }
    findings
}

fn check_with(template: &str, place: Place, data: Data, findings: &mut Findings) {
    let nodes = match parse(template, data.functions) {
        Ok(nodes) => nodes,
        Err(error) if error.message == TOO_DEEP => return,
        Err(error) => {
            findings.fails.get_or_insert(error);
            return;
        }
    };
    findings.printed = printed(&nodes);
    let mut run = Run {
        variables: vec![("$".to_owned(), data.dot)],
        findings,
    };
    if let Err(mut error) = run.nodes(&nodes, data.dot) {
        if data.dot == Type::Nothing {
            error.kind = ErrorKind::WithoutAlert;
        }
        findings.fails.get_or_insert(error);
    }
    if place == Place::Details && findings.fails.is_none() {
        findings.fails = html::fails(&nodes);
    }
}

fn printed(nodes: &[Node]) -> Option<Vec<Option<String>>> {
    let part = |node: &Node| match node {
        Node::Text(text) => Some(Some(text.clone())),
        Node::Action(_) => Some(None),
        _ => None,
    };
    nodes.iter().map(part).collect()
}

struct Run<'a> {
    variables: Vec<(String, Type)>,
    findings: &'a mut Findings,
}

/// An error ends the execution.
type Outcome<T> = Result<T, TemplateError>;

impl Run<'_> {
    fn nodes(&mut self, nodes: &[Node], dot: Type) -> Outcome<()> {
        for node in nodes {
            match node {
                Node::Text(_) => {}
                Node::Action(pipeline) => {
                    self.pipeline(pipeline, dot)?;
                }
                Node::Control {
                    kind,
                    pipeline,
                    body,
                    otherwise,
                } => self.control(*kind, pipeline, body, otherwise, dot)?,
                Node::Leave => return Ok(()),
                Node::Other(pipeline) => {
                    if let Some(pipeline) = pipeline {
                        self.pipeline(pipeline, dot)?;
                    }
                }
            }
        }
        Ok(())
    }

    fn control(
        &mut self,
        kind: Control,
        pipeline: &Pipeline,
        body: &[Node],
        otherwise: &[Node],
        dot: Type,
    ) -> Outcome<()> {
        let scope = self.variables.len();
        let value = self.pipeline(pipeline, dot)?;
        let inside = match kind {
            Control::If => dot,
            Control::With => value,
            Control::Range => self.range(pipeline, value)?,
        };
        self.branch(|run| run.nodes(body, inside));
        self.variables.truncate(scope);
        self.branch(|run| run.nodes(otherwise, dot));
        self.variables.truncate(scope);
        Ok(())
    }

    /// The type of an element, after the variables have got theirs.
    fn range(&mut self, pipeline: &Pipeline, value: Type) -> Outcome<Type> {
        let element = match value {
            Type::Tags => Type::Text,
            Type::Any | Type::Nothing | Type::Other | Type::Fields => Type::Any,
            Type::Integer | Type::Duration | Type::Level | Type::NamedInteger => Type::Any,
            other => return Err(TemplateError::new(format!("range cannot walk over {}", other.name()))),
        };
        let count = pipeline.variables.len();
        let declared = self.variables.len() - if pipeline.assigns { 0 } else { count };
        for (at, variable) in self.variables[declared..].iter_mut().enumerate() {
            let is_key = count == 2 && at == 0;
            variable.1 = match (is_key, value) {
                (false, _) => element,
                (true, Type::Tags | Type::Fields) => Type::Text,
                (true, _) => Type::Any,
            };
        }
        Ok(element)
    }

    /// What may not be executed: an error in it is not certain, and does not end the rest.
    fn branch(&mut self, execute: impl FnOnce(&mut Self) -> Outcome<()>) {
        if let Err(error) = execute(self) {
            self.findings.may_fail.get_or_insert(error);
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline, dot: Type) -> Outcome<Type> {
        let mut value = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, dot, value)?);
        }
        let value = value.unwrap_or(Type::Any);
        for name in &pipeline.variables {
            if !pipeline.assigns {
                self.variables.push((name.clone(), value));
                continue;
            }
            // In a branch or a loop it may have this type or the former one.
            for variable in self.variables.iter_mut().filter(|(known, _)| known == name) {
                variable.1 = Type::Any;
            }
        }
        Ok(value)
    }

    fn command(&mut self, command: &Command, dot: Type, last: Option<Type>) -> Outcome<Type> {
        let Some((first, rest)) = command.split_first() else {
            return Ok(Type::Any);
        };
        let given = rest.len() + usize::from(last.is_some());
        match first {
            Operand::Function(name) => self.call(name, rest, dot, last),
            Operand::Field(names) => self.chain(dot, names, rest, dot, last),
            Operand::Variable(name, names) if !names.is_empty() => {
                let value = self.variable(name);
                self.chain(value, names, rest, dot, last)
            }
            Operand::Chain(before, names) => {
                let value = self.operand(before, dot)?;
                self.chain(value, names, rest, dot, last)
            }
            _ if given > 0 => Err(TemplateError::new("an argument is given to what is not a function")),
            Operand::Nil => Err(TemplateError::new("nil is not a command")),
            other => self.operand(other, dot),
        }
    }

    fn call(&mut self, name: &str, rest: &[Operand], dot: Type, last: Option<Type>) -> Outcome<Type> {
        functions::check_count(name, rest.len() + usize::from(last.is_some()))?;
        if matches!(name, "and" | "or") {
            return self.short_circuit(rest, dot);
        }
        let mut arguments = Vec::new();
        for argument in rest {
            arguments.push(self.operand(argument, dot)?);
        }
        arguments.extend(last);
        if let ("index", Some(map), Some(Operand::Text(key))) = (name, arguments.first(), rest.get(1)) {
            self.note_key(*map, key);
        }
        functions::call(name, &arguments)
    }

    /// `and` and `or` look at their arguments only until one decides.
    fn short_circuit(&mut self, rest: &[Operand], dot: Type) -> Outcome<Type> {
        let Some((first, others)) = rest.split_first() else {
            return Ok(Type::Any);
        };
        self.operand(first, dot)?;
        for other in others {
            self.branch(|run| run.operand(other, dot).map(drop));
        }
        Ok(Type::Any)
    }

    fn operand(&mut self, operand: &Operand, dot: Type) -> Outcome<Type> {
        Ok(match operand {
            Operand::Dot => dot,
            Operand::Nil => Type::Nothing,
            Operand::Bool => Type::Bool,
            Operand::Number(Number::Integer) => Type::Integer,
            Operand::Number(Number::Float) => Type::Float,
            Operand::Number(Number::Complex) => Type::Any,
            Operand::Text(_) => Type::Text,
            Operand::Field(names) => self.chain(dot, names, &[], dot, None)?,
            Operand::Variable(name, names) => {
                let value = self.variable(name);
                self.chain(value, names, &[], dot, None)?
            }
            Operand::Function(name) => self.call(name, &[], dot, None)?,
            Operand::Nested(pipeline) => self.pipeline(pipeline, dot)?,
            Operand::Chain(before, names) => {
                let value = self.operand(before, dot)?;
                self.chain(value, names, &[], dot, None)?
            }
        })
    }

    fn variable(&self, name: &str) -> Type {
        let found = self.variables.iter().rev().find(|(known, _)| known == name);
        found.map_or(Type::Any, |(_, value)| *value)
    }

    /// `.A.B`, of which the last may be a method with arguments.
    fn chain(
        &mut self,
        value: Type,
        names: &[String],
        rest: &[Operand],
        dot: Type,
        last: Option<Type>,
    ) -> Outcome<Type> {
        let mut value = value;
        for (at, name) in names.iter().enumerate() {
            let is_last = at + 1 == names.len();
            let given = if is_last {
                rest.len() + usize::from(last.is_some())
            } else {
                0
            };
            value = self.field(value, name, given)?;
        }
        for argument in rest {
            self.operand(argument, dot)?;
        }
        Ok(value)
    }

    fn field(&mut self, value: Type, name: &str, given: usize) -> Outcome<Type> {
        if matches!(value, Type::Any | Type::Other | Type::Nothing) {
            return Ok(value);
        }
        if let Some((_, takes, gives)) = value.methods().iter().find(|(method, ..)| *method == name) {
            if *takes == given {
                return Ok(*gives);
            }
            let argument = if *takes == 1 { "argument" } else { "arguments" };
            return Err(TemplateError::new(format!(
                ".{name} needs {takes} {argument}, and is given {given}"
            )));
        }
        let found = match value {
            // A key that the map does not have gives nothing, of which every name is nothing, too.
            Type::Tags | Type::Fields => Some(Type::Any),
            Type::Structure(structure) => {
                let field = structure.fields.iter().find(|(field, _)| *field == name);
                field.map(|(_, of_field)| *of_field)
            }
            _ => None,
        };
        let Some(found) = found else {
            return Err(unknown(value, name));
        };
        self.note_key(value, name);
        if given > 0 {
            return Err(TemplateError::new(format!(
                ".{name} is given an argument, and is not a method"
            )));
        }
        Ok(found)
    }

    fn note_key(&mut self, map: Type, key: &str) {
        match map {
            Type::Tags => self.findings.tags.insert(key.to_owned()),
            Type::Fields => self.findings.fields.insert(key.to_owned()),
            _ => false,
        };
    }
}

fn unknown(value: Type, name: &str) -> TemplateError {
    let Type::Structure(structure) = value else {
        return TemplateError::new(format!(
            ".{name} asks for a part of {}, which has none of that name",
            value.name()
        ));
    };
    let known: Vec<String> = structure.fields.iter().map(|(field, _)| format!(".{field}")).collect();
    TemplateError::new(format!(
        ".{name} is not one of the names that Kapacitor knows here, which are {}",
        known.join(", ")
    ))
}
