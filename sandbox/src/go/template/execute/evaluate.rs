//! What pipes, commands and arguments come to.

use crate::go::template::execute::run::{End, Place, Run};
use crate::go::template::functions;
use crate::go::template::methods;
use crate::go::template::node::{Argument, Command, Number, Operand, Pipe};
use crate::go::template::value::Value;

impl Run<'_> {
    pub(super) fn pipe(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, End> {
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
pub(super) fn last_place(pipe: &Pipe) -> Place {
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
