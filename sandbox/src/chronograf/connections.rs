//! Chronograf's connections: sources (InfluxDB) and the kapacitors of each. Those of the command line have the id 0 and live
//! only in memory; an id that does not exist is answered with an empty kapacitor under the source of the command line.

use crate::go::quote::quote;
use crate::options::ChronografConf;
use crate::server::exchange::{Answer, Request};
use serde_json::{json, Map, Value};

const INFLUXDB: &str = "http://127.0.0.1:8086";
const BASE: &str = "/chronograf/v1/sources";

/// Chronograf's shape of an error.
pub fn error(code: u16, message: &str) -> Answer {
    answer(code, &json!({ "code": code, "message": message }))
}

/// An answer in JSON, whose Content-Type Chronograf writes without a charset.
pub fn answer(status: u16, body: &Value) -> Answer {
    Answer::new(status, "application/json", format!("{body}\n"))
}

#[derive(Clone, Debug, Default)]
struct Source {
    id: i64,
    name: String,
    source_type: String,
    username: String,
    password: String,
    url: String,
    default: bool,
}

/// A connection to a Kapacitor.
#[derive(Clone, Debug, Default)]
pub struct Kapacitor {
    pub id: i64,
    /// The source that it belongs to.
    source: i64,
    name: String,
    pub url: String,
    pub username: String,
    pub password: String,
    insecure_skip_verify: bool,
    active: bool,
}

/// All connections.
pub struct Connections {
    sources: Vec<Source>,
    kapacitors: Vec<Kapacitor>,
    /// Those of the command line.
    source_0: Option<Source>,
    kapacitor_0: Option<Kapacitor>,
    /// Whether there was a `--kapacitor-url`, which makes missing ids resolve to an empty kapacitor.
    command_line: bool,
    last_source: i64,
    last_kapacitor: i64,
}

impl Connections {
    pub fn new(conf: &ChronografConf, kapacitor_url: &str) -> Self {
        let mut connections = Connections {
            sources: Vec::new(),
            kapacitors: Vec::new(),
            source_0: None,
            kapacitor_0: None,
            command_line: false,
            last_source: 0,
            last_kapacitor: 0,
        };
        connections.restart(conf, kapacitor_url);
        connections
    }

    pub fn restart(&mut self, conf: &ChronografConf, kapacitor_url: &str) {
        self.command_line = !conf.no_connections;
        self.source_0 = self.command_line.then(|| Source {
            name: INFLUXDB.to_owned(),
            source_type: "influx".to_owned(),
            url: INFLUXDB.to_owned(),
            default: true,
            ..Source::default()
        });
        self.kapacitor_0 = self.command_line.then(|| Kapacitor {
            name: kapacitor_url.to_owned(),
            url: kapacitor_url.to_owned(),
            ..Kapacitor::default()
        });
    }

    /// Answers a request for a source or the list of them.
    pub fn serve_sources(&mut self, request: &Request, id: Option<&str>) -> Result<Answer, Answer> {
        match (request.method.as_str(), id) {
            ("GET", None) => {
                let sources: Vec<Value> = self.sources.iter().chain(&self.source_0).map(Source::view).collect();
                Ok(answer(200, &json!({ "sources": sources })))
            }
            ("POST", None) => self.create_source(request),
            ("GET", Some(id)) => Ok(answer(200, &self.source(number(id)?)?.view())),
            ("PATCH", Some(id)) => {
                let fields = object(request)?;
                let source = self.source_mut(number(id)?)?;
                source.set(&fields);
                source.default = fields.get("default").and_then(Value::as_bool).unwrap_or(false);
                Ok(answer(200, &source.view()))
            }
            ("DELETE", Some(id)) => {
                let id = number(id)?;
                self.source(id)?;
                self.sources.retain(|source| source.id != id);
                if id == 0 {
                    self.source_0 = None;
                }
                Ok(no_content())
            }
            (_, None) => Err(not_allowed("GET, OPTIONS, POST")),
            (_, Some(_)) => Err(not_allowed("DELETE, GET, OPTIONS, PATCH")),
        }
    }

    fn create_source(&mut self, request: &Request) -> Result<Answer, Answer> {
        let fields = object(request)?;
        let mut source = Source {
            default: self.sources.is_empty(),
            ..Source::default()
        };
        source.set(&fields);
        if source.url.is_empty() {
            return Err(error(422, "url required"));
        }
        check_url(&source.url)?;
        self.last_source += 1;
        source.id = self.last_source;
        let created = answer(201, &source.view()).header("Location", &format!("{BASE}/{}", source.id));
        self.sources.push(source);
        Ok(created)
    }

