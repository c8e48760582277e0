//! Evaluates lambda expressions. What Kapacitor would only log, such as a missing field, is an error here and ends the point.

use crate::engine::lambda::functions;
use crate::engine::lambda::value::{Value, NOTHING};
use crate::engine::plan::{Const, Scope};
use crate::engine::point::{Field, Point};
use crate::kapacitor::topics::{Event, Level};
use squadcast_kapacitor::tickscript::ast::{Binary, Expression, Number, Operator, Statement, UnaryOperator};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Where references and names of an expression get their values from.
pub struct Context<'a> {
    pub fields: &'a BTreeMap<String, Field>,
    pub tags: &'a BTreeMap<String, String>,
    pub scope: &'a Scope,
    /// The point's time, which the reference `"time"` stands for.
    pub time: Option<i64>,
    /// Functions without arguments of the `match` of a handler, e.g. `level()`.
    pub named: &'a dyn Fn(&str) -> Option<Value>,
}

impl<'a> Context<'a> {
    pub fn of(point: &'a Point, scope: &'a Scope) -> Self {
        Context {
            fields: &point.fields,
            tags: &point.tags,
            scope,
            time: Some(point.time),
            named: &|_| None,
        }
    }
}

/// Reads an expression that stands alone, as the `match` of a handler does, or says what is wrong in Kapacitor's words.
pub fn parse(text: &str) -> Result<Expression, String> {
    let program = squadcast_kapacitor::tickscript::parse(text).map_err(|error| error.kapacitor_message())?;
    match program.statements.into_iter().next() {
        Some(Statement::Expression(expression)) => Ok(expression),
        _ => Err("parser: no expression".to_owned()),
    }
}

/// Whether an event passes the `match` of a handler. One that is not boolean lets nothing through.
pub fn matches_event(condition: &Expression, event: &Event, previous: Level) -> bool {
    let named = |name: &str| match name {
        "level" => Some(Value::Int(event.state.level as i64)),
        "changed" => Some(Value::Bool(event.state.level != previous)),
        "name" => Some(Value::String(event.name.clone())),
        "taskName" => Some(Value::String(event.task.clone())),
        "alertID" => Some(Value::String(event.id.clone())),
        "duration" => Some(Value::Duration(event.state.duration)),
        "OK" => Some(Value::Int(Level::Ok as i64)),
        "INFO" => Some(Value::Int(Level::Info as i64)),
        "WARNING" => Some(Value::Int(Level::Warning as i64)),
        "CRITICAL" => Some(Value::Int(Level::Critical as i64)),
        _ => None,
    };
    let context = Context {
        fields: &event.fields,
        tags: &event.tags,
        scope: &Scope::default(),
        time: None,
        named: &named,
    };
    evaluate(condition, &context) == Ok(Value::Bool(true))
}

/// A condition that cannot be evaluated, e.g. for want of a field, holds the point back.
pub fn holds(condition: &Expression, point: &Point, scope: &Scope) -> bool {
    evaluate(condition, &Context::of(point, scope)) == Ok(Value::Bool(true))
}

/// The value of an expression.
pub fn evaluate(expression: &Expression, context: &Context) -> Result<Value, String> {
    match expression {
        Expression::Number(number) => Ok(match number.value() {
            Number::Float(value) => Value::Float(value),
            Number::Integer(value) | Number::Octal(value) => Value::Int(value),
        }),
        Expression::Duration(duration) => Ok(Value::Duration(duration.nanoseconds())),
        Expression::Bool(bool) => Ok(Value::Bool(bool.value)),
        Expression::String(string) => Ok(Value::String(string.value().to_owned())),
        Expression::Regex(regex) => Ok(Value::Regex(regex.literal().to_owned())),
        Expression::Reference(reference) => Ok(reference_value(reference.name(), context)),
        Expression::Identifier(identifier) => name_value(&identifier.name, context),
        Expression::Call(call) => {
            if let (Some(value), true) = ((context.named)(&call.name), call.arguments.is_empty()) {
                return Ok(value);
            }
            let arguments = call
                .arguments
                .iter()
                .map(|argument| evaluate(argument, context))
                .collect::<Result<_, _>>()?;
            functions::call(&call.name, arguments)
        }
        Expression::Unary(unary) => match (unary.operator, present(evaluate(&unary.operand, context)?)?) {
            (UnaryOperator::Minus, Value::Float(value)) => Ok(Value::Float(-value)),
            (UnaryOperator::Minus, Value::Int(value)) => Ok(Value::Int(value.wrapping_neg())),
            (UnaryOperator::Minus, Value::Duration(value)) => Ok(Value::Duration(value.wrapping_neg())),
            (UnaryOperator::Not, Value::Bool(value)) => Ok(Value::Bool(!value)),
            (_, value) => Err(format!("invalid operand {}", value.type_name())),
        },
        Expression::Binary(binary) => binary_value(binary, context),
        Expression::Lambda(lambda) => evaluate(&lambda.expression, context),
        Expression::List(_) | Expression::Star(_) | Expression::Chain(_) => Err("no value in a lambda".to_owned()),
    }
}

