//! The form of a script in which two scripts are equal where they mean the same.
//!
//! Comments and layout are gone, and what has no order is sorted: declarations of plain variables, properties of a node,
//! handlers of an alert (those of one kind keep their order), conditions that are joined with AND or OR.

use std::mem::take;

use super::expression::text_of;
use crate::rule::handlers::{Form, HandlerKind, OptionKind, KINDS};
use crate::tickscript::ast::{
    Binary, Call, Chain, ChainOperator, Expression, Identifier, Lambda, Link, List, Member, Number, Operation,
    Operator, Program, Quotes, Star, Statement, StringLiteral, Unary,
};

/// A node of a chain: the call that makes it, and the calls that set its properties.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rule) struct Node {
    pub(in crate::rule) call: Call,
    pub(in crate::rule) properties: Vec<Call>,
}

/// An alert's own properties, and its handlers with theirs.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::rule) struct Alert {
    pub(in crate::rule) properties: Vec<Call>,
    pub(in crate::rule) handlers: Vec<Node>,
}

/// The normal form of a script.
pub(super) fn normal(program: &Program) -> Program {
    let mut plain = Vec::new();
    let mut chains = Vec::new();
    let mut outputs = Vec::new();
    for statement in &program.statements {
        match statement {
            Statement::Variable(variable) => {
                let value = expression(&variable.value);
                let is_chain = matches!(value, Expression::Chain(_));
                let statement = Statement::variable(variable.name.name.clone(), value);
                if is_chain {
                    chains.push(statement);
                } else {
                    plain.push((variable.name.name.clone(), statement));
                }
            }
            // What stands alone does nothing. Chronograf writes a name behind a number with an exponent, and durations behind
            // a duration that it read and saves again: its own form of `10m` is `10m0s`, to Kapacitor `10m` and then `0s`.
            Statement::Expression(Expression::Identifier(_) | Expression::Duration(_)) => {}
            Statement::Expression(value) => outputs.push(expression(value)),
            Statement::TypedVariable(variable) => {
                let mut variable = variable.clone();
                variable.comment = None;
                variable.name.comment = None;
                variable.kind.comment = None;
                chains.push(Statement::TypedVariable(variable));
            }
            Statement::Dbrp(dbrp) => {
                let mut dbrp = dbrp.clone();
                dbrp.comment = None;
                chains.push(Statement::Dbrp(dbrp));
            }
        }
    }
    plain.sort_by(|(left, _), (right, _)| left.cmp(right));
    outputs.sort_by_cached_key(text_of);
    let statements = plain
        .into_iter()
        .map(|(_, statement)| statement)
        .chain(chains)
        .chain(outputs.into_iter().map(Statement::from))
        .collect();
    Program {
        statements,
        trailing: Vec::new(),
    }
}

/// The normal form of an expression.
pub(super) fn expression(value: &Expression) -> Expression {
    match value {
        Expression::Number(number) => match number.value() {
            Number::Octal(number) => Number::Integer(number).into(),
            other => other.into(),
        },
        Expression::Bool(boolean) => boolean.value.into(),
        Expression::String(string) => plain_string(string),
        Expression::Star(_) => Star::default().into(),
        Expression::Identifier(identifier) => Identifier::new(identifier.name.clone()).into(),
        Expression::List(list) => List::new(list.items.iter().map(expression).collect()).into(),
        Expression::Call(original) => call(original).into(),
        Expression::Unary(unary) => Unary {
            comment: None,
            operator: unary.operator,
            operand: expression(&unary.operand),
        }
        .into(),
        Expression::Binary(operation) => binary(operation),
        Expression::Lambda(lambda) => Lambda::new(expression(&lambda.expression)).into(),
        Expression::Chain(links) => chain(links).into(),
        Expression::Duration(duration) => {
            let mut duration = duration.clone();
            duration.comment = None;
            duration.into()
        }
        Expression::Regex(regex) => {
            let mut regex = regex.clone();
            regex.comment = None;
            regex.into()
        }
        Expression::Reference(reference) => {
            let mut reference = reference.clone();
            reference.comment = None;
            reference.into()
        }
    }
}

