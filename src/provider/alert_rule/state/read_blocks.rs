//! The blocks of a rule that was read from the server: which of them takes its URL from the environment, and what somebody
//! added to them there.

use super::hide::{hide_in_posts, Places};
use super::post::PostBlock;
use super::private_state::{PostMemory, PrivateState};
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::environment;
use crate::provider::values::{known, names};
use crate::rule::{Field, HandlerSpec, PostSpec};
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// The blocks `post` for what was read, what is to be remembered of each, and whose write-only secrets it has.
pub(crate) fn read_posts(
    read: &Field<Vec<PostSpec>>,
    pairs: &[Option<usize>],
    former: &[PostBlock],
    private: &PrivateState,
    is_imported: bool,
) -> (Vec<PostBlock>, Vec<PostMemory>, Places) {
    let specs = read.known().map_or(&[][..], Vec::as_slice);
    let mut blocks: Vec<PostBlock> = specs.iter().map(PostBlock::read).collect();
    let mut memories: Vec<PostMemory> = blocks
        .iter()
        .zip(pairs)
        .map(|(block, pair)| PostMemory {
            added: match is_imported {
                true => Vec::new(),
                false => added_headers(block, *pair, former, private),
            },
            url_is_imported: is_imported || pair.is_some_and(|place| private.post(place).url_is_imported),
            has_other_url: false,
        })
        .collect();
    let places = hide_in_posts(&mut blocks, pairs, former);
    hide_urls_of_variables(&mut blocks, &mut memories, pairs, former);
    (blocks, memories, places)
}

/// The names of the secret headers that the former block did not have; for a block that is new, those that none had.
fn added_headers(block: &PostBlock, pair: Option<usize>, former: &[PostBlock], private: &PrivateState) -> Vec<String> {
    let before: Vec<&PostBlock> = match pair {
        Some(place) => former.get(place).into_iter().collect(),
        None => former.iter().collect(),
    };
    let was_there = |name: &str| {
        let mut maps = before.iter().flat_map(|post| [&post.headers, &post.sensitive_headers]);
        maps.any(|map| names(map).any(|known| known.eq_ignore_ascii_case(name)))
    };
    let still_added = pair.map(|place| private.post(place).added).unwrap_or_default();
    names(&block.sensitive_headers)
        .filter(|name| !was_there(name) || still_added.iter().any(|added| added == name))
        .map(str::to_owned)
        .collect()
}

/// Of each handler, the names of the secrets that somebody added.
pub(crate) fn added_to_handlers(
    read: &Field<Vec<HandlerSpec>>,
    pairs: &[Option<usize>],
    former: &[HandlerBlock],
    private: &PrivateState,
    is_imported: bool,
) -> Vec<Vec<String>> {
    let specs = read.known().map_or(&[][..], Vec::as_slice);
    let added = |(spec, pair): (&HandlerSpec, &Option<usize>)| {
        if is_imported {
            return Vec::new();
        }
        let before: Vec<&HandlerBlock> = match pair {
            Some(place) => former.get(*place).into_iter().collect(),
            None => former
                .iter()
                .filter(|handler| known(&handler.kind) == spec.kind.known().map(String::as_str))
                .collect(),
        };
        let was_there = |name: &str| {
            before
                .iter()
                .any(|handler| names(&handler.secrets).any(|known| known == name))
        };
        let still_added = pair.map_or(&[][..], |place| private.added_to_handler(place));
        let secrets = spec.secrets.known().into_iter().flat_map(BTreeMap::keys);
        secrets
            .filter(|name| !was_there(name) || still_added.contains(name))
            .cloned()
            .collect()
    };
    specs.iter().zip(pairs).map(added).collect()
}

/// A URL that the configuration takes from the environment stands in no state: that it changed shows in the script's hash.
///
/// Which URL that is, its value tells. While a variable's value is on none of the blocks, the server may still have the one
/// that it held before, so that every URL which the state did not have is hidden.
fn hide_urls_of_variables(
    blocks: &mut [PostBlock],
    memories: &mut [PostMemory],
    pairs: &[Option<usize>],
    former: &[PostBlock],
) {
    let variables: Vec<&str> = former.iter().filter_map(|post| known(&post.url_env)).collect();
    if variables.is_empty() {
        return;
    }
    let former_of = |place: usize| pairs.get(place).copied().flatten().and_then(|pair| former.get(pair));
    let values: Vec<(&str, Option<String>)> = variables
        .iter()
        .map(|variable| (*variable, environment::secret(variable)))
        .collect();
    let mut seen = Vec::new();
    let mut hidden = Vec::new();
    for (place, block) in blocks.iter_mut().enumerate() {
        let Some(url) = known(&block.url) else { continue };
        let own = former_of(place);
        if own.is_some_and(|own| known(&own.url) == Some(url)) {
            continue;
        }
        let holds_it = |(_, value): &&(&str, Option<String>)| value.as_deref() == Some(url);
        let own_variable = own.and_then(|own| known(&own.url_env));
        let named = values.iter().filter(holds_it).map(|(variable, _)| *variable);
        match named
            .clone()
            .find(|variable| Some(*variable) == own_variable)
            .or(named.clone().next())
        {
            Some(variable) => {
                name_variable(block, variable);
                seen.push(variable);
            }
            None => hidden.push(place),
        }
    }
    let unseen: Vec<&str> = variables
        .into_iter()
        .filter(|variable| !seen.contains(variable))
        .collect();
    let Some(any) = unseen.first() else { return };
    for place in hidden {
        let own_variable = former_of(place).and_then(|own| known(&own.url_env));
        let variable = own_variable.filter(|variable| unseen.contains(variable)).unwrap_or(any);
        name_variable(&mut blocks[place], variable);
        memories[place].has_other_url = true;
    }
}

fn name_variable(block: &mut PostBlock, variable: &str) {
    block.url = Value::Null;
    block.url_env = Value::Value(variable.to_owned());
}

/// Marks the blocks whose URL is another one than their variable holds. Their script is the one that they were read from.
pub(crate) fn mark_other_urls(blocks: &[PostBlock], read: &[crate::rule::Post], private: &mut PrivateState) {
    private.posts.resize(blocks.len(), PostMemory::default());
    for ((block, post), memory) in blocks.iter().zip(read).zip(&mut private.posts) {
        if let Some(value) = known(&block.url_env).and_then(environment::secret) {
            memory.has_other_url = post.url.as_deref() != Some(value.as_str());
        }
    }
}
