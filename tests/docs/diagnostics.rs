//! The guide to troubleshooting lists each error and warning that stands in the sources, and no other.

use crate::project;
use regex::Regex;
use std::collections::BTreeSet;

const GUIDE: &str = "docs/guides/troubleshooting.md";

/// Where a summary stands: as a field, as a report's first argument, in a constant or pair for it, or by the kind of failure.
const PLACES: [&str; 6] = [
    r#"summary:\s*"([^"]+)""#,
    r#"\.\s*(?:root_)?(?:error|warning)\(\s*"([A-Z][^"]+)""#,
    r#"[=,>(]\s*\(\s*"([A-Z][^".]* [^".]*)",\s"#,
    r#"const [A-Z_]+: &str = "([A-Z][^".]* [^".]*)";"#,
    r#"(?:ErrorKind::[^\n]*|_) => "([A-Z][^".]* [^".]*)""#,
    r#"summary_of_write\(\s*"([^"]+)""#,
];

/// A report whose summary is no text of its own comes from one of these, which the patterns above see.
const INDIRECT: [&str; 9] = [
    "summary",
    "summary(error)",
    "failure.summary",
    "warning.summary",
    "INVALID",
    "UNCLEAR_WEBHOOK.0",
    "UNCLEAR_HEADERS.0",
    "UNCLEAR_SECRETS.0",
    // A type of another version of the provider, which Terraform does not ask for.
    "format!(\"Unknown {what}\")",
];

/// The sources that report something, without their tests.
fn sources() -> Vec<(String, String)> {
    let tests = Regex::new(r"(_tests?\.rs$|/tests/|/tests\.rs$)").unwrap();
    let paths = project::files_below("src").into_iter();
    paths
        .filter(|path| path.ends_with(".rs") && !tests.is_match(path))
        .filter(|path| !path.contains("/tickscript/") && !path.ends_with("script_warnings.rs"))
        .map(|path| {
            let text = project::read(&path);
            let product = text.split("#[cfg(test)]\nmod tests {").next().unwrap().to_owned();
            (path, product)
        })
        .collect()
}

fn summaries() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for (path, text) in sources() {
        let reports = path.starts_with("src/provider/") || path.starts_with("src/protocol/");
        let places = if reports { &PLACES[..] } else { &PLACES[..1] };
        for place in places {
            let place = Regex::new(place).unwrap();
            found.extend(place.captures_iter(&text).map(|capture| capture[1].to_owned()));
        }
    }
    found
}

fn listed() -> BTreeSet<String> {
    let guide = project::read(GUIDE);
    let rows = guide.lines().filter_map(|line| line.strip_prefix("| "));
    rows.filter_map(|row| row.split(" | ").next())
        .filter(|summary| *summary != "Summary")
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_error_and_warning_stands_in_the_guide() {
    let (summaries, listed) = (summaries(), listed());
    let missing: Vec<_> = summaries.difference(&listed).collect();
    let unknown: Vec<_> = listed.difference(&summaries).collect();
    assert!(
        missing.is_empty() && unknown.is_empty(),
        "{GUIDE} lacks {missing:#?}\nand has what no source reports: {unknown:#?}"
    );
}

#[test]
fn every_report_has_a_summary_that_can_be_found() {
    let report =
        Regex::new(r"\bdiags?(?:nostics)?\s*\.\s*(?:root_)?(?:error|warning)\(\s*([^\s,]+(?: \{what\}\x22\))?)")
            .unwrap();
    for (path, text) in sources() {
        for capture in report.captures_iter(&text) {
            let summary = &capture[1];
            let known = summary.starts_with('"') || INDIRECT.contains(&summary);
            assert!(known, "{path} reports {summary}, which no pattern finds");
        }
    }
}
