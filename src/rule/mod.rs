//! A Chronograf alert rule as a type, and its way to a TICKscript and back. Pure: no input or output, no Terraform.
//!
//! [`RuleSpec`] holds the flat attributes, of which some may be unknown; [`RuleSpec::check`] says what is wrong with them.
//! `Rule::try_from(spec)` makes a [`Rule`], [`Rule::to_tickscript`] the script that Chronograf would store for it, and
//! [`Rule::from_tickscript`] reads such a script back. [`ATTRIBUTES`] documents each attribute once, for schema and docs.

mod attribute_value;
mod attributes;
mod error;
mod field;
pub mod handlers;
mod model;
#[cfg(test)]
mod properties;
mod redact;
mod script;
mod secrets;
mod spec;
mod spelling;
mod terms;
mod topic_match;
mod validate;
mod warnings;

pub(crate) use self::attribute_value::AttributeValue;
pub use self::attributes::{attribute, Attribute, AttributeKind, Need, Presence, ATTRIBUTES, POST_ATTRIBUTES};
pub use self::error::{AttributePath, RuleError, Step, Unrepresentable, Warning};
pub use self::field::Field;
pub use self::handlers::{Content, Form, Handler, HandlerKind, HandlerOption, OptionKind, OptionValue};
pub use self::model::{Aggregation, DatabaseRetentionPolicy, Definition, Post, Rule, Source, TagFilter, Trigger};
pub use self::redact::{
    redact_script, redact_var, script_secrets, secret_places, secret_variables, written_duration, SecretPlace,
};
pub use self::script::{alert_id, alert_identities, rule_name, script_handlers, script_posts, Reading, ScriptHandlers};
pub(crate) use self::spec::{entry, for_each_attribute, terraform_name};
pub use self::spec::{HandlerSpec, PostSpec, RuleSpec, TagLists, TextList, TextMap};
pub use self::spelling::{Pairs, Preserved};
pub use self::terms::duration::{BadDuration, Duration};
pub use self::terms::keywords::{Aggregate, ChangeKind, Operator, RangeOperator, TriggerKind, UnknownWord};
pub use self::terms::value::{NotANumber, Number, Value};
pub use self::topic_match::{check_match, MatchMeaning};
pub use self::validate::{script_webhook_problems, template_problem, text_problem, Validated, WebhookProblem};
pub use self::warnings::{
    comparison_warnings, delivery_warnings, script_warnings, squadcast_script_warnings, squadcast_warnings,
};
pub use crate::secret::names::is_secret_header;
