//! What Terraform keeps with a resource of what a walk has found out of its owner.

use serde::{Deserialize, Serialize};

/// The part of a resource's private state that is about who has its object.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OwnerMemory {
    /// Another entry of the state has the same object, so that a destroy of this one must leave it. Each read says so anew.
    pub is_shared: bool,
    /// The plan of a destroy has looked for open alerts, and warned if there were some.
    pub has_looked: bool,
}
