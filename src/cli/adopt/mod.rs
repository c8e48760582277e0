//! `adopt`: a configuration for what a server holds already, whose plan only imports.

mod error;
mod index;
mod links;
mod named;
mod names;
mod options;
mod output;
mod read;
mod resource;
mod script;
mod secrets;

pub(super) use self::error::AdoptError;
pub(super) use self::options::{help, settings_named_in, Options, UsageError};

use self::links::Links;
use self::output::files::File;
use self::output::files::SECRETS_FILE;
use self::output::hcl::Block;
use self::output::hcl::Expression;
use self::output::hcl::Item;
use self::output::readme::Readme;
use self::output::{files, hcl};
use self::read::Adopted;
use self::resource::{blocks_of, note_secrets, suspicious, Elsewhere};
use self::secrets::{Found, Variables};
use super::progress::Progress;
use crate::provider::inventory;

/// Reads a server and writes the configuration. Returns what was done, for the person who asked.
///
/// # Errors
/// Nothing is written if a setting is wrong, the server cannot be read, or a file is in the way.
pub(super) async fn adopt(options: &Options, progress: &Progress) -> Result<String, AdoptError> {
    let client = inventory::client(&options.settings).map_err(|error| AdoptError::Settings(error.detail))?;
    if !options.dry_run {
        files::check(&options.out, options.force)?;
    }
    let adopted = read::read(&client, options, progress).await?;
    let report = summary(&adopted, options);
    if options.dry_run {
        return Ok(report);
    }
    progress.step("writing the files");
    files::write(&options.out, &files_of(&adopted, options), options.force)?;
    Ok(report)
}

fn files_of(adopted: &[Adopted], options: &Options) -> Vec<File> {
    let public = |name, content| File {
        name,
        content,
        private: false,
    };
    let (variables, links) = (variables(adopted), Links::to(adopted));
    let elsewhere = Elsewhere {
        variables: &variables,
        links: &links,
    };
    let mut files = vec![
        // The first one: whatever happens, no secret is committed.
        public(
            ".gitignore",
            format!("{SECRETS_FILE}\n.{SECRETS_FILE}.*\n.terraform/\n*.tfstate\n*.tfstate.*\n"),
        ),
        public("provider.tf", hcl::file("", &provider_blocks(options))),
    ];
    let (mut imports, mut suspects) = (Vec::new(), Vec::new());
    for one in adopted.iter().filter(|one| !one.objects.is_empty()) {
        let mut resources = Vec::new();
        for named in &one.objects {
            let [import, resource] = blocks_of(&one.kind, named, elsewhere);
            for attribute in suspicious(&one.kind, named, &variables) {
                suspects.push((one.address(named), attribute));
            }
            imports.push(import);
            resources.push(resource);
        }
        files.push(public(one.file, hcl::file("", &resources)));
    }
    let readme = Readme {
        adopted,
        secrets: variables.len(),
        suspects: &suspects,
    };
    files.extend([
        public(
            "imports.tf",
            hcl::file("Delete this file when the import has been applied.", &imports),
        ),
        public("variables.tf", hcl::file("", &variables.blocks())),
        public("README.md", readme.text()),
        File {
            name: SECRETS_FILE,
            content: variables.values(),
            private: true,
        },
    ]);
    files
}

fn variables(adopted: &[Adopted]) -> Variables {
    let mut found = Found::default();
    for one in adopted {
        for named in &one.objects {
            note_secrets(&one.kind, named, &mut found);
        }
    }
    found.named()
}

fn summary(adopted: &[Adopted], options: &Options) -> String {
    let found: Vec<String> = adopted.iter().map(Adopted::tally).collect();
    let found = found.join("; ");
    let folder = quoted_for_shell(&options.out.to_string_lossy());
    match options.dry_run {
        true => format!("Found: {found}. Nothing was written, since this was a dry run."),
        false => format!(
            "Found: {found}. Written to {folder}; README.md there says what was left out and why.\n\
             Next: cd {folder} && terraform init && terraform plan"
        ),
    }
}

/// A path as a person pastes it into a shell.
fn quoted_for_shell(path: &str) -> String {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || "/._-+,=@".contains(letter);
    match path.chars().all(is_plain) {
        true => path.to_owned(),
        false => format!("'{}'", path.replace('\'', "'\\''")),
    }
}

fn provider_blocks(options: &Options) -> [Block; 2] {
    let version = env!("CARGO_PKG_VERSION")
        .rsplit_once('.')
        .map_or("0.1", |(minor, _)| minor);
    let source = Expression::Object(vec![
        ("source".to_owned(), "squadcast-kapacitor/squadcast".into()),
        ("version".to_owned(), Expression::Text(format!("~> {version}"))),
    ]);
    let mut required = Block::new("required_providers", &[]);
    required = required.with("squadcast", source);
    let mut terraform = Block::new("terraform", &[]);
    terraform.body.push(Item::Block(required));
    let mut provider = Block::new("provider", &["squadcast"]);
    provider.body.push(Item::Comment(
        "What is not set here comes from the environment, such as KAPACITOR_URL.".to_owned(),
    ));
    provider.body.extend(options.provider_body());
    [terraform, provider]
}
