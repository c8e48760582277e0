//! Secrets that a configuration leaves out and the rule keeps.
//!
//! `terraform plan -generate-config-out` writes `null` for every secret of an imported rule. Its configuration has to plan
//! empty, and must not take the webhook away, so that a secret that is left out stays as it is.
//!
//! A secret belongs to what it was set for: a webhook's headers to its URL and endpoint, a handler's secrets to its kind.
//! No place of a block says so, since blocks are inserted, taken out and exchanged. What is unclear is an error, because the
//! alternative is to send a secret to somebody whom it was not meant for, or to lose it.

use super::matching::{match_alike, Comparison, Match};
use super::model::{known_list, AlertRuleState, PostBlock};
use super::private_state::{PostMemory, PrivateState};
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::alert_rule::handlers::place::{self, Secret};
use crate::provider::values::{known, map_field, names, Text, TextMap};
use crate::rule::{Field, HandlerSpec, PostSpec, RuleSpec};
use std::collections::{BTreeMap, BTreeSet};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The configuration's attributes as far as they can be checked without the state: a secret that is left out may be there.
pub fn spec_to_validate(config: &AlertRuleState) -> RuleSpec {
    let mut spec = config.spec();
    if let Field::Known(posts) = &mut spec.posts {
        posts
            .iter_mut()
            .filter(|post| names_no_target(post))
            .for_each(|post| post.url = Field::Unknown);
    }
    if let Field::Known(handlers) = &mut spec.handlers {
        let without = |handler: &&mut HandlerSpec| handler.secrets.is_absent();
        handlers
            .iter_mut()
            .filter(without)
            .for_each(|handler| handler.secrets = Field::Unknown);
    }
    spec
}

fn names_no_target(post: &PostSpec) -> bool {
    post.url.is_absent() && post.endpoint.is_absent()
}

/// A state, and what is remembered of it.
#[derive(Clone, Copy)]
pub struct Prior<'a> {
    /// The state.
    pub state: &'a AlertRuleState,
    /// What is remembered.
    pub private: &'a PrivateState,
}

/// Fills in what the configuration leaves out and the state has. Returns what is to be remembered of the planned blocks.
pub fn preserve_secrets(
    diags: &mut Diagnostics,
    planned: &mut AlertRuleState,
    config: &AlertRuleState,
    prior: Option<Prior>,
) -> PrivateState {
    let mut private = PrivateState::default();
    if let (Value::Value(planned), Value::Value(config)) = (&mut planned.post, &config.post) {
        private.posts = preserve_in_posts(diags, planned, config, &former_posts(prior));
    }
    if let (Value::Value(planned), Value::Value(config)) = (&mut planned.handlers, &config.handlers) {
        preserve_in_handlers(diags, planned, config, &former_handlers(prior));
    }
    private.write_only = prior.map(|prior| prior.private.write_only.clone()).unwrap_or_default();
    private.url_variables = prior
        .map(|prior| prior.private.url_variables.clone())
        .unwrap_or_default();
    private
}

/// A block `post` of the state.
struct FormerPost<'a> {
    block: &'a PostBlock,
    memory: PostMemory,
    /// Where it posts to, as far as that is known.
    target: PostSpec,
    /// Its secret headers, but for those that somebody added.
    secrets: BTreeMap<String, Text>,
}

impl FormerPost<'_> {
    /// Whether it has anything that a configuration may leave out.
    fn has_secrets(&self) -> bool {
        !self.secrets.is_empty() || self.memory.url_is_imported
    }
}

