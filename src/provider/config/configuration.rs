//! The provider's own configuration: which Kapacitor, and how to reach it.

use crate::kapacitor::{
    self, ChronografAuth, ChronografConfig, ClientConfig, ClientIdentity, KapacitorAuth, LeaseTerms, PemSource, Secret,
    TransportConfig,
};
use crate::provider::attributes::block;
use crate::provider::attributes::count::Count;
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::values::{has_unknown, known, known_entries, Flag, Text, TextMap};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tf_provider::schema::Schema;
use tf_provider::value::Value;
use tf_provider::AttributePath;

/// The longest time for one request, in seconds, where the configuration names none.
const DEFAULT_TIMEOUT_SECONDS: i64 = kapacitor::DEFAULT_TIMEOUT.as_secs() as i64;

/// How long a stop that waits for a webhook is waited for, in seconds, where the configuration says nothing.
const DEFAULT_STOP_TIMEOUT_SECONDS: i64 = kapacitor::DEFAULT_STOP_TIMEOUT.as_secs() as i64;

/// How often a request that may be repeated is, where the configuration says nothing.
const DEFAULT_MAX_RETRIES: i64 = kapacitor::DEFAULT_MAX_RETRIES as i64;

/// How long a write lease that nobody renews lives, in seconds, where the configuration says nothing.
const DEFAULT_LEASE_DURATION_SECONDS: i64 = kapacitor::DEFAULT_LEASE_DURATION.as_secs() as i64;

/// How long a write waits for somebody else's lease, in seconds, where the configuration says nothing.
const DEFAULT_LEASE_WAIT_SECONDS: i64 = kapacitor::DEFAULT_LEASE_WAIT.as_secs() as i64;

/// The configuration as Terraform gives it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Configuration {
    url: Text,
    username: Text,
    password: Text,
    shared_secret: Text,
    token: Text,
    headers: TextMap,
    ca_cert: Text,
    client_cert: Text,
    client_key: Text,
    insecure_skip_verify: Flag,
    timeout: Value<Count>,
    stop_timeout: Value<Count>,
    max_retries: Value<Count>,
    lease_duration: Value<Count>,
    lease_wait: Value<Count>,
    chronograf: Value<Chronograf>,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Chronograf {
    url: Text,
    source: Text,
    kapacitor: Text,
    username: Text,
    password: Text,
    superadmin_private_key: Text,
    token: Text,
    cookie: Text,
}

/// What is wrong with the configuration, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConfigurationError {
    /// The attribute that it is about; the root where one is missing.
    pub attribute: AttributePath,
    /// What happened and what to set; never a value of the configuration.
    pub detail: String,
}

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
    /// Credentials that go over a network without encryption, which deserves a warning too.
    pub in_clear: Option<InClear>,
    /// Secrets that begin or end with a line break, which may not be meant.
    pub with_line_breaks: Vec<AttributePath>,
}

/// Credentials that anybody on the way can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InClear {
    /// The URL that they are sent to.
    pub attribute: AttributePath,
}

/// Reads environment variables; a parameter so that tests need not change the process's own.
pub type Environment<'a> = &'a (dyn Fn(&str) -> Option<String> + Sync);

