//! An example of each handler that `handlers` of an alert rule takes.

use crate::pages::{code, sections};
use crate::project;
use squadcast_kapacitor::provider::{NamedKind, NAMED_KINDS};
use squadcast_kapacitor::rule::handlers::{HandlerKind, KINDS};
use std::collections::BTreeSet;

/// Where the example of each kind lies.
const EXAMPLES: &str = "examples/resources/squadcast_kapacitor_alert_rule/handlers";

/// The section of the page that lists every kind with its options.
pub(crate) fn section() -> String {
    let mut parts = vec![
        "## Handlers".to_owned(),
        "Each kind in `handlers`, with all its options, which [the schema](#nestedatt--handlers) describes. What an \
         option leaves out, Kapacitor takes from its own configuration of that handler."
            .to_owned(),
    ];
    parts.extend(NAMED_KINDS.iter().map(describe));
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    sections(&parts).trim_end().to_owned()
}

fn describe(named: &NamedKind) -> String {
    let example = code("terraform", &handlers_of(&project::read(&example_of(named.kind))));
    let parts = [&format!("### {}", named.attribute), &named.kind.description(), &example];
    sections(&parts.map(String::as_str)).trim_end().to_owned()
}

fn example_of(kind: &HandlerKind) -> String {
    format!("{EXAMPLES}/{}.tf", kind.name)
}

/// The attribute `handlers` of an example, moved to the left margin.
fn handlers_of(example: &str) -> String {
    let lines = example.lines().skip_while(|line| *line != "  handlers = {");
    let mut block = Vec::new();
    for line in lines {
        block.push(line.strip_prefix("  ").unwrap_or(line));
        if line == "  }" {
            return block.join("\n");
        }
    }
    panic!("`handlers` is not set in this example:\n{example}");
}

#[test]
fn every_kind_of_handler_has_an_example_of_all_its_options() {
    for named in NAMED_KINDS.iter() {
        let handlers = handlers_of(&project::read(&example_of(named.kind)));
        assert!(handlers.contains(&format!("{} = [{{", named.attribute)), "{handlers}");
        for option in &named.options {
            let set = handlers
                .lines()
                .any(|line| line.split_whitespace().take(2).eq([option.attribute, "="]));
            assert!(set, "{}: {} is missing:\n{handlers}", named.attribute, option.attribute);
        }
    }
}

#[test]
fn every_example_of_a_handler_is_of_a_kind_that_exists() {
    let kinds: BTreeSet<String> = KINDS.iter().map(example_of).collect();
    let found: BTreeSet<String> = project::files_below(EXAMPLES).into_iter().collect();
    assert_eq!(found, kinds);
}
