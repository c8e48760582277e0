//! The resource's state, and its way to a rule's attributes.

use super::private_state::PrivateState;
use super::read_blocks::{added_to_handlers, read_posts};
use super::write_only::{hide_in_handlers, hide_what_was_gone};
use crate::kapacitor::Secret;
use crate::protocol::WriteOnly;
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::alert_rule::handlers::list::Handlers;
use crate::provider::alert_rule::handlers::typed;
use crate::provider::attributes::elements::{self, Element, Whole};
use crate::provider::environment;
use crate::provider::values::{
    field, known, known_entries, list_field, list_map_field, list_map_value, list_value, map_field, map_value, value,
    Flag, Text, TextList, TextListMap, TextMap,
};
use crate::rule::{Field, HandlerSpec, PostSpec, Preserved, Rule, RuleSpec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Deref;
use tf_provider::value::Value;

/// The resource as Terraform has it: configuration, plan or state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AlertRuleState {
    pub id: Text,
    pub task_id: Text,
    pub enabled: Flag,
    pub resolve_on_destroy: Flag,
    pub tickscript: Text,
    pub dbrps: TextList,
    pub vars: TextMap,
    pub template_id: Text,
    pub executing: Flag,
    pub error: Text,
    pub name: Text,
    pub database: Text,
    pub retention_policy: Text,
    pub measurement: Text,
    pub field: Text,
    pub aggregate: Text,
    pub period: Text,
    pub every: Text,
    pub group_by: TextList,
    #[serde(rename = "where")]
    pub where_tags: TextListMap,
    pub exclude: TextListMap,
    pub trigger: Text,
    pub operator: Text,
    pub value: Text,
    pub lower: Text,
    pub upper: Text,
    pub change: Text,
    pub shift: Text,
    pub message: Text,
    pub details: Text,
    pub state_changes_only: Flag,
    pub no_recoveries: Flag,
    pub flapping: Flag,
    #[serde(with = "elements")]
    pub post: Value<Vec<PostBlock>>,
    #[serde(with = "typed")]
    pub handlers: Value<Handlers>,
}

/// A webhook in `post`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct PostBlock {
    pub url: Text,
    pub url_env: Text,
    pub endpoint: Text,
    pub headers: TextMap,
    pub sensitive_headers: TextMap,
    pub url_wo: WriteOnly<String>,
    pub url_wo_version: Text,
    pub sensitive_headers_wo: WriteOnly<BTreeMap<String, Text>>,
    pub sensitive_headers_wo_version: Text,
    #[serde(skip)]
    pub whole: Whole,
}

impl AlertRuleState {
    /// Whether the rule posts to a webhook, and not only to other handlers.
    pub fn has_posts(&self) -> bool {
        matches!(&self.post, Value::Value(posts) if !posts.is_empty())
    }

    /// What to do about the first environment variable of a webhook's URL that is not set here; none where all are.
    pub fn missing_url_variable(&self) -> Option<String> {
        let Value::Value(posts) = &self.post else {
            return None;
        };
        posts.iter().find_map(|post| environment::problem(&post.url_env))
    }

    /// The attributes of the rule.
    pub fn spec(&self) -> RuleSpec {
        RuleSpec {
            name: field(&self.name),
            database: field(&self.database),
            retention_policy: field(&self.retention_policy),
            measurement: field(&self.measurement),
            field: field(&self.field),
            aggregate: field(&self.aggregate),
            period: field(&self.period),
            every: field(&self.every),
            group_by: list_field(&self.group_by),
            where_tags: list_map_field(&self.where_tags),
            exclude: list_map_field(&self.exclude),
            trigger: field(&self.trigger),
            operator: field(&self.operator),
            value: field(&self.value),
            lower: field(&self.lower),
            upper: field(&self.upper),
            change: field(&self.change),
            shift: field(&self.shift),
            message: field(&self.message),
            details: field(&self.details),
            state_changes_only: field(&self.state_changes_only),
            no_recoveries: field(&self.no_recoveries),
            flapping: field(&self.flapping),
            posts: field(&self.post).map(|blocks| blocks.iter().map(PostBlock::spec).collect()),
            handlers: self.handlers_spec(),
        }
    }

