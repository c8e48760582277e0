//! A rule that was read from the server, taken over into the state.

use super::hide::hide_in_handlers;
use super::model::AlertRuleState;
use super::private_state::PrivateState;
use super::read_blocks::{added_to_handlers, read_posts};
use super::write_only::hide_what_was_gone;
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::rule_attributes::RuleAttributes;
use crate::provider::values::known_list;
use crate::rule::{Preserved, Rule, RuleSpec};
use tf_provider::value::Value;

impl AlertRuleState {
    /// Sets the attributes from the rule that the server has, spelt as this state spells it where both mean the same.
    pub(crate) fn set_from_rule(&mut self, rule: &Rule, private: &mut PrivateState) {
        let read = RuleSpec::from(rule.clone());
        let is_imported = self.attributes.name.is_null();
        let Preserved { spec, posts, handlers } = if is_imported {
            read.with_secret_headers_apart()
        } else {
            read.preserving_spelling(&self.spec())
        };
        self.attributes = RuleAttributes::from(&spec);
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
