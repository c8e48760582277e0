//! The schemas, as Terraform gets them.

use super::SquadcastProvider;
use crate::protocol::tests::{assert_follows_terraforms_rules, schema_of};

#[tokio::test]
async fn every_schema_follows_terraforms_rules() {
    assert_follows_terraforms_rules(&schema_of(SquadcastProvider::default()).await);
}
