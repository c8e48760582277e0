//! Secrets of a rule that only the configuration has: the webhook's URL, its headers, a handler's secrets.
//!
//! No state holds them. A refresh takes them from the script that the server has, for as long as it lasts, so that the rest of
//! the provider sees a rule that is complete; a plan takes them from the configuration. What was written last is remembered by
//! keyed fingerprints, beside the state.

use super::model::AlertRuleState;
use super::post::PostBlock;
use super::private_state::PrivateState;
use crate::protocol::WriteOnly;
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::alert_rule::handlers::check::check_secrets;
use crate::provider::alert_rule::handlers::place::{self, Secret};
use crate::provider::attributes::elements::Whole;
use crate::provider::attributes::write_only::{check_version, report_both};
use crate::provider::values::{known, known_entries, known_list, text_map, Text, TextMap};
use crate::rule::{Field, HandlerSpec, PostSpec, Rule, RuleSpec};
use crate::secret::Key;
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

impl AlertRuleState {
    /// Whether anything of the rule is in the configuration alone.
    pub(crate) fn has_write_only(&self) -> bool {
        known_list(&self.post).iter().any(PostBlock::has_write_only)
            || known_list(&self.handlers)
                .iter()
                .any(|handler| !handler.secrets_wo_version.is_null())
    }

    /// Takes over what only the configuration has, whose blocks are those of the plan.
    pub(crate) fn take_write_only(&mut self, config: &AlertRuleState) {
        if let (Value::Value(posts), Value::Value(configured)) = (&mut self.post, &config.post) {
            for (post, configured) in posts.iter_mut().zip(configured) {
                post.url_wo = configured.url_wo.clone();
                post.sensitive_headers_wo = configured.sensitive_headers_wo.clone();
            }
        }
        if let (Value::Value(handlers), Value::Value(configured)) = (&mut self.handlers, &config.handlers) {
            for (handler, configured) in handlers.iter_mut().zip(configured.iter()) {
                handler.secrets_wo = configured.secrets_wo.clone();
            }
        }
    }

    /// Takes over from the configuration what is the same as it was when the state was written.
    pub(crate) fn take_what_stayed(&mut self, config: &AlertRuleState, private: &PrivateState) {
        let memory = &private.write_only;
        let Some(key) = private.fingerprint_key.as_ref().filter(|_| !memory.is_empty()) else {
            return;
        };
        let posts = known_list(&config.post);
        if let Value::Value(former) = &mut self.post {
            for (place, post) in former.iter_mut().enumerate() {
                let written = memory.post(place);
                let mut urls = posts.iter().filter_map(|post| known(&post.url_wo.0));
                let same = urls.find(|url| Some(key.fingerprint(url)) == written.url);
                post.url_wo = WriteOnly(same.map_or(Value::Null, |url| Value::Value(url.to_owned())));
                let maps = posts.iter().map(|post| &post.sensitive_headers_wo.0);
                post.sensitive_headers_wo = WriteOnly(stayed(maps, &written.headers, key));
            }
        }
        let handlers = known_list(&config.handlers);
        if let Value::Value(former) = &mut self.handlers {
            for (place, handler) in former.iter_mut().enumerate() {
                let maps = handlers.iter().map(|handler| &handler.secrets_wo.0);
                handler.secrets_wo = WriteOnly(stayed(maps, &memory.handler(place), key));
            }
        }
    }

    /// Takes over from the server's script what the configuration would have.
    pub(crate) fn take_from_script(&mut self, private: &PrivateState, script: &str) {
        if !self.has_write_only() {
            return;
        }
        let Ok(rule) = Rule::from_tickscript(script) else {
            return;
        };
        let spec = RuleSpec::from(rule);
        let (posts, handlers) = (spec.posts.known(), spec.handlers.known());
        if let (Value::Value(blocks), Some(posts)) = (&mut self.post, posts) {
            take_posts(blocks, posts, private);
        }
        if let (Value::Value(blocks), Some(handlers)) = (&mut self.handlers, handlers) {
            take_handlers(blocks, handlers, private);
        }
    }
}

/// The entries of a map that are still what was written; null unless all are.
fn stayed<'a>(
    maps: impl Iterator<Item = &'a TextMap> + Clone,
    written: &BTreeMap<String, String>,
    key: &Key,
) -> TextMap {
    let find = |(name, fingerprint): (&String, &String)| {
        let mut values = maps.clone().filter_map(|map| known_entries(map).remove(name));
        let value = values.find(|value| key.fingerprint(value) == *fingerprint)?;
        Some((name.clone(), value))
    };
    let found: Option<BTreeMap<String, String>> = written.iter().map(find).collect();
    match found {
        Some(found) if !found.is_empty() => text_map(found),
        _ => Value::Null,
    }
}

