//! The alert of a rule's script: its properties, then its handlers.

use super::expression::{identifier, number, string, strings, Written};
use crate::rule::handlers::{Form, Handler, HandlerOption, OptionKind, OptionValue};
use crate::rule::{Definition, Number, Post};
use crate::tickscript::ast::{self, Chain, Expression};

/// The alert's properties, then its handlers by kind.
pub(super) fn alert_properties(rule: &Definition, alert: Chain) -> Written<Chain> {
    let mut alert = alert
        .dot("message", vec![identifier("message")])
        .dot("id", vec![identifier("idVar")])
        .dot("idTag", vec![identifier("idTag")])
        .dot("levelTag", vec![identifier("levelTag")])
        .dot("messageField", vec![identifier("messageField")])
        .dot("durationField", vec![identifier("durationField")]);
    if !rule.details.is_empty() {
        alert = alert.dot("details", vec![identifier("details")]);
    }
    if rule.no_recoveries {
        alert = alert.dot("noRecoveries", vec![]);
    }
    if rule.state_changes_only {
        alert = alert.dot("stateChangesOnly", vec![]);
    }
    if rule.flapping {
        alert = alert.dot(
            "flapping",
            vec![ast::Number::Float(0.0).into(), ast::Number::Float(0.0).into()],
        );
    }
    for post in &rule.posts {
        alert = with_post(alert, post)?;
    }
    for handler in in_printed_order(&rule.handlers) {
        alert = with_handler(alert, handler)?;
    }
    Ok(alert)
}

/// The handlers in Kapacitor's order, but none of `teams` right behind one that has a property of that name: Kapacitor
/// would take it for the property, as it does where Chronograf writes it so.
fn in_printed_order(handlers: &[Handler]) -> Vec<&Handler> {
    let has_teams = |handler: &Handler| handler.kind.options.iter().any(|option| option.method() == "teams");
    let first_teams = handlers
        .iter()
        .position(|handler| handler.kind.name == "teams")
        .unwrap_or(handlers.len());
    let (before, teams) = handlers.split_at(first_teams);
    if !before.last().is_some_and(has_teams) {
        return handlers.iter().collect();
    }
    let clear = before.iter().position(has_teams).unwrap_or(0);
    before[..clear].iter().chain(teams).chain(&before[clear..]).collect()
}

fn with_post(alert: Chain, post: &Post) -> Written<Chain> {
    let mut alert = alert.dot("post", post.url.iter().map(|url| string(url)).collect::<Written<_>>()?);
    if let Some(endpoint) = &post.endpoint {
        alert = alert.dot("endpoint", vec![string(endpoint)?]);
    }
    for (name, value) in &post.headers {
        alert = alert.dot("header", vec![string(name)?, string(value)?]);
    }
    Ok(alert)
}

fn with_handler(alert: Chain, handler: &Handler) -> Written<Chain> {
    let mut arguments = Vec::new();
    for option in handler
        .kind
        .options
        .iter()
        .filter(|option| option.form == Form::Arguments)
    {
        arguments.extend(option_arguments(handler.option(option.name))?);
    }
    let mut alert = alert.dot(handler.kind.name, arguments);
    for option in handler.kind.options {
        alert = with_option(alert, option, handler.option(option.name))?;
    }
    Ok(alert)
}

fn with_option(alert: Chain, option: &HandlerOption, value: Option<&OptionValue>) -> Written<Chain> {
    let arguments = option_arguments(value)?;
    Ok(match option.form {
        Form::Arguments => alert,
        Form::Repeated => arguments
            .into_iter()
            .fold(alert, |alert, item| alert.dot(option.method(), vec![item])),
        Form::Property if value.is_none() && option.kind != OptionKind::List => alert,
        Form::Property => alert.dot(option.method(), arguments),
    })
}

fn option_arguments(value: Option<&OptionValue>) -> Written<Vec<Expression>> {
    match value {
        None | Some(OptionValue::Flag) => Ok(Vec::new()),
        Some(OptionValue::Text(text)) => Ok(vec![string(text)?]),
        Some(OptionValue::List(items)) => strings(items),
        Some(OptionValue::Integer(integer)) => Ok(vec![number(Number::Integer(*integer))]),
    }
}
