//! Every page that is written from the schema and the examples.

use crate::served::{self, Served};
use crate::{functions, handlers, project, schema, tables, templates};
use std::collections::BTreeMap;

/// The pages by their paths.
pub(crate) fn all() -> BTreeMap<String, String> {
    let mut pages = BTreeMap::from([("docs/index.md".to_owned(), provider_page())]);
    for served in served::all() {
        pages.insert(served.page(), page_of(&served));
    }
    pages.extend(functions::pages());
    pages
}

fn provider_page() -> String {
    let block = served::configuration();
    let title = format!("{} Provider", served::PROVIDER);
    let body = templates::fill(&template("docs/index.md"), |marker, arguments| match marker {
        "description" => Some(block.description.content.clone()),
        "environment" => Some(tables::environment(&block)),
        "served" => Some(tables::served()),
        "schema" => Some(schema::markdown(&block, &[])),
        _ => generated(marker, arguments),
    });
    sections(&[
        &front_matter(&[&page_title(&title)], &block.description.content),
        &format!("# {title}"),
        body.trim_end(),
    ])
}

fn template(page: &str) -> String {
    templates::of(page).unwrap_or_else(|| DEFAULT.to_owned())
}

/// The layout of a page that has none of its own.
const DEFAULT: &str = "{{description}}\n\n## Example Usage\n\n{{example}}\n\n{{schema}}\n\n{{import}}\n";

/// What a marker of any page stands for.
fn generated(marker: &str, arguments: &[&str]) -> Option<String> {
    match (marker, arguments) {
        ("example", [path]) => Some(example(path)),
        ("handlers", []) => Some(handlers::section()),
        ("matrix", []) => Some(tables::matrix()),
        ("undeclared", []) => Some(tables::undeclared()),
        ("readme", [heading]) => Some(project::section("README.md", heading)),
        ("words", [attribute]) => Some(tables::words(attribute)),
        ("meaning", [attribute, word]) => Some(tables::meaning(attribute, word)),
        _ => None,
    }
}

fn page_of(served: &Served) -> String {
    let (name, kind) = (&served.name, served.kind.title());
    let title = page_title(&format!("{name} {kind} - {}", env!("CARGO_PKG_NAME")));
    let body = templates::fill(&template(&served.page()), |marker, arguments| {
        match (marker, arguments) {
            ("description", []) => Some(served.block.description.content.clone()),
            ("example", []) => Some(example(&served.example())),
            ("schema", []) => Some(schema::markdown(&served.block, &served.write_only)),
            ("import", []) => Some(import_section(served)),
            _ => generated(marker, arguments),
        }
    });
    sections(&[
        &front_matter(&[&title, "subcategory: \"\""], &served.block.description.content),
        &format!("# {name} ({kind})"),
        served.kind.needs(),
        body.trim_end(),
    ])
}

/// An example, and each file beside it that it reads.
pub(crate) fn example(path: &str) -> String {
    let text = project::read(path);
    let folder = path.rsplit_once('/').unwrap().0;
    let read = text.split("file(\"${path.module}/").skip(1);
    let files = read.map(|rest| {
        let name = rest.split('"').next().unwrap();
        let file = project::read(&format!("{folder}/{name}"));
        format!("The file `{name}` beside it:\n\n{}", code("text", &file))
    });
    let parts: Vec<String> = [code("terraform", &text)].into_iter().chain(files).collect();
    parts.join("\n\n")
}

fn import_section(served: &Served) -> String {
    let Some(import) = served.import() else {
        return String::new();
    };
    let commands = code("shell", &project::read(&import));
    let by_identity = served.import_by_identity().map(|example| {
        format!(
            "### By identity\n\nFrom Terraform 1.12 on, an `import` block takes an `identity`:\n\n{}\n\n{}",
            code("terraform", &project::read(&example)),
            identity_schema(served)
        )
    });
    sections(&[
        "## Import",
        "Import is supported using the following syntax:",
        &commands,
        &by_identity.unwrap_or_default(),
    ])
    .trim_end()
    .to_owned()
}

fn identity_schema(served: &Served) -> String {
    let parts = served.identity.iter();
    let lines: Vec<_> = parts
        .map(|part| format!("- `{}` (String) {}", part.name, part.description))
        .collect();
    format!("#### Required\n\n{}", lines.join("\n"))
}

/// The first line of a page's front matter.
pub(crate) fn page_title(title: &str) -> String {
    format!("page_title: \"{title}\"")
}

/// What the registry reads about a page: these lines, and a description without Markdown. tfplugindocs wants a subcategory
/// on every page but the provider's own.
pub(crate) fn front_matter(lines: &[&str], description: &str) -> String {
    let description = description.replace('`', "");
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
pub(crate) fn code(language: &str, text: &str) -> String {
    format!("```{language}\n{}\n```", text.trim_end())
}

/// The parts that are not empty, with an empty line between each two.
pub(crate) fn sections(parts: &[&str]) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
    parts.join("\n\n") + "\n"
}
