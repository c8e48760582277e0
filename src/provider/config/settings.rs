//! The table of the provider's settings: each one's name, environment variable, kind, default and documentation.

use crate::kapacitor;
use crate::provider::attributes::{Definition, Given, Kind};
use tf_provider::AttributePath;

/// The setting that holds those of Chronograf.
pub(super) const CHRONOGRAF: &str = "chronograf";

/// One setting.
#[derive(Debug)]
pub(super) struct Setting {
    /// Its name in a configuration.
    pub name: &'static str,
    /// The environment variable that it is taken from if the configuration does not set it.
    pub variable: Option<&'static str>,
    /// What its value is.
    pub kind: SettingKind,
    /// Whether it stands in the object `chronograf`.
    pub of_chronograf: bool,
    is_secret: bool,
    description: &'static str,
}

/// What the value of a setting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SettingKind {
    /// A text.
    Text,
    /// A map of texts.
    TextMap,
    /// A boolean, false if nothing sets it.
    Flag,
    /// A whole number.
    Count {
        /// The smallest that is taken.
        least: u64,
        /// What it is if nothing sets it.
        default: u64,
    },
}

impl Setting {
    const fn new(
        name: &'static str,
        variable: Option<&'static str>,
        kind: SettingKind,
        description: &'static str,
    ) -> Self {
        Setting {
            name,
            variable,
            kind,
            of_chronograf: false,
            is_secret: false,
            description,
        }
    }

    const fn text(name: &'static str, variable: &'static str, description: &'static str) -> Self {
        Self::new(name, Some(variable), SettingKind::Text, description)
    }

    const fn of_chronograf(name: &'static str, variable: &'static str, description: &'static str) -> Self {
        Setting {
            of_chronograf: true,
            ..Self::text(name, variable, description)
        }
    }

    const fn count(
        name: &'static str,
        variable: &'static str,
        (least, default): (u64, u64),
        description: &'static str,
    ) -> Self {
        Self::new(name, Some(variable), SettingKind::Count { least, default }, description)
    }

    const fn secret(self) -> Self {
        Setting {
            is_secret: true,
            ..self
        }
    }

    /// Where it stands in a configuration.
    pub(super) fn path(&self) -> AttributePath {
        match self.of_chronograf {
            true => AttributePath::new(CHRONOGRAF).attribute(self.name),
            false => AttributePath::new(self.name),
        }
    }

    fn definition(&self) -> Definition {
        let mut description = self.description.to_owned();
        if let Some(variable) = self.variable {
            description.push_str(&format!(" Taken from `{variable}` if it is not set."));
        }
        let kind = match self.kind {
            SettingKind::Text => Kind::Text,
            SettingKind::TextMap => Kind::TextMap,
            SettingKind::Flag => {
                description.push_str(" Default: `false`.");
                Kind::Flag
            }
            SettingKind::Count { default, .. } => {
                description.push_str(&format!(" Default: `{default}`."));
                Kind::Count
            }
        };
        let definition = Definition::new(self.name, kind, Given::Optional, description);
        match self.is_secret {
            true => definition.sensitive(),
            false => definition,
        }
    }
}

/// All settings, in the order of the docs.
pub(super) const SETTINGS: [&Setting; 23] = [
    &URL,
    &USERNAME,
    &PASSWORD,
    &SHARED_SECRET,
    &TOKEN,
    &HEADERS,
    &CA_CERT,
    &CLIENT_CERT,
    &CLIENT_KEY,
    &INSECURE_SKIP_VERIFY,
    &TIMEOUT,
    &STOP_TIMEOUT,
    &MAX_RETRIES,
    &LEASE_WAIT,
    &LEASE_DURATION,
    &CHRONOGRAF_URL,
    &CHRONOGRAF_SOURCE,
    &CHRONOGRAF_KAPACITOR,
    &CHRONOGRAF_USERNAME,
    &CHRONOGRAF_PASSWORD,
    &SUPERADMIN_PRIVATE_KEY,
    &CHRONOGRAF_TOKEN,
    &CHRONOGRAF_COOKIE,
];

/// The attributes of the provider's configuration.
pub fn attributes() -> Vec<Definition> {
    let of = |of_chronograf: bool| {
        let settings = SETTINGS
            .into_iter()
            .filter(move |setting| setting.of_chronograf == of_chronograf);
        settings.map(Setting::definition)
    };
    let chronograf = Definition::new(
        CHRONOGRAF,
        Kind::Object(of(true).collect()),
        Given::Optional,
        "Reach Kapacitor through Chronograf's proxy instead of directly.",
    );
    of(false).chain([chronograf]).collect()
}

/// The environment variable of a setting, which stands in the object `chronograf` or outside of it.
pub(crate) fn variable(of_chronograf: bool, name: &str) -> Option<&'static str> {
    let mut settings = SETTINGS.into_iter();
    let setting = settings.find(|setting| setting.of_chronograf == of_chronograf && setting.name == name);
    setting?.variable
}

