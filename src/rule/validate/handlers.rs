//! The other handlers of a rule, by the table of kinds.

use std::collections::BTreeMap;

use super::template::template_problem;
use super::validation::{Use, Validation};
use crate::rule::handlers::{Content, Form, Handler, HandlerKind, HandlerOption, OptionValue};
use crate::rule::{AttributePath, Field, HandlerSpec, TextMap};
use crate::webhook::WebhookUrl;

impl Validation {
    pub(super) fn handlers(&mut self, given: &Field<Vec<HandlerSpec>>) -> Option<Vec<Handler>> {
        let handlers = match given {
            Field::Absent => return Some(Vec::new()),
            Field::Unknown => return None,
            Field::Known(handlers) => handlers,
        };
        let checked: Vec<Option<Handler>> = handlers
            .iter()
            .enumerate()
            .map(|(index, handler)| self.handler(&AttributePath::root("handler").index(index), handler))
            .collect();
        let mut sorted = checked.into_iter().collect::<Option<Vec<Handler>>>()?;
        sorted.sort_by_key(Handler::position);
        Some(sorted)
    }

    fn handler(&mut self, path: &AttributePath, spec: &HandlerSpec) -> Option<Handler> {
        let kind = match &spec.kind {
            Field::Unknown => return None,
            Field::Absent => {
                self.error(path.attribute("kind"), "The attribute kind is required.");
                return None;
            }
            Field::Known(kind) => match HandlerKind::named(kind) {
                Ok(kind) => kind,
                Err(message) => {
                    self.error(path.attribute("kind"), message);
                    return None;
                }
            },
        };
        let plain = self.options(path, kind, "options", &spec.options);
        let secret = self.options(path, kind, "secrets", &spec.secrets);
        for option in kind.options.iter().filter(|option| option.required) {
            let given = if option.secret { &plain.and(&secret) } else { &plain };
            if given.complete && !given.named.contains_key(option.name) {
                let map = if option.secret { "secrets" } else { "options" };
                self.error(
                    path.attribute(map),
                    format!(
                        "The handler {} needs the option {}: {}",
                        kind.name, option.name, option.documentation
                    ),
                );
            }
        }
        if !plain.complete || !secret.complete {
            return None;
        }
        let mut options = plain.named;
        options.extend(secret.named);
        Some(Handler { kind, options })
    }

    fn options(
        &mut self,
        path: &AttributePath,
        kind: &'static HandlerKind,
        map: &'static str,
        given: &Field<TextMap>,
    ) -> Options {
        let path = path.attribute(map);
        let given = match given {
            Field::Absent => {
                return Options {
                    named: BTreeMap::new(),
                    complete: true,
                }
            }
            Field::Unknown => {
                return Options {
                    named: BTreeMap::new(),
                    complete: false,
                }
            }
            Field::Known(given) => given,
        };
        let mut read = Options {
            named: BTreeMap::new(),
            complete: true,
        };
        for (name, written) in given {
            match self.option(&path.key(name), kind, map, name, written) {
                Some((name, Some(value))) => {
                    read.named.insert(name, value);
                }
                Some((_, None)) => {}
                None => read.complete = false,
            }
        }
        read
    }

    fn option(
        &mut self,
        path: &AttributePath,
        kind: &'static HandlerKind,
        map: &'static str,
        name: &str,
        written: &Field<String>,
    ) -> Option<(&'static str, Option<OptionValue>)> {
        let option = match kind.option(name) {
            Ok(option) => option,
            Err(message) => {
                self.error(path.clone(), message);
                return None;
            }
        };
        let right_map = if option.secret { "secrets" } else { "options" };
        if map != right_map {
            let why = if option.secret { "is a secret" } else { "is no secret" };
            self.error(
                path.clone(),
                format!("The option {name} {why}: it belongs into {right_map}."),
            );
            return None;
        }
        let written = match written {
            Field::Known(written) => written,
            Field::Unknown => return None,
            Field::Absent => return Some((option.name, None)),
        };
        let value = match option.parse(written) {
            Ok(Some(value)) => value,
            Ok(None) => return Some((option.name, None)),
            Err(message) => {
                self.error(path.clone(), message);
                return None;
            }
        };
        for text in value.texts() {
            self.writable(path, text, Use::Text)?;
            self.option_text(path, option, text);
        }
        if option.form == Form::Arguments && value.texts().first().is_some_and(String::is_empty) {
            self.error(path.clone(), format!("The first item of {name} is empty."));
            return None;
        }
        Some((option.name, Some(value)))
    }

    /// What Kapacitor does with the text when an alert fires.
    fn option_text(&mut self, path: &AttributePath, option: &HandlerOption, text: &str) {
        let problem = text_problem(option.content, text);
        if let Some(problem) = problem {
            self.discourage(path.clone(), problem);
        }
    }
}

/// What is wrong with a text of an option, given what Kapacitor takes it for.
pub fn text_problem(content: Content, text: &str) -> Option<String> {
    match content {
        Content::Plain => None,
        Content::Template(place) => template_problem(text, place),
        Content::Url => WebhookUrl::parse(text).err().map(|error| format!("{error}.")),
        Content::Address if !names_a_port(text) => {
            Some("The address needs a host and a port, as \"host:port\".".to_owned())
        }
        Content::Path if !is_absolute(text) => {
            Some("The path has to be absolute, on the host where Kapacitor runs.".to_owned())
        }
        Content::Mailbox if !is_mailbox(text) => Some(
            "Each recipient must be a mail address, such as ops@example.com; several are separated by commas, not by \
             semicolons."
                .to_owned(),
        ),
        Content::Address | Content::Path | Content::Mailbox => None,
    }
}

/// Options as far as they are known.
struct Options {
    named: BTreeMap<&'static str, OptionValue>,
    /// Whether every one was known and right.
    complete: bool,
}

impl Options {
    fn and(&self, other: &Options) -> Options {
        let named = self
            .named
            .iter()
            .chain(&other.named)
            .map(|(name, value)| (*name, value.clone()))
            .collect();
        Options {
            named,
            complete: self.complete && other.complete,
        }
    }
}

/// Whether Go can tell host and port apart.
fn names_a_port(address: &str) -> bool {
    let host_and_port = match address.rsplit_once(']') {
        Some((_, port)) => Some(("", port.trim_start_matches(':'))).filter(|_| port.starts_with(':')),
        None => address.rsplit_once(':').filter(|(host, _)| !host.contains(':')),
    };
    host_and_port.is_some_and(|(_, port)| !port.is_empty())
}

/// Kapacitor hands each recipient to the mail server as one address.
fn is_mailbox(text: &str) -> bool {
    text.contains('@') && !text.contains(';')
}

/// Whether a path is absolute on Unix or on Windows.
fn is_absolute(path: &str) -> bool {
    let of_drive = |rest: &str| rest.starts_with(":\\") || rest.starts_with(":/");
    path.starts_with(['/', '\\']) || path.get(1..).is_some_and(of_drive)
}
