//! An element of the configuration section `[[httppost]]`: an endpoint that alerts are posted to.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize, Serializer};

use crate::secret::names::is_secret_header;
use crate::secret::Secret;

/// An endpoint as Kapacitor shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    /// The name that `.endpoint('NAME')` uses.
    pub name: String,
    /// Where alerts are posted to.
    pub url: Secret,
    /// The headers that are sent along.
    pub headers: BTreeMap<String, Secret>,
    /// Whether a user and password are set; Kapacitor never shows them.
    pub basic_auth: bool,
    /// The template of the body of alerts, or empty for Kapacitor's JSON.
    pub alert_template: String,
    /// The path on the server of a file with that template, or empty.
    pub alert_template_file: String,
    /// The template of the body of the `httpPost` node's rows, or empty.
    pub row_template: String,
    /// The path on the server of a file with that template, or empty.
    pub row_template_file: String,
}

impl Endpoint {
    /// Every value that no message may show.
    pub(in crate::kapacitor) fn secrets(&self) -> Vec<Secret> {
        let headers = self.headers.iter().filter(|(name, _)| is_secret_header(name));
        let headers = headers.map(|(_, value)| value.clone());
        headers.chain([self.url.clone()]).collect()
    }
}

/// Where an element of the configuration comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It is declared in kapacitor.conf: it is live, and changes through the API take effect at once.
    Declared,
    /// It was added through the API: it is listed, but never live, and can keep Kapacitor from starting.
    Added,
    /// There is none of that name.
    Missing,
}

/// The options of an endpoint that are to be set; what is `None` stays as it is.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct EndpointOptions {
    /// Where alerts are posted to.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "expose_option")]
    pub url: Option<Secret>,
    /// The headers, replacing all old ones.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "expose_map")]
    pub headers: Option<BTreeMap<String, Secret>>,
    /// User and password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub basic_auth: Option<BasicAuth>,
    /// The template of the body of alerts. Where Kapacitor refuses it (500), the live url and headers of the same request
    /// have changed already.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_template: Option<String>,
    /// The path on the server of a file with that template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alert_template_file: Option<String>,
    /// The template of the body of the `httpPost` node's rows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_template: Option<String>,
    /// The path on the server of a file with that template.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub row_template_file: Option<String>,
}

impl EndpointOptions {
    /// Every value that no message may show.
    pub(in crate::kapacitor) fn secrets(&self) -> Vec<Secret> {
        let url = self.url.iter().cloned();
        let headers = self.headers.iter().flat_map(|headers| headers.values().cloned());
        let password = self.basic_auth.iter().map(|auth| auth.password.clone());
        url.chain(headers).chain(password).collect()
    }
}

/// User and password of an endpoint.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BasicAuth {
    /// The user.
    pub username: String,
    /// The password.
    #[serde(serialize_with = "expose")]
    pub password: Secret,
}

/// The name of an option, for taking its override back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EndpointOption {
    /// `url`
    Url,
    /// `headers`
    Headers,
    /// `basic-auth`
    BasicAuth,
    /// `alert-template`
    AlertTemplate,
    /// `alert-template-file`
    AlertTemplateFile,
    /// `row-template`
    RowTemplate,
    /// `row-template-file`
    RowTemplateFile,
}

/// An element as it stands in the answer.
#[derive(Deserialize)]
pub(in crate::kapacitor) struct Element {
    options: RawOptions,
}

/// The section as it stands in the answer.
#[derive(Deserialize)]
pub(in crate::kapacitor) struct Section {
    pub elements: Vec<Element>,
}

/// The options as they stand in the answer; older servers lack some of them, and Go writes an unset map as null.
#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct RawOptions {
    endpoint: String,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    headers: Option<BTreeMap<String, String>>,
    #[serde(default)]
    basic_auth: bool,
    #[serde(default)]
    alert_template: String,
    #[serde(default)]
    alert_template_file: String,
    #[serde(default)]
    row_template: String,
    #[serde(default)]
    row_template_file: String,
}

impl From<Element> for Endpoint {
    fn from(element: Element) -> Self {
        let options = element.options;
        let headers = options.headers.unwrap_or_default();
        Endpoint {
            name: options.endpoint,
            url: Secret::new(options.url.unwrap_or_default()),
            headers: headers
                .into_iter()
                .map(|(name, value)| (name, Secret::new(value)))
                .collect(),
            basic_auth: options.basic_auth,
            alert_template: options.alert_template,
            alert_template_file: options.alert_template_file,
            row_template: options.row_template,
            row_template_file: options.row_template_file,
        }
    }
}

pub(in crate::kapacitor) fn expose<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}

fn expose_option<S: Serializer>(secret: &Option<Secret>, serializer: S) -> Result<S::Ok, S::Error> {
    secret.as_ref().map(Secret::expose).serialize(serializer)
}

fn expose_map<S: Serializer>(map: &Option<BTreeMap<String, Secret>>, serializer: S) -> Result<S::Ok, S::Error> {
    match map {
        Some(map) => expose_values(map, serializer),
        None => serializer.serialize_none(),
    }
}

pub(in crate::kapacitor) fn expose_values<S: Serializer>(
    map: &BTreeMap<String, Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(map.iter().map(|(name, value)| (name, value.expose())))
}
