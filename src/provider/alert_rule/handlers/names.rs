//! What the kinds of handlers and their options are called in a configuration.

use crate::rule::handlers::{HandlerKind, HandlerOption, KINDS};
use std::sync::LazyLock;

/// A kind of handler with its names in a configuration.
pub struct NamedKind {
    /// The kind.
    pub kind: &'static HandlerKind,
    /// Its attribute, such as `pagerduty`.
    pub attribute: &'static str,
    /// Its options.
    pub options: Vec<NamedOption>,
}

/// An option with its names in a configuration.
pub struct NamedOption {
    /// The option.
    pub option: &'static HandlerOption,
    /// Its attribute, such as `service_key`.
    pub attribute: &'static str,
    /// If it is a secret, its write-only twin and the twin's version.
    pub twin: Option<[&'static str; 2]>,
}

/// Every kind, in the order in which Kapacitor prints them.
pub static NAMED_KINDS: LazyLock<Vec<NamedKind>> = LazyLock::new(|| {
    let kinds = KINDS.iter().map(|kind| NamedKind {
        kind,
        attribute: kept(kind.name.to_ascii_lowercase()),
        options: kind.options.iter().map(named_option).collect(),
    });
    kinds.collect()
});

fn named_option(option: &'static HandlerOption) -> NamedOption {
    let attribute = kept(snake_case(option.name));
    let twin = || ["wo", "wo_version"].map(|suffix| kept(format!("{attribute}_{suffix}")));
    NamedOption {
        option,
        attribute,
        twin: option.secret.then(twin),
    }
}

impl NamedKind {
    /// The kind of Kapacitor's name.
    pub fn of(kind: &str) -> Option<&'static NamedKind> {
        NAMED_KINDS.iter().find(|named| named.kind.name == kind)
    }

    /// Its option that is a secret; no kind has more than one.
    pub fn secret(&self) -> Option<&NamedOption> {
        self.options.iter().find(|named| named.option.secret)
    }
}

/// Keeps a name for as long as the process lives.
fn kept(name: String) -> &'static str {
    Box::leak(name.into_boxed_str())
}

/// `channelURL` as `channel_url`.
fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    let mut after_lower = false;
    for letter in name.chars() {
        if letter.is_ascii_uppercase() && after_lower {
            snake.push('_');
        }
        after_lower = letter.is_ascii_lowercase();
        snake.push(letter.to_ascii_lowercase());
    }
    snake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_in_snake_case_and_no_kind_has_two_secrets() {
        let names = ["channelURL", "chatId", "disableWebPagePreview", "to"].map(snake_case);
        assert_eq!(names, ["channel_url", "chat_id", "disable_web_page_preview", "to"]);
        for named in NAMED_KINDS.iter() {
            let secrets = named.options.iter().filter(|option| option.option.secret);
            assert!(secrets.count() <= 1, "{}", named.attribute);
        }
    }
}
