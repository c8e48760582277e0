//! The resource's state, and its way to a rule's attributes.

use super::post::PostBlock;
use crate::kapacitor::Secret;
use crate::provider::alert_rule::handlers::block::HandlerBlock;
use crate::provider::alert_rule::handlers::list::Handlers;
use crate::provider::alert_rule::handlers::typed;
use crate::provider::attributes::elements;
use crate::provider::environment;
use crate::provider::rule_attributes::RuleAttributes;
use crate::provider::task::TaskAttributes;
use crate::provider::values::{field_with, known, known_entries};
use crate::rule::{Field, HandlerSpec, Rule, RuleSpec};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// The resource as Terraform has it: configuration, plan or state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct AlertRuleState {
    #[serde(flatten)]
    pub task: TaskAttributes,
    #[serde(flatten)]
    pub attributes: RuleAttributes,
    #[serde(with = "elements")]
    pub post: Value<Vec<PostBlock>>,
    #[serde(with = "typed")]
    pub handlers: Value<Handlers>,
}

impl AlertRuleState {
    /// Whether the rule posts to a webhook, and not only to other handlers.
    pub(crate) fn has_posts(&self) -> bool {
        matches!(&self.post, Value::Value(posts) if !posts.is_empty())
    }

    /// What to do about the first environment variable of a webhook's URL that is not set here; none where all are.
    pub(crate) fn missing_url_variable(&self) -> Option<String> {
        let Value::Value(posts) = &self.post else {
            return None;
        };
        posts.iter().find_map(|post| environment::problem(&post.url_env))
    }

    /// The attributes of the rule.
    pub(crate) fn spec(&self) -> RuleSpec {
        RuleSpec {
            posts: field_with(&self.post, |blocks| blocks.iter().map(PostBlock::spec).collect()),
            handlers: self.handlers_spec(),
            ..self.attributes.spec()
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
    pub(crate) fn secrets(&self) -> Vec<Secret> {
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
    pub(crate) fn rule(&self) -> Option<Rule> {
        Rule::from_server(&self.spec()).ok()
    }
}
