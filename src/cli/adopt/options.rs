//! The options of `adopt`, and those of the provider's settings, which have the settings' own names.

use super::output::hcl::Expression;
use super::output::hcl::Item;
use crate::provider::attributes::{Definition, Kind};
use crate::provider::config::settings;
use crate::provider::filter::wildcard;
use lexopt::prelude::*;
use serde_json::{json, Map, Value as Json};
use std::ffi::OsString;
use std::path::PathBuf;

/// What can be adopted, by the word for `--only`.
const KINDS: [&str; 5] = ["endpoints", "rules", "templates", "tasks", "handlers"];

/// The options that are not settings of the provider, with their help.
const OWN: [(&str, &str); 7] = [
    ("--out DIR", "The folder to write to. Required, but for a dry run."),
    (
        "--only KIND,…",
        "Only these kinds: endpoints, rules, templates, tasks, handlers.",
    ),
    (
        "--name GLOB",
        "Only objects of this name or id, in which * stands for any text. A handler is called TOPIC/ID.",
    ),
    (
        "--upgrade-rules",
        "Make alert rules of those that an earlier Chronograf wrote, too; the plan shows what changes.",
    ),
    ("--dry-run", "Read the server, say what was found, and write nothing."),
    ("--force", "Overwrite files that are there already."),
    ("--quiet", "Say nothing but errors."),
];

/// What a person asked for.
#[derive(Debug, Default)]
pub(crate) struct Options {
    /// The folder to write to.
    pub out: PathBuf,
    /// Whether files may be overwritten.
    pub force: bool,
    /// Whether nothing is to be written.
    pub dry_run: bool,
    /// Whether nothing is to be said but errors.
    pub quiet: bool,
    /// Whether rules of earlier Chronografs become alert rules.
    pub upgrade_rules: bool,
    /// The provider's settings, as its configuration would have them.
    pub settings: Map<String, Json>,
    only: Vec<String>,
    name: Option<String>,
}

/// What is wrong with the command line.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UsageError {
    /// An option is not known, or lacks its value.
    #[error("{0}")]
    Option(#[from] lexopt::Error),
    /// A value is none that the option takes.
    #[error("{0}")]
    Value(String),
    /// Help was asked for, which is no error to who asked.
    #[error("help was asked for")]
    HelpWanted,
}

impl Options {
    /// Reads the arguments behind `adopt`.
    ///
    /// # Errors
    /// An option is unknown, lacks its value or has a wrong one, or `--out` is missing.
    pub(crate) fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Self, UsageError> {
        let mut options = Options::default();
        let mut parser = lexopt::Parser::from_args(arguments);
        while let Some(argument) = parser.next()? {
            match argument {
                Long("out") => options.out = parser.value()?.into(),
                Long("only") => options.only = kinds(&parser.value()?.string()?)?,
                Long("name") => options.name = Some(parser.value()?.string()?),
                Long("dry-run") => options.dry_run = true,
                Long("force") => options.force = true,
                Long("quiet") => options.quiet = true,
                Long("upgrade-rules") => options.upgrade_rules = true,
                Long("help") | Short('h') => return Err(UsageError::HelpWanted),
                Long(flag) => {
                    let flag = flag.to_owned();
                    options.set(&flag, &mut parser)?;
                }
                other => return Err(other.unexpected().into()),
            }
        }
        if options.out.as_os_str().is_empty() && !options.dry_run {
            return Err(UsageError::Value(
                "--out is missing: name the folder to write to".to_owned(),
            ));
        }
        Ok(options)
    }

    /// Whether a kind of objects is to be adopted.
    pub(crate) fn wants(&self, kind: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|wanted| wanted == kind)
    }

    /// Whether an object of this name is.
    pub(crate) fn wants_name(&self, name: &str) -> bool {
        wildcard::lets_through(self.name.as_deref(), name)
    }

    /// The settings that were given as options, as they stand in the provider's block; none that is a secret.
    pub(crate) fn provider_body(&self) -> Vec<Item> {
        let given = shown(&settings::attributes(), &self.settings).into_iter();
        given.map(|(name, value)| Item::Attribute(name, value)).collect()
    }

    fn set(&mut self, flag: &str, parser: &mut lexopt::Parser) -> Result<(), UsageError> {
        for (own, object, definition) in settings() {
            if own != flag {
                continue;
            }
            let value = value(&definition, parser)?;
            let settings = match object {
                None => &mut self.settings,
                Some(object) => match self.settings.entry(object).or_insert_with(|| json!({})) {
                    Json::Object(content) => content,
                    _ => continue,
                },
            };
            match (settings.get_mut(definition.name), value) {
                (Some(Json::Object(members)), Json::Object(more)) => members.extend(more),
                (_, value) => {
                    settings.insert(definition.name.to_owned(), value);
                }
            }
            return Ok(());
        }
        Err(lexopt::Error::UnexpectedOption(format!("--{flag}")).into())
    }
}

