//! Kapacitor's API as other people and tools use it: all that happens behind Terraform's back goes through here.

use super::block_on;
use serde_json::{json, Value};
use std::time::Duration;

/// A client of the server's API that has nothing in common with the provider's.
#[derive(Clone)]
pub(crate) struct Api {
    kapacitor: String,
}

impl Api {
    pub(crate) fn new(kapacitor: String) -> Self {
        Api { kapacitor }
    }

    /// A task; `None` where there is none of this id.
    pub(crate) fn task(&self, id: &str) -> Option<Value> {
        let (status, body) = self.send("GET", &task_path(id), None);
        match status {
            200 => Some(body),
            404 => None,
            _ => panic!("reading the task {id} was answered with {status}: {body}"),
        }
    }

    /// All tasks, with what stays the same while they run.
    pub(crate) fn tasks(&self) -> Vec<Value> {
        let fields = ["type", "dbrps", "script", "status", "executing", "error", "vars"];
        let fields: String = fields.iter().map(|field| format!("&fields={field}")).collect();
        let listed = self.ok("GET", &format!("/kapacitor/v1/tasks?limit=-1{fields}"), None);
        listed["tasks"].as_array().cloned().unwrap_or_default()
    }

    /// The tasks whose script sets this name.
    pub(crate) fn tasks_named(&self, name: &str) -> Vec<Value> {
        let line = format!("var name = '{name}'\n");
        let mut tasks = self.tasks();
        tasks.retain(|task| task["script"].as_str().is_some_and(|script| script.contains(&line)));
        tasks
    }

    /// Creates a task as it is given; with a status of enabled it has to start.
    pub(crate) fn create_task(&self, task: &Value) -> Value {
        self.ok("POST", "/kapacitor/v1/tasks", Some(task))
    }

    /// Ends the write lease, whoever has it.
    pub(crate) fn end_lease(&self) {
        let _ = self.try_request("DELETE", "/kapacitor/v1/templates/squadcast-write-lease", None);
    }

    /// Takes away all but these tasks and all overrides of the endpoint, as far as the server answers: this runs also after
    /// a test has failed.
    pub(crate) fn clean_up(&self, keep: &[String]) {
        let Ok((_, listed)) = self.try_request("GET", "/kapacitor/v1/tasks?limit=-1&fields=status", None) else {
            return;
        };
        let listed: Value = serde_json::from_str(&listed).unwrap_or_default();
        for id in ids(listed["tasks"].as_array().map(Vec::as_slice).unwrap_or_default()) {
            if !keep.contains(&id) {
                pause_between_start_and_stop();
                let _ = self.try_request("DELETE", &task_path(&id), None);
            }
        }
        let remove = json!({ "remove": ["squadcast"] }).to_string();
        let _ = self.try_request("POST", "/kapacitor/v1/config/httppost", Some(remove));
    }

    /// Changes a task, and returns status and body, since changes that do not start are answered with an error.
    pub(crate) fn patch_task(&self, id: &str, change: &Value) -> (u16, Value) {
        pause_between_start_and_stop();
        self.send("PATCH", &task_path(id), Some(change))
    }

    /// Puts another script into a task and has it loaded, as a person does in Chronograf's editor.
    pub(crate) fn edit_script(&self, id: &str, edit: impl Fn(&str) -> String) {
        let task = self.task(id).expect("the task to edit is there");
        let before = task["script"].as_str().unwrap();
        let after = edit(before);
        assert_ne!(before, after, "the edit changed nothing");
        let (status, body) = self.patch_task(id, &json!({ "script": after, "status": "disabled" }));
        assert_eq!(status, 200, "{body}");
        let (status, body) = self.patch_task(id, &json!({ "status": "enabled" }));
        assert_eq!(status, 200, "{body}");
    }

    pub(crate) fn delete_task(&self, id: &str) {
        pause_between_start_and_stop();
        self.ok("DELETE", &task_path(id), None);
    }

