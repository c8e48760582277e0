//! One `[[httppost]]` element: its options, how JSON is put into them, and what Kapacitor checks.

use crate::go::quote::quote;
use crate::go::template::{Template, Value as TemplateValue, JSON_FUNCTIONS};
use crate::options::{BasicAuth, HttpPost};
use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

/// The option that names an element.
pub const KEY: &str = "endpoint";

/// The options of an element.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    pub endpoint: String,
    pub url: String,
    pub headers: Option<BTreeMap<String, String>>,
    pub basic_auth: BasicAuth,
    pub alert_template: String,
    pub alert_template_file: String,
    pub row_template: String,
    pub row_template_file: String,
}

impl Config {
    /// The element as kapacitor.conf declares it.
    pub fn declared(element: &HttpPost) -> Self {
        Config {
            endpoint: element.endpoint.clone(),
            url: element.url.clone(),
            headers: element.headers.clone(),
            basic_auth: element.basic_auth.clone(),
            ..Config::default()
        }
    }

    /// The element of Kapacitor's default configuration, there where the file has none.
    pub fn example() -> Self {
        Config {
            endpoint: "example".to_owned(),
            url: "http://example.com".to_owned(),
            ..Config::default()
        }
    }

    /// Puts options into the element, and checks the whole. The key may only be set on an element that the API makes.
    pub fn apply(&mut self, options: &Map<String, Value>, created: bool) -> Result<(), String> {
        if options.contains_key(KEY) && !created {
            return Err(format!("cannot override element key {KEY}"));
        }
        let set = |name: &str, error: String| format!("cannot set option {name}: {error}");
        let text = |name: &'static str, target: &mut String| match options.get(name) {
            Some(value) => string(value)
                .map(|text| *target = text)
                .map_err(|error| set(name, error)),
            None => Ok(()),
        };
        text(KEY, &mut self.endpoint)?;
        text("url", &mut self.url)?;
        if let Some(value) = options.get("headers") {
            self.headers = Some(headers(value).map_err(|error| set("headers", error))?);
        }
        if let Some(value) = options.get("basic-auth") {
            basic_auth(value, &mut self.basic_auth).map_err(|error| set("basic-auth", error))?;
        }
        text("alert-template", &mut self.alert_template)?;
        text("alert-template-file", &mut self.alert_template_file)?;
        text("row-template", &mut self.row_template)?;
        text("row-template-file", &mut self.row_template_file)
    }

    /// What Kapacitor refuses; it lets much pass that cannot work.
    pub fn validate(&self) -> Result<(), String> {
        if self.endpoint.is_empty() {
            return Err("must specify endpoint name".to_owned());
        }
        if self.url.is_empty() {
            return Err("must specify url".to_owned());
        }
        let wrong = |error: String| format!("invalid URL template syntax {}: {error}", quote(&self.url));
        let executed = parse_template(&self.url)
            .map_err(wrong)?
            .execute(&TemplateValue::Nil)
            .map_err(|error| format!("invalid URL template syntax {}: {error}", quote(&self.url)))?;
        if executed == self.url {
            if let Some(refusal) = crate::go::url::refusal(&self.url) {
                return Err(format!("invalid URL {}: {refusal}", quote(&self.url)));
            }
        }
        template_source("alert-template", &self.alert_template, &self.alert_template_file)?;
        template_source("row-template", &self.row_template, &self.row_template_file)
    }

    /// The options as the API shows them: the password only as a boolean.
    pub fn redacted(&self) -> Value {
        json!({
            "alert-template": self.alert_template,
            "alert-template-file": self.alert_template_file,
            "basic-auth": self.basic_auth != BasicAuth::default(),
            "endpoint": self.endpoint,
            "headers": self.headers,
            "row-template": self.row_template,
            "row-template-file": self.row_template_file,
            "url": self.url,
        })
    }
}

/// The options that an element has.
pub fn is_option(name: &str) -> bool {
    const NAMES: [&str; 8] = [
        KEY,
        "url",
        "headers",
        "basic-auth",
        "alert-template",
        "alert-template-file",
        "row-template",
        "row-template-file",
    ];
    NAMES.contains(&name)
}

/// A template of an element, or Kapacitor's error.
pub fn parse_template(text: &str) -> Result<Template, String> {
    Template::parse("body", text, &JSON_FUNCTIONS).map_err(|error| format!("failed to parse template: {error}"))
}

/// A template given as text or as a file; neither is none.
pub fn template_of(text: &str, file: &str) -> Result<Option<Template>, String> {
    if !text.is_empty() {
        return parse_template(text).map(Some);
    }
    if file.is_empty() {
        return Ok(None);
    }
    let read = std::fs::read_to_string(file).map_err(|error| {
        let reason = match error.kind() {
            std::io::ErrorKind::NotFound => "no such file or directory".to_owned(),
            std::io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
            _ => error.to_string(),
        };
        format!("failed to read template file {}: open {file}: {reason}", quote(file))
    })?;
    let parsed = Template::parse("body", &read, &[]);
    parsed
        .map(Some)
        .map_err(|error| format!("failed to parse template from file {}: {error}", quote(file)))
}

fn template_source(name: &str, text: &str, file: &str) -> Result<(), String> {
    if !text.is_empty() && !file.is_empty() {
        return Err(format!("must specify only one of {name} and {name}-file"));
    }
    if !file.is_empty() && !file.starts_with('/') {
        return Err(format!("must use an absolute path for {name}-file"));
    }
    Ok(())
}

/// The kind of a value as Go's reflection calls it.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "invalid",
        Value::Bool(_) => "bool",
        Value::Number(_) => "float64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    }
}

fn wrong_kind(value: &Value, expected: &str) -> String {
    format!("wrong kind {}, expected value of kind {expected}: false", kind(value))
}

fn string(value: &Value) -> Result<String, String> {
    value
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| wrong_kind(value, "string"))
}

fn headers(value: &Value) -> Result<BTreeMap<String, String>, String> {
    let map = value.as_object().ok_or_else(|| wrong_kind(value, "map"))?;
    map.iter()
        .map(|(name, value)| Ok((name.clone(), string(value)?)))
        .collect::<Result<_, String>>()
        .map_err(|error| format!("failed to copy map value: {error}"))
}

fn basic_auth(value: &Value, target: &mut BasicAuth) -> Result<(), String> {
    let map = value.as_object().ok_or_else(|| wrong_kind(value, "struct"))?;
    let mut errors = Vec::new();
    let mut unknown = Vec::new();
    for (name, value) in map {
        let field = match name.to_lowercase().as_str() {
            "username" => &mut target.username,
            "password" => &mut target.password,
            _ => {
                unknown.push(name.as_str());
                continue;
            }
        };
        match value {
            Value::String(text) => field.clone_from(text),
            Value::Null => {}
            other => errors.push(format!(
                "* '{name}' expected type 'string', got unconvertible type '{}', value: '{other}'",
                kind(other)
            )),
        }
    }
    if !unknown.is_empty() {
        unknown.sort_unstable();
        errors.push(format!("* '' has invalid keys: {}", unknown.join(", ")));
    }
    if errors.is_empty() {
        return Ok(());
    }
    let list = errors.join("\n");
    Err(format!(
        "failed to decode options into *httppost.BasicAuth: {} error(s) decoding:\n\n{list}",
        errors.len()
    ))
}
