//! What Terraform keeps of the resources.

use serde_json::Value;

/// The state after a run.
#[derive(Debug, PartialEq)]
pub(crate) struct State(pub Value);

impl State {
    /// The addresses of what is managed, in the order of the alphabet.
    pub(crate) fn addresses(&self) -> Vec<String> {
        let mut addresses: Vec<String> = self.resources().map(|(address, _)| address).collect();
        addresses.sort();
        addresses
    }

    /// The attributes of a resource, secrets in clear; `None` where the state does not have it.
    pub(crate) fn find(&self, address: &str) -> Option<Value> {
        let (_, resource) = self.resources().find(|(known, _)| known == address)?;
        Some(resource["instances"][0]["attributes"].clone())
    }

    /// The attributes of a resource that has to be there.
    #[track_caller]
    pub(crate) fn of(&self, address: &str) -> Value {
        self.find(address)
            .unwrap_or_else(|| panic!("{address} is not in the state: {:#}", self.0))
    }

    /// The identity of a resource that has to be there; null before Terraform 1.12.
    #[track_caller]
    pub(crate) fn identity(&self, address: &str) -> Value {
        let found = self.resources().find(|(known, _)| known == address);
        let (_, resource) = found.unwrap_or_else(|| panic!("{address} is not in the state: {:#}", self.0));
        resource["instances"][0]["identity"].clone()
    }

    /// Whether Terraform would replace the resource because its creation failed half-way.
    pub(crate) fn is_tainted(&self, address: &str) -> bool {
        self.resources()
            .any(|(known, resource)| known == address && resource["instances"][0]["status"] == "tainted")
    }

    fn resources(&self) -> impl Iterator<Item = (String, &Value)> {
        let resources = self.0["resources"].as_array().map(Vec::as_slice).unwrap_or_default();
        // Terraform keeps the name of a resource that an interrupted run was still to create, without an instance.
        let made = resources
            .iter()
            .filter(|resource| resource["instances"] != Value::Array(Vec::new()));
        made.map(|resource| {
            let part = |name: &str| resource[name].as_str().unwrap_or_default().to_owned();
            (format!("{}.{}", part("type"), part("name")), resource)
        })
    }
}
