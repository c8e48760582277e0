//! What the sandbox's tests share: a client, and scripts.

use reqwest::{Client, Response, StatusCode};
use sandbox::{Options, Sandbox};
use serde_json::{json, Value};
use tokio::task::JoinHandle;

/// A sandbox with its client.
pub struct Bench {
    pub sandbox: Sandbox,
    pub client: Client,
}

impl Bench {
    pub async fn start(options: Options) -> Bench {
        // Kept connections would break at a restart.
        let client = Client::builder().pool_max_idle_per_host(0).build().expect("a client");
        Bench {
            sandbox: Sandbox::start(options).await.expect("a sandbox"),
            client,
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("{}/kapacitor/v1{path}", self.sandbox.kapacitor_url())
    }

    pub async fn get(&self, path: &str) -> Value {
        let response = self.client.get(self.url(path)).send().await.expect("an answer");
        body(response).await
    }

    pub async fn send(&self, method: &str, path: &str, body: &Value) -> Response {
        let method = method.parse().expect("a method");
        self.client
            .request(method, self.url(path))
            .body(body.to_string())
            .send()
            .await
            .expect("an answer")
    }

    /// Creates a task for telegraf.autogen.
    pub async fn create(&self, id: &str, script: &str, status: &str) {
        let dbrps = json!([{ "db": "telegraf", "rp": "autogen" }]);
        let task = json!({ "id": id, "type": "stream", "dbrps": dbrps, "script": script, "status": status });
        let response = self.send("POST", "/tasks", &task).await;
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap_or_default());
    }

    pub async fn patch(&self, id: &str, change: Value) {
        let response = self.send("PATCH", &format!("/tasks/{id}"), &change).await;
        assert_eq!(response.status(), 200, "{}", response.text().await.unwrap_or_default());
    }

    /// Writes points to telegraf.autogen, times in seconds.
    pub async fn write(&self, lines: &str) {
        let url = self.url("/write?db=telegraf&rp=autogen&precision=s");
        let response = self
            .client
            .post(url)
            .body(lines.to_owned())
            .send()
            .await
            .expect("an answer");
        assert_eq!(response.status(), 204);
    }

    /// The levels that arrived at the receiver, once all that is on its way has arrived.
    pub async fn levels(&self) -> Vec<&'static str> {
        self.sandbox.settle().await;
        self.sandbox
            .receiver()
            .posts()
            .iter()
            .filter_map(sandbox::Post::level)
            .collect()
    }
}

/// Sends a request beside others and returns its status.
pub fn ask(bench: &Bench, method: &str, path: &str, body: &Value) -> JoinHandle<StatusCode> {
    let method = method.parse().expect("a method");
    let request = bench.client.request(method, bench.url(path)).body(body.to_string());
    tokio::spawn(async move { request.send().await.expect("an answer").status() })
}

pub async fn body(response: Response) -> Value {
    let text = response.text().await.expect("a whole body");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{text:?}: {error}"))
}

/// An alert that fires above 90.
pub fn alert(post: &str) -> String {
    format!("stream|from().measurement('cpu').groupBy('host')|alert().crit(lambda: \"value\" > 90).details(''){post}")
}
