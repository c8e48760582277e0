//! The ways to a Kapacitor: direct, or through a Chronograf.

pub(in crate::kapacitor) mod base_url;
pub(in crate::kapacitor) mod chronograf;

use tokio::sync::OnceCell;

use crate::kapacitor::config::{ChronografAuth, ChronografConfig, KapacitorAuth};
use crate::kapacitor::error::{ConfigError, UrlSetting};
use crate::kapacitor::error::{CredentialKind, Server, ServerKind};
use crate::kapacitor::transport::auth::credentials::Credentials;
use crate::kapacitor::transport::auth::superadmin::Superadmin;
use crate::kapacitor::transport::route::base_url::BaseUrl;
use crate::kapacitor::transport::route::chronograf::Chosen;
use crate::secret::Secret;

/// One of the two ways.
pub(in crate::kapacitor) enum Route {
    Direct(Box<Direct>),
    Chronograf(Box<Chronograf>),
}

/// Straight to Kapacitor.
pub(in crate::kapacitor) struct Direct {
    pub base: BaseUrl,
    pub login: Login,
    credentials: CredentialKind,
}

/// Through Chronograf's proxy.
pub(in crate::kapacitor) struct Chronograf {
    pub base: BaseUrl,
    pub source: Option<String>,
    pub kapacitor: Option<String>,
    pub login: Login,
    credentials: CredentialKind,
    /// What was chosen of what Chronograf has, asked for once.
    pub chosen: OnceCell<Chosen>,
}

/// The ways to log in.
pub(in crate::kapacitor) enum Login {
    Ready(Credentials),
    Superadmin(Superadmin),
}

impl Route {
    pub(crate) fn direct(url: &str, auth: &KapacitorAuth) -> Result<(Self, Vec<Secret>), ConfigError> {
        let (base, user_info) = BaseUrl::parse(UrlSetting::Kapacitor, url)?;
        let auth = match (user_info, auth) {
            (None, auth) => auth.clone(),
            (Some((username, password)), KapacitorAuth::None) => KapacitorAuth::Basic { username, password },
            (Some(_), _) => {
                return Err(ConfigError::TwoCredentials {
                    setting: UrlSetting::Kapacitor,
                })
            }
        };
        let secrets = match &auth {
            KapacitorAuth::None => vec![],
            KapacitorAuth::Basic { password, .. } => vec![password.clone()],
            KapacitorAuth::SharedSecret { secret, .. } => vec![secret.clone()],
            KapacitorAuth::Bearer(token) => vec![token.clone()],
        };
        Ok((
            Route::Direct(Box::new(Direct {
                base,
                login: Login::Ready(Credentials::of_kapacitor(&auth)?),
                credentials: kind_of(&auth),
            })),
            secrets,
        ))
    }

    pub(crate) fn chronograf(config: &ChronografConfig) -> Result<(Self, Vec<Secret>), ConfigError> {
        let (base, user_info) = BaseUrl::parse(UrlSetting::Chronograf, &config.url)?;
        let auth = match (user_info, &config.auth) {
            (None, auth) => auth.clone(),
            (Some((username, password)), ChronografAuth::None) => ChronografAuth::Basic { username, password },
            (Some(_), _) => {
                return Err(ConfigError::TwoCredentials {
                    setting: UrlSetting::Chronograf,
                })
            }
        };
        let secrets = match &auth {
            ChronografAuth::None | ChronografAuth::SuperadminToken { .. } => vec![],
            ChronografAuth::Basic { password, .. } => vec![password.clone()],
            ChronografAuth::Bearer(token) | ChronografAuth::Cookie(token) => vec![token.clone()],
        };
        let credentials = kind_of_chronograf(&auth);
        let login = match auth {
            ChronografAuth::SuperadminToken { private_key } => Login::Superadmin(Superadmin::new(private_key)),
            auth => Login::Ready(Credentials::of_chronograf(&auth, &base.address())?),
        };
        let (source, kapacitor) = (config.source.clone(), config.kapacitor.clone());
        Ok((
            Route::Chronograf(Box::new(Chronograf {
                base,
                source,
                kapacitor,
                login,
                credentials,
                chosen: OnceCell::new(),
            })),
            secrets,
        ))
    }

    /// How the server is told who asks.
    pub(crate) fn login(&self) -> &Login {
        match self {
            Route::Direct(direct) => &direct.login,
            Route::Chronograf(chronograf) => &chronograf.login,
        }
    }

    /// The server that requests are sent to.
    pub(crate) fn server(&self) -> Server {
        match self {
            Route::Direct(direct) => Server {
                address: direct.base.address(),
                kind: ServerKind::Kapacitor,
                credentials: direct.credentials,
            },
            Route::Chronograf(chronograf) => Server {
                address: chronograf.base.address(),
                kind: ServerKind::Chronograf,
                credentials: chronograf.credentials,
            },
        }
    }
}

fn kind_of(auth: &KapacitorAuth) -> CredentialKind {
    match auth {
        KapacitorAuth::None => CredentialKind::None,
        KapacitorAuth::Basic { .. } => CredentialKind::Password,
        KapacitorAuth::SharedSecret { .. } => CredentialKind::SharedSecret,
        KapacitorAuth::Bearer(_) => CredentialKind::Token,
    }
}

fn kind_of_chronograf(auth: &ChronografAuth) -> CredentialKind {
    match auth {
        ChronografAuth::None => CredentialKind::None,
        ChronografAuth::Basic { .. } => CredentialKind::Password,
        ChronografAuth::SuperadminToken { .. } => CredentialKind::Superadmin,
        ChronografAuth::Bearer(_) => CredentialKind::Token,
        ChronografAuth::Cookie(_) => CredentialKind::Cookie,
    }
}
