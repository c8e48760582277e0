//! Whether docs/ is what the schema and the examples give.

use crate::{pages, project};
use std::collections::BTreeSet;
use std::fs;

/// The folder of pages that are written by hand.
const GUIDES: &str = "docs/guides";

/// The folder of pages for who works on the project; the Registry does not show them.
const FOR_DEVELOPERS: &str = "docs/dev";

fn is_by_hand(path: &str) -> bool {
    [GUIDES, FOR_DEVELOPERS].into_iter().any(|folder| {
        path.strip_prefix(folder)
            .is_some_and(|name| name.starts_with('/') && name.ends_with(".md"))
    })
}

fn write(path: &str, text: &str) {
    let path = project::root().join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// The first line in which two texts differ, with its number.
fn first_difference(is: &str, should_be: &str) -> String {
    let (mut is, mut should_be) = (is.lines(), should_be.lines());
    for number in 1.. {
        let pair = (is.next(), should_be.next());
        if pair.0 != pair.1 || pair.0.is_none() {
            let line = |line: Option<&str>| line.unwrap_or("(the end)").to_owned();
            return format!(
                "line {number}\n  is        {}\n  should be {}",
                line(pair.0),
                line(pair.1)
            );
        }
    }
    unreachable!("lines end")
}

#[test]
fn pages_are_what_the_schema_and_the_examples_give() {
    let update = std::env::var("UPDATE_DOCS").is_ok_and(|value| value == "1");
    let mut outdated = Vec::new();
    for (path, text) in pages::all() {
        let is = if project::exists(&path) {
            project::read(&path)
        } else {
            String::new()
        };
        if is == text {
            continue;
        }
        if update {
            write(&path, &text);
        } else {
            outdated.push(format!("{path}: {}", first_difference(&is, &text)));
        }
    }
    assert!(
        outdated.is_empty(),
        "docs/ is out of date; `make docs` writes it anew.\n{}",
        outdated.join("\n")
    );
}

#[test]
fn every_page_is_written_from_the_schema_or_by_hand() {
    let written: BTreeSet<String> = pages::all().into_keys().collect();
    for page in project::files_below("docs") {
        assert!(
            written.contains(&page) || is_by_hand(&page),
            "nothing writes {page}: remove it"
        );
    }
}

#[test]
fn every_guide_has_the_front_matter_that_the_registry_reads() {
    for page in project::files_below(GUIDES) {
        let text = project::read(&page);
        let front_matter = text.strip_prefix("---\n").and_then(|text| text.split_once("\n---\n"));
        let (front_matter, _) = front_matter.unwrap_or_else(|| panic!("{page} has no front matter"));
        for key in ["page_title: ", "subcategory: ", "description: "] {
            assert!(
                front_matter.lines().any(|line| line.starts_with(key)),
                "{page}: {key}is missing"
            );
        }
    }
}