fn kinds(given: &str) -> Result<Vec<String>, UsageError> {
    let kinds: Vec<String> = given.split(',').map(|kind| kind.trim().to_owned()).collect();
    match kinds.iter().find(|kind| !KINDS.contains(&kind.as_str())) {
        Some(unknown) => Err(UsageError::Value(format!(
            "--only: there is no kind {unknown:?}: write {}",
            KINDS.join(" or ")
        ))),
        None => Ok(kinds),
    }
}

/// Each setting of the provider with its option and, if it stands in an object, that object.
fn settings() -> Vec<(String, Option<&'static str>, Definition)> {
    let dashed = |name: &str| name.replace('_', "-");
    let settings = settings::attributes().into_iter();
    settings
        .flat_map(|setting| match setting.kind {
            Kind::Object(inner) => {
                let inner = inner.into_iter();
                let named = |one: Definition| {
                    let option = format!("{}-{}", dashed(setting.name), dashed(one.name));
                    (option, Some(setting.name), one)
                };
                inner.map(named).collect()
            }
            _ => vec![(dashed(setting.name), None, setting)],
        })
        .collect()
}

fn value(definition: &Definition, parser: &mut lexopt::Parser) -> Result<Json, UsageError> {
    let wrong = |what: &str| UsageError::Value(format!("--{}: {what}", definition.name.replace('_', "-")));
    Ok(match definition.kind {
        Kind::Flag => true.into(),
        Kind::Count => parser
            .value()?
            .parse::<i64>()
            .map_err(|_| wrong("write a whole number"))?
            .into(),
        Kind::TextMap => {
            let given = parser.value()?.string()?;
            let (name, value) = given.split_once('=').ok_or_else(|| wrong("write NAME=VALUE"))?;
            json!({ name: value })
        }
        _ => parser.value()?.string()?.into(),
    })
}

fn shown(definitions: &[Definition], given: &Map<String, Json>) -> Vec<(String, Expression)> {
    let harmless = definitions.iter().filter(|definition| !definition.sensitive);
    harmless
        .filter_map(|definition| {
            let value = match (given.get(definition.name)?, &definition.kind) {
                (Json::Object(members), Kind::Object(inner)) => Expression::Object(shown(inner, members)),
                (Json::Bool(boolean), _) => Expression::Boolean(*boolean),
                (Json::Number(number), _) => Expression::Number(number.to_string()),
                // A URL may hold a password.
                (Json::String(text), _) if !text.contains('@') => text.as_str().into(),
                _ => return None,
            };
            Some((definition.name.to_owned(), value))
        })
        .collect()
}

/// How the settings that an error names are set here, where there is no configuration; empty if it names none.
pub(crate) fn settings_named_in(error: &str) -> String {
    let names = |name: &str| error.contains(&format!("`{name}`"));
    let (chronograf, under_it) = (names("chronograf"), error.contains("under `chronograf`"));
    let all = settings();
    let is_of_both = |name: &str| all.iter().filter(|(_, _, one)| one.name == name).count() > 1;
    let mut lines = Vec::new();
    for (flag, object, definition) in &all {
        let name = definition.name;
        let is_named = match object {
            Some(_) => chronograf && (names(name) || name == "url"),
            None => names(name) && (name == "url" || !(under_it && is_of_both(name))),
        };
        if is_named {
            let variable = settings::variable(object.is_some(), name).map(|variable| format!(" or {variable}"));
            let setting = object.map_or(name.to_owned(), |object| format!("{object}.{name}"));
            lines.push(format!("  {setting}: --{flag}{}", variable.unwrap_or_default()));
        }
    }
    match lines.is_empty() {
        true => String::new(),
        false => format!("\n\nAs options or environment variables:\n{}", lines.join("\n")),
    }
}

