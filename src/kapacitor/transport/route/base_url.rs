//! The URL of a server.

use url::Url;

use crate::kapacitor::error::{ConfigError, UrlSetting};
use crate::kapacitor::transport::request::API;
use crate::secret::Secret;

/// A server's URL, without credentials and without a slash at its end.
pub(in crate::kapacitor) struct BaseUrl {
    url: Url,
}

impl BaseUrl {
    /// Takes a setting apart: the URL, and the user and password that it carries.
    pub(crate) fn parse(setting: UrlSetting, text: &str) -> Result<(Self, Option<(String, Secret)>), ConfigError> {
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
        url.set_path(path.strip_suffix(API).unwrap_or(&path));
        Ok((BaseUrl { url }, user_info))
    }

    /// Scheme, host and port: also what a browser calls the origin.
    pub(crate) fn address(&self) -> String {
        self.url.origin().ascii_serialization()
    }

    /// The URL of `path_and_query`, which is already encoded, below this one.
    pub(crate) fn join(&self, path_and_query: &str) -> Result<Url, ConfigError> {
        let text = format!("{}{path_and_query}", self.url.as_str().trim_end_matches('/'));
        Url::parse(&text).map_err(|error| ConfigError::Url {
            setting: UrlSetting::Request,
            reason: error.to_string(),
        })
    }

    /// A name of this server that is the same however it is written.
    pub(crate) fn key(&self) -> String {
        server_key(&self.url)
    }
}

/// A name of the server at `url` that does not depend on the scheme, the case, a default port written out, or which of the
/// names of this machine is used.
pub(in crate::kapacitor) fn server_key(url: &Url) -> String {
    let host = match url.host_str().unwrap_or_default() {
        "127.0.0.1" | "[::1]" => "localhost",
        host => host,
    };
    let port = url.port_or_known_default().unwrap_or_default();
    let path = url.path().trim_end_matches('/');
    format!("{host}:{port}{}", path.strip_suffix(API).unwrap_or(path))
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
