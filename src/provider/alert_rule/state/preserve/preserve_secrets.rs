//! Secrets that a configuration leaves out and the rule keeps.
//!
//! `terraform plan -generate-config-out` writes `null` for every secret of an imported rule. Its configuration has to plan
//! empty, and must not take the webhook away, so that a secret that is left out stays as it is.
//!
//! A secret belongs to what it was set for: a webhook's headers to its URL and endpoint, a handler's secrets to its kind.
//! No place of a block says so, since blocks are inserted, taken out and exchanged. What is unclear is an error, because the
//! alternative is to send a secret to somebody whom it was not meant for, or to lose it.

use super::former::{former_posts, without, FormerPost, Prior};
use super::match_posts::match_posts;
use super::matching::{match_alike, Comparison, Match};
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::alert_rule::handlers::place::{self, Secret};
use crate::provider::alert_rule::state::model::AlertRuleState;
use crate::provider::alert_rule::state::post::PostBlock;
use crate::provider::alert_rule::state::private_state::PostMemory;
use crate::provider::alert_rule::state::private_state::PrivateState;
use crate::provider::values::{known, known_list, names, Text, TextMap};
use crate::rule::{Field, HandlerSpec, PostSpec, RuleSpec};
use std::collections::{BTreeMap, BTreeSet};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The configuration's attributes as far as they can be checked without the state: a secret that is left out may be there.
pub(crate) fn spec_to_validate(config: &AlertRuleState) -> RuleSpec {
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

/// Fills in what the configuration leaves out and the state has. Returns what is to be remembered of the planned blocks.
pub(crate) fn preserve_secrets(
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
    "This item of `post` names no webhook, so that it keeps one that the rule has. The rule has several that it may be. Set `url` here, \
     and `sensitive_headers` if the webhook needs any.",
);

const UNCLEAR_HEADERS: (&str, &str) = (
    "It is unclear which secret headers the webhook gets",
    "This item of `post` leaves `sensitive_headers` out, so that its webhook keeps the secret headers that it has. The rule has some that \
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

/// A handler of the state.
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
