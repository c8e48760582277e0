//! The attribute `handlers`, from the table of handlers.

use super::names::{NamedKind, NamedOption, NAMED_KINDS};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::rule::handlers::{Content, HandlerOption, OptionKind};

/// The attribute `handlers`: of each kind of handler a list, and of each option an attribute of its own type.
pub(crate) fn handlers() -> Definition {
    Definition::new(
        "handlers",
        Kind::Object(NAMED_KINDS.iter().map(kind).collect()),
        Given::Optional,
        "Other places that alerts are sent to: a list for each kind of handler.",
    )
}

fn kind(named: &NamedKind) -> Definition {
    let options: Vec<Definition> = named.options.iter().flat_map(option).collect();
    // Terraform takes no object without attributes.
    match options.is_empty() {
        false => Definition::new(
            named.attribute,
            Kind::Objects(options),
            Given::Optional,
            named.kind.description(),
        ),
        true => {
            let description = with_notes(&named.kind.description(), &["`[{}]`, without options"]);
            Definition::new(named.attribute, Kind::TextMaps, Given::Optional, description)
        }
    }
}

fn description(option: &HandlerOption) -> String {
    let (sentence, rest) = option
        .documentation
        .split_once(". ")
        .unwrap_or((option.documentation, ""));
    let mut notes = Vec::new();
    if let Content::Template(_) = option.content {
        notes.push("a Go template");
    }
    if !rest.is_empty() {
        notes.push(rest.trim_end_matches('.'));
    }
    if option.secret {
        notes.push("left out, the one that the rule has stays, and `\"\"` removes it");
    }
    with_notes(sentence, &notes)
}

/// A sentence with notes in brackets before its full stop.
fn with_notes(sentence: &str, notes: &[&str]) -> String {
    let sentence = sentence.trim_end_matches('.');
    match notes.is_empty() {
        true => format!("{sentence}."),
        false => format!("{sentence} ({}).", notes.join("; ")),
    }
}

fn option(named: &NamedOption) -> Vec<Definition> {
    let option = named.option;
    let kind = match (option.kind, option.content) {
        (OptionKind::Text, Content::Url) => Kind::Url,
        (OptionKind::Text, _) => Kind::Text,
        (OptionKind::List, _) => Kind::TextList,
        (OptionKind::Flag, _) => Kind::Flag,
        (OptionKind::Integer, _) => Kind::Count,
    };
    // A secret that is left out stays, and what a handler needs is not needed of one that keeps it.
    let given = match (option.secret, option.required) {
        (true, _) => Given::Defaulted,
        (false, true) => Given::Required,
        (false, false) => Given::Optional,
    };
    let plain = Definition::new(named.attribute, kind.clone(), given, description(option));
    let Some([twin, version]) = named.twin else {
        return vec![plain];
    };
    let twins = Definition::write_only_twin_named([named.attribute, twin, version], kind);
    std::iter::once(plain.sensitive()).chain(twins).collect()
}
