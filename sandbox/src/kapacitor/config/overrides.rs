//! Overrides, and the configuration that they make of kapacitor.conf.

use crate::go::quote::quote;
use crate::kapacitor::config::httppost::{is_option, Config};
use crate::kapacitor::config::sections;
use crate::options::KapacitorConf;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What the API set on an element, or the element that it made. One that is empty is a record all the same.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
pub struct Override {
    pub options: Map<String, Value>,
    /// Whether the API made the element.
    pub create: bool,
}

/// The id under which an override is stored.
pub fn id(section: &str, element: &str) -> String {
    let joined = format!("{section}/{element}");
    let parts: Vec<&str> = joined
        .split('/')
        .filter(|part| !part.is_empty() && *part != ".")
        .collect();
    if element.is_empty() {
        format!("{}/", parts.join("/"))
    } else {
        parts.join("/")
    }
}

/// The `httppost` elements that the file declares.
pub fn declared(conf: &KapacitorConf) -> Vec<Config> {
    if conf.httpposts.is_empty() {
        return vec![Config::example()];
    }
    conf.httpposts.iter().map(Config::declared).collect()
}

/// The `httppost` elements with all overrides applied, sorted by name; or why they cannot be.
pub fn resolve(conf: &KapacitorConf, overrides: &BTreeMap<String, Override>) -> Result<Vec<Config>, String> {
    let mut elements = declared(conf);
    for (id, record) in overrides {
        let (section, element) = id.split_once('/').unwrap_or((id, ""));
        let shown = if record.create { "" } else { element };
        apply(&mut elements, section, element, record)
            .map_err(|error| format!("failed to override configuration {section}/{shown}: {error}"))?;
    }
    elements.sort_by(|left, right| left.endpoint.cmp(&right.endpoint));
    let twice: Vec<String> = elements
        .windows(2)
        .filter(|pair| pair[0].endpoint == pair[1].endpoint)
        .map(|pair| quote(&pair[0].endpoint))
        .collect();
    if twice.is_empty() {
        return Ok(elements);
    }
    let twice = twice.join(", ");
    Err(format!(
        "failed to read sections from configuration object: section \"httppost\" has duplicate elements: {twice}"
    ))
}

fn apply(elements: &mut Vec<Config>, section: &str, element: &str, record: &Override) -> Result<(), String> {
    if section != "httppost" {
        return sections::apply(section, &record.options);
    }
    let mut touched: Vec<Config> = Vec::new();
    if record.create {
        let mut made = Config::default();
        made.apply(&record.options, true)?;
        touched.push(made.clone());
        elements.push(made);
    } else {
        // An empty element name means all of them.
        for existing in elements
            .iter_mut()
            .filter(|config| element.is_empty() || config.endpoint == element)
        {
            existing.apply(&record.options, false)?;
            touched.push(existing.clone());
        }
    }
    let unknown: Vec<&str> = record
        .options
        .keys()
        .map(String::as_str)
        .filter(|name| touched.is_empty() || !is_option(name))
        .collect();
    if !unknown.is_empty() {
        return Err(sections::unknown_options(&unknown, section));
    }
    touched
        .iter()
        .try_for_each(|config| config.validate().map_err(|error| format!("failed validation: {error}")))
}
