//! What the provider tells Terraform of itself.

use squadcast_kapacitor::provider::SquadcastProvider;
use std::collections::BTreeMap;
use tf_provider::schema::{Block, Schema};
use tf_provider::{Diagnostics, Provider};

/// The provider's name, with which the types of its resources begin.
pub const PROVIDER: &str = "squadcast";

/// The configuration of the provider itself.
pub fn configuration() -> Block {
    let mut diags = Diagnostics::default();
    known(SquadcastProvider::default().schema(&mut diags))
}

/// Each resource by its full type, such as `squadcast_kapacitor_endpoint`.
pub fn resources() -> BTreeMap<String, Block> {
    let mut diags = Diagnostics::default();
    let resources = SquadcastProvider::default().get_resources(&mut diags).unwrap();
    resources
        .into_iter()
        .map(|(name, resource)| (format!("{PROVIDER}_{name}"), known(resource.schema(&mut diags))))
        .collect()
}

fn known(schema: Option<Schema>) -> Block {
    schema.expect("the provider gives its schema").block
}
