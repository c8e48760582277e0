//! `/kapacitor/v1/service-tests`: Kapacitor itself sends a test to a service.

use crate::go::{path, quote::quote, template::Value as TemplateValue, time};
use crate::kapacitor::process::endpoint::Endpoint;
use crate::kapacitor::process::poster::{self, Delivery};
use crate::kapacitor::topics::Level;
use crate::server::exchange::{Answer, Reply, Request};
use serde::Deserialize;
use serde_json::{json, Map, Value};
use std::collections::BTreeMap;

const BASE: &str = "/kapacitor/v1/service-tests";
/// What `httppost` tests, unless it is told otherwise.
const DEFAULT_URL: &str = "http://localhost:3000/";

/// Routes a request whose path starts with `/kapacitor/v1/service-tests`.
pub async fn serve(request: &Request, path: &str) -> Reply {
    let name = path[BASE.len()..].strip_prefix('/');
    match (request.method.as_str(), name) {
        ("GET", None) => list(request).into(),
        ("GET" | "POST", Some("")) => Answer::error(400, "must provide service name").into(),
        ("GET", Some(name)) => match services().get(name) {
            Some(options) => Answer::json(200, &view(name, options)).into(),
            None => unknown(name).into(),
        },
        ("POST", Some("httppost")) => test_httppost(request).await,
        ("POST", Some(name)) if services().contains_key(name) => {
            let message = format!("the sandbox, which is not Kapacitor, cannot test {name}");
            Answer::json(200, &json!({ "success": false, "message": message })).into()
        }
        ("POST", Some(name)) => unknown(name).into(),
        _ => Answer::error(404, "Not Found").into(),
    }
}

fn unknown(name: &str) -> Answer {
    Answer::error(404, &format!("service {} not found", quote(name)))
}

/// The services and their default options, as recorded.
fn services() -> Map<String, Value> {
    let text = include_str!("service_tests.json").replace("{now}", &time::now());
    serde_json::from_str(&text).unwrap_or_default()
}

fn view(name: &str, options: &Value) -> Value {
    json!({ "link": { "rel": "self", "href": format!("{BASE}/{name}") }, "name": name, "options": options })
}

fn list(request: &Request) -> Answer {
    let pattern = request.parameter("pattern").unwrap_or_default();
    if path::check(&pattern).is_err() {
        return Answer::error(400, "bad pattern: syntax error in pattern");
    }
    let listed: Vec<Value> = services()
        .iter()
        .filter(|(name, _)| path::lets_through(&pattern, name))
        .map(|(name, options)| view(name, options))
        .collect();
    Answer::json(
        200,
        &json!({ "link": { "rel": "self", "href": BASE }, "services": listed }),
    )
}

/// The endpoint is ignored, and so is the status that the receiver answers with.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Options {
    url: Option<String>,
    headers: Option<BTreeMap<String, String>>,
}

async fn test_httppost(request: &Request) -> Reply {
    let mut values = serde_json::Deserializer::from_slice(&request.body).into_iter::<Options>();
    let options = match values.next() {
        Some(Ok(options)) => options,
        None => return Answer::error(400, "failed to decode JSON body:EOF").into(),
        Some(Err(error)) if error.is_eof() => {
            return Answer::error(400, "failed to decode JSON body:unexpected EOF").into()
        }
        Some(Err(error)) => return Answer::error(400, &format!("failed to decode JSON body:{error}")).into(),
    };
    let url = options.url.unwrap_or_else(|| DEFAULT_URL.to_owned());
    if url.is_empty() {
        // Kapacitor's handler panics.
        return Reply::Drop;
    }
    let result = send(&url, options.headers.unwrap_or_default()).await;
    let message = result.as_ref().err().cloned().unwrap_or_default();
    Answer::json(200, &json!({ "success": result.is_ok(), "message": message })).into()
}

async fn send(url: &str, given: BTreeMap<String, String>) -> Result<(), String> {
    let alert = json!({
        "id": "",
        "message": "",
        "details": "",
        "time": time::ZERO,
        "duration": 0,
        "level": "OK",
        "data": { "series": null },
        "previousLevel": "OK",
        "recoverable": false,
    });
    let level = || Level::Ok.template_value();
    let fields = ["ID", "Message", "Details"].map(|name| (name, TemplateValue::from("")));
    let fields = fields
        .into_iter()
        .chain([("Level", level()), ("PreviousLevel", level())])
        .collect();
    let data = TemplateValue::Struct {
        type_name: "alert.Data",
        fields,
        json: Some(alert.clone()),
    };
    let (url, _) = Endpoint::of_url(url)?.head(&data)?;
    let mut headers = BTreeMap::from([("Auth".to_owned(), "secret".to_owned())]);
    headers.extend(given);
    headers.insert("Content-Type".to_owned(), "application/json".to_owned());
    let delivery = Delivery {
        url,
        headers,
        body: format!("{alert}\n"),
        timeout: None,
    };
    poster::post(&delivery)
        .await
        .map(drop)
        .map_err(|error| format!("failed to POST alert data: {error}"))
}
