//! One secret in every place where a person can put one, every request of every operation failing in every way in which a
//! server or a proxy can repeat it, and a search of everything that is shown.

use crate::kapacitor::tests::support::server::{Reply, Seen, Server};
use crate::kapacitor::{Client, ClientConfig, KapacitorAuth, Secret, TransportConfig};
use crate::protocol::shown_diagnostics;
use crate::provider::alert_rule;
use crate::provider::alert_rule::AlertRuleResource;
use crate::provider::attributes::{Definition, Kind};
use crate::provider::connection::Connection;
use crate::provider::endpoint;
use crate::provider::endpoint::EndpointResource;
use crate::provider::webhook_test;
use crate::provider::webhook_test::WebhookTest;
use crate::rule::script_secrets;
use crate::secret::mask::tests::forms;
use crate::secret::MASK;
use serde::de::DeserializeOwned;
use serde::Serialize;
use serde_json::{json, Value as Json};
use std::sync::{Arc, Mutex};
use tf_provider::value::Value;
use tf_provider::{DataSource, Diagnostics, Resource};

/// A webhook's key, a token or a password, unlike anything else, with what some of its forms have to escape.
const SECRET: &str = "planted5ecret-0123456789abcdef/\"quoted\"&more";

/// What shows that the server's words are shown, and the search is not one of nothing.
const SAID: &str = "what the server said";

fn webhook() -> String {
    format!("https://hooks.example.com/v2/{SECRET}")
}

/// Who holds the secret.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Target {
    Rule,
    Endpoint,
    Test,
    Provider,
}

/// Where the secret is, by the attribute's path.
struct Planted {
    place: &'static str,
    target: Target,
    attributes: Json,
}

fn places() -> Vec<Planted> {
    use Target::{Endpoint, Provider, Rule, Test};
    let post = |fields: Json| json!({ "post": [filled(&alert_rule::definition::post_attributes(), fields)] });
    let handlers = json!({ "pagerduty": [{ "service_key": SECRET }] });
    let place = |place, target, attributes| Planted {
        place,
        target,
        attributes,
    };
    vec![
        place("post.url", Rule, post(json!({ "url": webhook() }))),
        place(
            "post.sensitive_headers",
            Rule,
            post(json!({ "endpoint": "e", "sensitive_headers": { "Authorization": format!("Bearer {SECRET}") } })),
        ),
        place(
            "post.headers",
            Rule,
            post(json!({ "endpoint": "e", "headers": { "X-Api-Key": SECRET } })),
        ),
        place("handlers.pagerduty.service_key", Rule, json!({ "handlers": handlers })),
        place("url", Endpoint, json!({ "url": webhook() })),
        place(
            "sensitive_headers",
            Endpoint,
            json!({ "sensitive_headers": { "X-Key": SECRET } }),
        ),
        place("headers", Endpoint, json!({ "headers": { "X-Key": SECRET } })),
        place(
            "basic_auth.password",
            Endpoint,
            json!({ "basic_auth": { "username": "user", "password": SECRET } }),
        ),
        place("alert_template", Endpoint, json!({ "alert_template": SECRET })),
        place("row_template", Endpoint, json!({ "row_template": SECRET })),
        place("url", Test, json!({ "url": webhook() })),
        place("headers", Test, json!({ "headers": { "X-Key": SECRET } })),
        place("password", Provider, json!("basic")),
        place("token", Provider, json!("bearer")),
        place("shared_secret", Provider, json!("jwt")),
        place("headers", Provider, json!("header")),
    ]
}

/// The ways in which a server repeats what it knows, and what it was sent.
const ECHOES: [&str; 7] = [
    "error",
    "foreign error",
    "unknown JSON",
    "text",
    "page",
    "redirect",
    "task",
];

fn reply(echo: &str, words: &str, seen: &Seen) -> Reply {
    let said = format!("{SAID}: {words}; {:?}; {}", seen.headers, seen.body);
    match echo {
        "error" => Reply::json(500, &json!({ "error": said, "message": said })),
        "foreign error" => Reply::with_headers(500, &[], &json!({ "error": said }).to_string()),
        "unknown JSON" => Reply::with_headers(403, &[], &json!({ "request": { "headers": said } }).to_string()),
        "text" => Reply::with_headers(500, &[("Content-Type", "text/plain")], &said),
        "page" => {
            let page = format!("<html><title>{said}</title></html>");
            Reply::with_headers(500, &[("Content-Type", "text/html")], &page)
        }
        "redirect" => Reply::with_headers(
            302,
            &[("Location", &format!("http://h/{}", said.replace('\n', "")))],
            "",
        ),
        _ => {
            let task = json!({
                "id": "r", "type": "stream", "script": "stream|from()", "status": "enabled", "executing": false,
                "dbrps": [], "error": said,
            });
            let test = json!({ "success": false, "message": said });
            let is_test = seen.path.contains("service-tests");
            Reply::json(200, if is_test { &test } else { &task })
        }
    }
}

