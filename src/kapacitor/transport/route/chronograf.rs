//! Chooses a source and a Kapacitor of a Chronograf, and addresses it through Chronograf's proxy.

use serde::Deserialize;
use url::Url;

use crate::kapacitor::error::ChoiceError;
use crate::kapacitor::transport::request::{encode, API};
use crate::kapacitor::transport::route::base_url::server_key;

/// Where Chronograf lists its sources.
pub(in crate::kapacitor) const SOURCES: &str = "/chronograf/v1/sources";

/// The Kapacitor that requests go to.
pub(in crate::kapacitor) struct Chosen {
    /// The proxy's path below Chronograf's base path.
    proxy: String,
    /// Whether the connection's own URL already ends in [`API`]: the proxy then joins the two.
    url_has_api: bool,
    /// The name of the Kapacitor behind it, the same as for a direct client.
    pub key: String,
    /// What was chosen of several, because Chronograf prefers it and nobody named another.
    pub by_default: Vec<DefaultChoice>,
}

/// A source or Kapacitor that was chosen of several, because Chronograf prefers it and nobody named another. Any user of
/// Chronograf may make it prefer another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DefaultChoice {
    /// `source` or `kapacitor`: also the name of the setting.
    pub what: &'static str,
    /// The chosen one, as `ID (NAME)`.
    pub chosen: String,
    /// The others, each as `ID (NAME)`.
    pub others: Vec<String>,
}

/// Sources as Chronograf lists them.
#[derive(Deserialize)]
pub(in crate::kapacitor) struct Sources {
    pub sources: Vec<Connection>,
}

/// Kapacitors as Chronograf lists them.
#[derive(Deserialize)]
pub(in crate::kapacitor) struct Kapacitors {
    pub kapacitors: Vec<Connection>,
}

/// A source or a Kapacitor.
#[derive(Debug, Clone, Deserialize)]
pub(in crate::kapacitor) struct Connection {
    pub id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    url: String,
    #[serde(default)]
    default: bool,
    #[serde(default)]
    active: bool,
}

impl DefaultChoice {
    /// What `chosen` is, where it was chosen of these and not `wanted`.
    pub(in crate::kapacitor) fn of(
        what: &'static str,
        wanted: Option<&str>,
        choices: &[Connection],
        chosen: &Connection,
    ) -> Option<Self> {
        let others: Vec<String> = choices
            .iter()
            .filter(|choice| choice.id != chosen.id)
            .map(Connection::told)
            .collect();
        if wanted.is_some() || others.is_empty() {
            return None;
        }
        Some(DefaultChoice {
            what,
            chosen: chosen.told(),
            others,
        })
    }
}

impl Chosen {
    pub(crate) fn new(source: &Connection, kapacitor: &Connection) -> Self {
        let url = Url::parse(&kapacitor.url).ok();
        Chosen {
            proxy: format!(
                "{SOURCES}/{}/kapacitors/{}/proxy",
                encode(&source.id),
                encode(&kapacitor.id)
            ),
            url_has_api: url
                .as_ref()
                .is_some_and(|url| url.path().trim_end_matches('/').ends_with(API)),
            key: url.as_ref().map_or_else(|| kapacitor.url.clone(), server_key),
            by_default: Vec::new(),
        }
    }

    /// The proxy's path and query for Kapacitor's `path_and_query`. The proxy decodes its parameter once, so all of it is
    /// encoded once more.
    pub(crate) fn proxied(&self, path_and_query: &str) -> String {
        let path = match path_and_query.strip_prefix(API) {
            Some(rest) if self.url_has_api => rest,
            _ => path_and_query,
        };
        format!("{}?path={}", self.proxy, encode(path))
    }
}

/// The path of a source's Kapacitors.
pub(in crate::kapacitor) fn kapacitors_of(source: &Connection) -> String {
    format!("{SOURCES}/{}/kapacitors", encode(&source.id))
}

