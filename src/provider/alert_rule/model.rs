//! The resource's state, and its way to a rule's attributes.

use crate::provider::values::{
    field, known, list_field, list_map_field, map_field, map_value, value, Flag, Text, TextList, TextListMap, TextMap,
};
use crate::rule::{self, HandlerSpec, PostSpec, Rule, RuleSpec};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// The resource as Terraform has it: configuration, plan or state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct AlertRuleState {
    pub id: Text,
    pub task_id: Text,
    pub enabled: Flag,
    pub tickscript: Text,
    pub dbrps: TextList,
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
    pub post: Value<Vec<PostBlock>>,
    pub handler: Value<Vec<HandlerBlock>>,
}

/// A block `post`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct PostBlock {
    pub url: Text,
    pub endpoint: Text,
    pub headers: TextMap,
    pub sensitive_headers: TextMap,
}

/// A block `handler`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub struct HandlerBlock {
    pub kind: Text,
    pub options: TextMap,
    pub secrets: TextMap,
}

impl AlertRuleState {
    /// The task's id; empty where it is not known.
    pub fn id(&self) -> &str {
        known(&self.id).unwrap_or_default()
    }

    /// Whether the rule is to run.
    pub fn is_enabled(&self) -> bool {
        self.enabled != Value::Value(false)
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
            handlers: field(&self.handler).map(|blocks| blocks.iter().map(HandlerBlock::spec).collect()),
        }
    }

    /// The rule; none where an attribute is not known yet or cannot be as it is.
    pub fn rule(&self) -> Option<Rule> {
        Rule::try_from(self.spec()).ok()
    }

    /// The values of sensitive headers, which the script has in clear as it has the others.
    pub fn sensitive_headers(&self) -> Vec<String> {
        let Value::Value(blocks) = &self.post else {
            return Vec::new();
        };
        blocks
            .iter()
            .flat_map(|block| crate::provider::values::known_entries(&block.sensitive_headers).into_values())
            .collect()
    }
}

impl PostBlock {
    /// The attributes as the rule has them.
    pub fn spec(&self) -> PostSpec {
        PostSpec {
            url: field(&self.url),
            endpoint: field(&self.endpoint),
            headers: map_field(&self.headers),
            sensitive_headers: map_field(&self.sensitive_headers),
        }
    }

    /// A block for what the server has. Headers are sensitive where `former` says so; without a former block, where their
    /// names do.
    pub fn read(spec: &PostSpec, former: Option<&PostBlock>) -> Self {
        let headers = spec.headers.known().cloned().unwrap_or_default();
        let is_sensitive = |name: &String| match former.map(|block| &block.sensitive_headers) {
            Some(Value::Value(sensitive)) => sensitive.contains_key(name),
            _ => rule::is_secret_header(name),
        };
        let (sensitive, plain): (rule::TextMap, rule::TextMap) =
            headers.into_iter().partition(|(name, _)| is_sensitive(name));
        PostBlock {
            url: value(&spec.url),
            endpoint: value(&spec.endpoint),
            headers: map_value(plain),
            sensitive_headers: map_value(sensitive),
        }
    }
}

impl HandlerBlock {
    /// The attributes as the rule has them.
    pub fn spec(&self) -> HandlerSpec {
        HandlerSpec {
            kind: field(&self.kind),
            options: map_field(&self.options),
            secrets: map_field(&self.secrets),
        }
    }

    /// A block for what the server has.
    pub fn read(spec: &HandlerSpec) -> Self {
        HandlerBlock {
            kind: value(&spec.kind),
            options: map_value(spec.options.known().cloned().unwrap_or_default()),
            secrets: map_value(spec.secrets.known().cloned().unwrap_or_default()),
        }
    }
}
