//! Which block of a configuration is which block of the state, where that decides who gets a secret.

/// What a block of the configuration is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Match {
    /// The block of the state at this place.
    Former(usize),
    /// None of them.
    New,
    /// One of several, and nothing tells which.
    Unclear,
    /// That depends on what is not known yet.
    NotKnownYet,
}

/// How a block of the configuration compares with one of the state.
pub(crate) struct Comparison<E, L, S> {
    /// Whether a block of the configuration says all that one of the state does, its secrets too.
    pub says_all: E,
    /// Whether a block of the configuration looks like one of the state, in all that it shows; none while that is not known.
    pub looks_like: L,
    /// Whether two blocks of the state have the same secrets, so that it does not matter which is which.
    pub same_secrets: S,
    /// Whether any of them has a secret at all, without which nothing can be unclear.
    pub have_secrets: bool,
}

/// Matches blocks of which each may be any other, by their places in configuration and state: webhooks of one target,
/// handlers of one kind.
///
/// Blocks that look the same are told apart by their order alone. To exchange them changes nothing in the configuration, so
/// that the order says which is which as long as there are as many as before.
pub(crate) fn match_alike<E, L, S>(
    configured: &[usize],
    former: &[usize],
    comparison: &Comparison<E, L, S>,
) -> Vec<(usize, Match)>
where
    E: Fn(usize, usize) -> bool,
    L: Fn(usize, usize) -> Option<bool>,
    S: Fn(usize, usize) -> bool,
{
    if !comparison.have_secrets {
        let numbered = configured.iter().enumerate();
        let in_order = |place: usize| former.get(place).map_or(Match::New, |other| Match::Former(*other));
        return numbered.map(|(place, block)| (*block, in_order(place))).collect();
    }
    let all = |which: Match| configured.iter().map(|block| (*block, which)).collect();
    let (configured_count, former_count) = (configured.len(), former.len());
    if former_count == 0 {
        return all(Match::New);
    }
    if (configured_count, former_count) == (1, 1) {
        return all(Match::Former(former[0]));
    }
    let pairs = || {
        configured
            .iter()
            .flat_map(|one| former.iter().map(move |other| (*one, *other)))
    };
    if pairs().any(|(one, other)| (comparison.looks_like)(one, other).is_none()) {
        return all(Match::NotKnownYet);
    }
    let mut matches = Vec::new();
    let mut left = former.to_vec();
    for block in configured {
        if let Some(place) = left.iter().position(|other| (comparison.says_all)(*block, *other)) {
            matches.push((*block, Match::Former(left.remove(place))));
        }
    }
    let looks_like = |one: usize, other: usize| (comparison.looks_like)(one, other) == Some(true);
    let mut changed = Vec::new();
    let is_matched = |matches: &[(usize, Match)], block: usize| matches.iter().any(|(matched, _)| *matched == block);
    for block in configured {
        if is_matched(&matches, *block) {
            continue;
        }
        let (group, others): (Vec<usize>, Vec<usize>) = left.iter().partition(|other| looks_like(*block, **other));
        let Some(first) = group.first() else {
            changed.push(*block);
            continue;
        };
        let rivals = configured.iter().copied().filter(|rival| looks_like(*rival, *first));
        let rivals: Vec<usize> = rivals.filter(|rival| !is_matched(&matches, *rival)).collect();
        matches.extend(share_out(&rivals, &group, &comparison.same_secrets));
        left = others;
    }
    matches.extend(share_out_changed(&changed, &left, &comparison.same_secrets));
    matches
}

/// Of blocks that look the same.
fn share_out(configured: &[usize], former: &[usize], same: &impl Fn(usize, usize) -> bool) -> Vec<(usize, Match)> {
    let in_order = configured
        .iter()
        .zip(former)
        .map(|(one, other)| (*one, Match::Former(*other)));
    let is_clear = configured.len() == former.len() || (configured.len() < former.len() && all_same(former, same));
    match is_clear {
        true => in_order.collect(),
        false => configured.iter().map(|block| (*block, Match::Unclear)).collect(),
    }
}