/// The attributes.
pub fn attributes() -> Vec<Definition> {
    use Given::Optional;
    vec![
        Definition::new("url", Kind::Text, Optional,
            "Base URL of Kapacitor's HTTP API, such as `http://kapacitor:9092`; either this or `chronograf` is needed. Taken from `KAPACITOR_URL` if it is not set."),
        Definition::new("username", Kind::Text, Optional,
            "User name for Kapacitor's basic authentication (`[http] auth-enabled`). Taken from `SQUADCAST_KAPACITOR_USERNAME` if it is not set."),
        Definition::new("password", Kind::Text, Optional,
            "Password for Kapacitor's basic authentication. Taken from `SQUADCAST_KAPACITOR_PASSWORD` if it is not set.").sensitive(),
        Definition::new("shared_secret", Kind::Text, Optional,
            "Kapacitor's `[http] shared-secret`: the provider signs its own short-lived JSON web tokens with it, for the user `username`. Taken from `SQUADCAST_KAPACITOR_SHARED_SECRET` if it is not set. Conflicts with `password` and `token`.").sensitive(),
        Definition::new("token", Kind::Text, Optional,
            "A ready bearer token for Kapacitor. Taken from `SQUADCAST_KAPACITOR_TOKEN` if it is not set. Conflicts with `password` and `shared_secret`.").sensitive(),
        Definition::new("headers", Kind::TextMap, Optional,
            "Headers added to every request, for a reverse proxy that wants them.").sensitive(),
        Definition::new("ca_cert", Kind::Text, Optional,
            "Certificates to trust besides the system's, of authorities or of the server itself: PEM text, its base64, or the path of a PEM file. Taken from `SQUADCAST_KAPACITOR_CA_CERT` if it is not set."),
        Definition::new("client_cert", Kind::Text, Optional,
            "Certificate by which the provider identifies itself: PEM text, its base64, or the path of a PEM file. Needs `client_key`. Taken from `SQUADCAST_KAPACITOR_CLIENT_CERT` if it is not set."),
        Definition::new("client_key", Kind::Text, Optional,
            "Private key of `client_cert`: PEM text, its base64, or the path of a PEM file. Taken from `SQUADCAST_KAPACITOR_CLIENT_KEY` if it is not set.").sensitive(),
        Definition::new("insecure_skip_verify", Kind::Flag, Optional,
            "Whether to accept any TLS certificate, which lets anybody on the way read and change what is sent. Taken from `KAPACITOR_UNSAFE_SSL` if it is not set. Default: `false`."),
        Definition::new("timeout", Kind::Count, Optional,
            format!("Longest time for one request, in seconds. Taken from `SQUADCAST_KAPACITOR_TIMEOUT` if it is not set. Default: `{DEFAULT_TIMEOUT_SECONDS}`.")),
        Definition::new("stop_timeout", Kind::Count, Optional,
            format!("Longest time, in seconds, to wait for a Kapacitor that answers no request about rules because it stops one whose webhook does not answer; 0 does not wait (see [Connect](guides/connecting.md#a-webhook-that-does-not-answer)). Taken from `SQUADCAST_KAPACITOR_STOP_TIMEOUT` if it is not set. Default: `{DEFAULT_STOP_TIMEOUT_SECONDS}`.")),
        Definition::new("max_retries", Kind::Count, Optional,
            format!("How often a request that may safely be repeated is repeated after a failed connection or an answer of 429, 502, 503 or 504. Taken from `SQUADCAST_KAPACITOR_MAX_RETRIES` if it is not set. Default: `{DEFAULT_MAX_RETRIES}`.")),
        Definition::new("lease_wait", Kind::Count, Optional,
            format!("How long, in seconds, a write waits while somebody else writes to the same Kapacitor (see [Connect](guides/connecting.md#several-applies-at-once)). Taken from `SQUADCAST_KAPACITOR_LEASE_WAIT` if it is not set. Default: `{DEFAULT_LEASE_WAIT_SECONDS}`.")),
        Definition::new("lease_duration", Kind::Count, Optional,
            format!("How long, in seconds, the lease of a provider that was killed keeps others from writing, at least 2. Taken from `SQUADCAST_KAPACITOR_LEASE_DURATION` if it is not set. Default: `{DEFAULT_LEASE_DURATION_SECONDS}`.")),
        Definition::new("chronograf", Kind::Object(of_chronograf()), Optional,
            "Reach Kapacitor through Chronograf's proxy instead of directly."),
    ]
}

fn of_chronograf() -> Vec<Definition> {
    use Given::Optional;
    vec![
            Definition::new("url", Kind::Text, Optional,
                "Base URL of Chronograf, with its base path if it has one, such as `https://chronograf:8888`. Taken from `CHRONOGRAF_URL` if it is not set."),
            Definition::new("source", Kind::Text, Optional,
                "Id or name of the InfluxDB connection whose Kapacitor is meant. Default: the only one, or Chronograf's default one. Taken from `CHRONOGRAF_SOURCE` if it is not set."),
            Definition::new("kapacitor", Kind::Text, Optional,
                "Id or name of the Kapacitor connection. Default: the only one, or the active one. Taken from `CHRONOGRAF_KAPACITOR` if it is not set."),
            Definition::new("username", Kind::Text, Optional,
                "User name for Chronograf's `--htpasswd` file. Taken from `CHRONOGRAF_USERNAME` if it is not set."),
            Definition::new("password", Kind::Text, Optional,
                "Password for Chronograf's `--htpasswd` file. Taken from `CHRONOGRAF_PASSWORD` if it is not set.").sensitive(),
            Definition::new("superadmin_private_key", Kind::Text, Optional,
                "RSA private key that signs Chronograf's nonce for a superadmin token: PEM text, its base64, or the path of a PEM file. Taken from `CHRONOGRAF_SUPERADMIN_PRIVATE_KEY` if it is not set.").sensitive(),
            Definition::new("token", Kind::Text, Optional,
                "A ready bearer token for Chronograf. Taken from `CHRONOGRAF_TOKEN` if it is not set.").sensitive(),
            Definition::new("cookie", Kind::Text, Optional,
                "A ready session cookie for Chronograf, as `session=VALUE`. Taken from `CHRONOGRAF_COOKIE` if it is not set.").sensitive(),
    ]
}

/// The schema of the provider's configuration.
pub fn schema() -> Schema {
    Schema {
        version: 0,
        block: block(
            "Manages the alerting of Kapacitor and Chronograf for teams that send their alerts to Squadcast.",
            &attributes(),
            &[],
        ),
    }
}

