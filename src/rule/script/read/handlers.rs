//! The webhooks and handlers of a script's alert.

use std::collections::BTreeMap;

use crate::rule::handlers::{Form, Handler, HandlerKind, HandlerOption, OptionKind, OptionValue};
use crate::rule::script::expression::as_number;
use crate::rule::script::expression::Read;
use crate::rule::script::normal_form::Node;
use crate::rule::{Field, HandlerSpec, Number, PostSpec, TextMap, Unrepresentable};
use crate::tickscript::ast::{Call, Expression};

pub(crate) fn post(node: &Node) -> Read<PostSpec> {
    let unknown = || Unrepresentable::because("a `post` is written in a way that a rule has no attribute for");
    let mut spec = PostSpec::default();
    match node.call.arguments.as_slice() {
        [] => {}
        [url] => spec.url = url.as_str().ok_or_else(unknown)?.into(),
        _ => return Err(unknown()),
    }
    let mut headers = TextMap::new();
    for property in &node.properties {
        let texts: Option<Vec<&str>> = property.arguments.iter().map(Expression::as_str).collect();
        match (property.name.as_str(), texts.unwrap_or_default().as_slice()) {
            ("endpoint", [name]) => spec.endpoint = (*name).into(),
            ("header", [name, value]) => {
                headers.insert((*name).to_owned(), (*value).into());
            }
            (name, _) => {
                return Err(Unrepresentable::because(format!(
                    "the property `{name}` of `post` is none that a rule has an attribute for"
                )))
            }
        }
    }
    if !headers.is_empty() {
        spec.headers = Field::Known(headers);
    }
    Ok(spec)
}

pub(crate) fn handler(node: &Node) -> Read<HandlerSpec> {
    let kind = HandlerKind::named(&node.call.name).map_err(Unrepresentable::because)?;
    let mut handler = Handler {
        kind,
        options: BTreeMap::new(),
    };
    let in_parentheses = kind
        .options
        .iter()
        .find(|option| matches!(option.form, Form::Arguments | Form::Repeated));
    match in_parentheses {
        Some(option) => set_option(&mut handler, option, &node.call)?,
        None if node.call.arguments.is_empty() => {}
        None => return Err(unknown_property(kind, "its parentheses")),
    }
    for property in &node.properties {
        let option = kind
            .options
            .iter()
            .find(|option| option.form != Form::Arguments && option.method() == property.name);
        let option = option.ok_or_else(|| unknown_property(kind, &property.name))?;
        set_option(&mut handler, option, property)?;
    }
    Ok(HandlerSpec::from(&handler))
}

fn set_option(handler: &mut Handler, option: &'static HandlerOption, call: &Call) -> Read<()> {
    let unknown = || unknown_property(handler.kind, option.name);
    let texts: Option<Vec<String>> = call
        .arguments
        .iter()
        .map(|argument| argument.as_str().map(str::to_owned))
        .collect();
    let value = match (option.kind, call.arguments.as_slice()) {
        (OptionKind::Flag, []) => Some(OptionValue::Flag),
        (OptionKind::Integer, [argument]) => match as_number(argument) {
            Some(Number::Integer(integer)) => Some(OptionValue::Integer(integer)),
            _ => return Err(unknown()),
        },
        (OptionKind::Text, [_]) => texts.ok_or_else(unknown)?.into_iter().next().map(OptionValue::Text),
        (OptionKind::List, _) => Some(texts.ok_or_else(unknown)?)
            .filter(|items| !items.is_empty())
            .map(OptionValue::List),
        _ => return Err(unknown()),
    };
    match (option.form, value, handler.options.get_mut(option.name)) {
        (Form::Repeated, Some(OptionValue::List(more)), Some(OptionValue::List(items))) => items.extend(more),
        (_, Some(value), _) => {
            handler.options.insert(option.name, value);
        }
        (_, None, _) => {}
    }
    Ok(())
}

fn unknown_property(kind: &HandlerKind, name: &str) -> Unrepresentable {
    Unrepresentable::because(format!(
        "the handler {} has `{name}` written in a way that a rule has no attribute for",
        kind.name
    ))
}
