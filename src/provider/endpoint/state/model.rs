//! The resource's state, and its way to Kapacitor's options and back.

use super::private_state::{Credentials, PrivateState};
use crate::kapacitor::models::{BasicAuth, Endpoint, EndpointOption, EndpointOptions};
use crate::kapacitor::Secret;
use crate::protocol::WriteOnly;
use crate::provider::endpoint::presence::undeclared::Undeclared;
use crate::provider::environment;
use crate::provider::values::{known, known_entries, names, text_map, Flag, Text, TextMap};
use crate::rule::is_secret_header;
use crate::secret::Key;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use tf_provider::value::Value;

/// The resource as Terraform has it: configuration, plan or state.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct EndpointState {
    pub id: Text,
    pub name: Text,
    pub url: Text,
    pub url_env: Text,
    pub url_fingerprint: Text,
    pub headers: TextMap,
    pub sensitive_headers: TextMap,
    pub basic_auth: Value<BasicAuthAttributes>,
    pub alert_template: Text,
    pub alert_template_file: Text,
    pub row_template: Text,
    pub row_template_file: Text,
    pub undeclared: Text,
    pub declared: Flag,
    pub live: Flag,
    pub kapacitor_conf: Text,
    pub url_wo: WriteOnly<String>,
    pub url_wo_version: Text,
    pub sensitive_headers_wo: WriteOnly<BTreeMap<String, Text>>,
    pub sensitive_headers_wo_version: Text,
}

/// The attribute `basic_auth`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub(crate) struct BasicAuthAttributes {
    pub username: Text,
    pub password: Text,
    pub password_wo: WriteOnly<String>,
    pub password_wo_version: Text,
}

impl BasicAuthAttributes {
    /// The password, be it plain or write-only.
    pub(crate) fn effective_password(&self) -> &Text {
        match &self.password_wo.0 {
            Value::Null => &self.password,
            write_only => write_only,
        }
    }
}

impl EndpointState {
    /// The endpoint's name; empty where it is not known.
    pub(crate) fn name(&self) -> &str {
        known(&self.name).unwrap_or_default()
    }

    /// The URL, whether configured, write-only or in the environment. A state has no write-only one.
    pub(crate) fn effective_url(&self) -> Text {
        match &self.url_wo.0 {
            Value::Null => environment::url_of(&self.url, &self.url_env),
            write_only => write_only.clone(),
        }
    }

    /// Takes over what only the configuration has.
    pub(crate) fn take_write_only(&mut self, config: &EndpointState) {
        self.url_wo = config.url_wo.clone();
        self.sensitive_headers_wo = config.sensitive_headers_wo.clone();
        if let (Value::Value(auth), Value::Value(configured)) = (&mut self.basic_auth, &config.basic_auth) {
            auth.password_wo = configured.password_wo.clone();
        }
    }

    /// Sets the fingerprint of the URL, and returns its key: a new one, which follows from the URL, if there is none yet.
    pub(crate) fn set_planned_fingerprint(&mut self, key: Option<&Key>) -> Option<Key> {
        let url = self.effective_url();
        let key = match (key, known(&url)) {
            (Some(key), _) => Some(key.clone()),
            (None, Some(url)) => Some(Key::derived([url], [self.name()])),
            (None, None) => None,
        };
        self.url_fingerprint = match &key {
            Some(key) => url.map(|url| key.fingerprint(&url)),
            None => url.map(|_| String::new()),
        };
        key
    }

    /// The fingerprint of the URL with a key; unknown without one.
    pub(crate) fn planned_fingerprint(&self, key: Option<&Key>) -> Text {
        match (self.effective_url(), key) {
            (Value::Value(url), Some(key)) => Value::Value(key.fingerprint(&url)),
            (Value::Value(_), None) => Value::Unknown,
            (unknown, _) => unknown,
        }
    }

    /// What of the resource no message may show.
    pub(crate) fn secrets(&self) -> Vec<Secret> {
        let headers = known_entries(&self.headers).into_iter();
        let headers = headers.filter(|(name, _)| crate::rule::is_secret_header(name));
        let mut secrets: Vec<Secret> = headers.map(|(_, value)| value.into()).collect();
        for headers in [&self.sensitive_headers, &self.sensitive_headers_wo.0] {
            secrets.extend(known_entries(headers).into_values().map(Secret::from));
        }
        let texts = [&self.effective_url(), &self.alert_template, &self.row_template];
        secrets.extend(texts.into_iter().filter_map(known).map(Secret::from));
        if let Value::Value(auth) = &self.basic_auth {
            secrets.extend(known(auth.effective_password()).map(Secret::from));
        }
        secrets
    }