impl Configuration {
    /// The settings that configuration and environment come to, the configuration first. Makes no request and reads no
    /// file.
    pub fn resolve(&self, environment: Environment<'_>) -> Result<Resolved, ConfigurationError> {
        if self.has_unknown() {
            return Ok(Resolved::NotYetKnown);
        }
        let insecure = self.insecure(environment)?;
        let mut client = ClientConfig::new(self.transport(environment)?);
        client.headers = known_entries(&self.headers)
            .into_iter()
            .map(|(name, value)| (name, Secret::new(value)))
            .collect();
        client.tls.ca_cert = setting(&self.ca_cert, environment, "SQUADCAST_KAPACITOR_CA_CERT")
            .map(|setting| PemSource::from_setting(&setting));
        client.tls.client_identity = self.client_identity(environment)?;
        client.tls.insecure_skip_verify = insecure;
        let in_clear = self.in_clear(&client);
        client.timeout = Duration::from_secs(self.count(
            &self.timeout,
            environment,
            ("timeout", "SQUADCAST_KAPACITOR_TIMEOUT"),
            1,
            DEFAULT_TIMEOUT_SECONDS,
        )?);
        client.stop_timeout = Duration::from_secs(self.count(
            &self.stop_timeout,
            environment,
            ("stop_timeout", "SQUADCAST_KAPACITOR_STOP_TIMEOUT"),
            0,
            DEFAULT_STOP_TIMEOUT_SECONDS,
        )?);
        client.max_retries = self
            .count(
                &self.max_retries,
                environment,
                ("max_retries", "SQUADCAST_KAPACITOR_MAX_RETRIES"),
                0,
                DEFAULT_MAX_RETRIES,
            )?
            .try_into()
            .unwrap_or(u32::MAX);
        client.lease = Some(self.lease(environment)?);
        Ok(Resolved::Known(Box::new(Settings {
            client,
            insecure,
            in_clear,
            with_line_breaks: self.with_line_breaks(),
        })))
    }

    fn in_clear(&self, client: &ClientConfig) -> Option<InClear> {
        if !client.sends_credentials_in_clear() {
            return None;
        }
        let attribute = match (&client.transport, self.through()) {
            (TransportConfig::Chronograf(_), Some(_)) => in_chronograf("url"),
            (TransportConfig::Chronograf(_), None) => AttributePath::new("chronograf"),
            (TransportConfig::Direct { .. }, _) => AttributePath::new("url"),
        };
        Some(InClear { attribute })
    }

    /// Tokens and cookies are taken without the blanks around them; a password might have some.
    fn with_line_breaks(&self) -> Vec<AttributePath> {
        let own = [("password", &self.password), ("shared_secret", &self.shared_secret)]
            .map(|(name, secret)| (AttributePath::new(name), secret));
        let of_chronograf = self
            .through()
            .map(|chronograf| (in_chronograf("password"), &chronograf.password));
        own.into_iter()
            .chain(of_chronograf)
            .filter(|(_, secret)| known(secret).is_some_and(|text| text.trim_matches(['\r', '\n']) != text))
            .map(|(attribute, _)| attribute)
            .collect()
    }

    fn lease(&self, environment: Environment<'_>) -> Result<LeaseTerms, ConfigurationError> {
        let duration = self.count(
            &self.lease_duration,
            environment,
            ("lease_duration", "SQUADCAST_KAPACITOR_LEASE_DURATION"),
            2,
            DEFAULT_LEASE_DURATION_SECONDS,
        )?;
        let wait = self.count(
            &self.lease_wait,
            environment,
            ("lease_wait", "SQUADCAST_KAPACITOR_LEASE_WAIT"),
            0,
            DEFAULT_LEASE_WAIT_SECONDS,
        )?;
        Ok(LeaseTerms {
            duration: Duration::from_secs(duration),
            wait: Duration::from_secs(wait),
        })
    }

    fn has_unknown(&self) -> bool {
        let texts = [
            &self.url,
            &self.username,
            &self.password,
            &self.shared_secret,
            &self.token,
            &self.ca_cert,
            &self.client_cert,
            &self.client_key,
        ];
        let chronograf_unknown = match &self.chronograf {
            Value::Unknown => true,
            Value::Null => false,
            Value::Value(chronograf) => chronograf.has_unknown(),
        };
        texts.into_iter().any(Value::is_unknown)
            || has_unknown(&self.headers)
            || self.insecure_skip_verify.is_unknown()
            || self.timeout.is_unknown()
            || self.stop_timeout.is_unknown()
            || self.max_retries.is_unknown()
            || self.lease_duration.is_unknown()
            || self.lease_wait.is_unknown()
            || chronograf_unknown
    }

