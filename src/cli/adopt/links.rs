//! Attributes that name another object which is adopted too: written as a reference to it, so that Terraform knows the order.

use super::output::hcl::Expression;
use super::read::Adopted;
use crate::provider::attributes::{Definition, Given};
use std::collections::HashMap;

/// The attributes that name an object of another type, and which of its attributes has the name.
const LINKS: [(&str, &str, &str); 2] = [
    ("endpoint", "squadcast_kapacitor_endpoint", "name"),
    ("template_id", "squadcast_kapacitor_template", "id"),
];

/// The addresses of what was adopted, by the attribute that names it and its name.
#[derive(Debug, Default)]
pub(super) struct Links(HashMap<(&'static str, String), String>);

impl Links {
    /// Those to all objects that were adopted.
    pub(super) fn to(adopted: &[Adopted]) -> Self {
        let mut links = HashMap::new();
        for (attribute, resource, name) in LINKS {
            for one in adopted.iter().filter(|one| one.kind.name == resource) {
                for named in &one.objects {
                    let address = format!("{}.{name}", one.address(named));
                    links.insert((attribute, named.object.id.clone()), address);
                }
            }
        }
        Links(links)
    }

    /// The reference to write in place of a name. What an object must have is a name of its own.
    pub(super) fn reference(&self, attribute: &Definition, name: &str) -> Option<Expression> {
        if attribute.given == Given::Required {
            return None;
        }
        let address = self.0.get(&(attribute.name, name.to_owned()))?;
        Some(Expression::Reference(address.clone()))
    }
}
