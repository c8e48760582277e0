//! What the hand-written texts say of the project's own files.

use crate::project;
use std::collections::BTreeSet;

const TEXTS: [&str; 4] = ["README.md", "DESIGN.md", "CONTRIBUTING.md", "CHANGELOG.md"];

/// The targets of a text's links.
fn targets(markdown: &str) -> impl Iterator<Item = &str> {
    markdown
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split_once(')').map(|parts| parts.0))
}

#[test]
fn links_to_files_lead_to_one_that_exists() {
    let mut files = 0;
    let pages = project::files_below("docs");
    for text in TEXTS.into_iter().chain(pages.iter().map(String::as_str)) {
        let content = project::read(text);
        let folder = project::root().join(text);
        for target in targets(&content) {
            let file = target.split('#').next().unwrap_or_default();
            if file.is_empty() || target.contains("://") {
                continue;
            }
            let path = folder.parent().unwrap().join(file);
            assert!(path.exists(), "{text} links to {target}, which does not exist");
            files += 1;
        }
    }
    assert_ne!(files, 0, "no text links to a file");
}

/// The anchors of a page: those of its headings, as the Registry and the usual renderers make them, and those it names.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let mut is_code = false;
    let mut found = BTreeSet::new();
    for line in markdown.lines() {
        is_code ^= line.starts_with("```");
        if let Some(name) = line.strip_prefix("<a id=\"").and_then(|rest| rest.split('"').next()) {
            found.insert(name.to_owned());
        }
        if line.starts_with('#') && !is_code {
            let heading = line.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
            found.insert(heading.replace(|c: char| !c.is_alphanumeric() && c != '-' && c != '_', ""));
        }
    }
    found
}

#[test]
fn links_to_a_section_lead_to_one_that_exists() {
    let pages = project::files_below("docs");
    let mut sections = 0;
    for text in TEXTS.into_iter().chain(pages.iter().map(String::as_str)) {
        let content = project::read(text);
        for target in targets(&content).filter(|target| !target.contains("://")) {
            let Some((file, anchor)) = target.split_once('#') else {
                continue;
            };
            let path = project::root().join(text);
            let page = if file.is_empty() {
                path
            } else {
                path.parent().unwrap().join(file)
            };
            let page = std::fs::read_to_string(&page).unwrap_or_default();
            assert!(
                anchors(&page).contains(anchor),
                "{text} links to {target}, and there is no such section"
            );
            sections += 1;
        }
    }
    assert_ne!(sections, 0, "no text links to a section");
}

#[test]
fn the_changelog_begins_with_the_version_of_the_package() {
    let changelog = project::read("CHANGELOG.md");
    let heading = changelog.lines().next().unwrap();
    let version = heading.strip_prefix("## ").and_then(|rest| rest.split(' ').next());
    assert_eq!(version, Some(env!("CARGO_PKG_VERSION")), "{heading}");
}
