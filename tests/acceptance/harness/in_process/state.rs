//! The state file, in Terraform's own format, so that the next run may be one of the real terraform.

use super::language::{unsupported, Parsed};
use super::provider::{shapes, Private};
use super::value::Value;
use base64::prelude::{Engine, BASE64_STANDARD};
use serde_json::{json, Map, Value as Json};
use std::collections::BTreeMap;
use std::path::Path;

#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    serial: u64,
    pub outputs: BTreeMap<String, Value>,
    pub managed: BTreeMap<String, Instance>,
    /// What data sources found, by address without `data.`.
    pub data: BTreeMap<String, Value>,
}

/// A resource as the state has it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Instance {
    pub value: Value,
    pub private: Private,
    pub tainted: bool,
    /// The addresses that its configuration referred to.
    pub dependencies: Vec<String>,
}

const OURS: &str = "squadcast-kapacitor/squadcast\"]";

impl State {
    pub(super) fn read(path: &Path) -> Parsed<Self> {
        let Ok(content) = std::fs::read_to_string(path) else {
            return Ok(State::default());
        };
        let Ok(json) = serde_json::from_str::<Json>(&content) else {
            return unsupported("a broken state");
        };
        let mut state = State {
            serial: json["serial"].as_u64().unwrap_or_default(),
            ..State::default()
        };
        for (name, output) in json["outputs"].as_object().into_iter().flatten() {
            state.outputs.insert(name.clone(), Value::from_json(&output["value"]));
        }
        for resource in json["resources"].as_array().into_iter().flatten() {
            state.take(resource)?;
        }
        Ok(state)
    }

    fn take(&mut self, resource: &Json) -> Parsed<()> {
        let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
        let instances = resource["instances"].as_array().map(Vec::as_slice).unwrap_or_default();
        let [instance] = instances else {
            return unsupported("a resource with several instances");
        };
        let is_ours = text(&resource["provider"]).ends_with(OURS);
        let is_plain = resource.get("module").is_none()
            && instance.get("index_key").is_none()
            && instance.get("deposed").is_none();
        if !is_ours || !is_plain {
            return unsupported("a state with modules, keys or other providers");
        }
        let address = format!("{}.{}", text(&resource["type"]), text(&resource["name"]));
        if instance["schema_version"].as_i64() != version(resource["mode"] == "managed", &text(&resource["type"])) {
            return unsupported("a state of another version of the schema");
        }
        let value = Value::from_json(&instance["attributes"]);
        if resource["mode"] == "data" {
            self.data.insert(address, value);
            return Ok(());
        }
        let private = BASE64_STANDARD.decode(text(&instance["private"]));
        let dependencies = instance["dependencies"].as_array().into_iter().flatten();
        let instance = Instance {
            value,
            private: private.expect("private is base64"),
            tainted: instance["status"] == "tainted",
            dependencies: dependencies.map(text).collect(),
        };
        self.managed.insert(address, instance);
        Ok(())
    }

    /// Writes the file, if it changes.
    pub(super) fn write(&mut self, path: &Path) {
        let Ok(before) = State::read(path) else {
            panic!("a state that could be read can be read again");
        };
        if path.exists() && before == *self {
            return;
        }
        self.serial += 1;
        let outputs = self.outputs.iter();
        let outputs =
            outputs.map(|(name, value)| (name.clone(), json!({"value": value.to_json(), "type": kind(value)})));
        let data = self
            .data
            .iter()
            .map(|(address, value)| resource("data", address, json!({ "attributes": value.to_json() })));
        let managed = self
            .managed
            .iter()
            .map(|(address, instance)| resource("managed", address, instance.to_json()));
        let state = json!({
            "version": 4,
            "terraform_version": "1.0.0",
            "serial": self.serial,
            "lineage": "in-process",
            "outputs": outputs.collect::<Map<String, Json>>(),
            "resources": data.chain(managed).collect::<Vec<Json>>(),
            "check_results": null,
        });
        std::fs::write(path, format!("{state:#}\n")).unwrap();
    }
}

impl Instance {
    fn to_json(&self) -> Json {
        let mut json = json!({
            "attributes": self.value.to_json(),
            "private": BASE64_STANDARD.encode(&self.private),
            "dependencies": self.dependencies,
        });
        if self.tainted {
            json["status"] = json!("tainted");
        }
        json
    }
}

fn resource(mode: &str, address: &str, mut instance: Json) -> Json {
    let (kind, name) = address.split_once('.').expect("an address has a type and a name");
    instance["schema_version"] = json!(version(mode == "managed", kind));
    instance["sensitive_attributes"] = json!([]);
    json!({
        "mode": mode,
        "type": kind,
        "name": name,
        "provider": format!("provider[\"{}/{OURS}", registry()),
        "instances": [instance],
    })
}

/// The version of the schema of this type; none, where the provider has no such type.
fn version(is_managed: bool, kind: &str) -> Option<i64> {
    let shapes = match is_managed {
        true => &shapes().resources,
        false => &shapes().data,
    };
    Some(shapes.get(kind)?.version)
}

/// The default registry of the binary, which is part of a provider's full name.
pub(super) fn registry() -> &'static str {
    let binary = super::super::terraform::binary();
    let is_tofu = binary
        .file_stem()
        .is_some_and(|name| name.to_string_lossy().contains("tofu"));
    if is_tofu {
        "registry.opentofu.org"
    } else {
        "registry.terraform.io"
    }
}

/// The type of an output's value.
fn kind(value: &Value) -> Json {
    match value {
        Value::Null | Value::Unknown => json!("dynamic"),
        Value::Flag(_) => json!("bool"),
        Value::Number(_) | Value::Fraction(_) => json!("number"),
        Value::Text(_) => json!("string"),
        Value::List(items) => json!(["tuple", items.iter().map(kind).collect::<Vec<_>>()]),
        Value::Map(entries) => {
            let kinds = entries.iter().map(|(name, value)| (name.clone(), kind(value)));
            json!(["object", kinds.collect::<Map<String, Json>>()])
        }
    }
}