/// Everything that a person may see.
#[derive(Default)]
struct Surfaces(Vec<(String, String)>);

impl Surfaces {
    fn diagnostics(&mut self, operation: &str, diags: &Diagnostics) {
        for diagnostic in shown_diagnostics(diags.clone()) {
            self.0.push((format!("summary of {operation}"), diagnostic.summary));
            self.0.push((format!("detail of {operation}"), diagnostic.detail));
        }
    }

    /// The attributes that Terraform shows: all that are not marked as sensitive.
    fn state(&mut self, operation: &str, state: &impl Serialize, attributes: &[Definition]) {
        let state = serde_json::to_value(state).unwrap();
        let is_plain = |one: &&Definition| !matches!(one.kind, Kind::Object(_) | Kind::Objects(_));
        for attribute in attributes
            .iter()
            .filter(is_plain)
            .filter(|attribute| !attribute.sensitive)
        {
            // These hold what the configuration says, and are not marked: the configuration itself shows them.
            let configured = attribute.name == "headers";
            if !configured {
                let text = state[attribute.name].to_string();
                self.0.push((format!("{} after {operation}", attribute.name), text));
            }
        }
        self.nested(operation, "", &state, attributes);
    }

    fn nested(&mut self, operation: &str, path: &str, state: &Json, attributes: &[Definition]) {
        for one in attributes {
            let (Kind::Object(inner) | Kind::Objects(inner)) = &one.kind else {
                continue;
            };
            let path = format!("{path}{}.", one.name);
            let objects = match &state[one.name] {
                Json::Array(objects) => objects.iter().collect(),
                Json::Null => Vec::new(),
                object => vec![object],
            };
            for element in objects {
                for attribute in inner.iter().filter(|one| !one.sensitive && one.name != "headers") {
                    if !matches!(attribute.kind, Kind::Object(_) | Kind::Objects(_)) {
                        let name = format!("{path}{} after {operation}", attribute.name);
                        self.0.push((name, element[attribute.name].to_string()));
                    }
                }
                self.nested(operation, &path, element, inner);
            }
        }
    }
}

/// An object or resource with these attributes and nothing else.
fn filled(attributes: &[Definition], fields: Json) -> Json {
    let mut all = json!({});
    for attribute in attributes {
        all[attribute.name] = Json::Null;
    }
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    all
}

fn read<T: DeserializeOwned>(json: &Json) -> T {
    serde_json::from_value(json.clone()).unwrap()
}

fn rule(fields: &Json) -> Json {
    let mut rule = filled(
        &alert_rule::definition::attributes(),
        json!({
            "id": "r", "task_id": "r", "enabled": true, "name": "cpu", "database": "telegraf", "retention_policy": "autogen",
            "measurement": "cpu", "field": "usage", "trigger": "threshold", "operator": ">", "value": "90", "message": "m",
            "details": "", "state_changes_only": true, "no_recoveries": false, "flapping": false, "tickscript": "before",
            "executing": true, "error": "", "dbrps": ["telegraf.autogen"], "resolve_on_destroy": false,
        }),
    );
    for (name, value) in fields.as_object().unwrap() {
        rule[name] = value.clone();
    }
    rule
}

