//! Runs a template, as Go's `text/template` does, and fails in its words.

use crate::go::template::functions;
use crate::go::template::html;
use crate::go::template::methods;
use crate::go::template::node::{Argument, Branch, Call, Command, Node, Number, Operand, Pipe};
use crate::go::template::parse::Tree;
use crate::go::template::value::Value;

/// What a template is, besides its tree.
pub struct Source<'a> {
    pub name: &'a str,
    pub text: &'a str,
    /// Whether what it inserts is escaped for HTML.
    pub is_html: bool,
}

pub fn execute(source: &Source, tree: &Tree, data: &Value) -> Result<String, String> {
    let mut run = Run {
        source,
        tree,
        output: String::new(),
        variables: vec![("$".to_owned(), data.clone())],
        depth: 0,
        context: html::Context::default(),
    };
    run.nodes(&tree.root, data).map_err(|end| match end {
        End::Failed(words) => words,
        End::Break | End::Continue => String::new(),
    })?;
    if source.is_html {
        run.context.check_end(source.name)?;
    }
    Ok(run.output)
}

struct Run<'a> {
    source: &'a Source<'a>,
    tree: &'a Tree,
    output: String,
    variables: Vec<(String, Value)>,
    depth: usize,
    /// Where in HTML the output has got to.
    context: html::Context,
}

/// Why a part of a template ended early.
enum End {
    Failed(String),
    Break,
    Continue,
}

/// A part of the template that an error speaks of: where it is, and how it is shown.
type Place = (usize, String);

