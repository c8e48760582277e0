//! The identity of a resource: what it is called on its server, apart from all that can change.

use super::messages::{DynamicValue, IdentityAttribute, IdentityData, IdentitySchema};
use std::collections::BTreeMap;
use tf_provider::value::Value;
use tf_provider::Diagnostics;

/// One attribute of an identity, a string that an import has to give.
#[derive(Debug, Clone, Copy)]
pub struct IdentityPart {
    /// Its name in `import { identity = … }`.
    pub name: &'static str,
    /// What it is, in one sentence.
    pub description: &'static str,
}

/// The value of each attribute of an identity.
pub type Identity = BTreeMap<String, String>;

/// The identity whose parts have these values.
pub fn identity_of(parts: &[IdentityPart], values: &[&str]) -> Identity {
    let parts = parts.iter().zip(values);
    parts
        .map(|(part, value)| (part.name.to_owned(), (*value).to_owned()))
        .collect()
}

/// The schema of an identity.
pub(super) fn schema(parts: &[IdentityPart]) -> IdentitySchema {
    let attribute = |part: &IdentityPart| IdentityAttribute {
        name: part.name.to_owned(),
        r#type: br#""string""#.as_slice().into(),
        required_for_import: true,
        optional_for_import: false,
        description: part.description.to_owned(),
    };
    IdentitySchema {
        version: 0,
        identity_attributes: parts.iter().map(attribute).collect(),
    }
}

/// The identity as it travels.
pub(super) fn encode(diags: &mut Diagnostics, identity: &Identity) -> Option<IdentityData> {
    Some(IdentityData {
        identity_data: Some(DynamicValue::encode(diags, identity)?),
    })
}

/// Reads what an import gives. Unknown and missing values are errors.
pub(super) fn decode(diags: &mut Diagnostics, parts: &[IdentityPart], data: &IdentityData) -> Option<Identity> {
    let value = data.identity_data.clone().unwrap_or_default();
    let given: Value<BTreeMap<String, Value<String>>> = value.decode(diags, "identity")?;
    let given = given.unwrap_or_default();
    let mut identity = Identity::new();
    for part in parts {
        let Some(Value::Value(value)) = given.get(part.name) else {
            diags.root_error(
                "The identity is not complete",
                format!(
                    "It has to give {}, as a value that is known: {}",
                    part.name, part.description
                ),
            );
            return None;
        };
        identity.insert(part.name.to_owned(), value.clone());
    }
    Some(identity)
}