    /// The options of an endpoint as the server shows them; `None` where it has none of this name.
    pub(crate) fn endpoint(&self, name: &str) -> Option<Value> {
        let (status, body) = self.send("GET", &format!("/kapacitor/v1/config/httppost/{name}"), None);
        match status {
            200 => Some(body["options"].clone()),
            404 => None,
            _ => panic!("reading the endpoint {name} was answered with {status}: {body}"),
        }
    }

    /// Sets options of an endpoint.
    pub(crate) fn set_endpoint(&self, name: &str, options: &Value) {
        let path = format!("/kapacitor/v1/config/httppost/{name}");
        self.ok("POST", &path, Some(&json!({ "set": options })));
    }

    /// Adds an endpoint that kapacitor.conf does not declare.
    pub(crate) fn add_endpoint(&self, options: &Value) {
        self.ok(
            "POST",
            "/kapacitor/v1/config/httppost",
            Some(&json!({ "add": options })),
        );
    }

    /// Takes away an added endpoint, or all overrides of a declared one.
    pub(crate) fn remove_endpoint(&self, name: &str) {
        self.ok(
            "POST",
            "/kapacitor/v1/config/httppost",
            Some(&json!({ "remove": [name] })),
        );
    }

    /// The whole configuration.
    pub(crate) fn config(&self) -> Value {
        self.ok("GET", "/kapacitor/v1/config", None)
    }

    /// Writes a point into `telegraf.autogen`, as line protocol without a time, at a time in seconds.
    pub(crate) fn write(&self, point: &str, seconds: u64) {
        let path = "/kapacitor/v1/write?db=telegraf&rp=autogen&precision=s";
        let (status, body) = self.request("POST", path, Some(format!("{point} {seconds}")));
        assert_eq!(status, 204, "writing a point was answered with {body}");
    }

    /// What a GET of this path is answered with.
    pub(crate) fn get(&self, path: &str) -> Value {
        self.ok("GET", path, None)
    }

    /// What a request with this body is answered with.
    pub(crate) fn send_ok(&self, method: &str, path: &str, body: &Value) -> Value {
        self.ok(method, path, Some(body))
    }

    fn ok(&self, method: &str, path: &str, body: Option<&Value>) -> Value {
        let (status, answer) = self.send(method, path, body);
        assert!(
            (200..300).contains(&status),
            "{method} {path} was answered with {status}: {answer}"
        );
        answer
    }

    fn send(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let (status, answer) = self.request(method, path, body.map(Value::to_string));
        (status, serde_json::from_str(&answer).unwrap_or(Value::String(answer)))
    }

    fn request(&self, method: &str, path: &str, body: Option<String>) -> (u16, String) {
        self.try_request(method, path, body)
            .unwrap_or_else(|error| panic!("{method} {path}: {error:?}"))
    }

    fn try_request(&self, method: &str, path: &str, body: Option<String>) -> reqwest::Result<(u16, String)> {
        let url = format!("{}{path}", self.kapacitor);
        block_on(async {
            // The system's certificates take longer to read than all else, and no test speaks TLS here.
            let client = reqwest::Client::builder()
                .no_proxy()
                .tls_built_in_root_certs(false)
                .build()?;
            let request = client
                .request(method.parse().unwrap(), &url)
                .timeout(Duration::from_secs(20))
                .body(body.unwrap_or_default());
            let answer = request.send().await?;
            Ok((answer.status().as_u16(), answer.text().await?))
        })
    }
}

/// The ids of listed tasks.
pub(super) fn ids(tasks: &[Value]) -> Vec<String> {
    tasks
        .iter()
        .filter_map(|task| Some(task["id"].as_str()?.to_owned()))
        .collect()
}

fn task_path(id: &str) -> String {
    format!("/kapacitor/v1/tasks/{id}")
}

/// Kapacitor can hang when a task is stopped within moments of its start, and nothing that it shows tells when it is safe.
fn pause_between_start_and_stop() {
    std::thread::sleep(Duration::from_millis(30));
}