    fn source(&self, id: i64) -> Result<&Source, Answer> {
        self.sources
            .iter()
            .chain(&self.source_0)
            .find(|source| source.id == id)
            .ok_or_else(|| missing(id))
    }

    fn source_mut(&mut self, id: i64) -> Result<&mut Source, Answer> {
        self.sources
            .iter_mut()
            .chain(&mut self.source_0)
            .find(|source| source.id == id)
            .ok_or_else(|| missing(id))
    }

    /// Answers a request for a kapacitor or the list of a source.
    pub fn serve_kapacitors(&mut self, request: &Request, source: &str, id: Option<&str>) -> Result<Answer, Answer> {
        let source = number(source)?;
        match (request.method.as_str(), id) {
            ("GET", None) => {
                let all = self.kapacitor_0.iter().chain(&self.kapacitors);
                let views: Vec<Value> = all
                    .filter(|known| known.source == source)
                    .map(Kapacitor::view)
                    .collect();
                Ok(answer(200, &json!({ "kapacitors": views })))
            }
            ("POST", None) => self.create_kapacitor(request, source),
            ("GET", Some(id)) => Ok(answer(200, &self.find(source, number(id)?)?.view())),
            ("PATCH", Some(id)) => self.update_kapacitor(request, source, number(id)?),
            ("DELETE", Some(id)) => self.delete_kapacitor(source, number(id)?),
            (_, None) => Err(not_allowed("GET, OPTIONS, POST")),
            (_, Some(_)) => Err(not_allowed("DELETE, GET, OPTIONS, PATCH")),
        }
    }

    /// The kapacitor that a path names.
    pub fn kapacitor(&self, source: &str, id: &str) -> Result<Kapacitor, Answer> {
        self.find(number(source)?, number(id)?)
    }

    fn find(&self, source: i64, id: i64) -> Result<Kapacitor, Answer> {
        let all = self.kapacitor_0.iter().chain(&self.kapacitors);
        match all.into_iter().find(|known| known.source == source && known.id == id) {
            Some(known) => Ok(known.clone()),
            None if source == 0 && self.command_line => Ok(Kapacitor::default()),
            None => Err(missing(id)),
        }
    }

    fn create_kapacitor(&mut self, request: &Request, source: i64) -> Result<Answer, Answer> {
        self.source(source)?;
        let mut kapacitor = Kapacitor {
            source,
            ..Kapacitor::default()
        };
        kapacitor.set(&object(request)?);
        if kapacitor.name.is_empty() || kapacitor.url.is_empty() {
            return Err(error(422, "name and url required"));
        }
        check_url(&kapacitor.url)?;
        self.last_kapacitor += 1;
        kapacitor.id = self.last_kapacitor;
        if kapacitor.active {
            self.deactivate(source);
        }
        let location = format!("{BASE}/{source}/kapacitors/{}", kapacitor.id);
        let created = answer(201, &kapacitor.view()).header("Location", &location);
        self.kapacitors.push(kapacitor);
        Ok(created)
    }

    fn update_kapacitor(&mut self, request: &Request, source: i64, id: i64) -> Result<Answer, Answer> {
        let mut kapacitor = self.find(source, id)?;
        kapacitor.set(&object(request)?);
        if !kapacitor.url.is_empty() {
            check_url(&kapacitor.url)?;
        }
        if kapacitor.active {
            self.deactivate(source);
        }
        let updated = answer(200, &kapacitor.view());
        match self
            .kapacitors
            .iter_mut()
            .find(|known| known.source == source && known.id == id)
        {
            Some(known) => *known = kapacitor,
            // As recorded, what has no place of its own overwrites the kapacitor of the command line.
            None => self.kapacitor_0 = Some(kapacitor),
        }
        Ok(updated)
    }

    fn delete_kapacitor(&mut self, source: i64, id: i64) -> Result<Answer, Answer> {
        self.find(source, id)?;
        let stored = self.kapacitors.len();
        self.kapacitors.retain(|known| known.source != source || known.id != id);
        if self.kapacitors.len() == stored {
            self.kapacitor_0 = None;
        }
        Ok(no_content())
    }

    fn deactivate(&mut self, source: i64) {
        self.kapacitors
            .iter_mut()
            .filter(|known| known.source == source)
            .for_each(|known| known.active = false);
    }
}

