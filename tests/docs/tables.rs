//! Tables of the pages, from the tables in the code.

use crate::{functions, served};
use regex::Regex;
use squadcast_kapacitor::provider::Undeclared;
use squadcast_kapacitor::rule::{Need, TriggerKind, ATTRIBUTES};
use std::collections::BTreeMap;
use tf_provider::schema::{AttributeType, Block};

fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let row = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let heads: Vec<String> = heads.iter().map(|head| (*head).to_owned()).collect();
    let mut lines = vec![row(&heads), format!("|{}", "---|".repeat(heads.len()))];
    lines.extend(rows.iter().map(|cells| row(cells)));
    lines.join("\n")
}

/// The words that an attribute of a rule takes, with their meanings.
pub(crate) fn words(attribute: &str) -> String {
    let rows: Vec<_> = allowed(attribute)
        .into_iter()
        .map(|(word, meaning)| vec![format!("`{word}`"), meaning.trim_end_matches('.').to_owned()])
        .collect();
    table(&[&format!("`{attribute}`"), "Meaning"], &rows)
}

/// What to do about an endpoint that kapacitor.conf does not declare.
pub(crate) fn undeclared() -> String {
    let rows = Undeclared::ALL.map(|value| vec![format!("`{}`", value.name()), value.meaning().to_owned()]);
    table(&["`undeclared`", "What the provider does"], &rows)
}

/// The meaning of one word.
pub(crate) fn meaning(attribute: &str, word: &str) -> String {
    let found = allowed(attribute).into_iter().find(|(known, _)| *known == word);
    found
        .unwrap_or_else(|| panic!("{attribute} does not take {word}"))
        .1
        .to_owned()
}

fn allowed(attribute: &str) -> Vec<(&'static str, &'static str)> {
    let attribute =
        squadcast_kapacitor::rule::attribute(attribute).unwrap_or_else(|| panic!("no attribute {attribute}"));
    (attribute.allowed)()
}

/// Which triggers need, take or refuse an attribute, for those that not all triggers treat alike.
pub(crate) fn matrix() -> String {
    let triggers: Vec<String> = TriggerKind::ALL.iter().map(|kind| format!("`{kind}`")).collect();
    let heads: Vec<&str> = ["Attribute"]
        .into_iter()
        .chain(triggers.iter().map(String::as_str))
        .collect();
    let rows: Vec<_> = ATTRIBUTES
        .iter()
        .map(|attribute| {
            (
                attribute.name,
                TriggerKind::ALL.iter().map(|kind| (attribute.need)(*kind)),
            )
        })
        .map(|(name, needs)| (name, needs.collect::<Vec<_>>()))
        .filter(|(_, needs)| needs.iter().any(|need| *need != Need::Optional))
        .map(|(name, needs)| {
            let needs = needs.into_iter().map(|need| in_words(need).to_owned());
            [format!("`{name}`")].into_iter().chain(needs).collect()
        })
        .collect();
    table(&heads, &rows)
}

fn in_words(need: Need) -> &'static str {
    match need {
        Need::Required => "required",
        Need::Optional => "optional",
        Need::Refused => "–",
    }
}

/// What the provider serves, each with the first sentence of its description.
pub(crate) fn served() -> String {
    let of_types = served::all().into_iter().map(|served| {
        let kind = served.kind.title().replace(" ", "&nbsp;");
        (
            kind,
            served.name.clone(),
            served.page(),
            served.block.description.content,
        )
    });
    let of_functions = functions::all().into_iter().map(|(name, signature)| {
        let page = functions::page_of(&name);
        ("Function".to_owned(), name, page, signature.in_one_line.to_owned())
    });
    let rows: Vec<_> = of_types
        .chain(of_functions)
        .map(|(kind, name, page, description)| {
            let link = format!("[`{name}`]({})", page.trim_start_matches("docs/"));
            vec![kind, link, first_sentence(&description).to_owned()]
        })
        .collect();
    table(&["", "Name", "What it does"], &rows)
}

/// A text up to the first full stop that ends a sentence.
fn first_sentence(text: &str) -> &str {
    let text = text.lines().next().unwrap_or_default();
    text.split_inclusive(". ").next().unwrap_or_default().trim_end()
}

/// The environment variables that stand in for settings of the provider, as the settings' descriptions name them.
pub(crate) fn environment(block: &Block) -> String {
    let variable = Regex::new(r"`([A-Z][A-Z_]+)`").unwrap();
    let mut rows = BTreeMap::new();
    for (path, description) in descriptions("", block) {
        if let Some(found) = variable.captures(&description) {
            rows.insert(found[1].to_owned(), path);
        }
    }
    let rows: Vec<_> = rows
        .into_iter()
        .map(|(variable, path)| vec![format!("`{variable}`"), format!("`{path}`")])
        .collect();
    table(&["Variable", "Setting"], &rows)
}

fn descriptions(path: &str, block: &Block) -> Vec<(String, String)> {
    let attributes = block.attributes.iter();
    let mut found: Vec<_> = attributes
        .map(|(name, attribute)| (format!("{path}{name}"), attribute.description.content.clone()))
        .collect();
    for (name, attribute) in &block.attributes {
        if let AttributeType::AttributeSingle(attributes) = &attribute.attr_type {
            let block = Block {
                attributes: attributes.clone(),
                ..Block::default()
            };
            found.extend(descriptions(&format!("{path}{name}."), &block));
        }
    }
    found
}

#[test]
fn the_matrix_says_what_the_checks_of_a_rule_say() {
    let matrix = matrix();
    for row in [
        "| `shift` | – | – | required | – |",
        "| `field` | required | required | required | optional |",
        "| `aggregate` | optional | optional | optional | – |",
    ] {
        assert!(matrix.lines().any(|line| line == row), "{row} is missing in\n{matrix}");
    }
    assert!(!matrix.contains("`message`"), "every trigger takes it:\n{matrix}");
}