fn take_posts(blocks: &mut [PostBlock], read: &[PostSpec], private: &PrivateState) {
    let mut free: Vec<usize> = (0..read.len()).collect();
    let mut pairs = vec![None; blocks.len()];
    let is_same = |place: usize, block: &PostBlock, other: &PostSpec| {
        let written = private.write_only.post(place).url;
        let fingerprint = private.fingerprint_key.as_ref().zip(other.url.known());
        match written {
            Some(written) => fingerprint.is_some_and(|(key, url)| key.fingerprint(url) == written),
            None => block.spec().url == other.url && block.spec().endpoint == other.endpoint,
        }
    };
    for (place, block) in blocks.iter().enumerate() {
        if let Some(found) = free.iter().position(|other| is_same(place, block, &read[*other])) {
            pairs[place] = Some(free.remove(found));
        }
    }
    // A URL that somebody changed is told by its place.
    for (place, pair) in pairs.iter_mut().enumerate().filter(|(_, pair)| pair.is_none()) {
        if let Some(found) = free.iter().position(|other| *other == place) {
            *pair = Some(free.remove(found));
        }
    }
    // Of what is left, it does not matter which is which.
    for pair in pairs.iter_mut().filter(|pair| pair.is_none()) {
        *pair = (!free.is_empty()).then(|| free.remove(0));
    }
    for (place, block) in blocks.iter_mut().enumerate() {
        let Some(post) = pairs[place].map(|other| &read[other]) else {
            continue;
        };
        if let (false, Field::Known(url)) = (block.url_wo_version.is_null(), &post.url) {
            block.url_wo = WriteOnly(Value::Value(url.clone()));
        }
        if !block.sensitive_headers_wo_version.is_null() {
            let written = private.write_only.post(place).headers;
            let maps = [&post.headers, &post.sensitive_headers];
            block.sensitive_headers_wo = WriteOnly(of_these_names(&written, &maps));
        }
    }
}

fn take_handlers(blocks: &mut [HandlerBlock], read: &[HandlerSpec], private: &PrivateState) {
    let mut free: Vec<&HandlerSpec> = read.iter().collect();
    for (place, block) in blocks.iter_mut().enumerate() {
        let kind = known(&block.kind);
        let Some(found) = free
            .iter()
            .position(|handler| handler.kind.known().map(String::as_str) == kind)
        else {
            continue;
        };
        let handler = free.remove(found);
        if !block.secrets_wo_version.is_null() {
            let written = private.write_only.handler(place);
            block.secrets_wo = WriteOnly(of_these_names(&written, &[&handler.options, &handler.secrets]));
        }
    }
}

fn of_these_names(written: &BTreeMap<String, String>, maps: &[&Field<crate::rule::TextMap>]) -> TextMap {
    let entries = maps.iter().filter_map(|map| map.known()).flatten();
    let is_written = |name: &String| written.keys().any(|known| known.eq_ignore_ascii_case(name));
    let values = entries.filter_map(|(name, value)| Some((name.clone(), value.known()?.clone())));
    text_map(values.filter(|(name, _)| is_written(name)).collect())
}

/// Takes out of blocks that were read what somebody brought back. No configuration has a version that is empty, so that the
/// next apply writes it anew.
pub(crate) fn hide_what_was_gone(state: &mut AlertRuleState, private: &PrivateState) {
    let Some(key) = private
        .fingerprint_key
        .as_ref()
        .filter(|_| private.write_only.has_gone())
    else {
        return;
    };
    let was_gone = |text: &str| private.write_only.was_gone(text, key);
    let hide_entries = |map: &mut TextMap, version: &mut Text| {
        let (hidden, rest): (BTreeMap<_, _>, BTreeMap<_, _>) =
            known_entries(map).into_iter().partition(|(_, value)| was_gone(value));
        if !hidden.is_empty() {
            *map = if rest.is_empty() { Value::Null } else { text_map(rest) };
            *version = Value::Value(String::new());
        }
    };
    if let Value::Value(posts) = &mut state.post {
        for post in posts {
            if known(&post.url).is_some_and(was_gone) {
                post.url_wo = WriteOnly(std::mem::take(&mut post.url));
                post.url_wo_version = Value::Value(String::new());
            }
            hide_entries(&mut post.sensitive_headers, &mut post.sensitive_headers_wo_version);
        }
    }
    if let Value::Value(handlers) = &mut state.handlers {
        for handler in handlers.iter_mut() {
            hide_entries(&mut handler.secrets, &mut handler.secrets_wo_version);
        }
    }
}

/// Where a configuration sets what only it has.
pub(crate) fn values(config: &AlertRuleState) -> Vec<AttributePath> {
    let mut set = Vec::new();
    for (index, post) in (0..).zip(known_list(&config.post)) {
        let at = |name| AttributePath::new("post").index(index).attribute(name);
        let url = (!post.url_wo.0.is_null()).then(|| at("url_wo"));
        let headers = (!post.sensitive_headers_wo.0.is_null()).then(|| at("sensitive_headers_wo"));
        set.extend(url.into_iter().chain(headers));
    }
    let handlers = known_list(&config.handlers);
    let hidden = handlers
        .iter()
        .enumerate()
        .filter(|(_, handler)| !handler.secrets_wo.0.is_null());
    set.extend(hidden.map(|(index, _)| place::of_secret(handlers, index, Secret::Twin)));
    set
}

/// A secret that only the configuration has comes with a version, and in place of its plain twin. Reports what is
/// wrong, and whether nothing is.
pub(crate) fn check(diags: &mut Diagnostics, config: &AlertRuleState) -> bool {
    let before = diags.errors.len();
    for (index, post) in (0..).zip(known_list(&config.post)) {
        if post.whole == Whole::Unknown {
            continue;
        }
        let at = |name: String| AttributePath::new("post").index(index).attribute(name);
        check_version(diags, "url_wo", &post.url_wo.0, &post.url_wo_version, &at);
        let headers = (&post.sensitive_headers_wo.0, &post.sensitive_headers_wo_version);
        check_version(diags, "sensitive_headers_wo", headers.0, headers.1, &at);
        for (name, plain) in [("url", &post.url), ("url_env", &post.url_env)] {
            if plain.is_value() && post.url_wo.0.is_value() {
                report_both(diags, name, "url_wo", &at);
            }
        }
        if post.sensitive_headers.is_value() && headers.0.is_value() {
            report_both(diags, "sensitive_headers", "sensitive_headers_wo", &at);
        }
    }
    check_secrets(diags, known_list(&config.handlers));
    diags.errors.len() == before
}
