//! The rules API: `/chronograf/v1/sources/S/kapacitors/K/rules…`.

use crate::chronograf::connections::{answer, error, no_content, not_allowed, Kapacitor};
use crate::chronograf::forward::{self, Outgoing};
use crate::chronograf::rule_json;
use crate::server::exchange::{Answer, Request};
use base64::Engine;
use serde_json::{json, Map, Value};

/// Answers a request for the rules of a kapacitor; `rest` is what the path says behind `rules`.
pub async fn serve(kapacitor: &Kapacitor, request: &Request, rest: &[&str]) -> Result<Answer, Answer> {
    if kapacitor.url.is_empty() {
        let message = "Unsupported protocol scheme: , your address must start with http:// or https://";
        return Err(error(500, message));
    }
    let tasks = Tasks { kapacitor };
    match (request.method.as_str(), rest) {
        ("GET", []) => list(&tasks, request).await,
        ("POST", []) => create(&tasks, request).await,
        ("GET", [id]) => Ok(answer(200, &tasks.view(&tasks.get(id).await?))),
        ("PUT", [id]) => update(&tasks, request, id).await,
        ("PATCH", [id]) => set_status(&tasks, request, id).await,
        ("DELETE", [id]) => {
            tasks.get(id).await?;
            tasks
                .call("DELETE", &format!("/{id}"), None)
                .await
                .map_err(|message| error(500, &message))?;
            Ok(no_content())
        }
        (_, []) => Err(not_allowed("GET, OPTIONS, POST")),
        (_, [_]) => Err(not_allowed("DELETE, GET, OPTIONS, PATCH, PUT")),
        _ => Err(error(404, "Not Found")),
    }
}

/// The tasks of a Kapacitor, as Chronograf reaches them.
struct Tasks<'a> {
    kapacitor: &'a Kapacitor,
}

impl Tasks<'_> {
    /// Sends a request for tasks; an error is Kapacitor's message, or Go's where nobody answers.
    async fn call(&self, method: &str, rest: &str, body: Option<&Value>) -> Result<Value, String> {
        let (_, address) = self.kapacitor.url.split_once("://").unwrap_or_default();
        let host = address.split('/').next().unwrap_or_default().to_owned();
        let mut headers = vec![("Content-Type".to_owned(), "application/json".to_owned())];
        if !self.kapacitor.username.is_empty() && !self.kapacitor.password.is_empty() {
            let pair = format!("{}:{}", self.kapacitor.username, self.kapacitor.password);
            let encoded = base64::engine::general_purpose::STANDARD.encode(pair);
            headers.push(("Authorization".to_owned(), format!("Basic {encoded}")));
        }
        let target = format!("/kapacitor/v1/tasks{rest}");
        let url = format!("http://{host}{target}");
        let body = body.map(Value::to_string).unwrap_or_default().into();
        let sent = forward::send(Outgoing {
            method: method.to_owned(),
            host: host.clone(),
            target,
            headers,
            body,
        })
        .await;
        let Some(answer) = sent else {
            let verb = format!("{}{}", &method[..1], method[1..].to_lowercase());
            return Err(format!(
                "{verb} \"{url}\": dial tcp {host}: connect: connection refused"
            ));
        };
        let value: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        if answer.status >= 300 {
            return Err(value["error"].as_str().unwrap_or_default().to_owned());
        }
        Ok(value)
    }

    /// One task. Whatever goes wrong, Chronograf says that there is none.
    async fn get(&self, id: &str) -> Result<Value, Answer> {
        self.call("GET", &format!("/{id}"), None)
            .await
            .map_err(|_| error(404, "ID 0 not found"))
    }

    fn view(&self, task: &Value) -> Value {
        rule_json::view(task, &self.kapacitor.path())
    }
}

/// The list, which is empty where Kapacitor cannot be asked.
async fn list(tasks: &Tasks<'_>, request: &Request) -> Result<Answer, Answer> {
    let number = |name: &str| request.parameter(name).and_then(|text| text.parse::<usize>().ok());
    let pattern = request.parameter("pattern").filter(|pattern| !pattern.is_empty());
    let offset = number("offset").unwrap_or(0);
    if pattern.is_some() && offset > 0 {
        return Err(error(
            500,
            "offset paramater must be 0 when pattern parameter is supplied",
        ));
    }
    let found = tasks.call("GET", "?limit=-1", None).await.unwrap_or_default();
    let found = found["tasks"].as_array().cloned().unwrap_or_default();
    let views = found.iter().map(|task| tasks.view(task));
    let named = views.filter(|view| {
        let name = view["name"].as_str().unwrap_or_default();
        pattern.as_ref().is_none_or(|pattern| name.contains(pattern.as_str()))
    });
    let rules: Vec<Value> = named.skip(offset).take(number("limit").unwrap_or(usize::MAX)).collect();
    Ok(answer(200, &json!({ "rules": rules })))
}