async fn rule_operations(connection: &Connection, fields: &Json, surfaces: &mut Surfaces) {
    let resource = AlertRuleResource::new(connection.clone());
    let state = || read::<<AlertRuleResource as Resource>::State<'static>>(&rule(fields));
    let (none, no_meta) = (|| Value::Null, || Value::Null);
    let attributes = alert_rule::definition::attributes();
    macro_rules! operation {
        ($name:literal, $call:ident($($argument:expr),*) => $state:pat => $shown:expr) => {{
            let mut diags = Diagnostics::default();
            if let Some($state) = resource.$call(&mut diags $(, $argument)*).await {
                let shown: Option<&<AlertRuleResource as Resource>::State<'static>> = $shown;
                if let Some(shown) = shown {
                    surfaces.state($name, shown, &attributes);
                }
            }
            surfaces.diagnostics($name, &diags);
        }};
    }
    operation!("rule: validate", validate(state()) => _ => None);
    operation!("rule: read", read(state(), none(), no_meta()) => (state, _) => Some(&state));
    operation!("rule: plan of a creation", plan_create(state(), state(), no_meta()) => (state, _) => Some(&state));
    operation!("rule: plan of a change", plan_update(state(), state(), state(), none(), no_meta()) => (state, ..) => Some(&state));
    operation!("rule: plan of a destroy", plan_destroy(state(), none(), no_meta()) => _ => None);
    operation!("rule: create", create(state(), state(), none(), no_meta()) => (state, _) => Some(&state));
    operation!("rule: update", update(state(), state(), state(), none(), no_meta()) => (state, _) => Some(&state));
    operation!("rule: destroy", destroy(state(), none(), no_meta()) => _ => None);
    operation!("rule: import", import("r".to_owned()) => (state, _) => Some(&state));
}

async fn endpoint_operations(connection: &Connection, fields: &Json, surfaces: &mut Surfaces) {
    let resource = EndpointResource::new(connection.clone());
    let attributes = endpoint::definition::attributes();
    let mut all = json!({
        "id": "e", "name": "e", "url": "https://h/x", "url_fingerprint": "before", "declared": true, "live": true,
        "kapacitor_conf": "before",
    });
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    let all = filled(&attributes, all);
    let state = || read::<<EndpointResource as Resource>::State<'static>>(&all);
    let (none, no_meta) = (|| Value::Null, || Value::Null);
    macro_rules! operation {
        ($name:literal, $call:ident($($argument:expr),*) => $state:pat => $shown:expr) => {{
            let mut diags = Diagnostics::default();
            if let Some($state) = resource.$call(&mut diags $(, $argument)*).await {
                let shown: Option<&<EndpointResource as Resource>::State<'static>> = $shown;
                if let Some(shown) = shown {
                    surfaces.state($name, shown, &attributes);
                }
            }
            surfaces.diagnostics($name, &diags);
        }};
    }
    operation!("endpoint: validate", validate(state()) => _ => None);
    operation!("endpoint: read", read(state(), none(), no_meta()) => (state, _) => Some(&state));
    operation!("endpoint: plan of a creation", plan_create(state(), state(), no_meta()) => (state, _) => Some(&state));
    operation!("endpoint: plan of a change", plan_update(state(), state(), state(), none(), no_meta()) => (state, ..) => Some(&state));
    operation!("endpoint: create", create(state(), state(), none(), no_meta()) => (state, _) => Some(&state));
    operation!("endpoint: update", update(state(), state(), state(), none(), no_meta()) => (state, _) => Some(&state));
    operation!("endpoint: destroy", destroy(state(), none(), no_meta()) => _ => None);
    operation!("endpoint: import", import("e".to_owned()) => (state, _) => Some(&state));
}

async fn test_operations(connection: &Connection, fields: &Json, surfaces: &mut Surfaces) {
    let test = WebhookTest::new(connection.clone());
    let mut all = json!({ "url": "https://h/x" });
    for (name, value) in fields.as_object().unwrap() {
        all[name] = value.clone();
    }
    let attributes = webhook_test::attributes();
    let state = read::<<WebhookTest as DataSource>::State<'static>>(&filled(&attributes, all));
    let mut diags = Diagnostics::default();
    if let Some(state) = DataSource::read(&test, &mut diags, state, Value::Null).await {
        surfaces.state("webhook test", &state, &attributes);
    }
    surfaces.diagnostics("webhook test", &diags);
}

