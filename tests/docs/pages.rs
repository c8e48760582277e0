//! Every page that is written from the schema and the examples.

use crate::{examples, handlers, project, schema, served};
use std::collections::BTreeMap;
use tf_provider::schema::Block;

/// The pages by their paths.
pub fn all() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([("docs/index.md".to_owned(), provider_page())]);
    for (resource, block) in served::resources() {
        pages.insert(path_of(&resource), resource_page(&resource, &block));
    }
    pages
}

/// The page of a resource; its name leaves out the provider's.
fn path_of(resource: &str) -> String {
    let name = resource
        .strip_prefix(served::PROVIDER)
        .and_then(|name| name.strip_prefix('_'));
    format!("docs/resources/{}.md", name.unwrap())
}

fn provider_page() -> String {
    let block = served::configuration();
    let title = format!("{} Provider", served::PROVIDER);
    let example = project::read("examples/provider/provider.tf");
    sections(&[
        &front_matter(&[&page_title(&title)], &block),
        &format!("# {title}"),
        &block.description.content,
        "## Example Usage",
        &code("terraform", &example),
        &schema::markdown(&block),
    ])
}

fn resource_page(resource: &str, block: &Block) -> String {
    let provider = env!("CARGO_PKG_NAME");
    let example = project::read(&examples::of_resource(resource));
    let import = project::read(&examples::import_of_resource(resource));
    sections(&[
        &front_matter(
            &[
                &page_title(&format!("{resource} Resource - {provider}")),
                "subcategory: \"\"",
            ],
            block,
        ),
        &format!("# {resource} (Resource)"),
        &block.description.content,
        "## Example Usage",
        &code("terraform", &example),
        &schema::markdown(block),
        &further_sections(resource),
        "## Import",
        "Import is supported using the following syntax:",
        &code("shell", &import),
    ])
}

/// What a page holds besides the schema.
fn further_sections(resource: &str) -> String {
    match resource {
        "squadcast_kapacitor_alert_rule" => handlers::section(),
        _ => String::new(),
    }
}

fn page_title(title: &str) -> String {
    format!("page_title: \"{title}\"")
}

/// What the registry reads about a page: these lines, and a description without Markdown. tfplugindocs wants a subcategory
/// on every page but the provider's own.
fn front_matter(lines: &[&str], block: &Block) -> String {
    let description = block.description.content.replace('`', "");
    let description: Vec<String> = description
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| format!("  {line}"))
        .collect();
    format!(
        "---\n{}\ndescription: |-\n{}\n---",
        lines.join("\n"),
        description.join("\n")
    )
}

/// A block of code.
pub fn code(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```", text.trim_end())
}

/// The parts that are not empty, with an empty line between each two.
pub fn sections(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n") + "\n"
}
