//! What the hand-written texts say of the project's own files.

use crate::project;

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
    let guides = project::files_below("docs/guides");
    for text in TEXTS.into_iter().chain(guides.iter().map(String::as_str)) {
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

#[test]
fn the_changelog_begins_with_the_version_of_the_package() {
    let changelog = project::read("CHANGELOG.md");
    let heading = changelog.lines().next().unwrap();
    let version = heading.strip_prefix("## ").and_then(|rest| rest.split(' ').next());
    assert_eq!(version, Some(env!("CARGO_PKG_VERSION")), "{heading}");
}
