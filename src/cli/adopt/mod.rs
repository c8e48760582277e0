//! `adopt`: a configuration for what a server holds already, whose plan only imports.

mod files;
mod hcl;
mod names;
mod options;
mod readme;
mod resource;
mod secrets;
mod text;

pub use self::options::{help, Options, UsageError};

use self::files::{File, WriteError};
use self::hcl::{Block, Expression, Item};
use self::names::Names;
use self::readme::Section;
use self::resource::{blocks_of, note_secrets, Named};
use self::secrets::{Found, Variables};
use crate::kapacitor::{self, Client};
use crate::provider::inventory::{self, LeftOut, Objects, ResourceType};
use std::fmt;

/// The file that holds the secrets, and which must not be committed.
const SECRETS_FILE: &str = "secrets.auto.tfvars";

/// Why nothing was adopted.
#[derive(Debug, thiserror::Error)]
pub enum AdoptError {
    /// The settings of the connection are wrong.
    #[error("{0}")]
    Settings(String),
    /// The server could not be read.
    #[error("reading the {what}: {source}")]
    Read {
        /// What was read.
        what: &'static str,
        /// The reason, in Kapacitor's own words if it spoke.
        source: kapacitor::Error,
    },
    /// The files could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
}

/// One kind of objects, as it was read.
struct Adopted {
    kind: ResourceType,
    file: &'static str,
    /// What a person calls several of it.
    title: &'static str,
    objects: Vec<Named>,
    left_out: Vec<LeftOut>,
}

impl Adopted {
    fn tally(&self) -> String {
        format!(
            "{} {}, {} left out",
            self.objects.len(),
            self.title,
            self.left_out.len()
        )
    }
}

/// What was done, for the person who asked.
pub struct Report(String);

impl fmt::Display for Report {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

/// Reads a server and writes the configuration. `progress` is told what is being done.
///
/// # Errors
/// Nothing is written if a setting is wrong, the server cannot be read, or a file is in the way.
pub async fn adopt(options: &Options, progress: &(dyn Fn(&str) + Sync)) -> Result<Report, AdoptError> {
    let client = inventory::client(&options.settings).map_err(|error| AdoptError::Settings(error.detail))?;
    let adopted = read(&client, options, progress).await?;
    let files = files_of(&adopted, options);
    let report = summary(&adopted, options);
    if options.dry_run {
        return Ok(report);
    }
    files::write(&options.out, &files, options.force)?;
    Ok(report)
}

async fn read(
    client: &Client,
    options: &Options,
    progress: &(dyn Fn(&str) + Sync),
) -> Result<Vec<Adopted>, AdoptError> {
    let mut adopted = Vec::new();
    if options.wants("endpoints") {
        progress("reading the endpoints");
        let read = inventory::endpoints(client).await;
        let objects = read.map_err(|source| AdoptError::Read {
            what: "endpoints",
            source,
        })?;
        adopted.push(named(
            inventory::endpoint_type(),
            "endpoints.tf",
            "endpoints",
            objects,
            options,
        ));
    }
    if options.wants("rules") {
        progress("reading the rules");
        let read = inventory::rules(client).await;
        let objects = read.map_err(|source| AdoptError::Read { what: "rules", source })?;
        adopted.push(named(inventory::rule_type(), "rules.tf", "rules", objects, options));
    }
    for one in &adopted {
        progress(&one.tally());
    }
    Ok(adopted)
}

fn named(kind: ResourceType, file: &'static str, title: &'static str, objects: Objects, options: &Options) -> Adopted {
    let mut names = Names::default();
    let wanted = objects
        .objects
        .into_iter()
        .filter(|object| options.wants_name(&object.name));
    Adopted {
        objects: wanted
            .map(|object| Named {
                name: names.next(&object.name, title.trim_end_matches('s')),
                object,
            })
            .collect(),
        left_out: objects.left_out,
        kind,
        file,
        title,
    }
}

fn files_of(adopted: &[Adopted], options: &Options) -> Vec<File> {
    let public = |name, content| File {
        name,
        content,
        private: false,
    };
    let variables = variables(adopted);
    let mut imports = Vec::new();
    let mut files = vec![public("provider.tf", hcl::file("", &provider_blocks(options)))];
    let mut with_secrets = Vec::new();
    for one in adopted {
        let mut resources = Vec::new();
        for named in &one.objects {
            let [import, resource] = blocks_of(&one.kind, named, &variables);
            if variables.are_in(&hcl::file("", std::slice::from_ref(&resource))) {
                with_secrets.push(format!("{}.{}", one.kind.name, named.name));
            }
            imports.push(import);
            resources.push(resource);
        }
        files.push(public(one.file, hcl::file("", &resources)));
    }
    files.extend([
        public(
            "imports.tf",
            hcl::file("Delete this file when the import has been applied.", &imports),
        ),
        public("variables.tf", hcl::file("", &variables.blocks())),
        public(
            ".gitignore",
            format!("{SECRETS_FILE}\n.terraform/\n*.tfstate\n*.tfstate.*\n"),
        ),
        public(
            "README.md",
            readme::text(&sections(adopted), variables.len(), &with_secrets),
        ),
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

fn sections(adopted: &[Adopted]) -> Vec<Section<'_>> {
    adopted
        .iter()
        .map(|one| Section {
            title: one.title,
            file: one.file,
            count: one.objects.len(),
            left_out: &one.left_out,
        })
        .collect()
}

fn summary(adopted: &[Adopted], options: &Options) -> Report {
    let found: Vec<String> = adopted.iter().map(Adopted::tally).collect();
    let found = found.join("; ");
    let folder = options.out.display();
    Report(match options.dry_run {
        true => format!("Found: {found}. Nothing was written, since this was a dry run."),
        false => format!(
            "Found: {found}. Written to {folder}; README.md there says what was left out and why.\n\
             Next: cd {folder} && terraform init && terraform plan"
        ),
    })
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
