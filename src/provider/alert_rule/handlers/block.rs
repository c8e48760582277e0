//! One handler, by Kapacitor's names of kind and options.

use crate::protocol::WriteOnly;
use crate::provider::attributes::elements::Whole;
use crate::provider::attributes::write_only::with_twin;
use crate::provider::values::{known, InTerraform, Text, TextMap};
use crate::rule::{Field, HandlerSpec};
use std::collections::BTreeMap;

/// A handler. Each option is the text by which the rule knows it.
#[derive(Debug, Clone, Default, PartialEq)]
#[allow(missing_docs)]
pub(crate) struct HandlerBlock {
    pub kind: Text,
    pub options: TextMap,
    /// The secret of the handler, if its kind has one.
    pub secrets: TextMap,
    pub secrets_wo: WriteOnly<BTreeMap<String, Text>>,
    pub secrets_wo_version: Text,
    /// Lists of which an item is null or not known yet, by their option.
    pub lists: BTreeMap<&'static str, Vec<Text>>,
    pub whole: Whole,
}

impl HandlerBlock {
    /// Whether it is of this kind.
    pub(crate) fn is_kind(&self, kind: &str) -> bool {
        known(&self.kind) == Some(kind)
    }

    /// The attributes as the rule has them.
    pub(crate) fn spec(&self) -> HandlerSpec {
        HandlerSpec {
            kind: Field::from_value(&self.kind),
            options: Field::from_value(&self.options),
            secrets: Field::from_value(&with_twin(&self.secrets, &self.secrets_wo.0, &self.secrets_wo_version)),
        }
    }

    /// A handler for what the server has.
    pub(crate) fn read(spec: &HandlerSpec) -> Self {
        HandlerBlock {
            kind: spec.kind.value(),
            options: spec.options.value(),
            secrets: spec.secrets.value(),
            ..HandlerBlock::default()
        }
    }
}
