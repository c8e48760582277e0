//! The handlers that the block `handler` of an alert rule takes, from the handlers' own table.

use crate::pages::{code, sections};
use crate::project;
use squadcast_kapacitor::rule::handlers::{Content, HandlerKind, HandlerOption, OptionKind, KINDS};
use std::collections::BTreeSet;

/// Where the example of each kind lies.
const EXAMPLES: &str = "examples/resources/squadcast_kapacitor_alert_rule/handlers";

/// The section of the page that lists every kind with its options.
pub fn section() -> String {
    let mut parts = vec![
        "## Handlers".to_owned(),
        "The kinds of the block `handler`, with the names of their options in `options`, or in `secrets` where the option \
         is marked as secret. What an option leaves out, Kapacitor takes from its own configuration of that handler."
            .to_owned(),
    ];
    parts.extend(KINDS.iter().map(describe));
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    sections(&parts).trim_end().to_owned()
}

fn describe(kind: &HandlerKind) -> String {
    let options: Vec<String> = kind.options.iter().map(option_line).collect();
    let options = if options.is_empty() {
        "It has no options.".to_owned()
    } else {
        options.join("\n")
    };
    let example = code("terraform", &block_of(&project::read(&example_of(kind))));
    sections(&[&format!("### {}", kind.name), &kind.description(), &options, &example])
        .trim_end()
        .to_owned()
}

fn option_line(option: &HandlerOption) -> String {
    let mut traits = vec![type_name(option.kind)];
    if option.required {
        traits.push("required");
    }
    if option.secret {
        traits.push("secret");
    }
    match option.content {
        Content::Template(_) => traits.push("template"),
        Content::Url => traits.push("URL"),
        Content::Plain | Content::Address | Content::Path | Content::Mailbox => {}
    }
    format!("- `{}` ({}) {}", option.name, traits.join(", "), option.documentation)
}

fn type_name(kind: OptionKind) -> &'static str {
    match kind {
        OptionKind::Text => "text",
        OptionKind::List => "list",
        OptionKind::Flag => "flag, `true` or `false`",
        OptionKind::Integer => "whole number",
    }
}

fn example_of(kind: &HandlerKind) -> String {
    format!("{EXAMPLES}/{}.tf", kind.name)
}

/// The block `handler` of an example, moved to the left margin.
fn block_of(example: &str) -> String {
    let lines = example.lines().skip_while(|line| *line != "  handler {");
    let mut block = Vec::new();
    for line in lines {
        block.push(line.strip_prefix("  ").unwrap_or(line));
        if line == "  }" {
            return block.join("\n");
        }
    }
    panic!("there is no block `handler` in this example:\n{example}");
}

#[test]
fn every_kind_of_handler_has_an_example_of_all_its_options() {
    for kind in KINDS {
        let block = block_of(&project::read(&example_of(kind)));
        assert!(
            block.contains(&format!("kind = \"{}\"", kind.name)),
            "{}: {block}",
            kind.name
        );
        for option in kind.options {
            let set = block
                .lines()
                .any(|line| line.split_whitespace().take(2).eq([option.name, "="]));
            assert!(set, "{}: the option {} is missing:\n{block}", kind.name, option.name);
        }
    }
}

#[test]
fn every_example_of_a_handler_is_of_a_kind_that_exists() {
    let kinds: BTreeSet<String> = KINDS.iter().map(example_of).collect();
    let found: BTreeSet<String> = project::files_below(EXAMPLES).into_iter().collect();
    assert_eq!(found, kinds);
}