fn former_posts(prior: Option<Prior<'_>>) -> Vec<FormerPost<'_>> {
    let Some(Prior { state, private }) = prior else {
        return Vec::new();
    };
    let numbered = known_list(&state.post).iter().enumerate();
    numbered
        .map(|(place, block)| {
            let memory = private.post(place);
            let mut target = block.spec();
            if memory.has_other_url {
                target.url = Field::Unknown;
            }
            FormerPost {
                block,
                target,
                secrets: without(&block.sensitive_headers, &memory.added),
                memory,
            }
        })
        .collect()
}

fn without(map: &TextMap, names: &[String]) -> BTreeMap<String, Text> {
    let Value::Value(map) = map else {
        return BTreeMap::new();
    };
    let kept = map.iter().filter(|(name, _)| !names.contains(name));
    kept.map(|(name, value)| (name.clone(), value.clone())).collect()
}

fn preserve_in_posts(
    diags: &mut Diagnostics,
    planned: &mut [PostBlock],
    config: &[PostBlock],
    former: &[FormerPost],
) -> Vec<PostMemory> {
    let matches = match_posts(config, former);
    let mut memories = Vec::new();
    for (index, ((planned, config), which)) in planned.iter_mut().zip(config).zip(matches).enumerate() {
        let at = AttributePath::new("post").index(i64::try_from(index).unwrap_or(i64::MAX));
        let found = match which {
            Match::Former(place) => former.get(place),
            _ => None,
        };
        planned.url = preserved_url(config, which, found);
        planned.sensitive_headers = preserved_headers(config, which, found);
        let leaves_url_out = config.url.is_null() && config.url_env.is_null() && config.url_wo.0.is_null();
        if which == Match::Unclear && leaves_url_out && config.endpoint.is_null() {
            diags.error(UNCLEAR_WEBHOOK.0, UNCLEAR_WEBHOOK.1, at.attribute("url"));
        } else if which == Match::Unclear && leaves_headers_out(config) {
            diags.error(UNCLEAR_HEADERS.0, UNCLEAR_HEADERS.1, at.attribute("sensitive_headers"));
        }
        memories.push(PostMemory {
            url_is_imported: leaves_url_out && found.is_some_and(|former| former.memory.url_is_imported),
            ..PostMemory::default()
        });
    }
    memories
}

const UNCLEAR_WEBHOOK: (&str, &str) = (
    "It is unclear which webhook this is",
    "The block names no webhook, so that it keeps one that the rule has. The rule has several that it may be. Set `url` here, \
     and `sensitive_headers` if the webhook needs any.",
);

const UNCLEAR_HEADERS: (&str, &str) = (
    "It is unclear which secret headers the webhook gets",
    "The block leaves `sensitive_headers` out, so that its webhook keeps the secret headers that it has. The rule has some that \
     were set for a webhook which the configuration no longer has as it was, and for which nothing tells whether it is this \
     one now. A secret is not sent where it was not set for. Set `sensitive_headers` here to what this webhook needs, or to \
     {} for none.",
);

const UNCLEAR_SECRETS: (&str, &str) = (
    "It is unclear which secret the handler gets",
    "The configuration leaves the handler's secret out, so that it keeps the one that the rule's handler has. The rule has \
     several handlers of this kind that it may be, or has fewer than the configuration. Set the secret here to what this \
     handler needs, or to \"\" for none.",
);

/// The URL of a block: its own, or the one that it keeps. One that is left out beside an endpoint stays only if it was
/// imported: otherwise the configuration had it, and took it away.
fn preserved_url(config: &PostBlock, which: Match, found: Option<&FormerPost>) -> Text {
    if !config.url.is_null() || !config.url_env.is_null() || !config.url_wo.0.is_null() {
        return config.url.clone();
    }
    let names_nothing = config.endpoint.is_null();
    match (which, found) {
        (_, Some(former)) if names_nothing || former.memory.url_is_imported => former.block.url.clone(),
        // What is unclear is reported, and what is not known yet is decided when it is.
        (Match::Unclear | Match::NotKnownYet, _) => Value::Unknown,
        _ => Value::Null,
    }
}

fn leaves_headers_out(config: &PostBlock) -> bool {
    config.sensitive_headers.is_null() && config.sensitive_headers_wo.0.is_null()
}

fn preserved_headers(config: &PostBlock, which: Match, found: Option<&FormerPost>) -> TextMap {
    if !leaves_headers_out(config) {
        return config.sensitive_headers.clone();
    }
    let former = match (which, found) {
        (_, Some(former)) => former,
        (Match::NotKnownYet, _) => return Value::Unknown,
        _ => return Value::Null,
    };
    if former.secrets.is_empty() {
        // An empty map stays one; what somebody added goes.
        return match &former.block.sensitive_headers {
            Value::Value(map) if map.is_empty() => former.block.sensitive_headers.clone(),
            _ => Value::Null,
        };
    }
    if config.headers.is_unknown() {
        return Value::Unknown;
    }
    let is_shown = |name: &str| names(&config.headers).any(|shown| shown.eq_ignore_ascii_case(name));
    let mut kept = former.secrets.clone();
    kept.retain(|name, _| !is_shown(name));
    match kept.is_empty() {
        true => Value::Null,
        false => Value::Value(kept),
    }
}

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

fn match_posts(config: &[PostBlock], former: &[FormerPost]) -> Vec<Match> {
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
    let headers = |block: &PostBlock| match map_field(&block.headers) {
        Field::Unknown => None,
        Field::Absent => Some(BTreeMap::new()),
        Field::Known(map) if map.values().any(Field::is_unknown) => None,
        Field::Known(map) => Some(map),
    };
    Some(headers(one)? == headers(other)?)
}

/// A block `handler` of the state.
struct FormerHandler<'a> {
    block: &'a HandlerBlock,
    /// Its secrets, but for those that somebody added.
    secrets: BTreeMap<String, Text>,
}