/// Chooses by id or name where something is wanted, and otherwise the only one, or the one that Chronograf prefers.
pub(in crate::kapacitor) fn choose(
    what: &'static str,
    wanted: Option<&str>,
    connections: &[Connection],
) -> Result<Connection, ChoiceError> {
    let found = match wanted {
        Some(wanted) => only(connections, |one| one.id == wanted).or_else(|| {
            only(connections, |one| {
                without_user_info(&one.name) == without_user_info(wanted)
            })
        }),
        None => only(connections, |_| true).or_else(|| only(connections, |one| one.default || one.active)),
    };
    found.cloned().ok_or_else(|| ChoiceError {
        what,
        wanted: wanted.map(without_user_info),
        choices: connections.iter().map(Connection::told).collect(),
    })
}

fn only(connections: &[Connection], fits: impl Fn(&Connection) -> bool) -> Option<&Connection> {
    let mut fitting = connections.iter().filter(|one| fits(one));
    let first = fitting.next()?;
    fitting.next().is_none().then_some(first)
}

/// Connections of Chronograf's command line are named by their URL, which may hold a password.
fn without_user_info(name: &str) -> String {
    crate::secret::mask::mask_user_info(name)
}

impl Connection {
    fn told(&self) -> String {
        format!("{} ({})", self.id, without_user_info(&self.name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn connection(id: &str, name: &str, active: bool) -> Connection {
        Connection {
            id: id.to_owned(),
            name: name.to_owned(),
            url: "http://k:9092".to_owned(),
            default: false,
            active,
        }
    }

    #[test]
    fn the_only_one_or_the_active_one_is_the_default() {
        let only = vec![connection("7", "one", false)];
        assert_eq!(choose("kapacitor", None, &only).unwrap().id, "7");
        let two = vec![connection("1", "one", false), connection("2", "two", true)];
        let chosen = choose("kapacitor", None, &two).unwrap();
        assert_eq!(chosen.id, "2");
        let told = DefaultChoice::of("kapacitor", None, &two, &chosen).unwrap();
        assert_eq!(
            (told.chosen.as_str(), told.others),
            ("2 (two)", vec!["1 (one)".to_owned()])
        );
        assert_eq!(DefaultChoice::of("kapacitor", Some("two"), &two, &chosen), None);
        assert_eq!(DefaultChoice::of("kapacitor", None, &two[1..], &chosen), None);
    }

    #[test]
    fn what_is_wanted_is_found_by_id_before_name() {
        let two = || vec![connection("1", "2", false), connection("2", "two", true)];
        assert_eq!(choose("kapacitor", Some("2"), &two()).unwrap().id, "2");
        assert_eq!(choose("kapacitor", Some("two"), &two()).unwrap().id, "2");
    }

    #[test]
    fn a_choice_that_cannot_be_made_lists_what_there_is() {
        let two = || {
            vec![
                connection("1", "http://u:hunter2@k", false),
                connection("2", "two", false),
            ]
        };
        let unclear = choose("kapacitor", None, &two()).unwrap_err().to_string();
        assert!(
            unclear.contains("1 (http://") && unclear.contains("2 (two)"),
            "{unclear}"
        );
        assert!(!unclear.contains("hunter2"), "{unclear}");
        let missing = choose("source", Some("prod"), &two()).unwrap_err().to_string();
        assert!(
            missing.contains("no source whose id or name is \"prod\"") && missing.contains("two"),
            "{missing}"
        );
    }

    #[test]
    fn the_whole_path_is_encoded_once_more() {
        let source = connection("0", "s", true);
        let chosen = Chosen::new(&source, &connection("1", "k", true));
        assert_eq!(
            chosen.proxied("/kapacitor/v1/tasks?pattern=%5Bt%5D"),
            "/chronograf/v1/sources/0/kapacitors/1/proxy?path=%2Fkapacitor%2Fv1%2Ftasks%3Fpattern%3D%255Bt%255D"
        );
    }

    #[test]
    fn a_connection_whose_url_has_the_api_path_is_not_given_it_twice() {
        let kapacitor = Connection {
            url: "http://k:9092/kapacitor/v1".to_owned(),
            ..connection("1", "k", true)
        };
        let chosen = Chosen::new(&connection("0", "s", true), &kapacitor);
        assert_eq!(
            chosen.proxied("/kapacitor/v1/ping"),
            "/chronograf/v1/sources/0/kapacitors/1/proxy?path=%2Fping"
        );
        assert_eq!(chosen.key, "k:9092");
    }
}