impl Source {
    fn set(&mut self, fields: &Map<String, Value>) {
        text(fields, "name", &mut self.name);
        text(fields, "type", &mut self.source_type);
        text(fields, "username", &mut self.username);
        text(fields, "password", &mut self.password);
        text(fields, "url", &mut self.url);
    }

    fn view(&self) -> Value {
        let mut view = Map::new();
        view.insert("id".to_owned(), json!(self.id.to_string()));
        view.insert("name".to_owned(), json!(self.name));
        for (name, value) in [("type", &self.source_type), ("username", &self.username)] {
            if !value.is_empty() {
                view.insert(name.to_owned(), json!(value));
            }
        }
        let authentication = if self.username.is_empty() { "unknown" } else { "basic" };
        let itself = format!("{BASE}/{}", self.id);
        let link = |part: &str| format!("{itself}/{part}");
        let rest = json!({
            "url": self.url,
            "default": self.default,
            "telegraf": "telegraf",
            "organization": "default",
            "defaultRP": "",
            "version": "1.6.7~rc0",
            "authentication": authentication,
            "links": {
                "self": itself,
                "kapacitors": link("kapacitors"),
                "services": link("services"),
                "proxy": link("proxy"),
                "queries": link("queries"),
                "write": link("write"),
                "permissions": link("permissions"),
                "users": link("users"),
                "databases": link("dbs"),
                "annotations": link("annotations"),
                "health": link("health"),
            },
        });
        view.extend(rest.as_object().cloned().unwrap_or_default());
        Value::Object(view)
    }
}

impl Kapacitor {
    /// Its path, on which the links build.
    pub fn path(&self) -> String {
        format!("{BASE}/{}/kapacitors/{}", self.source, self.id)
    }

    fn set(&mut self, fields: &Map<String, Value>) {
        text(fields, "name", &mut self.name);
        text(fields, "url", &mut self.url);
        text(fields, "username", &mut self.username);
        text(fields, "password", &mut self.password);
        if let Some(value) = fields.get("insecureSkipVerify").and_then(Value::as_bool) {
            self.insecure_skip_verify = value;
        }
        if let Some(value) = fields.get("active").and_then(Value::as_bool) {
            self.active = value;
        }
    }

    fn view(&self) -> Value {
        let path = self.path();
        let mut view = json!({ "id": self.id.to_string(), "name": self.name, "url": self.url });
        if !self.username.is_empty() {
            view["username"] = json!(self.username);
        }
        view["insecureSkipVerify"] = json!(self.insecure_skip_verify);
        view["active"] = json!(self.active);
        view["links"] = json!({
            "proxy": format!("{path}/proxy"),
            "self": path,
            "rules": format!("{path}/rules"),
            "tasks": format!("{path}/proxy?path=/kapacitor/v1/tasks"),
            "ping": format!("{path}/proxy?path=/kapacitor/v1/ping"),
        });
        view
    }
}

fn text(fields: &Map<String, Value>, name: &str, target: &mut String) {
    if let Some(value) = fields.get(name).and_then(Value::as_str) {
        value.clone_into(target);
    }
}

fn number(id: &str) -> Result<i64, Answer> {
    id.parse().map_err(|_| error(422, &format!("Error converting ID {id}")))
}

fn missing(id: i64) -> Answer {
    error(404, &format!("ID {id} not found"))
}

fn object(request: &Request) -> Result<Map<String, Value>, Answer> {
    serde_json::from_slice(&request.body).map_err(|_| error(400, "Unparsable JSON"))
}

/// Go's `url.ParseRequestURI` wants a scheme or a rooted path.
fn check_url(url: &str) -> Result<(), Answer> {
    let has_scheme = url.split_once("://").is_some_and(|(scheme, _)| !scheme.is_empty());
    if has_scheme || url.starts_with('/') {
        return Ok(());
    }
    Err(error(
        422,
        &format!("invalid source URI: parse {}: invalid URI for request", quote(url)),
    ))
}

/// 204, which Chronograf answers without a Content-Type.
pub fn no_content() -> Answer {
    Answer {
        status: 204,
        headers: Vec::new(),
        body: Default::default(),
    }
}

/// The answer to a method that a path does not take.
pub fn not_allowed(allowed: &str) -> Answer {
    Answer::new(405, "text/plain; charset=utf-8", "Method Not Allowed\n").header("Allow", allowed)
}
