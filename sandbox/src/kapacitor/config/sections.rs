//! The sections besides `httppost`: shown with Kapacitor's defaults, and not to be changed here.

use serde::Deserialize;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::OnceLock;

/// A section with its only element.
#[derive(Clone, Debug, Deserialize)]
pub struct Section {
    /// The option that names an element; empty where the section is no list.
    pub key: String,
    pub options: Map<String, Value>,
    pub redacted: Option<Vec<String>>,
}

impl Section {
    /// The name of the only element.
    pub fn element(&self) -> &str {
        self.options.get(&self.key).and_then(Value::as_str).unwrap_or_default()
    }
}

/// All sections but `httppost`, as recorded from a Kapacitor that has only defaults.
pub fn all() -> &'static BTreeMap<String, Section> {
    static SECTIONS: OnceLock<BTreeMap<String, Section>> = OnceLock::new();
    // A broken file would show as sections missing from the recordings.
    SECTIONS.get_or_init(|| serde_json::from_str(include_str!("sections.json")).unwrap_or_default())
}

/// Refuses options of sections that do not exist. Those of real sections are refused as well, in words of the sandbox's own.
pub fn apply(section: &str, options: &Map<String, Value>) -> Result<(), String> {
    let names: Vec<&str> = options.keys().map(String::as_str).collect();
    if names.is_empty() {
        return Ok(());
    }
    if all().contains_key(section) {
        return Err(format!(
            "the sandbox, which is not Kapacitor, does not know how to change section {section}"
        ));
    }
    Err(unknown_options(&names, section))
}

pub fn unknown_options(names: &[&str], section: &str) -> String {
    format!("unknown options [{}] in section {section}", names.join(" "))
}