    fn handlers_spec(&self) -> Field<Vec<HandlerSpec>> {
        match &self.handlers {
            Value::Null => Field::Absent,
            Value::Value(handlers) if handlers.are_known() => {
                Field::Known(handlers.iter().map(HandlerBlock::spec).collect())
            }
            _ => Field::Unknown,
        }
    }

    /// What of the resource no message may show.
    pub fn secrets(&self) -> Vec<Secret> {
        let mut secrets = Vec::new();
        if let Value::Value(posts) = &self.post {
            for post in posts {
                secrets.extend(known(&post.effective_url()).map(Secret::from));
                for headers in [&post.sensitive_headers, &post.sensitive_headers_wo.0] {
                    secrets.extend(known_entries(headers).into_values().map(Secret::from));
                }
                let headers = known_entries(&post.headers).into_iter();
                let headers = headers.filter(|(name, _)| crate::rule::is_secret_header(name));
                secrets.extend(headers.map(|(_, value)| Secret::from(value)));
            }
        }
        if let Value::Value(handlers) = &self.handlers {
            let options = handlers
                .iter()
                .flat_map(|handler| [&handler.secrets, &handler.secrets_wo.0])
                .flat_map(|secrets| known_entries(secrets).into_values());
            secrets.extend(options.map(Secret::from));
        }
        secrets
    }

    /// The rule, be it a wise one or not; none where an attribute is not known yet or no rule can be so.
    pub fn rule(&self) -> Option<Rule> {
        Rule::from_server(&self.spec()).ok()
    }

    /// Sets the attributes from the rule that the server has, spelt as this state spells it where both mean the same.
    pub fn set_from_rule(&mut self, rule: &Rule, private: &mut PrivateState) {
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

/// The blocks of a list, as far as they are known.
pub fn known_list<B, L: Deref<Target = [B]>>(blocks: &Value<L>) -> &[B] {
    match blocks {
        Value::Value(blocks) => blocks,
        _ => &[],
    }
}

/// A plain map and its write-only twin as one. The twin is not known where there is only its version, as in a state.
pub fn with_twin(plain: &TextMap, twin: &TextMap, version: &Text) -> TextMap {
    match (plain, twin) {
        (_, Value::Null) if version.is_null() => plain.clone(),
        (_, Value::Null | Value::Unknown) | (Value::Unknown, _) => Value::Unknown,
        (Value::Null, twin) => twin.clone(),
        (Value::Value(plain), Value::Value(twin)) => {
            let entries = plain.iter().chain(twin);
            Value::Value(entries.map(|(name, value)| (name.clone(), value.clone())).collect())
        }
    }
}

impl Element for PostBlock {
    fn whole(&self) -> Whole {
        self.whole
    }

    fn with_whole(self, whole: Whole) -> Self {
        PostBlock { whole, ..self }
    }

    fn unknown() -> Self {
        PostBlock {
            url: Value::Unknown,
            url_env: Value::Unknown,
            endpoint: Value::Unknown,
            headers: Value::Unknown,
            sensitive_headers: Value::Unknown,
            url_wo_version: Value::Unknown,
            sensitive_headers_wo_version: Value::Unknown,
            ..PostBlock::default()
        }
    }
}

impl PostBlock {
    /// The URL, whether configured, write-only or in the environment. A write-only one is not known to a state.
    fn effective_url(&self) -> Text {
        match &self.url_wo.0 {
            Value::Null if !self.url_wo_version.is_null() => Value::Unknown,
            Value::Null => environment::url_of(&self.url, &self.url_env),
            write_only => write_only.clone(),
        }
    }

    /// The attributes as the rule has them.
    pub fn spec(&self) -> PostSpec {
        PostSpec {
            url: field(&self.effective_url()),
            endpoint: field(&self.endpoint),
            headers: map_field(&self.headers),
            sensitive_headers: map_field(&with_twin(
                &self.sensitive_headers,
                &self.sensitive_headers_wo.0,
                &self.sensitive_headers_wo_version,
            )),
        }
    }

    /// A block for what the server has.
    pub fn read(spec: &PostSpec) -> Self {
        PostBlock {
            url: value(&spec.url),
            url_env: Value::Null,
            endpoint: value(&spec.endpoint),
            headers: map_value(&spec.headers),
            sensitive_headers: map_value(&spec.sensitive_headers),
            ..PostBlock::default()
        }
    }
}
