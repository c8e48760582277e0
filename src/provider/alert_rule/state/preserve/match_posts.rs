//! Which webhook of a configuration is which of the state, where that decides who gets a secret.

use super::former::FormerPost;
use super::matching::{match_alike, Comparison, Match};
use crate::provider::alert_rule::state::post::PostBlock;
use crate::provider::values::InTerraform;
use crate::rule::{self, Field, PostSpec};
use std::collections::BTreeMap;

/// Where a block of the configuration posts to.
#[derive(PartialEq)]
enum Target {
    /// It does not say.
    Unnamed,
    /// To a URL, an endpoint or both.
    Named(Field<String>, Field<String>),
    /// That is not known yet.
    NotKnownYet,
}

impl Target {
    fn of(block: &PostBlock) -> Target {
        let PostSpec { url, endpoint, .. } = block.spec();
        if url.is_unknown() || endpoint.is_unknown() {
            return Target::NotKnownYet;
        }
        if url.is_absent() && endpoint.is_absent() {
            return Target::Unnamed;
        }
        Target::Named(url, endpoint)
    }

    /// Whether the headers of a former block were set for it. A block that leaves the URL out posts to the endpoint alone.
    fn is_target_of(&self, former: &FormerPost) -> bool {
        let Target::Named(url, endpoint) = self else {
            return false;
        };
        *endpoint == former.target.endpoint && (url.is_absent() || *url == former.target.url)
    }

    fn is_endpoint_alone(&self) -> bool {
        matches!(self, Target::Named(Field::Absent, _))
    }
}

/// Which block of the state each block of the configuration is.
pub(crate) fn match_posts(config: &[PostBlock], former: &[FormerPost]) -> Vec<Match> {
    let targets: Vec<Target> = config.iter().map(Target::of).collect();
    let mut matching = Matching {
        config,
        former,
        found: vec![Match::New; config.len()],
        settled: vec![false; former.len()],
    };
    let all: Vec<usize> = (0..config.len()).collect();
    let (alone, others): (Vec<usize>, Vec<usize>) = all.iter().partition(|block| targets[**block].is_endpoint_alone());
    for block in others.into_iter().chain(alone) {
        let target = &targets[block];
        let group: Vec<usize> = all.iter().copied().filter(|other| targets[*other] == *target).collect();
        if matches!(target, Target::Named(..)) && group.first() == Some(&block) {
            matching.match_group(&group, |former| target.is_target_of(former));
        }
    }
    let unnamed: Vec<usize> = all
        .iter()
        .copied()
        .filter(|block| targets[*block] == Target::Unnamed)
        .collect();
    let is_open = targets.contains(&Target::NotKnownYet);
    let could_be_unnamed = |former: &FormerPost| former.block.url.is_value() && former.block.endpoint.is_null();
    if is_open {
        matching.postpone(&unnamed, could_be_unnamed);
    } else {
        matching.match_group(&unnamed, could_be_unnamed);
    }
    matching.settle_the_rest(&targets, is_open);
    matching.found
}

struct Matching<'a> {
    config: &'a [PostBlock],
    former: &'a [FormerPost<'a>],
    found: Vec<Match>,
    /// The blocks of the state whose secrets have their place, or are part of what is reported already.
    settled: Vec<bool>,
}

impl Matching<'_> {
    fn candidates(&self, may_be: impl Fn(&FormerPost) -> bool) -> Vec<usize> {
        let free = (0..self.former.len()).filter(|place| !self.settled[*place]);
        free.filter(|place| may_be(&self.former[*place])).collect()
    }

    fn match_group(&mut self, configured: &[usize], may_be: impl Fn(&FormerPost) -> bool) {
        let candidates = self.candidates(may_be);
        let (config, former) = (self.config, self.former);
        let is_unnamed = configured
            .iter()
            .any(|block| Target::of(&config[*block]) == Target::Unnamed);
        let comparison = Comparison {
            says_all: |one: usize, other: usize| {
                config[one].sensitive_headers == former[other].block.sensitive_headers
                    && config[one].sensitive_headers.is_value()
                    && same_headers(&config[one], former[other].block) == Some(true)
            },
            looks_like: |one: usize, other: usize| same_headers(&config[one], former[other].block),
            same_secrets: |one: usize, other: usize| {
                former[one].secrets == former[other].secrets && former[one].block.url == former[other].block.url
            },
            have_secrets: is_unnamed || candidates.iter().any(|place| former[*place].has_secrets()),
        };
        let matches = match_alike(configured, &candidates, &comparison);
        let is_settled = |which: &Match| matches!(which, Match::Former(_) | Match::New);
        if !matches.iter().all(|(_, which)| is_settled(which)) {
            candidates.iter().for_each(|place| self.settled[*place] = true);
        }
        for (block, which) in matches {
            self.found[block] = which;
            if let Match::Former(place) = which {
                self.settled[place] = true;
            }
        }
    }

    /// Leaves blocks without a target open while another block's target is: they may be about the same webhook.
    fn postpone(&mut self, configured: &[usize], may_be: impl Fn(&FormerPost) -> bool) {
        if !self.candidates(may_be).is_empty() {
            configured
                .iter()
                .for_each(|block| self.found[*block] = Match::NotKnownYet);
        }
    }

    /// What is new gets nothing, unless secrets are left whose webhook is gone: it may have been this block's.
    fn settle_the_rest(&mut self, targets: &[Target], is_open: bool) {
        let (rest, are_left) = match is_open {
            true => (Match::NotKnownYet, self.candidates(|former| former.has_secrets())),
            false => (Match::Unclear, self.candidates(|former| !former.secrets.is_empty())),
        };
        if are_left.is_empty() {
            return;
        }
        for (which, target) in self.found.iter_mut().zip(targets) {
            if *which == Match::New && *target != Target::Unnamed {
                *which = rest;
            }
        }
    }
}

/// Whether two blocks show the same headers; none while that is not known.
fn same_headers(one: &PostBlock, other: &PostBlock) -> Option<bool> {
    let headers = |block: &PostBlock| match Field::<rule::TextMap>::from_value(&block.headers) {
        Field::Unknown => None,
        Field::Absent => Some(BTreeMap::new()),
        Field::Known(map) if map.values().any(Field::is_unknown) => None,
        Field::Known(map) => Some(map),
    };
    Some(headers(one)? == headers(other)?)
}