fn client(server: &Server, planted: &Planted) -> Client {
    let secret = || Secret::new(SECRET);
    let username = || "user".to_owned();
    let auth = match planted.attributes.as_str() {
        Some("basic") => KapacitorAuth::Basic {
            username: username(),
            password: secret(),
        },
        Some("bearer") => KapacitorAuth::Bearer(secret()),
        Some("jwt") => KapacitorAuth::SharedSecret {
            username: username(),
            secret: secret(),
        },
        _ => KapacitorAuth::None,
    };
    let mut config = ClientConfig::new(TransportConfig::Direct {
        url: server.url(),
        auth,
    });
    config.max_retries = 0;
    config.script_secrets = script_secrets;
    if planted.attributes.as_str() == Some("header") {
        config.headers = vec![("X-Gate".to_owned(), secret())];
    }
    Client::new(config).unwrap()
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Every request's operation, with the server repeating the secret in all of its forms at once.
async fn everything_shown(planted: &Planted, echo: &'static str, words: String, log: &Log) -> (Surfaces, Vec<String>) {
    let server = Server::with(move |seen, _| reply(echo, &words, seen)).await;
    let connection = Connection::default();
    connection.set(Some(client(&server, planted)));
    let mut surfaces = Surfaces::default();
    let none = json!({});
    let fields = |target| {
        if planted.target == target {
            &planted.attributes
        } else {
            &none
        }
    };
    if matches!(planted.target, Target::Rule | Target::Provider) {
        let post = filled(&alert_rule::definition::post_attributes(), json!({ "endpoint": "e" }));
        let of_any = json!({ "post": [post] });
        let of_rule = fields(Target::Rule);
        rule_operations(
            &connection,
            if of_rule == &none { &of_any } else { of_rule },
            &mut surfaces,
        )
        .await;
    }
    if matches!(planted.target, Target::Endpoint | Target::Provider) {
        endpoint_operations(&connection, fields(Target::Endpoint), &mut surfaces).await;
    }
    if matches!(planted.target, Target::Test | Target::Provider) {
        test_operations(&connection, fields(Target::Test), &mut surfaces).await;
    }
    let logged = std::mem::take(&mut *log.0.lock().unwrap());
    surfaces
        .0
        .push(("log".to_owned(), String::from_utf8_lossy(&logged).into_owned()));
    let seen = server.seen();
    let sent = seen.iter().filter_map(|seen| seen.headers.get("authorization"));
    let sent = sent.filter_map(|value| Some(value.split_once(' ')?.1.to_owned()));
    (surfaces, sent.collect())
}

#[tokio::test]
async fn no_secret_comes_back_from_any_request_in_any_form() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .with_writer(move || writer.clone());
    let _guard = tracing::subscriber::set_default(subscriber.finish());

    let forms = forms(SECRET);
    let words: Vec<String> = forms.iter().map(|(name, form)| format!("{name} <{form}>")).collect();
    let (mut shown, mut searched, mut sent_in_all) = (0, std::collections::BTreeSet::new(), 0);
    for planted in &places() {
        for echo in ECHOES {
            let (surfaces, sent) = everything_shown(planted, echo, words.join(", "), &log).await;
            sent_in_all += sent.len();
            for (surface, text) in &surfaces.0 {
                let place = format!(
                    "{:?} {} repeated as {echo}, in the {surface}",
                    planted.target, planted.place
                );
                for (name, form) in &forms {
                    let middle = &form[form.len() / 3..form.len() * 2 / 3];
                    assert!(!text.contains(middle), "{place}: {name}: {text}");
                }
                for token in &sent {
                    assert!(!text.contains(token.as_str()), "{place}: as it was sent: {text}");
                }
                shown += usize::from(text.contains(SAID) && text.contains(MASK));
                searched.insert(surface.clone());
            }
        }
    }
    println!(
        "{} places x {} echoes x {} surfaces x {} forms; {sent_in_all} credentials sent; {shown} texts quoted the server",
        places().len(),
        ECHOES.len(),
        searched.len(),
        forms.len()
    );
    assert!(
        shown > places().len() && sent_in_all > 20,
        "{shown} texts quote the server; {sent_in_all} credentials were sent"
    );
}

/// What others wrote into metrics, scripts and answers does not reach a terminal as it is.
#[tokio::test]
async fn no_control_character_of_a_server_is_shown() {
    let controls = "\u{1b}[2J\u{9b}31m\u{202e}\u{7}\r\u{0}";
    let place = &places()[0];
    let words = format!("host=web{controls}");
    for echo in ECHOES.into_iter().filter(|echo| *echo != "redirect") {
        let (surfaces, _) = everything_shown(place, echo, words.clone(), &Log::default()).await;
        for (surface, text) in &surfaces.0 {
            let raw = text.contains(|c: char| controls.contains(c) && !"[2J31m".contains(c));
            assert!(!raw, "{echo}: {surface}: {text:?}");
        }
        let escaped = surfaces
            .0
            .iter()
            .any(|(_, text)| text.contains("\\u{1b}[2J") || text.contains("\\\\u{1b}[2J"));
        assert!(escaped || echo == "unknown JSON", "{echo} is not shown at all");
    }
}