/// The first field or tag that an expression names.
pub fn first_reference(expression: &Expression) -> Option<&str> {
    match expression {
        Expression::Reference(reference) => Some(reference.name()),
        Expression::Unary(unary) => first_reference(&unary.operand),
        Expression::Binary(binary) => first_reference(binary.first()).or_else(|| {
            binary
                .rest()
                .iter()
                .find_map(|operation| first_reference(&operation.operand))
        }),
        _ => None,
    }
}

fn reference_value(name: &str, context: &Context) -> Value {
    if let ("time", Some(time)) = (name, context.time) {
        return Value::Time(time);
    }
    let field = context.fields.get(name).cloned().map(Value::from);
    field
        .or_else(|| context.tags.get(name).cloned().map(Value::String))
        .unwrap_or(Value::Missing)
}

fn name_value(name: &str, context: &Context) -> Result<Value, String> {
    if let Some(value) = (context.named)(name) {
        return Ok(value);
    }
    match context.scope.get(name) {
        Some(Const::Float(value)) => Ok(Value::Float(*value)),
        Some(Const::Int(value)) => Ok(Value::Int(*value)),
        Some(Const::Duration(value)) => Ok(Value::Duration(*value)),
        Some(Const::Bool(value)) => Ok(Value::Bool(*value)),
        Some(Const::String(text)) => Ok(Value::String(text.clone())),
        Some(Const::Regex(text)) => Ok(Value::Regex(text.clone())),
        Some(Const::Lambda(expression)) => evaluate(expression, context),
        Some(Const::Star | Const::List(_) | Const::Node(_) | Const::Reference(_)) | None => {
            Err(format!("name {name:?} is undefined"))
        }
    }
}

fn present(value: Value) -> Result<Value, String> {
    match value {
        Value::Missing => Err(NOTHING.to_owned()),
        present => Ok(present),
    }
}

fn binary_value(binary: &Binary, context: &Context) -> Result<Value, String> {
    let mut left = evaluate(binary.first(), context)?;
    for operation in binary.rest() {
        left = match (operation.operator, present(left)?) {
            (Operator::And, Value::Bool(false)) => Value::Bool(false),
            (Operator::Or, Value::Bool(true)) => Value::Bool(true),
            (operator, left) => operate(operator, left, present(evaluate(&operation.operand, context)?)?)?,
        };
    }
    Ok(left)
}

