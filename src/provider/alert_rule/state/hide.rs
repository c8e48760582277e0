//! Secrets that were read from the server and that only the configuration has: they go into the write-only twins, which no
//! state shows.

use super::post::PostBlock;
use crate::protocol::WriteOnly;
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::values::{known, known_entries, text_map, TextMap};
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// For each block, the place of the former one whose secrets it has.
pub(super) type Places = Vec<Option<usize>>;

/// Takes out of blocks that were read what only the configuration has. `pairs` says which of the former blocks each is. Returns
/// whose secrets each has.
pub(super) fn hide_in_posts(blocks: &mut [PostBlock], pairs: &[Option<usize>], former: &[PostBlock]) -> Places {
    let mut places = Places::new();
    let hides_url = |place: &usize| !former[*place].url_wo_version.is_null();
    let mut left: Vec<usize> = (0..former.len()).filter(hides_url).collect();
    left.retain(|place| !pairs.contains(&Some(*place)));
    for (block, pair) in blocks.iter_mut().zip(pairs) {
        let is_shown = |url: &str| former.iter().any(|former| known(&former.url) == Some(url));
        let own = pair.filter(|place| former.get(*place).is_some_and(PostBlock::has_write_only));
        let holder = || {
            let url = known(&block.url)?;
            former.iter().position(|former| known(&former.url_wo.0) == Some(url))
        };
        // A URL that no block shows may be the one of a block that is not there any more.
        let is_new = own.is_none() && known(&block.url).is_some_and(|url| !is_shown(url));
        let place = own
            .or_else(holder)
            .or_else(|| (is_new && !left.is_empty()).then(|| left.remove(0)));
        places.push(place);
        let Some(former) = place.and_then(|place| former.get(place)) else {
            continue;
        };
        if !former.url_wo_version.is_null() {
            block.url_wo = WriteOnly(std::mem::take(&mut block.url));
            block.url_wo_version = former.url_wo_version.clone();
        }
        if !former.sensitive_headers_wo_version.is_null() {
            let hidden = take_names(
                &mut block.sensitive_headers,
                &former.sensitive_headers_wo.0,
                &former.sensitive_headers,
            );
            block.sensitive_headers_wo = WriteOnly(hidden);
            block.sensitive_headers_wo_version = former.sensitive_headers_wo_version.clone();
        }
    }
    places
}

/// The same for handlers, whose secrets are those of the blocks that they are.
pub(super) fn hide_in_handlers(blocks: &mut [HandlerBlock], pairs: &[Option<usize>], former: &[HandlerBlock]) {
    for (block, pair) in blocks.iter_mut().zip(pairs) {
        let Some(former) = pair.and_then(|place| former.get(place)) else {
            continue;
        };
        if !former.secrets_wo_version.is_null() {
            let hidden = take_names(&mut block.secrets, &former.secrets_wo.0, &former.secrets);
            block.secrets_wo = WriteOnly(hidden);
            block.secrets_wo_version = former.secrets_wo_version.clone();
        }
    }
}

/// Takes the entries out that another map names. What is left, if it is nothing, is what the former block had for nothing.
fn take_names(map: &mut TextMap, named: &TextMap, former: &TextMap) -> TextMap {
    let names = known_entries(named);
    let is_named = |name: &str| names.keys().any(|known| known.eq_ignore_ascii_case(name));
    let (hidden, rest): (BTreeMap<_, _>, BTreeMap<_, _>) =
        known_entries(map).into_iter().partition(|(name, _)| is_named(name));
    if !map.is_unknown() {
        *map = match rest.is_empty() && former.is_null() {
            true => Value::Null,
            false => text_map(rest),
        };
    }
    text_map(hidden)
}