    /// What to do where the endpoint is not declared; none while that is not known.
    pub(crate) fn undeclared(&self) -> Option<Undeclared> {
        match &self.undeclared {
            Value::Unknown => None,
            Value::Null => Some(Undeclared::default()),
            Value::Value(word) => Undeclared::named(word),
        }
    }

    /// Whether the state says that kapacitor.conf declares the endpoint.
    pub(crate) fn is_declared(&self) -> bool {
        self.declared == Value::Value(true)
    }

    /// Whether the state says that Kapacitor delivers to the endpoint.
    pub(crate) fn is_live(&self) -> bool {
        self.live == Value::Value(true)
    }

    /// Writes down what was found out about the element.
    pub(crate) fn set_presence(&mut self, declared: bool, live: bool) {
        self.declared = Value::Value(declared);
        self.live = Value::Value(live);
    }

    /// The state of an element that is being imported: what Kapacitor shows of it, but for templates. They are sensitive, so that
    /// Terraform generates a configuration without them, which would take them away.
    pub(crate) fn imported(endpoint: &Endpoint, key: &Key) -> Self {
        let not_empty = |text: &str| match text {
            "" => Value::Null,
            text => Value::Value(text.to_owned()),
        };
        let (secret, plain): (BTreeMap<_, _>, BTreeMap<_, _>) = endpoint
            .headers
            .iter()
            .map(|(name, value)| (name.clone(), value.expose().to_owned()))
            .partition(|(name, _)| is_secret_header(name));
        let map_or_null = |map: BTreeMap<String, String>| if map.is_empty() { Value::Null } else { text_map(map) };
        EndpointState {
            id: Value::Value(endpoint.name.clone()),
            name: Value::Value(endpoint.name.clone()),
            url: Value::Value(endpoint.url.expose().to_owned()),
            url_fingerprint: Value::Value(key.fingerprint(endpoint.url.expose())),
            headers: map_or_null(plain),
            sensitive_headers: map_or_null(secret),
            alert_template_file: not_empty(&endpoint.alert_template_file),
            row_template_file: not_empty(&endpoint.row_template_file),
            ..EndpointState::default()
        }
    }

    /// Takes over what the server says of the options that this resource manages; the others belong to somebody else.
    pub(crate) fn refresh(&mut self, endpoint: &Endpoint, private: &mut PrivateState) {
        private.unmanaged = self.unmanaged_credentials(endpoint);
        self.url_fingerprint = Value::Value(private.key().fingerprint(endpoint.url.expose()));
        if self.url_env.is_null() && self.url_wo_version.is_null() {
            self.url = Value::Value(endpoint.url.expose().to_owned());
        }
        self.refresh_headers(endpoint, private);
        if !endpoint.basic_auth {
            self.basic_auth = Value::Null;
        }
        for (mine, theirs) in [
            (&mut self.alert_template, &endpoint.alert_template),
            (&mut self.alert_template_file, &endpoint.alert_template_file),
            (&mut self.row_template, &endpoint.row_template),
            (&mut self.row_template_file, &endpoint.row_template_file),
        ] {
            if !mine.is_null() {
                *mine = Value::Value(theirs.clone());
            }
        }
    }

    /// Puts each header into the map in which the state has it. One that is new is taken for a secret, unless its name is
    /// known to be harmless.
    fn refresh_headers(&mut self, endpoint: &Endpoint, private: &mut PrivateState) {
        if !self.manages_headers() {
            return;
        }
        if private.write_only.differs(endpoint, private.fingerprint_key.as_ref()) {
            // Another version than the configuration's has the plan write the headers again.
            self.sensitive_headers_wo_version = Value::Null;
        }
        let is_in = |map: &TextMap, name: &str| names(map).any(|known| known.eq_ignore_ascii_case(name));
        let (secret, plain): (BTreeMap<_, _>, BTreeMap<_, _>) = endpoint
            .headers
            .iter()
            .filter(|(name, _)| !private.write_only.has(name))
            .map(|(name, value)| (name.clone(), value.expose().to_owned()))
            .partition(|(name, _)| {
                is_in(&self.sensitive_headers, name) || !is_in(&self.headers, name) && is_secret_header(name)
            });
        let was_there =
            |name: &str| is_in(&self.sensitive_headers, name) && !private.added.iter().any(|added| added == name);
        private.added = secret.keys().filter(|name| !was_there(name)).cloned().collect();
        if !self.sensitive_headers.is_null() || !secret.is_empty() {
            self.sensitive_headers = text_map(secret);
        }
        if !self.headers.is_null() || !plain.is_empty() {
            self.headers = text_map(plain);
        }
    }

