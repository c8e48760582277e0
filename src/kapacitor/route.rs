//! The ways to a Kapacitor: direct, or through a Chronograf.

use tokio::sync::OnceCell;
use url::Url;

use crate::kapacitor::chronograf::Chosen;
use crate::kapacitor::credentials::Credentials;
use crate::kapacitor::error::{CredentialKind, Server, ServerKind};
use crate::kapacitor::superadmin::Superadmin;
use crate::kapacitor::{ChronografAuth, ChronografConfig, ConfigError, KapacitorAuth, Secret, UrlSetting};

/// One of the two ways.
pub(super) enum Route {
    Direct(Box<Direct>),
    Chronograf(Box<Chronograf>),
}

/// Straight to Kapacitor.
pub(super) struct Direct {
    pub base: BaseUrl,
    pub login: Login,
    credentials: CredentialKind,
}

/// Through Chronograf's proxy.
pub(super) struct Chronograf {
    pub base: BaseUrl,
    pub source: Option<String>,
    pub kapacitor: Option<String>,
    pub login: Login,
    credentials: CredentialKind,
    /// What was chosen of what Chronograf has, asked for once.
    pub chosen: OnceCell<Chosen>,
}

/// The ways to log in.
pub(super) enum Login {
    Ready(Credentials),
    Superadmin(Superadmin),
}

/// A server's URL, without credentials and without a slash at its end.
pub(super) struct BaseUrl {
    url: Url,
}

impl Route {
    pub fn direct(url: &str, auth: &KapacitorAuth) -> Result<(Self, Vec<Secret>), ConfigError> {
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

    pub fn chronograf(config: &ChronografConfig) -> Result<(Self, Vec<Secret>), ConfigError> {
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
    pub fn login(&self) -> &Login {
        match self {
            Route::Direct(direct) => &direct.login,
            Route::Chronograf(chronograf) => &chronograf.login,
        }
    }

    /// The server that requests are sent to.
    pub fn server(&self) -> Server {
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

impl BaseUrl {
    /// Takes a setting apart: the URL, and the user and password that it carries.
    fn parse(setting: UrlSetting, text: &str) -> Result<(Self, Option<(String, Secret)>), ConfigError> {
        let text = text.trim();
        if !text.contains("://") {
            return Err(ConfigError::NoScheme { setting });
        }
        let mut url = Url::parse(text).map_err(|error| ConfigError::Url {
            setting,
            reason: error.to_string(),
        })?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(ConfigError::Scheme { setting });
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(ConfigError::UrlTail { setting });
        }
        let user_info = user_info(&url);
        // Neither can fail for http and https, which always have a host.
        let _ = (url.set_username(""), url.set_password(None));
        let path = url.path().trim_end_matches('/').to_owned();
        url.set_path(path.strip_suffix(crate::kapacitor::request::API).unwrap_or(&path));
        Ok((BaseUrl { url }, user_info))
    }

    /// Scheme, host and port: also what a browser calls the origin.
    pub fn address(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The URL of `path_and_query`, which is already encoded, below this one.
    pub fn join(&self, path_and_query: &str) -> Result<Url, ConfigError> {
        let text = format!("{}{path_and_query}", self.url.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|error| ConfigError::Url {
            setting: UrlSetting::Request,
            reason: error.to_string(),
        })
    }

    /// A name of this server that is the same however it is written.
    pub fn key(&self) -> String {
        server_key(&self.url)
    }
}

/// A name of the server at `url` that does not depend on the scheme, the case, a default port written out, or which of the
/// names of this machine is used.
pub(super) fn server_key(url: &Url) -> String {
    let host = match url.host_str().unwrap_or_default() {
        "127.0.0.1" | "[::1]" => "localhost",
        host => host,
    };
    let port = url.port_or_known_default().unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!(
        "{host}:{port}{}",
        path.strip_suffix(crate::kapacitor::request::API).unwrap_or(path)
    )
}

fn user_info(url: &Url) -> Option<(String, Secret)> {
    if url.username().is_empty() && url.password().is_none() {
        return None;
    }
    let decode = |text: &str| {
        percent_encoding::percent_decode_str(text)
            .decode_utf8_lossy()
            .into_owned()
    };
    Some((
        decode(url.username()),
        Secret::new(decode(url.password().unwrap_or_default())),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(url: &str) -> BaseUrl {
        BaseUrl::parse(UrlSetting::Kapacitor, url).unwrap().0
    }

    #[test]
    fn paths_follow_the_base_path_as_they_are() {
        for url in ["http://h:9092/x", "http://h:9092/x/", "http://h:9092/x/kapacitor/v1/"] {
            let joined = base(url).join("/kapacitor/v1/tasks/a%2Fb?pattern=%2A").unwrap();
            assert_eq!(joined.as_str(), "http://h:9092/x/kapacitor/v1/tasks/a%2Fb?pattern=%2A");
        }
    }

    #[test]
    fn one_server_has_one_key() {
        for url in [
            "http://LOCALHOST:80",
            "http://127.0.0.1/",
            "http://u:p@[::1]:80/kapacitor/v1",
        ] {
            assert_eq!(base(url).key(), "localhost:80", "{url}");
        }
        assert_ne!(base("http://h/one").key(), base("http://h/two").key());
    }

    #[test]
    fn user_and_password_leave_the_url() {
        let (base, user_info) = BaseUrl::parse(UrlSetting::Kapacitor, "http://me:p%40ss@h:9092").unwrap();
        assert_eq!(base.join("/x").unwrap().as_str(), "http://h:9092/x");
        assert_eq!(user_info, Some(("me".to_owned(), Secret::new("p@ss"))));
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        let refused = |url| BaseUrl::parse(UrlSetting::Kapacitor, url).err().unwrap();
        for url in ["kapacitor", "localhost:9092", "me:hunter2@kapacitor:9092"] {
            let error = refused(url);
            assert!(matches!(error, ConfigError::NoScheme { .. }), "{error}");
            assert!(
                error.to_string().contains("KAPACITOR_URL") && !error.to_string().contains("hunter2"),
                "{error}"
            );
        }
        let error = refused("hunter2://kapacitor:9092");
        assert!(
            matches!(error, ConfigError::Scheme { .. }) && !error.to_string().contains("hunter2"),
            "{error}"
        );
        assert!(matches!(refused("http://"), ConfigError::Url { .. }));
        assert!(matches!(refused("http://h/?db=x"), ConfigError::UrlTail { .. }));
    }
}
