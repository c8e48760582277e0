//! A rule that was read from the server, taken over into the state.

use super::hide::hide_in_handlers;
use super::model::AlertRuleState;
use super::private_state::PrivateState;
use super::read_blocks::{added_to_handlers, read_posts};
use super::write_only::hide_what_was_gone;
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::values::{known_list, list_map_value, list_value, value};
use crate::rule::{Preserved, Rule, RuleSpec};
use tf_provider::value::Value;

impl AlertRuleState {
    /// Sets the attributes from the rule that the server has, spelt as this state spells it where both mean the same.
    pub(crate) fn set_from_rule(&mut self, rule: &Rule, private: &mut PrivateState) {
        let read = RuleSpec::from(rule.clone());
        let is_imported = self.name.is_null();
        let Preserved { spec, posts, handlers } = if is_imported {
            read.with_secret_headers_apart()
        } else {
            read.preserving_spelling(&self.spec())
        };
        self.name = value(&spec.name);
        self.database = value(&spec.database);
        self.retention_policy = value(&spec.retention_policy);
        self.measurement = value(&spec.measurement);
        self.field = value(&spec.field);
        self.aggregate = value(&spec.aggregate);
        self.period = value(&spec.period);
        self.every = value(&spec.every);
        self.group_by = list_value(&spec.group_by);
        self.where_tags = list_map_value(&spec.where_tags);
        self.exclude = list_map_value(&spec.exclude);
        self.trigger = value(&spec.trigger);
        self.operator = value(&spec.operator);
        self.value = value(&spec.value);
        self.lower = value(&spec.lower);
        self.upper = value(&spec.upper);
        self.change = value(&spec.change);
        self.shift = value(&spec.shift);
        self.message = value(&spec.message);
        self.details = value(&spec.details);
        self.state_changes_only = value(&spec.state_changes_only);
        self.no_recoveries = value(&spec.no_recoveries);
        self.flapping = value(&spec.flapping);
        let (read_posts, memories, places) =
            read_posts(&spec.posts, &posts, known_list(&self.post), private, is_imported);
        private.handlers = added_to_handlers(
            &spec.handlers,
            &handlers,
            known_list(&self.handlers),
            private,
            is_imported,
        );
        private.posts = memories;
        private.write_only = private.write_only.moved(&places, &handlers);
        self.post = match read_posts.is_empty() && (is_imported || self.post.is_null()) {
            true => Value::Null,
            false => Value::Value(read_posts),
        };
        let read = spec.handlers.known().map_or(&[][..], Vec::as_slice);
        let mut read: Vec<HandlerBlock> = read.iter().map(HandlerBlock::read).collect();
        hide_in_handlers(&mut read, &handlers, known_list(&self.handlers));
        self.handlers = match &self.handlers {
            Value::Value(former) => Value::Value(former.with(read)),
            _ if read.is_empty() => Value::Null,
            _ => Value::Value(read.into()),
        };
        hide_what_was_gone(self, private);
    }
}