fn operate(operator: Operator, left: Value, right: Value) -> Result<Value, String> {
    use Operator::{And, Divide, Minus, Modulo, Multiply, Or, Plus, RegexEqual, RegexNotEqual};
    let value = match (operator, &left, &right) {
        (And, Value::Bool(left), Value::Bool(right)) => Value::Bool(*left && *right),
        (Or, Value::Bool(left), Value::Bool(right)) => Value::Bool(*left || *right),
        (RegexEqual, Value::String(text), Value::Regex(regex)) => Value::Bool(functions::regex_matches(regex, text)?),
        (RegexNotEqual, Value::String(text), Value::Regex(regex)) => {
            Value::Bool(!functions::regex_matches(regex, text)?)
        }
        (Plus, Value::String(left), Value::String(right)) => Value::String(format!("{left}{right}")),
        (Plus, Value::Float(left), Value::Float(right)) => Value::Float(left + right),
        (Minus, Value::Float(left), Value::Float(right)) => Value::Float(left - right),
        (Multiply, Value::Float(left), Value::Float(right)) => Value::Float(left * right),
        (Divide, Value::Float(left), Value::Float(right)) => Value::Float(left / right),
        (Plus, Value::Int(left), Value::Int(right)) => Value::Int(left.wrapping_add(*right)),
        (Minus, Value::Int(left), Value::Int(right)) => Value::Int(left.wrapping_sub(*right)),
        (Multiply, Value::Int(left), Value::Int(right)) => Value::Int(left.wrapping_mul(*right)),
        (Divide | Modulo, Value::Int(_), Value::Int(0)) => {
            return Err("runtime error: integer divide by zero".to_owned())
        }
        (Divide, Value::Int(left), Value::Int(right)) => Value::Int(left.wrapping_div(*right)),
        (Modulo, Value::Int(left), Value::Int(right)) => Value::Int(left.wrapping_rem(*right)),
        (Plus, Value::Duration(left), Value::Duration(right)) => Value::Duration(left.wrapping_add(*right)),
        (Minus, Value::Duration(left), Value::Duration(right)) => Value::Duration(left.wrapping_sub(*right)),
        (Multiply, Value::Duration(duration), Value::Int(factor))
        | (Multiply, Value::Int(factor), Value::Duration(duration)) => Value::Duration(duration.wrapping_mul(*factor)),
        (Divide, Value::Duration(_), Value::Int(0)) => return Err("runtime error: integer divide by zero".to_owned()),
        (Divide, Value::Duration(duration), Value::Int(divisor)) => Value::Duration(duration.wrapping_div(*divisor)),
        _ => {
            let compared = compare(operator, &left, &right).map(Value::Bool);
            return compared.ok_or_else(|| unfit(operator, &left, &right));
        }
    };
    Ok(value)
}

/// Kapacitor's words for an operator that does not take these values.
fn unfit(operator: Operator, left: &Value, right: &Value) -> String {
    let symbol = operator.symbol();
    let (left, right) = (left.type_name(), right.type_name());
    let kind = match operator {
        Operator::And | Operator::Or => "logical",
        Operator::Plus | Operator::Minus | Operator::Multiply | Operator::Divide | Operator::Modulo => "math",
        _ => "comparison",
    };
    let is_regex = matches!(operator, Operator::RegexEqual | Operator::RegexNotEqual);
    if left == right && !is_regex || is_regex && left != "string" {
        return format!("invalid {kind} operator {symbol} for type {left}");
    }
    format!(
        "mismatched type to binary operator. got {left} {symbol} {right}. see bool(), int(), float(), string(), duration()"
    )
}

/// Comparisons; integers and floats may meet, other kinds may not.
fn compare(operator: Operator, left: &Value, right: &Value) -> Option<bool> {
    let order = match (left, right) {
        (Value::Int(left), Value::Int(right)) | (Value::Duration(left), Value::Duration(right)) => {
            Some(left.cmp(right))
        }
        (Value::Float(left), Value::Float(right)) => left.partial_cmp(right),
        (Value::Int(left), Value::Float(right)) => (*left as f64).partial_cmp(right),
        (Value::Float(left), Value::Int(right)) => left.partial_cmp(&(*right as f64)),
        (Value::String(left), Value::String(right)) => Some(left.cmp(right)),
        (Value::Bool(left), Value::Bool(right)) if matches!(operator, Operator::Equal | Operator::NotEqual) => {
            Some(left.cmp(right))
        }
        _ => return None,
    };
    match operator {
        Operator::Equal => Some(order == Some(Ordering::Equal)),
        Operator::NotEqual => Some(order != Some(Ordering::Equal)),
        Operator::Greater => Some(order == Some(Ordering::Greater)),
        Operator::GreaterEqual => Some(matches!(order, Some(Ordering::Greater | Ordering::Equal))),
        Operator::Less => Some(order == Some(Ordering::Less)),
        Operator::LessEqual => Some(matches!(order, Some(Ordering::Less | Ordering::Equal))),
        _ => None,
    }
}
