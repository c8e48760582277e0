//! A Chronograf alert rule as a type, and its way to a TICKscript and back. Pure: no input or output, no Terraform.
//!
//! [`RuleSpec`] holds the flat attributes, of which some may be unknown; [`RuleSpec::check`] says what is wrong with them.
//! `Rule::try_from(spec)` makes a [`Rule`], [`Rule::to_tickscript`] the script that Chronograf would store for it, and
//! [`Rule::from_tickscript`] reads such a script back. [`ATTRIBUTES`] documents each attribute once, for schema and docs.

mod attributes;
mod delivery;
#[cfg(test)]
mod delivery_tests;
mod dialect;
mod duration;
mod error;
mod examine;
mod field;
pub mod handlers;
mod model;
mod names;
mod normal;
mod pairing;
mod parts;
mod read;
mod redact;
mod script_secrets;
mod script_warnings;
mod spec;
mod spelling;
mod value;
mod vars;
mod warnings;
mod words;
mod write;

pub use crate::secret::names::is_secret_header;
pub use attributes::{
    attribute, Attribute, AttributeKind, Need, Presence, ATTRIBUTES, HANDLER_ATTRIBUTES, POST_ATTRIBUTES,
};
pub use delivery::delivery_warnings;
pub use dialect::{alert_id, rule_name, Reading};
pub use duration::{BadDuration, Duration};
pub use error::{AttributePath, NotARule, RuleError, Step, Warning};
pub use examine::{template_problem, Examined};
pub use field::Field;
pub use handlers::{Content, Form, Handler, HandlerKind, HandlerOption, OptionKind, OptionValue};
pub use model::{Aggregation, DatabaseRetentionPolicy, Definition, Post, Rule, Source, TagFilter, Trigger};
pub use redact::redact_script;
pub use script_secrets::script_secrets;
pub use script_warnings::squadcast_script_warnings;
pub use spec::{HandlerSpec, PostSpec, RuleSpec, TextList, TextMap};
pub use spelling::{Pairs, Preserved};
pub use value::{NotANumber, Number, Value};
pub use vars::redact_var;
pub use warnings::{comparison_warnings, squadcast_warnings};
pub use words::{Aggregate, ChangeKind, Operator, RangeOperator, TriggerKind, UnknownWord};

#[cfg(test)]
mod properties;

#[cfg(test)]
mod examine_tests;
