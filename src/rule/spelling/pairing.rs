//! Which block that was read from a server is which of the blocks of before: by where it sends to and by what it says.
//!
//! A place says nothing, since whoever edits a script may insert a block, take one out, or exchange two.

use std::collections::BTreeMap;

use crate::rule::handlers::{HandlerKind, OptionValue};
use crate::rule::{Field, HandlerSpec, PostSpec, TextMap};

/// For each webhook that was read, the place of the former one that it is.
pub(in crate::rule) fn posts(read: &[PostSpec], former: &[PostSpec]) -> Vec<Option<usize>> {
    let mut pairs = Pairing::new(read.len(), former.len());
    pairs.each(|one, other| {
        same_target(&read[one], &former[other]) && all_headers(&read[one]) == all_headers(&former[other])
    });
    pairs.each(|one, other| same_target(&read[one], &former[other]));
    pairs.unique(|one, other| are_same(&read[one].url, &former[other].url));
    pairs.unique(|one, other| are_same(&read[one].endpoint, &former[other].endpoint));
    pairs.unique(|_, _| true);
    pairs.found
}

/// For each handler that was read, the place of the former one that it is. Of several that changed, those of one kind keep
/// their order.
pub(in crate::rule) fn handlers(read: &[HandlerSpec], former: &[HandlerSpec]) -> Vec<Option<usize>> {
    let mut pairs = Pairing::new(read.len(), former.len());
    pairs.each(|one, other| says_same(&read[one], &former[other]));
    pairs.each(|one, other| read[one].says_same_openly(&former[other]) == Some(true));
    pairs.each(|one, other| read[one].kind == former[other].kind);
    pairs.found
}

struct Pairing {
    found: Vec<Option<usize>>,
    taken: Vec<bool>,
}

impl Pairing {
    fn new(read: usize, former: usize) -> Self {
        Pairing {
            found: vec![None; read],
            taken: vec![false; former],
        }
    }

    fn free(&self) -> impl Iterator<Item = usize> + '_ {
        self.taken
            .iter()
            .enumerate()
            .filter(|(_, taken)| !**taken)
            .map(|(place, _)| place)
    }

    fn unpaired(&self) -> Vec<usize> {
        let unpaired = self.found.iter().enumerate().filter(|(_, pair)| pair.is_none());
        unpaired.map(|(place, _)| place).collect()
    }

    fn pair(&mut self, one: usize, other: usize) {
        self.found[one] = Some(other);
        self.taken[other] = true;
    }

    /// Pairs all that are the same, in their order.
    fn each(&mut self, same: impl Fn(usize, usize) -> bool) {
        for one in self.unpaired() {
            let other = self.free().find(|other| same(one, *other));
            if let Some(other) = other {
                self.pair(one, other);
            }
        }
    }

    /// Pairs what is the same as one alone.
    fn unique(&mut self, same: impl Fn(usize, usize) -> bool) {
        let unpaired = self.unpaired();
        let free: Vec<usize> = self.free().collect();
        for one in &unpaired {
            let mut candidates = free.iter().filter(|other| same(*one, **other));
            let (Some(other), None) = (candidates.next(), candidates.next()) else {
                continue;
            };
            if unpaired.iter().filter(|rival| same(**rival, *other)).count() == 1 {
                self.pair(*one, *other);
            }
        }
    }
}

fn same_target(one: &PostSpec, other: &PostSpec) -> bool {
    !one.url.is_unknown() && one.url == other.url && !one.endpoint.is_unknown() && one.endpoint == other.endpoint
}

fn are_same(one: &Field<String>, other: &Field<String>) -> bool {
    one.known().is_some() && one == other
}

fn all_headers(post: &PostSpec) -> TextMap {
    [&post.headers, &post.sensitive_headers]
        .into_iter()
        .filter_map(Field::known)
        .flatten()
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Whether two handlers say the same, in whatever spelling.
pub(in crate::rule) fn says_same(one: &HandlerSpec, other: &HandlerSpec) -> bool {
    let (one, other) = (meaning(one, true), meaning(other, true));
    one.is_some() && one == other
}

impl HandlerSpec {
    /// Whether two handlers are of one kind and have the same options, in whatever spelling and whatever their secrets are;
    /// none while that is not known.
    pub fn says_same_openly(&self, other: &HandlerSpec) -> Option<bool> {
        if let (Some(one), Some(other)) = (self.kind.known(), other.kind.known()) {
            if one != other {
                return Some(false);
            }
        }
        Some(meaning(self, false)? == meaning(other, false)?)
    }
}

/// What a handler's options say, whatever their spelling; nothing where they are unknown or wrong.
fn meaning(handler: &HandlerSpec, with_secrets: bool) -> Option<(&'static str, BTreeMap<&'static str, OptionValue>)> {
    let kind = HandlerKind::named(handler.kind.known()?).ok()?;
    let mut options = BTreeMap::new();
    let secrets = with_secrets.then_some(&handler.secrets);
    for map in [&handler.options].into_iter().chain(secrets) {
        if map.is_unknown() {
            return None;
        }
        for (name, written) in map.known().into_iter().flatten() {
            let option = kind.option(name).ok()?;
            let value = match written {
                Field::Known(written) => option.parse(written).ok()?,
                Field::Absent => None,
                Field::Unknown => return None,
            };
            if let Some(value) = value {
                options.insert(option.name, value);
            }
        }
    }
    Some((kind.name, options))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(url: &str) -> PostSpec {
        PostSpec {
            url: url.into(),
            ..PostSpec::default()
        }
    }

    #[test]
    fn webhooks_are_told_apart_by_their_target_and_never_by_their_place() {
        let former = [post("https://a"), post("https://b")];
        let cases: [(&[&str], &[Option<usize>]); 5] = [
            (&["https://b", "https://a"], &[Some(1), Some(0)]),
            (&["https://new", "https://a", "https://b"], &[None, Some(0), Some(1)]),
            (&["https://b"], &[Some(1)]),
            (&["https://b", "https://changed"], &[Some(1), Some(0)]),
            (&["https://one", "https://other"], &[None, None]),
        ];
        for (urls, expected) in cases {
            let read: Vec<PostSpec> = urls.iter().map(|url| post(url)).collect();
            assert_eq!(posts(&read, &former), expected, "{urls:?}");
        }
    }

    #[test]
    fn a_handler_that_changed_is_the_one_of_its_kind_that_is_left() {
        let alerta = |event: &str| HandlerSpec {
            kind: "alerta".into(),
            options: Field::Known([("event".to_owned(), event.into())].into()),
            ..HandlerSpec::default()
        };
        let former = [alerta("a"), alerta("b")];
        assert_eq!(handlers(&[alerta("b")], &former), [Some(1)]);
        assert_eq!(handlers(&[alerta("b"), alerta("c")], &former), [Some(1), Some(0)]);
    }
}
