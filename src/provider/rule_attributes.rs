//! The attributes of a rule that are values, as Terraform has them: in the resource, and in what data sources show of a rule.

use super::values::InTerraform;
use crate::rule::{
    entry, for_each_attribute, Attribute, AttributeValue, Field, Presence, RuleSpec, TagLists, TextList,
};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

macro_rules! define_attributes {
    ($($name:ident: $type:ty,)+) => {
        /// The attributes, each of which may be null or not known yet.
        #[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
        #[allow(missing_docs)]
        pub(crate) struct RuleAttributes {
            $(pub $name: <Field<$type> as InTerraform>::Value,)+
        }

        impl RuleAttributes {
            /// The rule's spec, without webhooks and handlers.
            pub(crate) fn spec(&self) -> RuleSpec {
                RuleSpec {
                    $($name: Field::from_value(&self.$name),)+
                    ..RuleSpec::default()
                }
            }

            /// Sets what the configuration leaves to the defaults of the table, over what the state had.
            pub(crate) fn set_defaults(&mut self, config: &Self) {
                $(set_default(&mut self.$name, &config.$name, entry!($name));)+
            }
        }

        impl From<&RuleSpec> for RuleAttributes {
            fn from(spec: &RuleSpec) -> Self {
                RuleAttributes {
                    $($name: spec.$name.value(),)+
                }
            }
        }
    };
}
for_each_attribute!(define_attributes);

fn set_default<T: AttributeValue>(planned: &mut Value<T>, configured: &Value<T>, attribute: Option<&Attribute>) {
    let Some(presence @ (Presence::TextDefault(_) | Presence::BooleanDefault(_))) =
        attribute.map(|attribute| attribute.presence)
    else {
        return;
    };
    *planned = match (configured, T::left_out(presence)) {
        (Value::Null, Some(default)) => Value::Value(default),
        _ => configured.clone(),
    };
}