/// The help of `adopt`.
pub(crate) fn help() -> String {
    let own = OWN.iter().map(|(option, text)| format!("  {option:<17} {text}\n"));
    let settings: Vec<String> = settings().into_iter().map(|(flag, ..)| format!("--{flag}")).collect();
    format!(
        "Usage: terraform-provider-squadcast adopt --out DIR [OPTION…]\n\n\
         Reads a server and writes a Terraform configuration for what is on it, whose plan only imports.\n\
         Nothing on the server is changed.\n\n\
         {}\n\
         The connection is that of the provider, from its environment variables (KAPACITOR_URL, CHRONOGRAF_URL, …) or by:\n  {}\n\
         Other users of this machine can see options: give secrets by environment variables.",
        own.collect::<String>(),
        settings.join("\n  ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, UsageError> {
        Options::parse(arguments.iter().map(OsString::from))
    }

    #[test]
    fn settings_have_the_names_of_the_provider() {
        let options = parse(&[
            "--out=x",
            "--chronograf-url",
            "http://c:8888",
            "--timeout",
            "5",
            "--headers",
            "A=1",
            "--headers",
            "B=2=3",
            "--insecure-skip-verify",
        ])
        .unwrap();
        let expected = json!({
            "chronograf": { "url": "http://c:8888" }, "timeout": 5, "headers": { "A": "1", "B": "2=3" },
            "insecure_skip_verify": true,
        });
        assert_eq!(Json::Object(options.settings), expected);
    }

    #[test]
    fn secrets_do_not_stand_in_the_providers_block() {
        let options = parse(&[
            "--out=x",
            "--url",
            "http://k:9092",
            "--password",
            "s3cret",
            "--username",
            "me",
        ])
        .unwrap();
        let body = options.provider_body();
        let attribute = |name: &str, value: &str| Item::Attribute(name.to_owned(), value.into());
        assert_eq!(body, [attribute("url", "http://k:9092"), attribute("username", "me")]);
        let options = parse(&["--out=x", "--url", "http://me:s3cret@k:9092"]).unwrap();
        assert_eq!(options.provider_body(), []);
    }

    #[test]
    fn wrong_options_are_told() {
        for (arguments, words) in [
            (&["--out"][..], "missing argument"),
            (&["--outt=x"], "--outt"),
            (&["--out=x", "--only", "rulez"], "rulez"),
            (&["--out=x", "--timeout", "soon"], "--timeout"),
            (&["--out=x", "--headers", "A"], "NAME=VALUE"),
            (&["--out=x", "more"], "more"),
            (&[], "--out"),
        ] {
            let error = parse(arguments).unwrap_err().to_string();
            assert!(error.contains(words), "{arguments:?}: {error}");
        }
        assert!(matches!(parse(&["--help"]), Err(UsageError::HelpWanted)));
    }

    #[test]
    fn an_error_that_names_settings_is_followed_by_their_options() {
        let told = |error: &str, expected: &[&str]| {
            let lines = settings_named_in(error);
            assert_eq!(lines.lines().skip(3).collect::<Vec<_>>(), expected, "{error}");
        };
        told("The webhook did not answer.", &[]);
        told(
            "Check `shared_secret` and `ca_cert`.",
            &[
                "  shared_secret: --shared-secret or SQUADCAST_KAPACITOR_SHARED_SECRET",
                "  ca_cert: --ca-cert or SQUADCAST_KAPACITOR_CA_CERT",
            ],
        );
        told(
            "Set `url`, or `chronograf` to go through Chronograf.",
            &[
                "  url: --url or KAPACITOR_URL",
                "  chronograf.url: --chronograf-url or CHRONOGRAF_URL",
            ],
        );
        told(
            "Check `username` under `chronograf`.",
            &[
                "  chronograf.url: --chronograf-url or CHRONOGRAF_URL",
                "  chronograf.username: --chronograf-username or CHRONOGRAF_USERNAME",
            ],
        );
        told("Check `headers`.", &["  headers: --headers"]);
    }

    #[test]
    fn a_dry_run_needs_no_folder_and_a_pattern_chooses() {
        let options = parse(&["--dry-run", "--only", "rules", "--name", "cpu*"]).unwrap();
        assert!(options.dry_run && options.wants("rules") && !options.wants("endpoints"));
        assert!(options.wants_name("cpu high") && !options.wants_name("mem"));
    }
}
