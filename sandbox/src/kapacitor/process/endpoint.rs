//! The live `httppost` endpoints: what running handlers post to, which is not always what the configuration shows.

use crate::go::quote::quote;
use crate::go::template::Template;
use crate::kapacitor::config::{parse_template, template_of, Config};
use crate::options::BasicAuth;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// An endpoint that handlers share, so that an update reaches running tasks at once.
pub type Shared = Arc<Mutex<Endpoint>>;

/// Where to post, and how.
#[derive(Clone, Debug)]
pub struct Endpoint {
    pub url: Template,
    pub headers: BTreeMap<String, String>,
    pub basic_auth: BasicAuth,
    pub alert_template: Option<Template>,
    /// Whether it left the configuration; handlers that still hold it post nothing.
    pub closed: bool,
}

impl Endpoint {
    /// An endpoint that is only a URL.
    pub fn of_url(url: &str) -> Result<Endpoint, String> {
        Ok(Endpoint {
            url: parse_template(url)?,
            headers: BTreeMap::new(),
            basic_auth: BasicAuth::default(),
            alert_template: None,
            closed: false,
        })
    }

    fn of(config: &Config) -> Result<Endpoint, String> {
        let mut endpoint = Endpoint::of_url(&config.url)?;
        endpoint.update(config)?;
        Ok(endpoint)
    }

    /// Takes URL, headers and authentication before it looks at the templates, so that a refused template leaves them.
    fn update(&mut self, config: &Config) -> Result<(), String> {
        self.url = parse_template(&config.url)?;
        self.headers = config.headers.clone().unwrap_or_default();
        self.basic_auth = config.basic_auth.clone();
        self.alert_template = template_of(&config.alert_template, &config.alert_template_file)?;
        template_of(&config.row_template, &config.row_template_file).map(drop)
    }

    /// URL, headers and authentication of a POST, for the data that the URL may use.
    pub fn head(&self, data: &crate::go::template::Value) -> Result<(String, BTreeMap<String, String>), String> {
        if self.closed {
            return Err("endpoint was closed".to_owned());
        }
        let url = self.url.execute(data)?;
        let mut headers = self.headers.clone();
        if !self.basic_auth.username.is_empty() && !self.basic_auth.password.is_empty() {
            use base64::Engine;
            let pair = format!("{}:{}", self.basic_auth.username, self.basic_auth.password);
            let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
            headers.insert("Authorization".to_owned(), format!("Basic {encoded}"));
        }
        Ok((url, headers))
    }
}

/// Locks an endpoint.
pub fn lock(endpoint: &Shared) -> MutexGuard<'_, Endpoint> {
    endpoint.lock().unwrap_or_else(PoisonError::into_inner)
}

/// All live endpoints by name.
#[derive(Default)]
pub struct Endpoints {
    live: BTreeMap<String, Shared>,
}

impl Endpoints {
    /// Those of kapacitor.conf, as a start makes them before overrides are applied.
    pub fn declared(elements: &[Config]) -> Result<Endpoints, String> {
        let mut endpoints = Endpoints::default();
        for config in elements {
            let endpoint = Endpoint::of(config)?;
            endpoints
                .live
                .insert(config.endpoint.clone(), Arc::new(Mutex::new(endpoint)));
        }
        Ok(endpoints)
    }

    pub fn get(&self, name: &str) -> Option<Shared> {
        self.live.get(name).cloned()
    }

    /// Takes a changed configuration. Elements that were not live before never become so (kapacitor#1694), and an error
    /// leaves those before it updated.
    pub fn update(&mut self, elements: &[Config]) -> Result<(), String> {
        let mut kept = BTreeSet::new();
        for config in elements {
            config.validate()?;
            match self.live.get(&config.endpoint) {
                Some(endpoint) => {
                    lock(endpoint)
                        .update(config)
                        .map_err(|error| format!("failed to update endpoint {}: {error}", quote(&config.endpoint)))?;
                    kept.insert(config.endpoint.clone());
                }
                None => {
                    let wrong = |error| {
                        format!(
                            "failed to get alert template for endpoint {}: {error}",
                            quote(&config.endpoint)
                        )
                    };
                    Endpoint::of(config).map_err(wrong)?;
                }
            }
        }
        self.live.retain(|name, endpoint| {
            let keeps = kept.contains(name);
            lock(endpoint).closed = !keeps;
            keeps
        });
        Ok(())
    }
}
