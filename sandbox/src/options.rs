//! What a sandbox is started with: ports, state file, and the parts of kapacitor.conf that matter here.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

/// Stands for the receiver's base URL inside `HttpPost::url`, because its port is known only once it listens.
pub const RECEIVER: &str = "{receiver}";

/// How to start a sandbox. `Options::default()` takes any free ports and declares one endpoint, `squadcast`.
#[derive(Clone, Debug)]
pub struct Options {
    /// Port of the Kapacitor API on 127.0.0.1; 0 takes any free one.
    pub kapacitor_port: u16,
    /// Port of the webhook receiver on 127.0.0.1; 0 takes any free one.
    pub receiver_port: u16,
    /// Port of the control API on 127.0.0.1, for shell scripts; 0 takes any free one, `None` serves none.
    pub control_port: Option<u16>,
    /// Where Kapacitor's database is kept, so that it outlives the process; `None` keeps it in memory.
    pub state_file: Option<PathBuf>,
    /// The configuration file that Kapacitor starts with.
    pub conf: KapacitorConf,
    /// The Chronograf in front of the Kapacitor; `None` serves none.
    pub chronograf: Option<ChronografConf>,
    /// What `X-Kapacitor-Version` says. A release build says e.g. `1.8.3`, the recorded one says nothing. An older release
    /// than 1.6.2 refuses what it does not know: the field `template-id` in the list of tasks, and later alert handlers.
    pub version: String,
    /// Starting and stopping tasks at the same time hangs the server as recorded in `08-deadlock`. With `true`, stopping a
    /// task within 20 ms of its start hangs it also when nothing else goes on, to prove that a client keeps the pause.
    pub strict_pace: bool,
}

/// How Chronograf is started.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ChronografConf {
    /// Its port on 127.0.0.1; 0 takes any free one.
    pub port: u16,
    /// Who may use it.
    pub auth: ChronografAuth,
    /// `--basepath`, e.g. `/x`; empty for none.
    pub base_path: String,
    /// Leaves out `--influxdb-url` and `--kapacitor-url`, so that there is no source 0 and no kapacitor 0.
    pub no_connections: bool,
}

/// Who may use Chronograf.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum ChronografAuth {
    /// Everybody.
    #[default]
    None,
    /// `--htpasswd`: basic authentication.
    Htpasswd {
        /// Names and passwords, in clear: this is a sandbox.
        users: Vec<(String, String)>,
        /// `--basic-auth-realm`; `Chronograf` by default.
        realm: String,
    },
    /// OAuth, which the sandbox lets nobody pass, with `--pub-key-file` for the superadmin's signed nonce.
    Superadmin {
        /// PEM around the PKCS#1 public key, as `openssl rsa -RSAPublicKey_out` makes it.
        public_key: String,
        /// `--nonce-expiration`; 10 minutes by default.
        nonce_expiration: Duration,
    },
    /// OAuth, where somebody who may do everything has logged in.
    Session {
        /// The value of that session's cookie, `session`.
        value: String,
    },
    /// A reverse proxy in front that wants a bearer token; Chronograf itself lets everybody in.
    BehindProxy {
        /// The token.
        token: String,
    },
}

impl ChronografConf {
    /// Basic authentication with one user.
    pub fn htpasswd(user: &str, password: &str) -> Self {
        let users = vec![(user.to_owned(), password.to_owned())];
        ChronografConf {
            auth: ChronografAuth::Htpasswd {
                users,
                realm: "Chronograf".to_owned(),
            },
            ..Self::default()
        }
    }

    /// A superadmin who signs nonces with the key that belongs to this one (PEM, PKCS#1).
    pub fn superadmin(public_key: &str) -> Self {
        let nonce_expiration = Duration::from_secs(600);
        let auth = ChronografAuth::Superadmin {
            public_key: public_key.to_owned(),
            nonce_expiration,
        };
        ChronografConf {
            auth,
            ..Self::default()
        }
    }
}

/// The parts of kapacitor.conf that the provider can meet.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
#[serde(default)]
pub struct KapacitorConf {
    /// The `[[httppost]]` elements. With none, Kapacitor's default configuration declares one called `example`.
    pub httpposts: Vec<HttpPost>,
    /// `[config-override] enabled`.
    pub config_override_enabled: bool,
    /// `skip-config-overrides`: start without applying what was set through the API.
    pub skip_config_overrides: bool,
    /// `[http] auth-enabled`, `shared-secret` and `[auth]`.
    pub auth: Auth,
    /// The ids of `[[kafka]]` elements: a task with a Kafka handler for another cluster does not start.
    pub kafka_clusters: Vec<String>,
    /// `[alert] persist-topics`: without it the states of alerts are lost when their task stops.
    pub persist_topics: bool,
    /// The names of the `[[influxdb]]` elements that are enabled. All are one server, and the first is the default.
    pub influxdbs: Vec<String>,
}

/// One `[[httppost]]` element.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(default)]
pub struct HttpPost {
    /// The element's name.
    pub endpoint: String,
    /// Where alerts are posted; [`RECEIVER`] in it stands for the sandbox's receiver.
    pub url: String,
    /// Headers of each POST; `None` is what Kapacitor reads from a file without a `headers` line.
    pub headers: Option<BTreeMap<String, String>>,
    /// Basic authentication of each POST.
    pub basic_auth: BasicAuth,
}

