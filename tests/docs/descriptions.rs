//! Every attribute and every block has a description that says something.

use crate::served;
use tf_provider::schema::{AttributeType, Block, NestedBlock};

/// Shorter ones only repeat the name, as `Email.` does.
const SHORTEST: usize = 12;

/// Each description with the path of what it describes.
fn descriptions(path: &str, block: &Block) -> Vec<(String, String)> {
    let mut found = vec![(path.to_owned(), block.description.content.clone())];
    for (name, attribute) in &block.attributes {
        found.push((format!("{path}.{name}"), attribute.description.content.clone()));
        if let AttributeType::AttributeList(nested) | AttributeType::AttributeSingle(nested) = &attribute.attr_type {
            let content = Block {
                attributes: nested.clone(),
                description: attribute.description.clone(),
                ..Block::default()
            };
            found.extend(descriptions(&format!("{path}.{name}"), &content));
        }
    }
    for (name, nested) in &block.blocks {
        let (NestedBlock::Single(content)
        | NestedBlock::List(content)
        | NestedBlock::Set(content)
        | NestedBlock::Map(content)
        | NestedBlock::Group(content)
        | NestedBlock::Optional(content)) = nested;
        found.extend(descriptions(&format!("{path}.{name}"), content));
    }
    found
}

fn fault(path: &str, description: &str) -> Option<&'static str> {
    let name = path.rsplit('.').next().unwrap_or_default().replace('_', " ");
    let plain = description
        .trim_end_matches('.')
        .replace(['`', '_'], " ")
        .to_lowercase();
    if description.is_empty() || description == "empty" {
        return Some("it has no description");
    }
    if plain.trim() == name || description.len() < SHORTEST {
        return Some("its description says no more than its name");
    }
    if !description.ends_with('.') {
        return Some("its description does not end with a full stop");
    }
    if description.contains("  ") {
        return Some("its description has two spaces in a row");
    }
    None
}

/// What may follow the one sentence: what the value may be, where else it comes from, what it is if it is left out.
const AFTERWARDS: [&str; 5] = ["One of ", "Default: ", "Taken from ", "Needs ", "Conflicts with "];

/// More belongs to a section of the page, to which the sentence leads.
#[test]
fn an_attribute_is_described_in_one_sentence() {
    let mut long = Vec::new();
    let mut all = descriptions(served::PROVIDER, &served::configuration());
    for served in served::all()
        .into_iter()
        .filter(|served| served.kind == served::Kind::Resource)
    {
        all.extend(descriptions(&served.name, &served.block).into_iter().skip(1));
    }
    for (path, description) in all {
        let sentences = description.split(". ").skip(1);
        let further: Vec<_> = sentences
            .filter(|sentence| !AFTERWARDS.iter().any(|word| sentence.starts_with(word)))
            .collect();
        if !further.is_empty() {
            long.push(format!("{path}: {further:?}"));
        }
    }
    assert!(long.is_empty(), "{}", long.join("\n"));
}

#[test]
fn every_attribute_and_block_is_described() {
    let mut all = descriptions(served::PROVIDER, &served::configuration());
    for served in served::all() {
        all.extend(descriptions(&served.name, &served.block));
    }
    let faults: Vec<String> = all
        .iter()
        .filter_map(|(path, description)| Some(format!("{path}: {}: {description:?}", fault(path, description)?)))
        .collect();
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// With another policy than the one that writers use a rule runs and sees nothing, and no API of Kapacitor tells
/// (kapacitor#2569).
#[test]
fn the_retention_policy_is_described_as_the_one_that_points_are_written_to() {
    let page = &crate::pages::all()["docs/resources/kapacitor_alert_rule.md"];
    for words in [
        "only points of exactly this policy",
        "default one of the database",
        "SHOW RETENTION POLICIES",
    ] {
        assert!(page.contains(words), "the page does not say: {words}");
    }
}

#[test]
fn a_description_that_says_nothing_is_a_fault() {
    for description in ["", "empty", "Url.", "Sensitive headers.", "The URL to post to"] {
        assert!(
            fault("resource.sensitive_headers", description).is_some(),
            "{description:?}"
        );
    }
    assert_eq!(fault("resource.url", "URL that alerts are posted to."), None);
}
