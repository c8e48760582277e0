//! The settings of a client that configuration and environment come to.

use super::chronograf;
use super::configuration::{Configuration, ConfigurationError, Environment, Sources};
use super::direct;
use super::settings::{self, Setting, CHRONOGRAF};
use crate::kapacitor::{ClientConfig, LeaseTerms, PemSource, Secret, TransportConfig};
use std::time::Duration;
use tf_provider::AttributePath;

/// What a configuration comes to.
pub enum Resolved {
    /// Something in it is not known before other resources are created.
    NotYetKnown,
    /// All is known.
    Known(Box<Settings>),
}

/// A configuration's outcome.
pub struct Settings {
    /// What the client is made of.
    pub client: ClientConfig,
    /// Whether certificates are not checked, which deserves a warning.
    pub insecure: bool,
    /// The URL to which credentials go over a network without encryption, which deserves a warning too.
    pub in_clear: Option<AttributePath>,
    /// Secrets that begin or end with a line break, which may not be meant.
    pub with_line_breaks: Vec<AttributePath>,
}

impl Configuration {
    /// The settings that configuration and environment come to, the configuration first. Makes no request and reads no
    /// file.
    ///
    /// # Errors
    /// A setting is missing, malformed or contradicts another one.
    pub fn resolve(&self, environment: Environment<'_>) -> Result<Resolved, ConfigurationError> {
        if self.has_unknown() {
            return Ok(Resolved::NotYetKnown);
        }
        let sources = Sources {
            configuration: self,
            environment,
        };
        let insecure = sources.flag(&settings::INSECURE_SKIP_VERIFY)?;
        let mut client = ClientConfig::new(transport(sources)?);
        client.headers = self
            .texts(&settings::HEADERS)
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value)))
            .collect();
        client.tls.ca_cert = sources
            .text(&settings::CA_CERT)
            .map(|setting| PemSource::from_setting(&setting));
        client.tls.client_identity = direct::client_identity(sources)?;
        client.tls.insecure_skip_verify = insecure;
        let seconds = |setting| sources.count(setting).map(Duration::from_secs);
        client.timeout = seconds(&settings::TIMEOUT)?;
        client.stop_timeout = seconds(&settings::STOP_TIMEOUT)?;
        client.max_retries = sources.count(&settings::MAX_RETRIES)?.try_into().unwrap_or(u32::MAX);
        client.lease = Some(LeaseTerms {
            duration: seconds(&settings::LEASE_DURATION)?,
            wait: seconds(&settings::LEASE_WAIT)?,
        });
        Ok(Resolved::Known(Box::new(Settings {
            in_clear: self.in_clear(&client),
            client,
            insecure,
            with_line_breaks: self.with_line_breaks(),
        })))
    }

    fn in_clear(&self, client: &ClientConfig) -> Option<AttributePath> {
        if !client.sends_credentials_in_clear() {
            return None;
        }
        Some(match &client.transport {
            TransportConfig::Chronograf(_) if self.goes_through_chronograf() => settings::CHRONOGRAF_URL.path(),
            TransportConfig::Chronograf(_) => AttributePath::new(CHRONOGRAF),
            TransportConfig::Direct { .. } => settings::URL.path(),
        })
    }

    /// Tokens and cookies are taken without the blanks around them; a password might have some.
    fn with_line_breaks(&self) -> Vec<AttributePath> {
        let passwords = [
            &settings::PASSWORD,
            &settings::SHARED_SECRET,
            &settings::CHRONOGRAF_PASSWORD,
        ]
        .into_iter();
        let has_line_break = |setting: &&Setting| {
            let text = self.text(setting);
            text.is_some_and(|text| text.trim_matches(['\r', '\n']) != text)
        };
        passwords.filter(has_line_break).map(Setting::path).collect()
    }

    /// Whether the configuration asks for Chronograf. An object that sets nothing does not count beside a `url`, since a module
    /// may pass both, one of them null.
    fn goes_through_chronograf(&self) -> bool {
        self.has_chronograf() && (chronograf::sets_anything(self) || !self.sets(&settings::URL))
    }
}

fn transport(sources: Sources<'_>) -> Result<TransportConfig, ConfigurationError> {
    if sources.configuration.goes_through_chronograf() {
        if sources.configuration.sets(&settings::URL) {
            return Err(ConfigurationError {
                attribute: settings::URL.path(),
                detail:
                    "Both `url` and `chronograf` are set. Set `url` to reach Kapacitor directly, or `chronograf` to go \
                         through Chronograf, but not both."
                        .into(),
            });
        }
        return chronograf::transport(sources);
    }
    if let Some(url) = sources.text(&settings::URL) {
        let auth = direct::auth(sources)?;
        return Ok(TransportConfig::Direct { url, auth });
    }
    if sources.text(&settings::CHRONOGRAF_URL).is_some() {
        return chronograf::transport(sources);
    }
    Err(ConfigurationError {
        attribute: AttributePath::root(),
        detail: "Neither `url` nor `chronograf` is set, and neither KAPACITOR_URL nor CHRONOGRAF_URL is in the environment. \
                 Set `url` to the base URL of Kapacitor's HTTP API, such as http://kapacitor:9092, or `chronograf` to go \
                 through Chronograf."
            .into(),
    })
}