    fn transport(&self, environment: Environment<'_>) -> Result<TransportConfig, ConfigurationError> {
        if let Some(chronograf) = self.through() {
            if is_set(&self.url) {
                return Err(ConfigurationError {
                    attribute: AttributePath::new("url"),
                    detail: "Both `url` and `chronograf` are set. Set `url` to reach Kapacitor directly, or \
                             `chronograf` to go through Chronograf, but not both."
                        .into(),
                });
            }
            return self.through_chronograf(chronograf, environment);
        }
        if let Some(url) = setting(&self.url, environment, "KAPACITOR_URL") {
            let auth = self.kapacitor_auth(environment)?;
            return Ok(TransportConfig::Direct { url, auth });
        }
        if environment("CHRONOGRAF_URL").is_some_and(|url| !url.is_empty()) {
            return self.through_chronograf(&Chronograf::default(), environment);
        }
        Err(ConfigurationError {
            attribute: AttributePath::root(),
            detail: "Neither `url` nor `chronograf` is set, and neither KAPACITOR_URL nor CHRONOGRAF_URL is in \
                     the environment. Set `url` to the base URL of Kapacitor's HTTP API, such as \
                     http://kapacitor:9092, or `chronograf` to go through Chronograf."
                .into(),
        })
    }

    /// Chronograf does not pass credentials on, so those for Kapacitor would be lost without a word.
    fn through_chronograf(
        &self,
        chronograf: &Chronograf,
        environment: Environment<'_>,
    ) -> Result<TransportConfig, ConfigurationError> {
        let of_kapacitor = [
            ("username", &self.username),
            ("password", &self.password),
            ("shared_secret", &self.shared_secret),
            ("token", &self.token),
        ];
        if let Some((name, _)) = of_kapacitor.into_iter().find(|(_, setting)| is_set(setting)) {
            return Err(missing(
                name,
                format!(
                    "`{name}` outside of `chronograf` is for Kapacitor itself, but requests go through \
                     Chronograf, which uses the credentials of its own connection to Kapacitor instead. Remove `{name}`; \
                     what Chronograf wants, such as `username` and `password`, is set in `chronograf`."
                ),
            ));
        }
        chronograf.transport(environment)
    }

    /// The attribute `chronograf`; one that sets nothing does not count beside a `url`, since a module may pass both, one of them null.
    fn through(&self) -> Option<&Chronograf> {
        let Value::Value(chronograf) = &self.chronograf else {
            return None;
        };
        Some(chronograf).filter(|chronograf| chronograf.sets_anything() || !is_set(&self.url))
    }

    fn kapacitor_auth(&self, environment: Environment<'_>) -> Result<KapacitorAuth, ConfigurationError> {
        // A way that the configuration names is not mixed with another one of the environment.
        let named = [&self.password, &self.shared_secret, &self.token]
            .into_iter()
            .any(is_set);
        let users = if is_set(&self.token) { NOTHING } else { environment };
        let username = setting(&self.username, users, "SQUADCAST_KAPACITOR_USERNAME");
        let environment = if named { NOTHING } else { environment };
        let password = setting(&self.password, environment, "SQUADCAST_KAPACITOR_PASSWORD").map(Secret::new);
        let secret = setting(&self.shared_secret, environment, "SQUADCAST_KAPACITOR_SHARED_SECRET").map(Secret::new);
        let token = setting(&self.token, environment, "SQUADCAST_KAPACITOR_TOKEN").map(|token| bearer_token(&token));
        match (username, password, secret, token) {
            (None, None, None, None) => Ok(KapacitorAuth::None),
            (None, None, None, Some(token)) => Ok(KapacitorAuth::Bearer(token)),
            (Some(username), None, Some(secret), None) => Ok(KapacitorAuth::SharedSecret { username, secret }),
            (Some(username), Some(password), None, None) => Ok(KapacitorAuth::Basic { username, password }),
            (None, _, Some(_), None) => Err(missing(
                "username",
                "`shared_secret` is set without `username`: Kapacitor's tokens name a user. Set `username`.",
            )),
            (None, Some(_), None, None) => Err(missing(
                "username",
                "`password` is set without `username`. Set both, or neither.",
            )),
            (Some(_), None, None, None) => Err(missing(
                "password",
                "`username` is set without `password`. Set both, or neither.",
            )),
            _ => Err(missing(
                "token",
                "More than one way of authenticating is set, in the configuration or as SQUADCAST_KAPACITOR_… in the \
                 environment. Set one of `username` with `password`, `username` with `shared_secret`, and `token`.",
            )),
        }
    }

    fn client_identity(&self, environment: Environment<'_>) -> Result<Option<ClientIdentity>, ConfigurationError> {
        let certificate = setting(&self.client_cert, environment, "SQUADCAST_KAPACITOR_CLIENT_CERT");
        let key = setting(&self.client_key, environment, "SQUADCAST_KAPACITOR_CLIENT_KEY");
        match (certificate, key) {
            (None, None) => Ok(None),
            (Some(certificate), Some(key)) => Ok(Some(ClientIdentity {
                certificate: PemSource::from_setting(&certificate),
                private_key: PemSource::from_setting(&key),
            })),
            (Some(_), None) => Err(missing(
                "client_key",
                "`client_cert` is set without `client_key`. Set both, or neither.",
            )),
            (None, Some(_)) => Err(missing(
                "client_cert",
                "`client_key` is set without `client_cert`. Set both, or neither.",
            )),
        }
    }

