//! Objects as a configuration names them.

use crate::provider::inventory::Object;

/// An object with its name in the configuration.
#[derive(Debug, Clone)]
pub(super) struct Named {
    /// What it is called in the configuration.
    pub name: String,
    /// The object.
    pub object: Object,
}
