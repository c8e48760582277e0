//! Pages that are laid out by hand: a file below templates/ holds the text, and its markers stand for what is generated.
//!
//! A marker is a line such as `{{schema}}` or `{{words trigger}}`. Text in braces inside of a line is left as it is.

use crate::project;

/// The folder of the layouts, one for each page that has one, by the page's path below docs/.
const FOLDER: &str = "templates";

/// The layout of a page, if it has one.
pub(crate) fn of(page: &str) -> Option<String> {
    let path = format!("{FOLDER}/{}", page.strip_prefix("docs/")?);
    project::exists(&path).then(|| project::read(&path))
}

/// The text with each marker replaced by what it stands for.
pub(crate) fn fill(template: &str, meaning: impl Fn(&str, &[&str]) -> Option<String>) -> String {
    let lines = template.lines().map(|line| {
        let Some(marker) = line.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")) else {
            return line.to_owned();
        };
        let words: Vec<&str> = marker.split(' ').collect();
        meaning(words[0], &words[1..]).unwrap_or_else(|| panic!("nothing is known by the marker {line}"))
    });
    lines.collect::<Vec<_>>().join("\n").trim_end().to_owned() + "\n"
}

#[test]
fn every_layout_is_of_a_page_that_is_generated() {
    let pages = crate::pages::all();
    for layout in project::files_below(FOLDER) {
        let page = layout.replacen(FOLDER, "docs", 1);
        assert!(pages.contains_key(&page), "{layout} is the layout of no page");
    }
}

#[test]
fn a_marker_is_a_whole_line() {
    let filled = fill("a\n{{schema}}\n`{{ .ID }}` b\n", |name, _| {
        (name == "schema").then(|| "S".into())
    });
    assert_eq!(filled, "a\nS\n`{{ .ID }}` b\n");
}