    fn insecure(&self, environment: Environment<'_>) -> Result<bool, ConfigurationError> {
        if let Value::Value(insecure) = self.insecure_skip_verify {
            return Ok(insecure);
        }
        match environment("KAPACITOR_UNSAFE_SSL").as_deref() {
            None | Some("") => Ok(false),
            Some(word) => boolean(word).ok_or_else(|| {
                missing(
                    "insecure_skip_verify",
                    "The environment variable KAPACITOR_UNSAFE_SSL is not a boolean. Set it to `true` or `false`.",
                )
            }),
        }
    }

    fn count(
        &self,
        configured: &Value<Count>,
        environment: Environment<'_>,
        (name, variable): (&'static str, &str),
        least: i64,
        default: i64,
    ) -> Result<u64, ConfigurationError> {
        let (source, wanted) = match configured {
            Value::Value(count) => (format!("`{name}`"), count.whole()),
            _ => match environment(variable).filter(|text| !text.is_empty()) {
                None => (format!("`{name}`"), Some(default)),
                Some(text) => (
                    format!("The environment variable {variable}, which stands for `{name}`,"),
                    text.trim().parse().ok(),
                ),
            },
        };
        wanted
            .filter(|count| *count >= least)
            .and_then(|count| u64::try_from(count).ok())
            .ok_or_else(|| {
                missing(
                    name,
                    format!(
                        "{source} must be a whole number of at least {least}, without a unit and without a fraction."
                    ),
                )
            })
    }
}

impl Chronograf {
    fn texts(&self) -> [&Text; 8] {
        [
            &self.url,
            &self.source,
            &self.kapacitor,
            &self.username,
            &self.password,
            &self.superadmin_private_key,
            &self.token,
            &self.cookie,
        ]
    }

    fn has_unknown(&self) -> bool {
        self.texts().into_iter().any(Value::is_unknown)
    }

    fn sets_anything(&self) -> bool {
        self.texts().into_iter().any(is_set)
    }

    fn transport(&self, environment: Environment<'_>) -> Result<TransportConfig, ConfigurationError> {
        let Some(url) = setting(&self.url, environment, "CHRONOGRAF_URL") else {
            return Err(ConfigurationError {
                attribute: in_chronograf("url"),
                detail: "`chronograf` has no `url`, and CHRONOGRAF_URL is not in the environment. Set one of \
                         them to Chronograf's base URL, such as http://chronograf:8888."
                    .into(),
            });
        };
        Ok(TransportConfig::Chronograf(ChronografConfig {
            url,
            source: setting(&self.source, environment, "CHRONOGRAF_SOURCE"),
            kapacitor: setting(&self.kapacitor, environment, "CHRONOGRAF_KAPACITOR"),
            auth: self.auth(environment)?,
        }))
    }