fn body_of(request: &Request) -> Result<Map<String, Value>, Answer> {
    let wrong = |message: &str| error(422, message);
    match serde_json::from_slice(&request.body) {
        Ok(Value::Object(body)) => Ok(body),
        Ok(Value::Array(_)) => Err(wrong(
            "json: cannot unmarshal array into Go value of type chronograf.AlertRule",
        )),
        Ok(other) => Err(wrong(&format!(
            "json: cannot unmarshal {other} into Go value of type chronograf.AlertRule"
        ))),
        Err(_) => Err(wrong("unexpected EOF")),
    }
}

/// What a body asks to store: a script as it is, or the one that its query makes.
fn task_of(body: &Map<String, Value>) -> Result<Value, Answer> {
    if body.get("query").is_some_and(|query| !query.is_null()) {
        let query = &body["query"];
        let script = rule_json::script(&Value::Object(body.clone())).map_err(|message| error(422, &message))?;
        return Ok(json!({
            "type": "stream",
            "dbrps": [{ "db": query["database"], "rp": query["retentionPolicy"] }],
            "script": script,
        }));
    }
    let task_type = body.get("type").and_then(Value::as_str).unwrap_or_default();
    if !matches!(task_type, "stream" | "batch") {
        return Err(error(422, &format!("unknown TaskType {task_type}")));
    }
    let part = |name: &str| body.get(name).cloned().unwrap_or_default();
    Ok(json!({ "type": task_type, "dbrps": part("dbrps"), "script": part("tickscript") }))
}

async fn create(tasks: &Tasks<'_>, request: &Request) -> Result<Answer, Answer> {
    let body = body_of(request)?;
    let mut task = task_of(&body)?;
    let text = |name: &str| body.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    let is_rule = body.get("query").is_some_and(|query| !query.is_null());
    task["status"] = json!("enabled");
    if is_rule {
        task["id"] = json!(format!("chronograf-v1-{}", uuid::Uuid::new_v4()));
        // As recorded, a new rule gets one `.stateChangesOnly()` more than a saved one.
        let script = task["script"].as_str().unwrap_or_default();
        task["script"] = json!(script.replacen(
            "        .message(message)",
            "        .stateChangesOnly()\n        .message(message)",
            1
        ));
    } else {
        task["id"] = json!(text("name").or(text("id")));
        task["status"] = json!(text("status").unwrap_or("enabled"));
    }
    let created = tasks
        .call("POST", "", Some(&task))
        .await
        .map_err(|message| error(422, &message))?;
    let view = tasks.view(&created);
    let location = view["links"]["self"].as_str().unwrap_or_default().to_owned();
    Ok(answer(201, &view).header("Location", &location))
}

/// The task is changed and disabled, then enabled again if it was; the answer is the one of the change, so it says disabled.
async fn update(tasks: &Tasks<'_>, request: &Request, id: &str) -> Result<Answer, Answer> {
    let former = tasks.get(id).await?;
    let mut change = task_of(&body_of(request)?)?;
    change["status"] = json!("disabled");
    let rest = format!("/{id}");
    let refused = |message: String| error(422, &message);
    let changed = tasks.call("PATCH", &rest, Some(&change)).await.map_err(refused)?;
    if former["status"] == "enabled" {
        tasks
            .call("PATCH", &rest, Some(&json!({ "status": "enabled" })))
            .await
            .map_err(refused)?;
    }
    Ok(answer(200, &tasks.view(&changed)))
}

async fn set_status(tasks: &Tasks<'_>, request: &Request, id: &str) -> Result<Answer, Answer> {
    tasks.get(id).await?;
    let body: Map<String, Value> = serde_json::from_slice(&request.body).map_err(|_| error(400, "Unparsable JSON"))?;
    let status = body.get("status").and_then(Value::as_str).unwrap_or_default();
    if !matches!(status, "enabled" | "disabled") {
        return Err(error(422, &format!("invalid Kapacitor status: {status}")));
    }
    let patched = tasks
        .call("PATCH", &format!("/{id}"), Some(&json!({ "status": status })))
        .await;
    let patched = patched.map_err(|message| error(500, &message))?;
    Ok(answer(200, &tasks.view(&patched)))
}
