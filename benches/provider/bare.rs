//! A client that makes the least possible requests, one after the other, with the pause that Kapacitor needs between a start
//! and the next stop: what an apply cannot do without.

use crate::server::Server;
use serde_json::{json, Value};
use std::time::{Duration, Instant};

/// The pause between a start and the next stop, as the provider keeps it.
const PAUSE: Duration = Duration::from_millis(20);

/// The seconds that a number of rules took.
pub(crate) struct Seconds {
    /// To create them.
    pub(crate) create: f64,
    /// To change their scripts.
    pub(crate) update: f64,
    /// To delete them.
    pub(crate) destroy: f64,
}

/// The client, with the rule that it writes again and again.
pub(crate) struct Bare {
    runtime: tokio::runtime::Runtime,
    http: reqwest::Client,
    tasks: String,
    /// The task of the rule that is called `bench 0`.
    model: Value,
    last_start: Option<Instant>,
}

impl Bare {
    /// A client that writes rules like the one that is on the server.
    pub(crate) fn like_the_rule_on(server: &Server) -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let mut bare = Bare {
            runtime: runtime.expect("a runtime can be made"),
            http: reqwest::Client::builder()
                .no_proxy()
                .build()
                .expect("a client can be made"),
            tasks: format!("{}/kapacitor/v1/tasks", server.url()),
            model: Value::Null,
            last_start: None,
        };
        let listed = bare.send(
            "GET",
            "?limit=-1&fields=script&fields=dbrps&pattern=chronograf-v1-*",
            &Value::Null,
        );
        let tasks = listed["tasks"].as_array().cloned().unwrap_or_default();
        let is_model = |task: &Value| task["script"].as_str().is_some_and(|script| script.contains(NAME));
        bare.model = tasks.into_iter().find(is_model).expect("the rule is on the server");
        bare
    }

    /// Creates, changes and deletes that many rules.
    pub(crate) fn run(&mut self, number: usize) -> Seconds {
        Seconds {
            create: self.timed(number, Bare::create),
            update: self.timed(number, Bare::update),
            destroy: self.timed(number, Bare::destroy),
        }
    }

    fn timed(&mut self, number: usize, step: fn(&mut Self, usize)) -> f64 {
        let began = Instant::now();
        for index in 0..number {
            step(self, index);
        }
        began.elapsed().as_secs_f64()
    }

    fn create(&mut self, index: usize) {
        let task = json!({
            "id": format!("bare-{index}"), "type": "stream", "dbrps": self.model["dbrps"], "script": self.script(index),
            "status": "enabled",
        });
        self.start("POST", "", &task);
    }

    fn update(&mut self, index: usize) {
        let script = self.script(index).replace("is {{ .Level }}", "is now {{ .Level }}");
        let path = format!("/bare-{index}");
        self.stop("PATCH", &path, &json!({ "script": script, "status": "disabled" }));
        self.start("PATCH", &path, &json!({ "status": "enabled" }));
    }

    fn destroy(&mut self, index: usize) {
        self.stop("DELETE", &format!("/bare-{index}"), &Value::Null);
    }

    fn script(&self, index: usize) -> String {
        let script = self.model["script"].as_str().unwrap_or_default();
        script.replace(NAME, &format!("var name = 'bare {index}'\n"))
    }

    fn start(&mut self, method: &str, path: &str, body: &Value) {
        self.send(method, path, body);
        self.last_start = Some(Instant::now());
    }

    fn stop(&mut self, method: &str, path: &str, body: &Value) {
        if let Some(last_start) = self.last_start {
            std::thread::sleep(PAUSE.saturating_sub(last_start.elapsed()));
        }
        self.send(method, path, body);
    }

    fn send(&self, method: &str, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.tasks);
        let method = method.parse().expect("a method");
        let request = self.http.request(method, url).body(body.to_string());
        self.runtime.block_on(async {
            let answer = request.send().await.expect("Kapacitor answers");
            let (status, text) = (answer.status(), answer.text().await.unwrap_or_default());
            assert!(status.is_success(), "{status}: {text}");
            serde_json::from_str(&text).unwrap_or(Value::Null)
        })
    }
}

/// The line of the script that says what the rule is called.
const NAME: &str = "var name = 'bench 0'\n";