/// Of blocks that look like none of the state.
fn share_out_changed(
    configured: &[usize],
    former: &[usize],
    same: &impl Fn(usize, usize) -> bool,
) -> Vec<(usize, Match)> {
    let is_clear =
        (configured.len(), former.len()) == (1, 1) || (configured.len() <= former.len() && all_same(former, same));
    let which = |place: usize| match former.get(place) {
        _ if former.is_empty() => Match::New,
        Some(other) if is_clear => Match::Former(*other),
        _ => Match::Unclear,
    };
    let numbered = configured.iter().enumerate();
    numbered.map(|(place, block)| (*block, which(place))).collect()
}

fn all_same(former: &[usize], same: &impl Fn(usize, usize) -> bool) -> bool {
    former.windows(2).all(|pair| same(pair[0], pair[1]))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A block is what it shows and what it hides; one of the configuration hides nothing, unless it names a secret: `a=1`.
    fn matched(configured: &[&str], former: &[(&str, &str)]) -> Vec<Match> {
        let shown = |one: usize| configured[one].split('=').next();
        let comparison = Comparison {
            says_all: |one: usize, other: usize| {
                let (shown, hidden) = former[other];
                configured[one] == format!("{shown}={hidden}")
            },
            looks_like: |one: usize, other: usize| {
                (configured[one] != "?").then(|| shown(one) == Some(former[other].0))
            },
            same_secrets: |one: usize, other: usize| former[one].1 == former[other].1,
            have_secrets: former.iter().any(|(_, hidden)| !hidden.is_empty()),
        };
        let places = |count| (0..count).collect::<Vec<usize>>();
        let mut matches = match_alike(&places(configured.len()), &places(former.len()), &comparison);
        matches.sort_by_key(|(block, _)| *block);
        assert_eq!(matches.len(), configured.len());
        matches.into_iter().map(|(_, which)| which).collect()
    }

    #[test]
    fn blocks_are_matched_by_what_they_show() {
        use Match::{Former, New, NotKnownYet, Unclear};
        type Case = (
            &'static [&'static str],
            &'static [(&'static str, &'static str)],
            &'static [Match],
        );
        let cases: [Case; 19] = [
            (&["a"], &[("a", "1")], &[Former(0)]),
            (&["b"], &[("a", "1")], &[Former(0)]),
            (&["b"], &[("a", "1"), ("b", "2")], &[Former(1)]),
            (&["b", "a"], &[("a", "1"), ("b", "2")], &[Former(1), Former(0)]),
            (&["n", "a"], &[("a", "1")], &[New, Former(0)]),
            (&["a", "a"], &[("a", "1"), ("a", "2")], &[Former(0), Former(1)]),
            (&["a"], &[("a", "1"), ("a", "2")], &[Unclear]),
            (&["a"], &[("a", "1"), ("a", "1")], &[Former(0)]),
            (&["a", "a"], &[("a", "1")], &[Unclear, Unclear]),
            (&["c"], &[("a", "1"), ("b", "2")], &[Unclear]),
            (&["c", "d"], &[("a", "1")], &[Unclear, Unclear]),
            (&["a", "c"], &[("a", "1"), ("b", "2")], &[Former(0), Former(1)]),
            (&["a", "b"], &[], &[New, New]),
            (&["?", "a"], &[("a", "")], &[Former(0), New]),
            (&["a", "a=1"], &[("a", "1"), ("a", "2")], &[Former(1), Former(0)]),
            (&["a=3", "a"], &[("a", "1"), ("a", "2")], &[Former(0), Former(1)]),
            (&["a=2"], &[("a", "1"), ("a", "2")], &[Former(1)]),
            (&["?"], &[("a", "1")], &[Former(0)]),
            (&["?", "a"], &[("a", "1")], &[NotKnownYet, NotKnownYet]),
        ];
        for (configured, former, expected) in cases {
            assert_eq!(matched(configured, former), expected, "{configured:?} of {former:?}");
        }
    }
}
