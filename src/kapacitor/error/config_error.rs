//! A setting that cannot work.

/// A setting that cannot work, found without a request.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The URL is not one.
    #[error("the {setting} is not a URL: {reason}")]
    Url {
        /// Which setting.
        setting: UrlSetting,
        /// What is wrong with it.
        reason: String,
    },
    /// The URL has no scheme, such as `kapacitor:9092`.
    #[error("the {setting} has no scheme: write http:// or https:// before the host")]
    NoScheme {
        /// Which setting.
        setting: UrlSetting,
    },
    /// The URL is neither `http` nor `https`. The scheme is not shown: it may be a secret that stands in the wrong place.
    #[error("the {setting} begins neither with http:// nor with https://, and no other scheme is possible")]
    Scheme {
        /// Which setting.
        setting: UrlSetting,
    },
    /// The URL has a query or fragment, which would be lost.
    #[error("the {setting} has a query or a fragment (\"?…\" or \"#…\"); give only scheme, host, port and path")]
    UrlTail {
        /// Which setting.
        setting: UrlSetting,
    },
    /// Credentials both in the URL and beside it.
    #[error("the {setting} carries a user and password, and other credentials are set as well; keep one of the two")]
    TwoCredentials {
        /// Which setting.
        setting: UrlSetting,
    },
    /// A token or cookie that no header can carry.
    #[error("the {setting} has a line break or another control character in it; copy it anew")]
    Credential {
        /// Which setting.
        setting: &'static str,
    },
    /// A header whose name or value HTTP does not allow.
    #[error("\"{name}\" cannot be sent as a header: {reason}")]
    Header {
        /// The header's name.
        name: String,
        /// What is wrong with it; never its value.
        reason: &'static str,
    },
}

impl ConfigError {
    /// The name of the provider's setting that it is about, if it is one outside of the block for Chronograf.
    pub fn setting(&self) -> Option<&'static str> {
        match self {
            ConfigError::Url { setting, .. }
            | ConfigError::NoScheme { setting }
            | ConfigError::Scheme { setting }
            | ConfigError::UrlTail { setting }
            | ConfigError::TwoCredentials { setting } => match setting {
                UrlSetting::Kapacitor => Some("url"),
                UrlSetting::Chronograf => Some("chronograf"),
                UrlSetting::Webhook | UrlSetting::Request => None,
            },
            ConfigError::Header { .. } => Some("headers"),
            ConfigError::Credential { .. } => None,
        }
    }
}

/// A URL that somebody set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UrlSetting {
    /// That of Kapacitor.
    Kapacitor,
    /// That of Chronograf.
    Chronograf,
    /// That of a rule's webhook.
    Webhook,
    /// That of a request, made of one of the first two and a path.
    Request,
}

impl std::fmt::Display for UrlSetting {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            UrlSetting::Kapacitor => "Kapacitor URL (`url`, or KAPACITOR_URL)",
            UrlSetting::Chronograf => "Chronograf URL (`url` under `chronograf`, or CHRONOGRAF_URL)",
            UrlSetting::Webhook => "webhook URL",
            UrlSetting::Request => "URL of the request",
        })
    }
}
