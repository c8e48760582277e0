//! A webhook of a rule, as a configuration and a state have it.

use crate::protocol::WriteOnly;
use crate::provider::attributes::elements::{Element, Whole};
use crate::provider::attributes::write_only::with_twin;
use crate::provider::environment;
use crate::provider::values::{InTerraform, Text, TextMap};
use crate::rule::{Field, PostSpec};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// A webhook in `post`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub(crate) struct PostBlock {
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
    /// Whether anything of it is in the configuration alone.
    pub(super) fn has_write_only(&self) -> bool {
        !self.url_wo_version.is_null() || !self.sensitive_headers_wo_version.is_null()
    }

    /// The URL, whether configured, write-only or in the environment. A write-only one is not known to a state.
    pub(super) fn effective_url(&self) -> Text {
        match &self.url_wo.0 {
            Value::Null if !self.url_wo_version.is_null() => Value::Unknown,
            Value::Null => environment::url_of(&self.url, &self.url_env),
            write_only => write_only.clone(),
        }
    }

    /// The attributes as the rule has them.
    pub(crate) fn spec(&self) -> PostSpec {
        PostSpec {
            url: Field::from_value(&self.effective_url()),
            endpoint: Field::from_value(&self.endpoint),
            headers: Field::from_value(&self.headers),
            sensitive_headers: Field::from_value(&with_twin(
                &self.sensitive_headers,
                &self.sensitive_headers_wo.0,
                &self.sensitive_headers_wo_version,
            )),
        }
    }

    /// A block for what the server has.
    pub(crate) fn read(spec: &PostSpec) -> Self {
        PostBlock {
            url: spec.url.value(),
            url_env: Value::Null,
            endpoint: spec.endpoint.value(),
            headers: spec.headers.value(),
            sensitive_headers: spec.sensitive_headers.value(),
            ..PostBlock::default()
        }
    }
}