    /// What the element sends along that this resource does not set: headers and credentials of somebody else.
    pub(crate) fn unmanaged_credentials(&self, endpoint: &Endpoint) -> Vec<Credentials> {
        let headers = !self.manages_headers() && endpoint.headers.keys().any(|name| is_secret_header(name));
        let basic_auth = endpoint.basic_auth && self.basic_auth.is_null();
        let both = [(headers, Credentials::Headers), (basic_auth, Credentials::BasicAuth)];
        both.into_iter()
            .filter(|(is_there, _)| *is_there)
            .map(|(_, which)| which)
            .collect()
    }

    /// Whether the resource sets the element's headers.
    pub(crate) fn manages_headers(&self) -> bool {
        let maps = [&self.headers, &self.sensitive_headers, &self.sensitive_headers_wo.0];
        maps.into_iter().any(|map| !map.is_null()) || !self.sensitive_headers_wo_version.is_null()
    }

    fn managed_basic_auth(&self) -> Option<BasicAuth> {
        let Value::Value(auth) = &self.basic_auth else {
            return None;
        };
        Some(BasicAuth {
            username: known(&auth.username)?.to_owned(),
            password: Secret::new(known(auth.effective_password())?),
        })
    }

    /// The options that this resource sets.
    pub(crate) fn options(&self) -> EndpointOptions {
        let text = |text: &Text| known(text).map(str::to_owned);
        let mut headers = known_entries(&self.headers);
        headers.extend(known_entries(&self.sensitive_headers));
        headers.extend(known_entries(&self.sensitive_headers_wo.0));
        EndpointOptions {
            url: known(&self.effective_url()).map(Secret::from),
            headers: self
                .manages_headers()
                .then(|| headers.into_iter().map(|(name, value)| (name, value.into())).collect()),
            basic_auth: self.managed_basic_auth(),
            alert_template: text(&self.alert_template),
            alert_template_file: text(&self.alert_template_file),
            row_template: text(&self.row_template),
            row_template_file: text(&self.row_template_file),
        }
    }

    /// The options that `former` managed and this one does not: their overrides have to go.
    pub(crate) fn given_up_since(&self, former: &EndpointState) -> Vec<EndpointOption> {
        let templates = [
            (
                EndpointOption::AlertTemplate,
                &former.alert_template,
                &self.alert_template,
            ),
            (
                EndpointOption::AlertTemplateFile,
                &former.alert_template_file,
                &self.alert_template_file,
            ),
            (EndpointOption::RowTemplate, &former.row_template, &self.row_template),
            (
                EndpointOption::RowTemplateFile,
                &former.row_template_file,
                &self.row_template_file,
            ),
        ];
        let mut given_up: Vec<EndpointOption> = templates
            .into_iter()
            .filter(|(_, before, now)| !before.is_null() && now.is_null())
            .map(|(option, ..)| option)
            .collect();
        if former.manages_headers() && !self.manages_headers() {
            given_up.push(EndpointOption::Headers);
        }
        if former.basic_auth.is_value() && !self.basic_auth.is_value() {
            given_up.push(EndpointOption::BasicAuth);
        }
        given_up
    }
}

/// Whether the element has all these options, as far as Kapacitor shows them.
pub(crate) fn has_options(endpoint: &Endpoint, options: &EndpointOptions) -> bool {
    let same = |wanted: &Option<String>, is: &String| wanted.as_ref().is_none_or(|wanted| wanted == is);
    options.url.as_ref().is_none_or(|url| *url == endpoint.url)
        && options
            .headers
            .as_ref()
            .is_none_or(|headers| *headers == endpoint.headers)
        && options.basic_auth.as_ref().is_none_or(|_| endpoint.basic_auth)
        && same(&options.alert_template, &endpoint.alert_template)
        && same(&options.alert_template_file, &endpoint.alert_template_file)
        && same(&options.row_template, &endpoint.row_template)
        && same(&options.row_template_file, &endpoint.row_template_file)
}
