//! What an undisturbed run shows of an operation: where it begins, its requests, and where it ends.

use super::agreement::agree;
use super::operations::{fire, Operation, HANDLER, PLAN, REFRESH, SECOND, TASK, TEMPLATE};
use super::{handlers, sandbox, tasks, templates, HANDLERS, TEMPLATES};
use crate::harness::{is_about_leases, Server, Workspace, ENDPOINT, RULE};
use regex::{Captures, Regex};
use sandbox::SeenRequest;
use serde_json::{json, Value};

/// What an undisturbed run showed of an operation.
pub(super) struct Undisturbed {
    /// The state, and what the server had, before the run.
    pub start: Start,
    pub requests: Vec<SeenRequest>,
    /// What came of it, free of what differs between two servers.
    pub end: String,
}

/// A state file, and what the server has to have with it.
pub(super) struct Start {
    receiver: String,
    state: Option<String>,
    tasks: Vec<Value>,
    templates: Vec<Value>,
    handlers: Vec<Value>,
    endpoint: Option<Value>,
}

impl Start {
    fn of(server: &Server, workspace: &Workspace) -> Self {
        let state = std::fs::read_to_string(workspace.path("terraform.tfstate")).ok();
        Start {
            receiver: server.receiver_url(""),
            endpoint: workspace.state().find(ENDPOINT),
            state,
            tasks: tasks(&server.api()),
            templates: templates(&server.api()),
            handlers: handlers(&server.api()),
        }
    }

    /// Brings another server, and the workspace that belongs to it, to the same point without running terraform.
    pub(super) fn repeat(&self, server: &Server, workspace: &Workspace) {
        let moved = |text: &str| text.replace(&self.receiver, &server.receiver_url(""));
        if let Some(state) = &self.state {
            std::fs::write(workspace.path("terraform.tfstate"), moved(state)).unwrap();
        }
        let of_template = |task: &&Value| task["template-id"].is_string();
        let has_lost_track = |task: &Value| {
            let mut templates = self.templates.iter();
            templates.any(|template| template["id"] == task["template-id"] && template["script"] != task["script"])
        };
        let create = |task: &Value| {
            let task: Value = serde_json::from_str(&moved(&task.to_string())).unwrap();
            server.api().create_task(&task);
        };
        for task in self
            .tasks
            .iter()
            .filter(of_template)
            .filter(|task| has_lost_track(task))
        {
            let id = task["template-id"].as_str().unwrap();
            let former = json!({ "id": id, "script": task["script"] });
            server.api().send_ok("POST", TEMPLATES, &former);
            create(task);
            server
                .api()
                .send_ok("DELETE", &format!("{TEMPLATES}/{id}"), &Value::Null);
        }
        for template in &self.templates {
            server.api().send_ok("POST", TEMPLATES, template);
        }
        for task in self.tasks.iter().filter(|task| !has_lost_track(task)) {
            create(task);
        }
        for handler in &self.handlers {
            server.api().send_ok("POST", HANDLERS, handler);
        }
        if let Some(attributes) = &self.endpoint {
            let url = moved(attributes["url"].as_str().unwrap());
            server.api().set_endpoint("squadcast", &json!({ "url": url }));
        }
    }
}

pub(super) fn undisturbed(operation: &Operation) -> Undisturbed {
    let server = sandbox().unwrap();
    // Nothing has to be given up here, however busy the machine is.
    let workspace = Workspace::with_settings(&server, "max_retries = 0");
    let before = (operation.before)(&server);
    if !before.is_empty() {
        workspace.apply(&before).succeeds();
    }
    (operation.disturbed)(&server);
    if operation.fires {
        fire(&server);
    }
    if !before.is_empty() {
        workspace.run(REFRESH).succeeds();
    }
    let mut start = Start::of(&server, &workspace);
    if operation.imports {
        workspace.forget_state();
        start.state = None;
    }
    workspace.write(&(operation.wanted)(&server));
    server.insides().clear_requests();
    let run = workspace.run(operation.run);
    let mut requests = server.insides().requests();
    // The lease is the same for all operations, and has a test of its own.
    requests.retain(|request| !is_about_leases(request));
    assert_eq!(run.code == Some(0), !operation.fails, "{}: {run}", operation.name);
    if operation.run == PLAN {
        agree(operation, &server, &workspace.state()).unwrap();
        workspace.apply_again().succeeds();
    }
    (operation.holds)(&server).unwrap();
    agree(operation, &server, &workspace.state()).unwrap();
    if !operation.fails {
        workspace.plan().is_empty();
    }
    Undisturbed {
        start,
        requests,
        end: end(&server, &workspace),
    }
}

/// Everything that an apply comes to: what the server has, and the state.
pub(super) fn end(server: &Server, workspace: &Workspace) -> String {
    let state = workspace.state();
    let kept = [RULE, ENDPOINT, TASK, TEMPLATE, SECOND, HANDLER];
    // Each has fingerprints by a key of its own, which may by chance be that of another.
    let kept = kept.map(|address| json!([state.find(address), state.is_tainted(address)]));
    let kept = kept.map(|kept| by_first_place(&kept.to_string()));
    let kept = kept.map(|kept| serde_json::from_str::<Value>(&kept).unwrap());
    let config = server.api().config();
    let end = json!({
        "state": kept,
        "outputs": state.0["outputs"],
        "tasks": tasks(&server.api()),
        "templates": templates(&server.api()),
        "handlers": handlers(&server.api()),
        "left": left_of_backtests(server),
        "config": config,
    });
    let end = serde_json::to_string_pretty(&end).unwrap();
    by_first_place(&end.replace(&server.receiver_url(""), "(receiver)"))
}

/// Fingerprints by number. An import knows no configuration and draws their key at random, so that those of two imports
/// differ; which of them are equal does not.
fn by_first_place(text: &str) -> String {
    let fingerprint = Regex::new("hmac:[0-9a-f]+").unwrap();
    let mut seen: Vec<String> = Vec::new();
    let numbered = fingerprint.replace_all(text, |found: &Captures| {
        let found = &found[0];
        let place = seen.iter().position(|one| one == found).unwrap_or_else(|| {
            seen.push(found.to_owned());
            seen.len() - 1
        });
        format!("(fingerprint {place})")
    });
    numbered.into_owned()
}

/// What back-tests have left on the server: it goes with the next one.
fn left_of_backtests(server: &Server) -> Value {
    let topics = server
        .api()
        .get("/kapacitor/v1/alerts/topics?pattern=squadcast-backtest-*");
    let replayed = server.insides().replayed();
    json!([topics["topics"], replayed.recordings, replayed.replays])
}
