//! What a configuration of a handler may say, as far as a plan can know it.

use super::definition::{twin, version};
use super::state::model::effective;
use super::state::model::get;
use super::state::model::Attributes;
use super::state::model::TopicHandlerState;
use super::state::model::SENSITIVE_HEADERS;
use crate::provider::attributes::write_only::{check_version, report_both};
use crate::provider::task::task_id::can_be;
use crate::provider::values::{Text, TextMap};
use crate::provider::webhook::{check_headers_at, check_url};
use crate::rule::handlers::{Content, TopicKind, TopicOption, TopicOptionKind, TOPIC_KINDS};
use crate::rule::{check_match, text_problem, Duration};
use crate::template::Place;
use tf_provider::value::{Value, ValueAny};
use tf_provider::{AttributePath, Diagnostics};

const INVALID: &str = "Invalid attribute value";

/// Reports everything in the configuration that cannot work.
pub(super) fn check(diags: &mut Diagnostics, config: &TopicHandlerState) {
    for name in ["topic", "handler_id"] {
        if config.text(name).is_some_and(|text| !can_be(text)) {
            diags.error(
                INVALID,
                "It has to be made of letters, digits, `-`, `.` and `_`, at least one of them: Kapacitor refuses any other.",
                AttributePath::new(name),
            );
        }
    }
    check_expression(diags, config);
    check_kinds(diags, config);
    if let Some((kind, options)) = config.kind() {
        for option in kind.options {
            check_option(diags, kind, option, options);
        }
        if kind.options.is_empty() && !options.is_empty() {
            let detail = format!("The kind {} has no options: write {{}}.", kind.name);
            diags.error(INVALID, detail, AttributePath::new(kind.name));
        }
        check_post_headers(diags, kind, options);
    }
}

fn check_expression(diags: &mut Diagnostics, config: &TopicHandlerState) {
    let Some(expression) = config.text("match").filter(|expression| !expression.is_empty()) else {
        return;
    };
    let at = AttributePath::new("match");
    match check_match(expression) {
        Err(problem) => diags.error(INVALID, problem, at),
        Ok(meaning) if meaning.drops_recoveries && config.kind().is_some_and(|(kind, _)| kind.name == "post") => diags
            .warning(
                "Incidents will not resolve by themselves",
                "The handler gets no alert whose level is OK, so that no recovery is posted, and an incident in Squadcast stays \
                 open until somebody resolves it by hand. Let the level OK through, unless the webhook does not lead to \
                 Squadcast: `level() == OK OR …`.",
                at,
            ),
        Ok(_) => {}
    }
}

fn check_kinds(diags: &mut Diagnostics, config: &TopicHandlerState) {
    let kinds: Vec<&str> = config.kinds().map(|kind| kind.name).collect();
    match kinds.as_slice() {
        [_] => {}
        [] => {
            let all: Vec<String> = TOPIC_KINDS.iter().map(|kind| format!("`{}`", kind.name)).collect();
            diags.root_error(
                INVALID,
                format!("Set one of the kinds of handlers: {}.", all.join(", ")),
            );
        }
        [.., last] => {
            let several: Vec<String> = kinds.iter().map(|kind| format!("`{kind}`")).collect();
            diags.error(
                INVALID,
                format!(
                    "A handler is of one kind, and this one has {}. Write a resource for each.",
                    several.join(" and ")
                ),
                AttributePath::new(*last),
            );
        }
    }
}

fn check_option(diags: &mut Diagnostics, kind: &'static TopicKind, option: &'static TopicOption, options: &Attributes) {
    let at = move |name: String| AttributePath::new(kind.name).attribute(name);
    if option.secret {
        let (plain, write_only) = (get(options, option.name), get(options, &twin(option.name)));
        if !matches!(plain, ValueAny::Null | ValueAny::Unknown)
            && !matches!(write_only, ValueAny::Null | ValueAny::Unknown)
        {
            report_both(diags, option.name, &twin(option.name), &at);
        }
        let version = known_or_null(get(options, &version(option.name)));
        check_version(diags, &twin(option.name), &presence(write_only), &version, &at);
    }
    let value = effective(options, option);
    let at = at(option.name.to_owned());
    match (option.kind, value) {
        (_, ValueAny::String(text)) if option.required && text.is_empty() => {
            diags.error(
                INVALID,
                "It must not be empty: the handler does nothing without it.",
                at,
            );
        }
        (TopicOptionKind::Duration, ValueAny::String(text)) => {
            if let Err(error) = text.parse::<Duration>() {
                diags.error(INVALID, format!("{error}."), at);
            }
        }
        (_, ValueAny::String(text)) => check_text(diags, kind, option, text, at),
        (TopicOptionKind::List, ValueAny::List(items)) => {
            for (index, item) in (0..).zip(items) {
                match item {
                    ValueAny::String(text) => check_text(diags, kind, option, text, at.clone().index(index)),
                    ValueAny::Null => diags.error(INVALID, "An item of the list is null.", at.clone().index(index)),
                    _ => {}
                }
            }
        }
        (TopicOptionKind::Maps(names), ValueAny::List(items)) => {
            for (index, item) in (0..).zip(items) {
                check_names(diags, names, item, at.clone().index(index));
            }
        }
        _ => {}
    }
}