/// A text counts, and not its quotes.
fn plain_string(string: &StringLiteral) -> Expression {
    let mut plain = string.clone();
    plain.comment = None;
    if plain.quotes() == Quotes::Triple {
        if let Ok(rewritten) = StringLiteral::new(plain.value()) {
            plain = rewritten;
        }
    }
    plain.into()
}

fn call(call: &Call) -> Call {
    Call::new(call.name.clone(), call.arguments.iter().map(expression).collect())
}

fn binary(operation: &Binary) -> Expression {
    if let Some(operator) = [Operator::And, Operator::Or]
        .into_iter()
        .find(|operator| operation.operands_of(*operator).is_some())
    {
        let mut operands = Vec::new();
        flatten(operation, operator, &mut operands);
        operands.sort_by_cached_key(text_of);
        if let Some(joined) = operands
            .into_iter()
            .reduce(|left, right| Binary::new(left, operator, right).into())
        {
            return joined;
        }
    }
    let rest = operation
        .rest
        .iter()
        .map(|step| Operation {
            comment: None,
            operator: step.operator,
            operand: expression(&step.operand),
            multi_line: false,
        })
        .collect();
    Binary {
        first: expression(&operation.first),
        rest,
        parenthesised: false,
    }
    .into()
}

/// Takes apart what is joined with one operator, over parentheses too.
fn flatten(operation: &Binary, operator: Operator, operands: &mut Vec<Expression>) {
    for operand in operation.operands_of(operator).unwrap_or_default() {
        match operand {
            Expression::Binary(inner) if inner.operands_of(operator).is_some() => flatten(inner, operator, operands),
            other => operands.push(expression(other)),
        }
    }
}

fn chain(original: &Chain) -> Chain {
    let mut normal = Chain {
        head: member(&original.head),
        links: Vec::new(),
    };
    let (before, nodes) = nodes(original);
    normal.links.extend(before);
    for node in nodes {
        match alert(&node) {
            Some(alert) => append_alert(&mut normal, node.call, alert),
            None => append_node(&mut normal, ChainOperator::Pipe, node),
        }
    }
    normal
}

/// What stands before a chain's first node, and its nodes, in normal form but in their order.
///
/// Names are written with a small first letter, as Kapacitor does not tell `.URL` and `.uRL` apart.
pub(in crate::rule) fn nodes(chain: &Chain) -> (Vec<Link>, Vec<Node>) {
    let mut before = Vec::new();
    let mut nodes: Vec<Node> = Vec::new();
    for link in &chain.links {
        let plain = Link {
            comment: None,
            operator: link.operator,
            member: member(&link.member),
        };
        match (link.operator, plain.member, nodes.last_mut()) {
            (ChainOperator::Pipe, Member::Call(call), _) => nodes.push(Node {
                call: small(call),
                properties: Vec::new(),
            }),
            (ChainOperator::Dot, Member::Call(call), Some(node)) => node.properties.push(small(call)),
            (operator, member, _) => {
                // Nothing that a rule has: it goes back as it stands, behind all that came before.
                for node in take(&mut nodes) {
                    before.push(Link {
                        comment: None,
                        operator: ChainOperator::Pipe,
                        member: Member::Call(node.call),
                    });
                    before.extend(node.properties.into_iter().map(dot));
                }
                before.push(Link {
                    comment: None,
                    operator,
                    member,
                });
            }
        }
    }
    (before, nodes)
}

/// Tells an alert's handlers from its own properties, as Kapacitor does; `None` for another node.
pub(in crate::rule) fn alert(node: &Node) -> Option<Alert> {
    if !matches!(node.call.name.as_str(), "alert" | "deadman") {
        return None;
    }
    let mut alert = Alert {
        properties: Vec::new(),
        handlers: Vec::new(),
    };
    let mut in_handler = false;
    for property in &node.properties {
        let name = property.name.as_str();
        let current = alert.handlers.last_mut().filter(|_| in_handler);
        match current {
            Some(handler) if has_property(&handler.call.name, name) => handler.properties.push(property.clone()),
            _ if is_handler(name) => {
                alert.handlers.push(Node {
                    call: property.clone(),
                    properties: Vec::new(),
                });
                in_handler = true;
            }
            Some(handler) if !ALERT_ONLY.contains(&name) => handler.properties.push(property.clone()),
            _ => {
                alert.properties.push(property.clone());
                in_handler = false;
            }
        }
    }
    Some(alert)
}