impl Run<'_> {
    fn fail<T>(&self, place: &Place, message: &str) -> Result<T, End> {
        let (at, shown) = place;
        let before = &self.source.text[..(*at).min(self.source.text.len())];
        let line = 1 + before.matches('\n').count();
        let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
        let name = self.source.name;
        Err(End::Failed(format!(
            "template: {name}:{line}:{column}: executing \"{name}\" at <{shown}>: {message}"
        )))
    }

    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<(), End> {
        nodes.iter().try_for_each(|node| self.node(node, dot))
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Result<(), End> {
        match node {
            Node::Text(text) if self.source.is_html => {
                let kept = self.context.text(text);
                self.output.push_str(&kept);
                Ok(())
            }
            Node::Text(text) => {
                self.output.push_str(text);
                Ok(())
            }
            Node::Action(pipe) => {
                let value = self.pipe(pipe, dot)?;
                if pipe.variables.is_empty() {
                    self.print(pipe, &value)?;
                }
                Ok(())
            }
            Node::If(branch) => self.branch(branch, dot, false),
            Node::With(branch) => self.branch(branch, dot, true),
            Node::Range(branch) => self.range(branch, dot),
            Node::Break => Err(End::Break),
            Node::Continue => Err(End::Continue),
            Node::Template(call) => self.call_template(call, dot),
        }
    }

    fn print(&mut self, pipe: &Pipe, value: &Value) -> Result<(), End> {
        if !self.source.is_html {
            self.output.push_str(&value.print());
            return Ok(());
        }
        let escaped = self.context.value(value);
        match escaped {
            Ok(escaped) => self.output.push_str(&escaped),
            Err(message) => return self.fail(&(pipe.at, pipe.to_string()), &message),
        }
        Ok(())
    }

    fn scoped(&mut self, run: impl FnOnce(&mut Self) -> Result<(), End>) -> Result<(), End> {
        let scope = self.variables.len();
        let result = run(self);
        self.variables.truncate(scope);
        result
    }

    fn branch(&mut self, branch: &Branch, dot: &Value, sets_dot: bool) -> Result<(), End> {
        self.scoped(|run| {
            let value = run.pipe(&branch.pipe, dot)?;
            match (value.is_true(), sets_dot) {
                (true, true) => run.nodes(&branch.body, &value),
                (true, false) => run.nodes(&branch.body, dot),
                (false, _) => run.nodes(&branch.otherwise, dot),
            }
        })
    }

    fn range(&mut self, branch: &Branch, dot: &Value) -> Result<(), End> {
        self.scoped(|run| {
            let value = run.pipe(&branch.pipe, dot)?.into_held();
            let items = run.items(branch, &value)?;
            if items.is_empty() {
                return run.nodes(&branch.otherwise, dot);
            }
            for (key, item) in items {
                let declared = &branch.pipe.variables;
                let ended = run.scoped(|run| {
                    let values: &[Value] = match declared.len() {
                        0 => &[],
                        1 => std::slice::from_ref(&item),
                        _ => &[key, item.clone()],
                    };
                    for (name, value) in declared.iter().zip(values) {
                        run.set(name, value, branch.pipe.assigns, &(branch.pipe.at, String::new()))?;
                    }
                    run.nodes(&branch.body, &item)
                });
                match ended {
                    Ok(()) | Err(End::Continue) => {}
                    Err(End::Break) => break,
                    failed => return failed,
                }
            }
            Ok(())
        })
    }

    /// Keys and values that a range walks over.
    fn items(&self, branch: &Branch, value: &Value) -> Result<Vec<(Value, Value)>, End> {
        let place = last_place(&branch.pipe);
        match value {
            Value::Nil => Ok(Vec::new()),
            Value::Int(_) | Value::Int64(_) | Value::Named { .. } if branch.pipe.variables.len() > 1 => {
                let message = format!("can't use {} to iterate over more than one variable", value.inside());
                self.fail(&place, &message)
            }
            Value::Int(count) | Value::Int64(count) => {
                Ok((0..*count).map(|number| (Value::Nil, Value::Int(number))).collect())
            }
            Value::List { items, type_name } => {
                let of_anything = *type_name == "[]interface {}";
                let wrapped = |item: &Value| match of_anything {
                    true => Value::Interface(Box::new(item.clone())),
                    false => item.clone(),
                };
                Ok((0..).map(Value::Int).zip(items.iter().map(wrapped)).collect())
            }
            Value::Map { entries, .. } => Ok(entries
                .keys()
                .map(|key| (Value::from(key.as_str()), value.entry(key).unwrap_or(Value::Nil)))
                .collect()),
            other => self.fail(&place, &format!("range can't iterate over {}", other.inside())),
        }
    }

    fn call_template(&mut self, call: &Call, dot: &Value) -> Result<(), End> {
        let Some(body) = self.tree.defined.get(&call.name) else {
            if self.source.is_html {
                let before = &self.source.text[..call.at.min(self.source.text.len())];
                let line = 1 + before.matches('\n').count();
                let column = before.len() - before.rfind('\n').map_or(0, |newline| newline + 1);
                return Err(End::Failed(format!(
                    "html/template:{}:{line}:{column}: no such template {}",
                    self.source.name,
                    crate::go::quote::quote(&call.name)
                )));
            }
            let message = format!("template {} not defined", crate::go::quote::quote(&call.name));
            return self.fail(&(call.at, call.to_string()), &message);
        };
        if self.depth == 1000 {
            return self.fail(&(call.at, call.to_string()), "exceeded maximum template depth (100000)");
        }
        let data = match &call.pipe {
            Some(pipe) => self.pipe(pipe, dot)?,
            None => Value::Nil,
        };
        let variables = std::mem::replace(&mut self.variables, vec![("$".to_owned(), data.clone())]);
        self.depth += 1;
        let result = self.nodes(body, &data);
        self.depth -= 1;
        self.variables = variables;
        result
    }

    fn set(&mut self, name: &str, value: &Value, assigns: bool, place: &Place) -> Result<(), End> {
        if !assigns {
            self.variables.push((name.to_owned(), value.clone()));
            return Ok(());
        }
        match self.variables.iter_mut().rev().find(|(known, _)| known == name) {
            Some((_, held)) => {
                *held = value.clone();
                Ok(())
            }
            None => self.fail(place, &format!("undefined variable: {name}")),
        }
    }

    fn pipe(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, End> {
        let mut handed_on: Option<Value> = None;
        for command in &pipe.commands {
            handed_on = Some(self.command(command, dot, handed_on)?.into_held());
        }
        let value = handed_on.unwrap_or(Value::Nil);
        if !is_range_of(pipe, &value) {
            for name in &pipe.variables {
                self.set(name, &value, pipe.assigns, &last_place(pipe))?;
            }
        }
        Ok(value)
    }

    fn command(&mut self, command: &Command, dot: &Value, handed_on: Option<Value>) -> Result<Value, End> {
        let Some((first, rest)) = command.arguments.split_first() else {
            return Ok(Value::Nil);
        };
        let whole = command.to_string();
        let given = !rest.is_empty() || handed_on.is_some();
        let place = (first.at, first.to_string());
        match &first.kind {
            Operand::Function(name) => self.function(name, first, &whole, rest, dot, handed_on),
            Operand::Fields(fields) => self.chain(dot, dot, fields, &place, rest, handed_on),
            Operand::Variable(name, fields) if !fields.is_empty() => {
                let value = self.variable(name);
                self.chain(dot, &value, fields, &place, rest, handed_on)
            }
            Operand::Chain(inner, fields) => {
                let value = self.argument(inner, dot)?;
                let place = (innermost(inner), inner_text(inner));
                self.chain(dot, &value, fields, &place, rest, handed_on)
            }
            _ if given => self.fail(&place, &format!("can't give argument to non-function {first}")),
            Operand::Nil => self.fail(&place, "nil is not a command"),
            _ => self.argument(first, dot),
        }
    }

    fn variable(&self, name: &str) -> Value {
        let found = self.variables.iter().rev().find(|(known, _)| known == name);
        found.map_or(Value::Nil, |(_, value)| value.clone())
    }

    /// The value of an argument of any type.
    fn argument(&mut self, argument: &Argument, dot: &Value) -> Result<Value, End> {
        let place = (argument.at, argument.to_string());
        match &argument.kind {
            Operand::Dot => Ok(dot.clone()),
            Operand::Nil => Ok(Value::Nil),
            Operand::Bool(value) => Ok(Value::Bool(*value)),
            Operand::Number(number) => Ok(constant(number)),
            Operand::String(_, text) => Ok(Value::from(text.as_str())),
            Operand::Fields(fields) => self.chain(dot, dot, fields, &place, &[], None),
            Operand::Variable(name, fields) if fields.is_empty() => Ok(self.variable(name)),
            Operand::Variable(name, fields) => {
                let value = self.variable(name);
                self.chain(dot, &value, fields, &place, &[], None)
            }
            Operand::Function(name) => self.function(name, argument, &place.1, &[], dot, None),
            Operand::Pipe(pipe) => self.pipe(pipe, dot),
            Operand::Chain(inner, fields) => {
                let value = self.argument(inner, dot)?;
                let place = (innermost(inner), inner_text(inner));
                self.chain(dot, &value, fields, &place, &[], None)
            }
        }
    }

    fn function(
        &mut self,
        name: &str,
        argument: &Argument,
        whole: &str,
        rest: &[Argument],
        dot: &Value,
        handed_on: Option<Value>,
    ) -> Result<Value, End> {
        let place = (argument.at, name.to_owned());
        let (least, more) = functions::arity(name);
        let count = rest.len() + usize::from(handed_on.is_some());
        if more && count < least {
            let message = format!(
                "wrong number of args for {name}: want at least {least} got {}",
                rest.len()
            );
            return self.fail(&place, &message);
        }
        if !more && count != least {
            return self.fail(
                &place,
                &format!("wrong number of args for {name}: want {least} got {count}"),
            );
        }
        if matches!(name, "and" | "or") {
            let mut last = Value::Nil;
            for argument in rest {
                last = self.argument(argument, dot)?;
                if last.is_true() == (name == "or") {
                    return Ok(last);
                }
            }
            return Ok(handed_on.unwrap_or(last));
        }
        let mut values = Vec::new();
        for (number, argument) in rest.iter().enumerate() {
            let wants_text = name == "printf" && number == 0;
            values.push(if wants_text {
                self.text_argument(argument, dot)?
            } else {
                self.argument(argument, dot)?
            });
        }
        values.extend(handed_on);
        if name == "call" {
            let message = format!(
                "error calling call: non-function {} of type {}",
                rest.first().map(Argument::to_string).unwrap_or_default(),
                values.first().map_or("nil", |value| value.held().type_name())
            );
            return self.fail(&(argument.at, whole.to_owned()), &message);
        }
        // What is handed on to a function that stands alone is not part of what Go shows.
        functions::call(name, &values).or_else(|message| {
            self.fail(
                &(argument.at, whole.to_owned()),
                &format!("error calling {name}: {message}"),
            )
        })
    }

    /// The value of an argument that must be a text.
    fn text_argument(&mut self, argument: &Argument, dot: &Value) -> Result<Value, End> {
        let place = (argument.at, argument.to_string());
        if matches!(argument.kind, Operand::Bool(_) | Operand::Number(_)) {
            return self.fail(&place, &format!("expected string; found {argument}"));
        }
        if matches!(argument.kind, Operand::Nil) {
            return self.fail(&place, "cannot assign nil to string");
        }
        let value = self.argument(argument, dot)?.into_held();
        match &value {
            Value::String(_) => Ok(value),
            Value::Nil => self.fail(&place, "invalid value; expected string"),
            other => {
                let message = format!("wrong type for value; expected string; got {}", other.type_name());
                self.fail(&place, &message)
            }
        }
    }

    /// `.A.B` of a value; the last one may be a method with arguments.
    fn chain(
        &mut self,
        dot: &Value,
        value: &Value,
        fields: &[String],
        place: &Place,
        arguments: &[Argument],
        handed_on: Option<Value>,
    ) -> Result<Value, End> {
        let mut current = value.clone();
        for (number, field) in fields.iter().enumerate() {
            let is_last = number + 1 == fields.len();
            let (arguments, handed_on): (&[Argument], _) = match is_last {
                true => (arguments, handed_on.clone()),
                false => (&[], None),
            };
            current = self.field(dot, &current, field, place, arguments, handed_on)?;
        }
        Ok(current)
    }

    fn field(
        &mut self,
        dot: &Value,
        receiver: &Value,
        field: &str,
        place: &Place,
        arguments: &[Argument],
        handed_on: Option<Value>,
    ) -> Result<Value, End> {
        let type_name = receiver.type_name();
        let held = receiver.held();
        if matches!(receiver, Value::Nil) {
            return Ok(Value::Nil);
        }
        if held.is_nil() {
            return self.fail(place, &format!("nil pointer evaluating {type_name}.{field}"));
        }
        if let Some(method) = methods::find(held, field) {
            return self.method(dot, held, method, place, arguments, handed_on);
        }
        let given = !arguments.is_empty() || handed_on.is_some();
        match held {
            Value::Struct { fields, .. } => {
                if let Some((_, value)) = fields.iter().find(|(name, _)| *name == field) {
                    if given {
                        let message = format!("{field} has arguments but cannot be invoked as function");
                        return self.fail(place, &message);
                    }
                    return Ok(value.clone());
                }
                let hidden = matches!(
                    (type_name, field),
                    ("kapacitor.messageInfo" | "kapacitor.detailsInfo", "idInfo")
                        | ("kapacitor.detailsInfo", "messageInfo")
                );
                if hidden {
                    let message = format!("{field} is an unexported field of struct type {type_name}");
                    return self.fail(place, &message);
                }
            }
            Value::Map { .. } if given => {
                return self.fail(place, &format!("{field} is not a method but has arguments"));
            }
            Value::Map { .. } => return Ok(held.entry(field).unwrap_or(Value::Nil)),
            _ => {}
        }
        self.fail(place, &format!("can't evaluate field {field} in type {type_name}"))
    }

    fn method(
        &mut self,
        dot: &Value,
        receiver: &Value,
        method: &'static methods::Method,
        place: &Place,
        arguments: &[Argument],
        handed_on: Option<Value>,
    ) -> Result<Value, End> {
        let count = arguments.len() + usize::from(handed_on.is_some());
        let name = method.name;
        if count != method.wants.len() {
            let wanted = method.wants.len();
            return self.fail(
                place,
                &format!("wrong number of args for {name}: want {wanted} got {count}"),
            );
        }
        if method.results > 2 {
            let results = method.results;
            return self.fail(
                place,
                &format!("function {name} has {results} return values; should be 1 or 2"),
            );
        }
        let mut values = Vec::new();
        for (argument, wanted) in arguments.iter().zip(method.wants) {
            values.push(match *wanted {
                "string" => self.text_argument(argument, dot)?,
                _ => self.argument(argument, dot)?.into_held(),
            });
        }
        values.extend(handed_on);
        for (value, wanted) in values.iter().zip(method.wants) {
            let is_number = matches!(value, Value::Int(_)) && *wanted == "time.Duration";
            if value.type_name() != *wanted && !is_number {
                let got = value.type_name();
                return self.fail(place, &format!("wrong type for value; expected {wanted}; got {got}"));
            }
        }
        methods::call(receiver, name, &values)
            .or_else(|message| self.fail(place, &format!("error calling {name}: {message}")))
    }
}

/// A range sets its variables itself, for each item.
fn is_range_of(pipe: &Pipe, value: &Value) -> bool {
    pipe.variables.len() > 1 || (pipe.variables.len() == 1 && matches!(value, Value::List { .. } | Value::Map { .. }))
}

/// The value of a number: the way it is written says which type it has.
fn constant(number: &Number) -> Value {
    let is_hex = number
        .text
        .trim_start_matches(['+', '-'])
        .to_lowercase()
        .starts_with("0x");
    let written_as_float = number.text.contains(['.', 'e', 'E']) && !is_hex && !number.text.starts_with('\'');
    match (number.float, number.int) {
        (Some(float), _) if written_as_float => Value::Float(float),
        (_, Some(int)) => Value::Int(int),
        _ => Value::Nil,
    }
}

/// The part of a pipe that was evaluated last.
fn last_place(pipe: &Pipe) -> Place {
    let last = pipe.commands.last().and_then(|command| command.arguments.last());
    last.map_or((pipe.at, pipe.to_string()), |argument| {
        (argument.at, argument.to_string())
    })
}

/// Where the value in parentheses was evaluated last; Go speaks of that place.
fn innermost(argument: &Argument) -> usize {
    match &argument.kind {
        Operand::Pipe(pipe) => pipe
            .commands
            .last()
            .and_then(|command| command.arguments.first())
            .map_or(pipe.at, innermost),
        _ => argument.at,
    }
}

fn inner_text(argument: &Argument) -> String {
    match &argument.kind {
        Operand::Pipe(pipe) => pipe
            .commands
            .last()
            .and_then(|command| command.arguments.first())
            .map_or_else(|| pipe.to_string(), inner_text),
        _ => argument.to_string(),
    }
}
