//! A value of any type, which Terraform sends together with its type.

use serde::de::{Deserializer, IgnoredAny};
use serde::Deserialize;

/// What a parameter of dynamic type gets. A number that no float holds exactly comes as a text.
#[derive(Debug, Clone, PartialEq)]
pub struct Dynamic(pub serde_json::Value);

impl<'de> Deserialize<'de> for Dynamic {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (_, value): (IgnoredAny, serde_json::Value) = Deserialize::deserialize(deserializer)?;
        Ok(Dynamic(value))
    }
}
