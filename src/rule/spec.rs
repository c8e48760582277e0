//! A rule as flat attributes, as Terraform has them: some set, some not, some not known yet.

use std::collections::BTreeMap;

use super::Field;

/// A map of texts, of which single values may be unknown.
pub type TextMap = BTreeMap<String, Field<String>>;

/// A list of texts, of which single values may be unknown.
pub type TextList = Vec<Field<String>>;

/// The attributes of a rule. [`ATTRIBUTES`](super::ATTRIBUTES) says what each means.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct RuleSpec {
    pub name: Field<String>,
    pub database: Field<String>,
    pub retention_policy: Field<String>,
    pub measurement: Field<String>,
    pub field: Field<String>,
    pub aggregate: Field<String>,
    pub period: Field<String>,
    pub every: Field<String>,
    pub group_by: Field<TextList>,
    /// The attribute `where`.
    pub where_tags: Field<BTreeMap<String, Field<TextList>>>,
    pub exclude: Field<BTreeMap<String, Field<TextList>>>,
    pub trigger: Field<String>,
    pub operator: Field<String>,
    /// A number, `TRUE`, `FALSE` or a text, as written.
    pub value: Field<String>,
    /// A number, as written.
    pub lower: Field<String>,
    /// A number, as written.
    pub upper: Field<String>,
    pub change: Field<String>,
    pub shift: Field<String>,
    pub message: Field<String>,
    pub details: Field<String>,
    pub state_changes_only: Field<bool>,
    pub no_recoveries: Field<bool>,
    pub flapping: Field<bool>,
    /// The blocks `post`.
    pub posts: Field<Vec<PostSpec>>,
    /// The blocks `handler`.
    pub handlers: Field<Vec<HandlerSpec>>,
}

/// The attributes of a block `post`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct PostSpec {
    pub url: Field<String>,
    pub endpoint: Field<String>,
    pub headers: Field<TextMap>,
    pub sensitive_headers: Field<TextMap>,
}

/// The attributes of a block `handler`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[allow(missing_docs)]
pub struct HandlerSpec {
    pub kind: Field<String>,
    pub options: Field<TextMap>,
    pub secrets: Field<TextMap>,
}