fn check_names(diags: &mut Diagnostics, names: &[&str], item: &ValueAny, at: AttributePath) {
    let ValueAny::Map(entries) = item else { return };
    let is_complete = names.iter().all(|name| entries.contains_key(*name)) && entries.len() == names.len();
    if !is_complete {
        let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
        diags.error(
            INVALID,
            format!("Each item has {}, and nothing else.", names.join(", ")),
            at,
        );
    }
}

fn check_text(diags: &mut Diagnostics, kind: &TopicKind, option: &TopicOption, text: &str, at: AttributePath) {
    match kind.content_of(option) {
        // An empty one takes the URL away.
        _ if text.is_empty() => {}
        Content::Url if kind.name == "post" => check_url(diags, at, &Value::Value(text.to_owned()), Place::Url),
        content => {
            if let Some(problem) = text_problem(content, text) {
                diags.error(INVALID, problem, at);
            }
        }
    }
}

fn check_post_headers(diags: &mut Diagnostics, kind: &TopicKind, options: &Attributes) {
    if kind.name != "post" {
        return;
    }
    let twin = twin(SENSITIVE_HEADERS);
    let maps = ["headers", SENSITIVE_HEADERS, &twin].map(|name| (name, headers(get(options, name))));
    let maps: Vec<(&str, &TextMap)> = maps.iter().map(|(name, map)| (*name, map)).collect();
    check_headers_at(diags, AttributePath::new(kind.name), &maps);
}

fn headers(value: &ValueAny) -> TextMap {
    match value {
        ValueAny::Map(entries) => Value::Value(
            entries
                .iter()
                .map(|(name, value)| (name.clone(), known_or_null(value)))
                .collect(),
        ),
        ValueAny::Unknown => Value::Unknown,
        _ => Value::Null,
    }
}

fn known_or_null(value: &ValueAny) -> Text {
    match value {
        ValueAny::String(text) => Value::Value(text.clone()),
        ValueAny::Unknown => Value::Unknown,
        _ => Value::Null,
    }
}

fn presence(value: &ValueAny) -> Value<()> {
    match value {
        ValueAny::Null => Value::Null,
        ValueAny::Unknown => Value::Unknown,
        _ => Value::Value(()),
    }
}

/// Where the configuration sets what only it has.
pub(super) fn write_only_values(config: &TopicHandlerState) -> Vec<AttributePath> {
    let set = |kind: &'static TopicKind| {
        let twins = kind.options.iter().filter(|option| option.secret);
        let twins = twins.map(|option| twin(option.name));
        match config.get(kind.name) {
            ValueAny::Map(options) => twins
                .filter(|twin| !matches!(get(options, twin), ValueAny::Null))
                .collect(),
            _ => Vec::new(),
        }
    };
    let paths = |kind: &'static TopicKind| {
        let twins = set(kind).into_iter();
        twins.map(|twin| AttributePath::new(kind.name).attribute(twin))
    };
    config.kinds().flat_map(paths).collect()
}

/// Reports a `post` that would go nowhere, once it is known what it keeps.
pub(super) fn check_target(diags: &mut Diagnostics, planned: &TopicHandlerState) {
    let Some((kind, options)) = planned.kind().filter(|(kind, _)| kind.name == "post") else {
        return;
    };
    let is_empty = |value: &ValueAny| match value {
        ValueAny::Null => true,
        ValueAny::String(text) => text.is_empty(),
        _ => false,
    };
    let url = kind.options.iter().find(|option| option.name == "url");
    let has_url = url.is_some_and(|url| !is_empty(effective(options, url)))
        || !matches!(get(options, &version("url")), ValueAny::Null);
    if !has_url && is_empty(get(options, "endpoint")) {
        diags.error(
            INVALID,
            "Set `url`, or `endpoint` to the name of an endpoint of kapacitor.conf, or both: Kapacitor then posts to the endpoint \
             where it is live, and to the URL where it is not.",
            AttributePath::new("post"),
        );
    }
}