/// Properties of the alert that no handler has, and that so may stand behind a handler too.
const ALERT_ONLY: &[&str] = &[
    "crit",
    "durationField",
    "flapping",
    "id",
    "idTag",
    "levelTag",
    "messageField",
    "noRecoveries",
    "stateChangesOnly",
];

fn is_handler(name: &str) -> bool {
    name == "post" || KINDS.iter().any(|kind| kind.name == name)
}

fn has_property(handler: &str, name: &str) -> bool {
    kind_of(handler).is_some_and(|kind| kind.options.iter().any(|option| option.method() == name))
}

fn kind_of(handler: &str) -> Option<&'static HandlerKind> {
    KINDS.iter().find(|kind| kind.name == handler)
}

fn append_alert(chain: &mut Chain, call: Call, alert: Alert) {
    let mut properties = alert.properties;
    properties.sort_by_cached_key(text_of_call);
    // Chronograf writes this flag twice for a new rule.
    properties.dedup_by(|left, right| left == right && left.name == "stateChangesOnly" && left.arguments.is_empty());
    chain.links.push(Link {
        comment: None,
        operator: ChainOperator::Pipe,
        member: Member::Call(call),
    });
    chain.links.extend(properties.into_iter().map(dot));
    let mut handlers = alert.handlers;
    handlers.sort_by_key(|handler| KINDS.iter().position(|kind| kind.name == handler.call.name));
    for mut handler in handlers {
        spread_arguments(&mut handler);
        handler
            .properties
            .retain(|property| !is_empty_list(&handler.call.name, property));
        append_node(chain, ChainOperator::Dot, handler);
    }
}

/// `.email('a', 'b')`, as older Chronografs wrote it, is `.email().to('a').to('b')`.
fn spread_arguments(handler: &mut Node) {
    let repeated =
        kind_of(&handler.call.name).and_then(|kind| kind.options.iter().find(|option| option.form == Form::Repeated));
    if let Some(option) = repeated {
        let items = take(&mut handler.call.arguments).into_iter();
        let properties = items.map(|item| Call::new(option.method(), vec![item]));
        handler.properties.splice(0..0, properties);
    }
}

/// Whether a property sets a list to nothing, which it is without it.
fn is_empty_list(handler: &str, property: &Call) -> bool {
    property.arguments.is_empty()
        && kind_of(handler).is_some_and(|kind| {
            kind.options
                .iter()
                .any(|option| option.kind == OptionKind::List && option.method() == property.name)
        })
}

fn append_node(chain: &mut Chain, operator: ChainOperator, node: Node) {
    let mut properties = node.properties;
    // Calls that repeat a name make a list, as the recipients of a mail, and keep their order; headers make a map.
    properties.sort_by_cached_key(|property| match property.name.as_str() {
        "to" => property.name.clone(),
        _ => text_of_call(property),
    });
    chain.links.push(Link {
        comment: None,
        operator,
        member: Member::Call(node.call),
    });
    chain.links.extend(properties.into_iter().map(dot));
}

fn dot(call: Call) -> Link {
    Link {
        comment: None,
        operator: ChainOperator::Dot,
        member: Member::Call(call),
    }
}

fn member(member: &Member) -> Member {
    match member {
        Member::Identifier(identifier) => {
            let mut plain = identifier.clone();
            plain.comment = None;
            Member::Identifier(plain)
        }
        Member::Call(original) => Member::Call(call(original)),
    }
}

fn small(mut call: Call) -> Call {
    let mut letters = call.name.chars();
    if let Some(first) = letters.next() {
        call.name = first.to_ascii_lowercase().to_string() + letters.as_str();
    }
    call
}

fn text_of_call(call: &Call) -> String {
    text_of(&Expression::from(call.clone()))
}