pub(super) const URL: Setting = Setting::text(
    "url",
    "KAPACITOR_URL",
    "Base URL of Kapacitor's HTTP API, such as `http://kapacitor:9092`; either this or `chronograf` is needed.",
);
pub(super) const USERNAME: Setting = Setting::text(
    "username",
    "SQUADCAST_KAPACITOR_USERNAME",
    "User name for Kapacitor's basic authentication (`[http] auth-enabled`).",
);
pub(super) const PASSWORD: Setting = Setting::text(
    "password",
    "SQUADCAST_KAPACITOR_PASSWORD",
    "Password for Kapacitor's basic authentication.",
)
.secret();
pub(super) const SHARED_SECRET: Setting = Setting::text(
    "shared_secret",
    "SQUADCAST_KAPACITOR_SHARED_SECRET",
    "Kapacitor's `[http] shared-secret`: the provider signs its own short-lived JSON web tokens with it, for the user \
     `username`. Conflicts with `password` and `token`.",
)
.secret();
pub(super) const TOKEN: Setting = Setting::text(
    "token",
    "SQUADCAST_KAPACITOR_TOKEN",
    "A ready bearer token for Kapacitor. Conflicts with `password` and `shared_secret`.",
)
.secret();
pub(super) const HEADERS: Setting = Setting::new(
    "headers",
    None,
    SettingKind::TextMap,
    "Headers added to every request, for a reverse proxy that wants them.",
)
.secret();
pub(super) const CA_CERT: Setting = Setting::text(
    "ca_cert",
    "SQUADCAST_KAPACITOR_CA_CERT",
    "Certificates to trust besides the system's, of authorities or of the server itself: PEM text, its base64, or the path \
     of a PEM file.",
);
pub(super) const CLIENT_CERT: Setting = Setting::text(
    "client_cert",
    "SQUADCAST_KAPACITOR_CLIENT_CERT",
    "Certificate by which the provider identifies itself: PEM text, its base64, or the path of a PEM file. Needs \
     `client_key`.",
);
pub(super) const CLIENT_KEY: Setting = Setting::text(
    "client_key",
    "SQUADCAST_KAPACITOR_CLIENT_KEY",
    "Private key of `client_cert`: PEM text, its base64, or the path of a PEM file.",
)
.secret();
pub(super) const INSECURE_SKIP_VERIFY: Setting = Setting::new(
    "insecure_skip_verify",
    Some("KAPACITOR_UNSAFE_SSL"),
    SettingKind::Flag,
    "Whether to accept any TLS certificate, which lets anybody on the way read and change what is sent.",
);
pub(super) const TIMEOUT: Setting = Setting::count(
    "timeout",
    "SQUADCAST_KAPACITOR_TIMEOUT",
    (1, kapacitor::DEFAULT_TIMEOUT.as_secs()),
    "Longest time for one request, in seconds.",
);
pub(super) const STOP_TIMEOUT: Setting = Setting::count(
    "stop_timeout",
    "SQUADCAST_KAPACITOR_STOP_TIMEOUT",
    (0, kapacitor::DEFAULT_STOP_TIMEOUT.as_secs()),
    "Longest time, in seconds, to wait for a Kapacitor that answers no request about rules because it stops one whose \
     webhook does not answer; 0 does not wait (see [Connect](guides/connecting.md#a-webhook-that-does-not-answer)).",
);
pub(super) const MAX_RETRIES: Setting = Setting::count(
    "max_retries",
    "SQUADCAST_KAPACITOR_MAX_RETRIES",
    (0, kapacitor::DEFAULT_MAX_RETRIES as u64),
    "How often a request that may safely be repeated is repeated after a failed connection or an answer of 429, 502, 503 or \
     504.",
);
pub(super) const LEASE_WAIT: Setting = Setting::count(
    "lease_wait",
    "SQUADCAST_KAPACITOR_LEASE_WAIT",
    (0, kapacitor::DEFAULT_LEASE_WAIT.as_secs()),
    "How long, in seconds, a write waits while somebody else writes to the same Kapacitor (see \
     [Connect](guides/connecting.md#several-applies-at-once)).",
);
pub(super) const LEASE_DURATION: Setting = Setting::count(
    "lease_duration",
    "SQUADCAST_KAPACITOR_LEASE_DURATION",
    (2, kapacitor::DEFAULT_LEASE_DURATION.as_secs()),
    "How long, in seconds, the lease of a provider that was killed keeps others from writing, at least 2.",
);
pub(super) const CHRONOGRAF_URL: Setting = Setting::of_chronograf(
    "url",
    "CHRONOGRAF_URL",
    "Base URL of Chronograf, with its base path if it has one, such as `https://chronograf:8888`.",
);
pub(super) const CHRONOGRAF_SOURCE: Setting = Setting::of_chronograf(
    "source",
    "CHRONOGRAF_SOURCE",
    "Id or name of the InfluxDB connection whose Kapacitor is meant. Default: the only one, or Chronograf's default one.",
);
pub(super) const CHRONOGRAF_KAPACITOR: Setting = Setting::of_chronograf(
    "kapacitor",
    "CHRONOGRAF_KAPACITOR",
    "Id or name of the Kapacitor connection. Default: the only one, or the active one.",
);
pub(super) const CHRONOGRAF_USERNAME: Setting = Setting::of_chronograf(
    "username",
    "CHRONOGRAF_USERNAME",
    "User name for Chronograf's `--htpasswd` file.",
);
pub(super) const CHRONOGRAF_PASSWORD: Setting = Setting::of_chronograf(
    "password",
    "CHRONOGRAF_PASSWORD",
    "Password for Chronograf's `--htpasswd` file.",
)
.secret();
pub(super) const SUPERADMIN_PRIVATE_KEY: Setting = Setting::of_chronograf(
    "superadmin_private_key",
    "CHRONOGRAF_SUPERADMIN_PRIVATE_KEY",
    "RSA private key that signs Chronograf's nonce for a superadmin token: PEM text, its base64, or the path of a PEM file.",
)
.secret();
pub(super) const CHRONOGRAF_TOKEN: Setting =
    Setting::of_chronograf("token", "CHRONOGRAF_TOKEN", "A ready bearer token for Chronograf.").secret();
pub(super) const CHRONOGRAF_COOKIE: Setting = Setting::of_chronograf(
    "cookie",
    "CHRONOGRAF_COOKIE",
    "A ready session cookie for Chronograf, as `session=VALUE`.",
)
.secret();