    fn auth(&self, environment: Environment<'_>) -> Result<ChronografAuth, ConfigurationError> {
        // A way that the configuration names is not mixed with another one of the environment.
        let tokens = [&self.superadmin_private_key, &self.token, &self.cookie];
        let (by_token, by_password) = (
            tokens.into_iter().any(is_set),
            is_set(&self.username) || is_set(&self.password),
        );
        let passwords = if by_token { NOTHING } else { environment };
        let username = setting(&self.username, passwords, "CHRONOGRAF_USERNAME");
        let password = setting(&self.password, passwords, "CHRONOGRAF_PASSWORD").map(Secret::new);
        let environment = if by_token || by_password { NOTHING } else { environment };
        let key = setting(
            &self.superadmin_private_key,
            environment,
            "CHRONOGRAF_SUPERADMIN_PRIVATE_KEY",
        );
        let token = setting(&self.token, environment, "CHRONOGRAF_TOKEN").map(|token| bearer_token(&token));
        let cookie = setting(&self.cookie, environment, "CHRONOGRAF_COOKIE").map(|cookie| Secret::new(cookie.trim()));
        match (username, password, key, token, cookie) {
            (None, None, None, None, None) => Ok(ChronografAuth::None),
            (Some(username), Some(password), None, None, None) => Ok(ChronografAuth::Basic { username, password }),
            (None, None, Some(key), None, None) => Ok(ChronografAuth::SuperadminToken {
                private_key: PemSource::from_setting(&key),
            }),
            (None, None, None, Some(token), None) => Ok(ChronografAuth::Bearer(token)),
            (None, None, None, None, Some(cookie)) => Ok(ChronografAuth::Cookie(cookie)),
            (Some(_), None, ..) => Err(ConfigurationError {
                attribute: in_chronograf("password"),
                detail: "`username` is set without `password`. Set both, or neither.".into(),
            }),
            (None, Some(_), ..) => Err(ConfigurationError {
                attribute: in_chronograf("username"),
                detail: "`password` is set without `username`. Set both, or neither.".into(),
            }),
            _ => Err(ConfigurationError {
                attribute: AttributePath::new("chronograf"),
                detail:
                    "More than one way of authenticating is set, in `chronograf` or as CHRONOGRAF_… in the environment. \
                         Set one of `username` with `password`, `superadmin_private_key`, `token` and `cookie`."
                        .into(),
            }),
        }
    }
}

fn in_chronograf(name: &'static str) -> AttributePath {
    AttributePath::new("chronograf").attribute(name)
}

fn missing(name: &'static str, detail: impl Into<String>) -> ConfigurationError {
    ConfigurationError {
        attribute: AttributePath::new(name),
        detail: detail.into(),
    }
}

/// The configured text, else the environment's; an empty one counts as not set, as the kapacitor command takes it.
fn setting(configured: &Text, environment: Environment<'_>, variable: &str) -> Option<String> {
    known(configured)
        .map(str::to_owned)
        .or_else(|| environment(variable))
        .filter(|text| !text.is_empty())
}

/// Whether the configuration says something; an empty text does not.
fn is_set(configured: &Text) -> bool {
    known(configured).is_some_and(|text| !text.is_empty())
}

/// A token as people copy it: with a line break at its end, or with the word that stands before it in the header.
fn bearer_token(given: &str) -> Secret {
    let token = given.trim();
    let rest = match token.get(.."Bearer ".len()) {
        Some(word) if word.eq_ignore_ascii_case("Bearer ") => &token["Bearer ".len()..],
        _ => token,
    };
    Secret::new(rest.trim_start())
}

/// An environment without variables.
const NOTHING: Environment<'static> = &|_| None;

/// The words that Go's `strconv.ParseBool`, and so the kapacitor command, takes for booleans.
fn boolean(word: &str) -> Option<bool> {
    match word {
        "1" | "t" | "T" | "true" | "TRUE" | "True" => Some(true),
        "0" | "f" | "F" | "false" | "FALSE" | "False" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Text {
        Value::Value(text.into())
    }

    fn nothing(_: &str) -> Option<String> {
        None
    }

    fn resolved(configuration: &Configuration, environment: Environment<'_>) -> ClientConfig {
        match configuration.resolve(environment) {
            Ok(Resolved::Known(settings)) => settings.client,
            Ok(Resolved::NotYetKnown) => panic!("the configuration is not known"),
            Err(error) => panic!("{}", error.detail),
        }
    }

    fn refused(configuration: &Configuration, environment: Environment<'_>) -> ConfigurationError {
        match configuration.resolve(environment) {
            Err(error) => error,
            Ok(_) => panic!("the configuration was taken"),
        }
    }

    #[test]
    fn the_configuration_comes_before_the_environment() {
        let environment = |variable: &str| (variable == "KAPACITOR_URL").then(|| "http://environment:9092".to_owned());
        let configuration = Configuration {
            url: text("http://configured:9092"),
            ..Configuration::default()
        };
        let url_of = |client: ClientConfig| match client.transport {
            TransportConfig::Direct { url, .. } => url,
            TransportConfig::Chronograf(_) => panic!("through Chronograf"),
        };
        assert_eq!(url_of(resolved(&configuration, &environment)), "http://configured:9092");
        assert_eq!(
            url_of(resolved(&Configuration::default(), &environment)),
            "http://environment:9092"
        );
    }

    #[test]
    fn nothing_set_says_what_to_set() {
        let error = refused(&Configuration::default(), &nothing);
        for word in ["`url`", "chronograf", "KAPACITOR_URL", "CHRONOGRAF_URL"] {
            assert!(error.detail.contains(word), "{}", error.detail);
        }
    }

    #[test]
    fn an_unknown_value_anywhere_is_not_yet_known() {
        let configurations = [
            Configuration {
                url: Value::Unknown,
                ..Configuration::default()
            },
            Configuration {
                url: text("http://kapacitor:9092"),
                headers: Value::Value([("X".to_owned(), Value::Unknown)].into()),
                ..Configuration::default()
            },
            Configuration {
                chronograf: Value::Value(Chronograf {
                    url: Value::Unknown,
                    ..Chronograf::default()
                }),
                ..Configuration::default()
            },
        ];
        for configuration in configurations {
            assert!(matches!(configuration.resolve(&nothing), Ok(Resolved::NotYetKnown)));
        }
    }

    #[test]
    fn contradictory_settings_name_the_attribute_and_no_secret() {
        let with_url = || Configuration {
            url: text("http://kapacitor:9092"),
            ..Configuration::default()
        };
        let cases = [
            (
                "password",
                Configuration {
                    username: text("u"),
                    ..with_url()
                },
            ),
            (
                "username",
                Configuration {
                    password: text("hunter2"),
                    ..with_url()
                },
            ),
            (
                "token",
                Configuration {
                    username: text("u"),
                    password: text("hunter2"),
                    token: text("hunter2"),
                    ..with_url()
                },
            ),
            (
                "client_key",
                Configuration {
                    client_cert: text("cert.pem"),
                    ..with_url()
                },
            ),
            (
                "timeout",
                Configuration {
                    timeout: Value::Value(Count::from(0)),
                    ..with_url()
                },
            ),
            (
                "url",
                Configuration {
                    chronograf: Value::Value(Chronograf {
                        url: text("http://chronograf:8888"),
                        ..Chronograf::default()
                    }),
                    ..with_url()
                },
            ),
        ];
        for (attribute, configuration) in cases {
            let error = refused(&configuration, &nothing);
            assert_eq!(error.attribute, AttributePath::new(attribute), "{}", error.detail);
            assert!(!error.detail.contains("hunter2"), "{}", error.detail);
        }
    }

    /// A module passes both of two alternatives, one of them null or empty.
    #[test]
    fn an_alternative_that_is_null_or_empty_does_not_count() {
        let block = |url: Text| {
            Value::Value(Chronograf {
                url,
                ..Chronograf::default()
            })
        };
        for nothing_given in [Value::Null, text("")] {
            let direct = Configuration {
                url: text("http://kapacitor:9092"),
                username: text("u"),
                password: text("p"),
                shared_secret: nothing_given.clone(),
                token: nothing_given.clone(),
                client_cert: nothing_given.clone(),
                client_key: nothing_given.clone(),
                chronograf: block(nothing_given.clone()),
                ..Configuration::default()
            };
            let transport = resolved(&direct, &nothing).transport;
            assert!(matches!(
                transport,
                TransportConfig::Direct {
                    auth: KapacitorAuth::Basic { .. },
                    ..
                }
            ));
            let through_chronograf = Configuration {
                url: nothing_given.clone(),
                username: nothing_given.clone(),
                chronograf: block(text("http://chronograf:8888")),
                ..Configuration::default()
            };
            let transport = resolved(&through_chronograf, &nothing).transport;
            assert!(matches!(transport, TransportConfig::Chronograf(_)));
        }
        let unknown = Configuration {
            url: Value::Unknown,
            chronograf: block(text("http://chronograf:8888")),
            ..Configuration::default()
        };
        assert!(matches!(unknown.resolve(&nothing), Ok(Resolved::NotYetKnown)));
    }

    fn settings_of(configuration: &Configuration) -> Settings {
        match configuration.resolve(&nothing) {
            Ok(Resolved::Known(settings)) => *settings,
            _ => panic!("the configuration was not taken"),
        }
    }

    #[test]
    fn credentials_in_clear_are_told_of_where_there_are_some_and_another_machine() {
        let with = |url: &str, change: fn(&mut Configuration)| {
            let mut configuration = Configuration {
                url: text(url),
                ..Configuration::default()
            };
            change(&mut configuration);
            settings_of(&configuration).in_clear.map(|told| told.attribute)
        };
        let password: fn(&mut Configuration) = |configuration| {
            configuration.username = text("u");
            configuration.password = text("p");
        };
        let token: fn(&mut Configuration) = |configuration| configuration.token = text("t");
        let signed: fn(&mut Configuration) = |configuration| {
            configuration.username = text("u");
            configuration.shared_secret = text("s");
        };
        let headers: fn(&mut Configuration) =
            |configuration| configuration.headers = Value::Value([("X-Key".to_owned(), text("k"))].into());
        let url = Some(AttributePath::new("url"));
        for change in [password, token, signed, headers] {
            assert_eq!(with("http://kapacitor:9092", change), url);
            assert_eq!(with("http://10.0.0.7:9092", change), url);
            for safe in [
                "https://kapacitor:9092",
                "http://localhost:9092",
                "http://127.0.0.1:9092",
                "http://[::1]:9092",
            ] {
                assert_eq!(with(safe, change), None, "{safe}");
            }
        }
        assert_eq!(with("http://u:p@kapacitor:9092", |_| {}), url);
        assert_eq!(with("http://kapacitor:9092", |_| {}), None);
        let chronograf = |url: &str, cookie: Text| Configuration {
            chronograf: Value::Value(Chronograf {
                url: text(url),
                cookie,
                ..Chronograf::default()
            }),
            ..Configuration::default()
        };
        let told = settings_of(&chronograf("http://chronograf:8888", text("session=a"))).in_clear;
        assert_eq!(told.map(|told| told.attribute), Some(in_chronograf("url")));
        assert_eq!(
            settings_of(&chronograf("http://chronograf:8888", Value::Null)).in_clear,
            None
        );
    }

    #[test]
    fn a_token_is_taken_as_people_copy_it() {
        for copied in [
            "abc.def",
            " abc.def\n",
            "Bearer abc.def",
            "bearer  abc.def\r\n",
            "BEARER abc.def",
        ] {
            let configuration = Configuration {
                url: text("http://kapacitor:9092"),
                token: text(copied),
                ..Configuration::default()
            };
            let TransportConfig::Direct { auth, .. } = resolved(&configuration, &nothing).transport else {
                panic!("through Chronograf");
            };
            assert!(
                matches!(&auth, KapacitorAuth::Bearer(token) if token.expose() == "abc.def"),
                "{copied:?}"
            );
        }
    }

    #[test]
    fn a_secret_with_a_line_break_at_its_end_is_used_and_told_of() {
        let configuration = |password: &str| Configuration {
            url: text("http://localhost:9092"),
            username: text("u"),
            password: text(password),
            ..Configuration::default()
        };
        assert_eq!(
            settings_of(&configuration("hunter2\n")).with_line_breaks,
            [AttributePath::new("password")]
        );
        assert!(settings_of(&configuration("hunter 2")).with_line_breaks.is_empty());
    }

    #[test]
    fn a_number_that_is_none_names_where_it_comes_from() {
        let configuration = Configuration {
            url: text("http://kapacitor:9092"),
            ..Configuration::default()
        };
        for (variable, attribute) in [
            ("SQUADCAST_KAPACITOR_TIMEOUT", "timeout"),
            ("SQUADCAST_KAPACITOR_MAX_RETRIES", "max_retries"),
        ] {
            let environment = |name: &str| (name == variable).then(|| "30s".to_owned());
            let error = refused(&configuration, &environment);
            assert_eq!(error.attribute, AttributePath::new(attribute));
            assert!(
                error.detail.contains(variable) && error.detail.contains("without a unit"),
                "{}",
                error.detail
            );
        }
        let fraction = Configuration {
            timeout: Value::Value(serde_json::from_str("1.5").unwrap()),
            ..configuration
        };
        let error = refused(&fraction, &nothing);
        assert_eq!(error.attribute, AttributePath::new("timeout"));
        assert!(error.detail.contains("whole number"), "{}", error.detail);
    }

    #[test]
    fn a_way_of_authenticating_is_not_mixed_with_another_of_the_environment() {
        let environment = |variable: &str| match variable {
            "KAPACITOR_URL" => Some("http://kapacitor:9092".to_owned()),
            "SQUADCAST_KAPACITOR_USERNAME" | "SQUADCAST_KAPACITOR_PASSWORD" => Some("environment".to_owned()),
            "CHRONOGRAF_COOKIE" => Some("session=environment".to_owned()),
            _ => None,
        };
        let by_token = Configuration {
            token: text("configured"),
            ..Configuration::default()
        };
        let TransportConfig::Direct { auth, .. } = resolved(&by_token, &environment).transport else {
            panic!("through Chronograf");
        };
        assert!(matches!(auth, KapacitorAuth::Bearer(_)), "{auth:?}");

        let by_password = Configuration {
            chronograf: Value::Value(Chronograf {
                url: text("http://chronograf:8888"),
                username: text("u"),
                password: text("p"),
                ..Chronograf::default()
            }),
            ..Configuration::default()
        };
        let TransportConfig::Chronograf(chronograf) = resolved(&by_password, &environment).transport else {
            panic!("straight to Kapacitor");
        };
        assert!(
            matches!(chronograf.auth, ChronografAuth::Basic { .. }),
            "{chronograf:?}"
        );
    }

    #[test]
    fn credentials_of_kapacitor_are_refused_beside_chronograf() {
        let configuration = Configuration {
            token: text("hunter2"),
            chronograf: Value::Value(Chronograf {
                url: text("http://chronograf:8888"),
                ..Chronograf::default()
            }),
            ..Configuration::default()
        };
        let error = refused(&configuration, &nothing);
        assert_eq!(error.attribute, AttributePath::new("token"));
        assert!(!error.detail.contains("hunter2"), "{}", error.detail);
    }

    #[test]
    fn unsafe_ssl_is_read_as_the_kapacitor_command_reads_it() {
        let configuration = Configuration {
            url: text("https://kapacitor:9092"),
            ..Configuration::default()
        };
        for (word, expected) in [("true", true), ("1", true), ("F", false), ("", false)] {
            let environment = |variable: &str| (variable == "KAPACITOR_UNSAFE_SSL").then(|| word.to_owned());
            assert_eq!(
                resolved(&configuration, &environment).tls.insecure_skip_verify,
                expected,
                "{word}"
            );
        }
        let environment = |variable: &str| (variable == "KAPACITOR_UNSAFE_SSL").then(|| "perhaps".to_owned());
        assert_eq!(
            refused(&configuration, &environment).attribute,
            AttributePath::new("insecure_skip_verify")
        );
    }
}
