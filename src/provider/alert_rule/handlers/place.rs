//! Where a handler of the list, and what is in it, stands in a configuration.

use super::block::HandlerBlock;
use super::names::{NamedKind, NamedOption};
use crate::provider::diagnostics::path;
use crate::provider::values::known;
use crate::rule::{self, Step};
use tf_provider::AttributePath;

/// The path of a handler, such as `handlers.slack[0]`.
pub(crate) fn of_block(blocks: &[HandlerBlock], index: usize) -> AttributePath {
    path(&rule_path(blocks, index))
}

/// The path of a handler's secret, or of its write-only twin.
pub(crate) fn of_secret(blocks: &[HandlerBlock], index: usize, which: Secret) -> AttributePath {
    let at = rule_path(blocks, index);
    let secret = named_kind(blocks, index).and_then(NamedKind::secret);
    path(&secret.map_or(at.clone(), |option| at.attribute(which.name(option))))
}

/// The names of a handler's secret.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Secret {
    /// The option itself.
    Plain,
    /// Its write-only twin.
    Twin,
}

impl Secret {
    /// The attribute's name.
    pub(crate) fn name(self, option: &NamedOption) -> &'static str {
        match (self, option.twin) {
            (Secret::Twin, Some([twin, _])) => twin,
            _ => option.attribute,
        }
    }
}

/// The path in a configuration for one that the rule has, such as `handler[3].options["iconEmoji"]`.
pub(crate) fn of_rule_path(blocks: &[HandlerBlock], at: &rule::AttributePath) -> Option<rule::AttributePath> {
    let [Step::Attribute("handler"), Step::Index(index), rest @ ..] = at.0.as_slice() else {
        return None;
    };
    let place = rule_path(blocks, *index);
    let [Step::Attribute(_), Step::Key(name)] = rest else {
        return Some(place);
    };
    let options = named_kind(blocks, *index)
        .map(|named| named.options.as_slice())
        .unwrap_or_default();
    let Some(option) = options.iter().find(|named| named.option.name == name) else {
        return Some(place.key(name));
    };
    let has_twin = blocks.get(*index).is_some_and(|block| !block.secrets_wo.0.is_null());
    let which = if has_twin { Secret::Twin } else { Secret::Plain };
    Some(place.attribute(which.name(option)))
}

fn named_kind(blocks: &[HandlerBlock], index: usize) -> Option<&'static NamedKind> {
    NamedKind::of(known(&blocks.get(index)?.kind)?)
}

fn rule_path(blocks: &[HandlerBlock], index: usize) -> rule::AttributePath {
    let root = rule::AttributePath::root("handlers");
    let Some(named) = named_kind(blocks, index) else {
        return root;
    };
    let before = blocks[..index].iter().filter(|block| block.is_kind(named.kind.name));
    root.attribute(named.attribute).index(before.count())
}
