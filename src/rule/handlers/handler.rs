//! A handler of a rule, and how its kind and options are found by their names.

use super::kind::HandlerKind;
use super::option::{HandlerOption, OptionValue};
use super::table::KINDS;
use crate::rule::terms::keywords::quoted_list;
use crate::rule::terms::suggest::nearest;
use std::collections::BTreeMap;

/// What to do when an alert fires: a kind of handler and the options that are set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    pub(in crate::rule) kind: &'static HandlerKind,
    /// By name, and never empty, zero or not set.
    pub(in crate::rule) options: BTreeMap<&'static str, OptionValue>,
}

impl Handler {
    /// The kind of handler.
    pub fn kind(&self) -> &'static HandlerKind {
        self.kind
    }

    /// An option's value where it is set.
    pub fn option(&self, name: &str) -> Option<&OptionValue> {
        self.options.get(name)
    }

    /// The place of its kind in what Kapacitor prints.
    pub(in crate::rule) fn position(&self) -> usize {
        KINDS
            .iter()
            .position(|kind| kind.name == self.kind.name)
            .unwrap_or(KINDS.len())
    }
}

impl HandlerKind {
    /// The kind of that name; the error lists the kinds.
    pub fn named(name: &str) -> Result<&'static HandlerKind, String> {
        if name == "post" {
            return Err("\"post\" has an attribute of its own: set `post` instead.".to_owned());
        }
        KINDS.iter().find(|kind| kind.name == name).ok_or_else(|| {
            let names: Vec<&str> = KINDS.iter().map(|kind| kind.name).collect();
            let hint = nearest(name, &names)
                .map(|near| format!(" Did you mean {near:?}?"))
                .unwrap_or_default();
            format!(
                "There is no kind of handler {name:?}.{hint} The kinds are {}.",
                quoted_list(&names)
            )
        })
    }

    /// The option of that name; the error names the nearest one and lists all.
    pub fn option(&self, name: &str) -> Result<&'static HandlerOption, String> {
        let options = self.options;
        options.iter().find(|option| option.name == name).ok_or_else(|| {
            let names: Vec<&str> = options.iter().map(|option| option.name).collect();
            if names.is_empty() {
                return format!("The handler {} has no options.", self.name);
            }
            let hint = nearest(name, &names)
                .map(|near| format!(" Did you mean {near:?}?"))
                .unwrap_or_default();
            format!(
                "The handler {} has no option {name:?}.{hint} Its options are {}.",
                self.name,
                quoted_list(&names)
            )
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_and_option_is_documented_and_named_once() {
        let mut kinds = Vec::new();
        for kind in KINDS {
            assert!(kind.documentation.ends_with('.'), "{}", kind.name);
            assert!(!kinds.contains(&kind.name), "{} is there twice", kind.name);
            kinds.push(kind.name);
            let mut methods = Vec::new();
            for option in kind.options {
                assert!(option.documentation.ends_with('.'), "{}.{}", kind.name, option.name);
                assert!(
                    !methods.contains(&option.method()),
                    "{}.{} is there twice",
                    kind.name,
                    option.name
                );
                methods.push(option.method());
            }
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_the_nearest_one() {
        assert!(HandlerKind::named("Slack")
            .unwrap_err()
            .contains("Did you mean \"slack\"?"));
        let slack = HandlerKind::named("slack").unwrap();
        assert!(slack
            .option("chanel")
            .unwrap_err()
            .contains("Did you mean \"channel\"?"));
        assert!(HandlerKind::named("post").unwrap_err().contains("set `post`"));
    }
}
