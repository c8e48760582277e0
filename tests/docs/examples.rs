//! The examples: one for each resource, formatted, and the only source of the code that the hand-written texts show.

use crate::project;
use crate::served::{self, Kind};
use std::process::Command;
use tf_provider::schema::{AttributeConstraint, AttributeType};

/// The blocks of Terraform code in a Markdown text.
fn terraform_blocks(markdown: &str) -> Vec<String> {
    let mut blocks = Vec::new();
    let mut open: Option<Vec<&str>> = None;
    for line in markdown.lines() {
        match (&mut open, line) {
            (None, "```terraform" | "```hcl") => open = Some(Vec::new()),
            (None, _) => {}
            (Some(lines), "```") => {
                blocks.push(lines.join("\n"));
                open = None;
            }
            (Some(lines), line) => lines.push(line),
        }
    }
    assert!(open.is_none(), "a block of code is not closed");
    blocks
}

#[test]
fn every_resource_and_data_source_has_an_example_of_itself_and_of_its_import() {
    for served in served::all() {
        let block = format!("{} \"{}\" ", served.kind.keyword(), served.name);
        let example = project::read(&served.example());
        assert!(example.contains(&block), "{} shows no {block}", served.example());
        if let Some(import) = served.import() {
            let command = format!("terraform import {}.", served.name);
            assert!(project::read(&import).contains(&command), "{import} shows no {command}");
        }
        if let Some(import) = served.import_by_identity() {
            let example = project::read(&import);
            for part in served.identity {
                assert!(
                    example
                        .lines()
                        .filter_map(|line| line.split_once(" = "))
                        .any(|(name, _)| name.trim() == part.name),
                    "{import} gives no {}",
                    part.name
                );
            }
            assert!(
                example.contains(&format!("to = {}.", served.name)),
                "{import} is of something else"
            );
        }
    }
}

#[test]
fn every_example_of_a_resource_or_data_source_is_of_one_that_exists() {
    let served = served::all();
    for kind in Kind::ALL {
        for file in project::files_below(&format!("examples/{}", kind.folder())) {
            let name = file.split('/').nth(2).unwrap();
            let exists = served.iter().any(|served| served.kind == kind && served.name == name);
            assert!(exists, "{file} is of nothing that the provider serves");
        }
    }
}

/// What may hold secrets, which a map that `for_each` takes must not: the module has a variable for each.
const WITH_SECRETS: [&str; 2] = ["post", "handlers"];

#[test]
fn the_module_for_a_service_reaches_every_attribute_of_a_rule() {
    let module = project::read("examples/modules/service_alerts/main.tf");
    let variables = project::read("examples/modules/service_alerts/variables.tf");
    let declares = |variable: &str, attribute: &str| {
        let variable = variables.split(&format!("variable \"{variable}\" {{")).nth(1).unwrap();
        let lines = variable.lines().take_while(|line| *line != "}");
        let mut names = lines.filter_map(|line| line.split_once(" = optional("));
        names.any(|(name, _)| name.trim() == attribute)
    };
    let served = served::all().into_iter();
    let rule = served
        .filter(|served| served.kind == Kind::Resource)
        .find(|served| served.name.ends_with("alert_rule"));
    for (name, attribute) in rule.unwrap().block.attributes {
        if attribute.constraint == AttributeConstraint::Computed {
            continue;
        }
        let (value, declared) = if WITH_SECRETS.contains(&name.as_str()) {
            (format!("try(var.{name}[each.key], "), true)
        } else {
            (format!("each.value.{name}"), declares("overrides", &name))
        };
        assert!(module.contains(&value), "the module does not set {name}");
        assert!(declared, "`overrides` has no {name}");
        if name == "post" {
            let AttributeType::AttributeList(post) = attribute.attr_type else {
                panic!("post is not a list")
            };
            for name in post.keys() {
                assert!(declares("post", name), "`post` has no {name}");
            }
        }
    }
}

#[test]
fn examples_are_formatted_as_terraform_formats_them() {
    let output = Command::new(sandbox::terraform_binary().unwrap())
        .args(["fmt", "-check", "-diff", "-recursive", "examples"])
        .current_dir(project::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn the_code_of_hand_written_texts_stands_in_an_example() {
    let examples: Vec<String> = project::files_below("examples")
        .iter()
        .filter(|path| path.ends_with(".tf"))
        .map(|path| project::read(path))
        .collect();
    let mut texts = vec!["README.md".to_owned()];
    texts.extend(project::files_below("docs/guides"));
    let mut blocks = 0;
    for text in texts {
        for block in terraform_blocks(&project::read(&text)) {
            let known = examples.iter().any(|example| example.contains(&block));
            assert!(
                known,
                "{text} shows code that stands in no example, so that nothing tests it:\n{block}"
            );
            blocks += 1;
        }
    }
    assert_ne!(blocks, 0, "no text shows any code");
}