/// User name and password of a POST; both empty means none.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(default)]
pub struct BasicAuth {
    /// The user name.
    pub username: String,
    /// The password.
    pub password: String,
}

/// Who may use the API.
#[derive(Clone, Debug, Default, Serialize, Deserialize, PartialEq)]
#[serde(default)]
pub struct Auth {
    /// `[http] auth-enabled`: every request must carry credentials.
    pub required: bool,
    /// `[http] shared-secret`, with which bearer tokens (JWT) are signed; empty as in a file that does not set it.
    pub shared_secret: String,
    /// `[auth] enabled`: users and their passwords are checked. Without it any user and any password is accepted.
    pub user_service: bool,
    /// Users to create at the start if they do not exist, besides those made through the API.
    pub users: Vec<User>,
}

/// A user of Kapacitor's user service.
#[derive(Clone, Debug, Serialize, Deserialize, PartialEq)]
pub struct User {
    /// The user name.
    pub name: String,
    /// The password, in clear: this is a sandbox.
    pub password: String,
    /// Admins may do everything.
    #[serde(rename = "type", default)]
    pub user_type: UserType,
    /// What a normal user may do.
    #[serde(default)]
    pub permissions: Vec<Permission>,
}

/// The kind of a user.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum UserType {
    /// May do what its permissions say.
    #[default]
    Normal,
    /// May do everything.
    Admin,
}

/// What a normal user may do.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// Nothing.
    None,
    /// Everything but the configuration.
    Api,
    /// The configuration and ping.
    ConfigApi,
    /// Everything.
    All,
}

impl Default for Options {
    fn default() -> Self {
        Options {
            kapacitor_port: 0,
            receiver_port: 0,
            control_port: None,
            state_file: None,
            conf: KapacitorConf::default(),
            chronograf: None,
            version: "1.8.3".to_owned(),
            strict_pace: false,
        }
    }
}

impl Default for KapacitorConf {
    /// The file of the recordings: config override enabled, and one endpoint `squadcast` that posts to `/from-conf` of the
    /// receiver with a Content-Type of JSON.
    fn default() -> Self {
        let squadcast = HttpPost::new("squadcast", &format!("{RECEIVER}/from-conf"));
        KapacitorConf {
            httpposts: vec![squadcast.header("Content-Type", "application/json")],
            config_override_enabled: true,
            skip_config_overrides: false,
            auth: Auth::none(),
            kafka_clusters: vec!["default".to_owned()],
            persist_topics: true,
            influxdbs: vec!["local".to_owned()],
        }
    }
}

impl KapacitorConf {
    /// The default file with these `[[httppost]]` elements instead of `squadcast`.
    pub fn declaring(httpposts: impl IntoIterator<Item = HttpPost>) -> Self {
        KapacitorConf {
            httpposts: httpposts.into_iter().collect(),
            ..KapacitorConf::default()
        }
    }

    /// The same file with one more `[[httppost]]` element.
    pub fn and(mut self, httppost: HttpPost) -> Self {
        self.httpposts.push(httppost);
        self
    }
}

impl HttpPost {
    /// An element without headers and authentication. [`RECEIVER`] in `url` stands for the sandbox's receiver.
    pub fn new(endpoint: &str, url: &str) -> Self {
        HttpPost {
            endpoint: endpoint.to_owned(),
            url: url.to_owned(),
            ..HttpPost::default()
        }
    }

    /// The same element with one more header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers
            .get_or_insert_with(BTreeMap::new)
            .insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same element with basic authentication.
    pub fn basic_auth(mut self, username: &str, password: &str) -> Self {
        self.basic_auth = BasicAuth {
            username: username.to_owned(),
            password: password.to_owned(),
        };
        self
    }
}

impl Auth {
    /// No credentials needed.
    pub fn none() -> Self {
        Auth::default()
    }

    /// `auth-enabled` without `[auth]`: credentials are needed, but any user and any password will do.
    pub fn any_user() -> Self {
        Auth {
            required: true,
            ..Auth::default()
        }
    }

    /// Bearer tokens signed with this secret; basic credentials of anybody are accepted too, as Kapacitor does.
    pub fn shared_secret(secret: &str) -> Self {
        Auth {
            required: true,
            shared_secret: secret.to_owned(),
            ..Auth::default()
        }
    }

    /// Users with passwords and permissions.
    pub fn users(users: impl IntoIterator<Item = User>) -> Self {
        Auth {
            required: true,
            user_service: true,
            users: users.into_iter().collect(),
            ..Auth::default()
        }
    }
}

impl User {
    /// A user who may do everything.
    pub fn admin(name: &str, password: &str) -> Self {
        User {
            name: name.to_owned(),
            password: password.to_owned(),
            user_type: UserType::Admin,
            permissions: Vec::new(),
        }
    }

    /// A user who may do what the permissions say.
    pub fn normal(name: &str, password: &str, permissions: &[Permission]) -> Self {
        User {
            name: name.to_owned(),
            password: password.to_owned(),
            user_type: UserType::Normal,
            permissions: permissions.to_vec(),
        }
    }
}