fn former_handlers(prior: Option<Prior<'_>>) -> Vec<FormerHandler<'_>> {
    let Some(Prior { state, private }) = prior else {
        return Vec::new();
    };
    let numbered = known_list(&state.handlers).iter().enumerate();
    numbered
        .map(|(place, block)| FormerHandler {
            block,
            secrets: without(&block.secrets, private.added_to_handler(place)),
        })
        .collect()
}

fn preserve_in_handlers(
    diags: &mut Diagnostics,
    planned: &mut [HandlerBlock],
    all: &[HandlerBlock],
    former: &[FormerHandler],
) {
    let matches = match_handlers(all, former);
    for (index, ((planned, config), which)) in planned.iter_mut().zip(all).zip(matches).enumerate() {
        if !config.secrets.is_null() || !config.secrets_wo.0.is_null() {
            planned.secrets = config.secrets.clone();
            continue;
        }
        planned.secrets = match which {
            Match::Former(place) => former.get(place).map_or(Value::Null, kept_secrets),
            Match::New => Value::Null,
            Match::Unclear | Match::NotKnownYet => Value::Unknown,
        };
        if which == Match::Unclear {
            let at = place::of_secret(all, index, Secret::Plain);
            diags.error(UNCLEAR_SECRETS.0, UNCLEAR_SECRETS.1, at);
        }
    }
}

fn kept_secrets(former: &FormerHandler) -> TextMap {
    match &former.block.secrets {
        Value::Value(all) if !all.is_empty() && former.secrets.is_empty() => Value::Null,
        Value::Value(_) => Value::Value(former.secrets.clone()),
        other => other.clone(),
    }
}

/// Matches handlers by their kind, since that is where a secret goes, and then by their options.
fn match_handlers(config: &[HandlerBlock], former: &[FormerHandler]) -> Vec<Match> {
    let mut found = vec![Match::New; config.len()];
    let are_there = former.iter().any(|former| !former.secrets.is_empty());
    if config.iter().any(|block| block.kind.is_unknown()) && are_there {
        return vec![Match::NotKnownYet; config.len()];
    }
    let kinds: BTreeSet<&str> = config.iter().filter_map(|block| known(&block.kind)).collect();
    for kind in kinds {
        let is_kind = |block: &HandlerBlock| known(&block.kind) == Some(kind);
        let configured: Vec<usize> = (0..config.len()).filter(|place| is_kind(&config[*place])).collect();
        let candidates: Vec<usize> = (0..former.len())
            .filter(|place| is_kind(former[*place].block))
            .collect();
        let looks_like = |one: usize, other: usize| {
            let spec = config[one].spec();
            spec.says_same_openly(&former[other].block.spec())
        };
        let comparison = Comparison {
            says_all: |one: usize, other: usize| {
                config[one].secrets == former[other].block.secrets
                    && config[one].secrets.is_value()
                    && looks_like(one, other) == Some(true)
            },
            looks_like,
            same_secrets: |one: usize, other: usize| former[one].secrets == former[other].secrets,
            have_secrets: candidates.iter().any(|place| !former[*place].secrets.is_empty()),
        };
        for (block, which) in match_alike(&configured, &candidates, &comparison) {
            found[block] = which;
        }
    }
    found
}
