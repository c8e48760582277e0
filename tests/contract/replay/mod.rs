//! Plays a recorded file against a fresh sandbox, exchange by exchange.

mod before;
mod chronograf;
mod client;
mod left_out;
mod matching;
mod recording;

use client::Outcome;
use matching::Bindings;
use recording::{Exchange, Recorded};
use sandbox::{Hold, KapacitorConf, Options, Sandbox};
use serde_json::{Map, Value};
use std::net::SocketAddr;
use std::path::PathBuf;

pub(super) use left_out::{LeftOut, CHRONOGRAF, KAPACITOR};

/// A file being played.
pub(super) struct Replay {
    sandbox: Sandbox,
    address: SocketAddr,
    chronograf: SocketAddr,
    first_conf: KapacitorConf,
    bindings: Bindings,
    template_file: PathBuf,
    /// Whether the file is one of Chronograf's, 09 to 11.
    of_chronograf: bool,
    /// What holds the posts to a webhook that hangs.
    hold: Option<Hold>,
}

/// How a file went.
#[derive(Default)]
pub(super) struct Report {
    pub matched: usize,
    pub left_out: usize,
    /// What must match and does not, and what is left out and does match.
    pub wrong: Vec<String>,
}

/// Plays a file.
pub(super) async fn play(file: &str) -> Report {
    let exchanges = recording::read(file);
    let before = exchanges.first().and_then(|exchange| exchange.before.as_deref());
    let mut replay = Replay::start(file, before, &version(&exchanges)).await;
    let mut report = Report::default();
    for (number, exchange) in (1..).zip(&exchanges) {
        let left_out = left_out::reason(file, number);
        if left_out.is_some_and(|left_out| !left_out.sent) {
            report.left_out += 1;
            continue;
        }
        let result = replay.exchange(file, exchange).await;
        let at = format!("{file}:{number} [{}]", exchange.step);
        match (result, left_out) {
            (Ok(()), None) => report.matched += 1,
            (Err(_), Some(_)) => report.left_out += 1,
            (Err(error), None) => report.wrong.push(format!("{at}: {error}")),
            (Ok(()), Some(_)) => report.wrong.push(format!("{at} matches: it need not be left out")),
        }
    }
    std::fs::remove_file(&replay.template_file).ok();
    report
}

impl Replay {
    async fn start(file: &str, before: Option<&str>, version: &str) -> Replay {
        let first_conf = before::first_conf(before);
        let options = Options {
            conf: first_conf.clone(),
            chronograf: Some(chronograf::first_conf(before)),
            version: version.to_owned(),
            ..Options::default()
        };
        let sandbox = Sandbox::start(options).await.expect("a sandbox");
        // The recorded times pass, and no others.
        sandbox.stop_clock();
        let kapacitor = sandbox.kapacitor_url().trim_start_matches("http://").to_owned();
        let receiver = sandbox.receiver_url().trim_start_matches("http://").to_owned();
        let chronograf = sandbox.chronograf_url().expect("a Chronograf");
        let chronograf = chronograf.trim_start_matches("http://").to_owned();
        if before == Some("Kapacitor is not running") {
            sandbox.stop();
        }
        let folder = std::env::temp_dir().join(format!("sandbox-{}-{file}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder for a template");
        let template_file = folder.join("tmpl");
        std::fs::write(&template_file, "{{ .Message }}").expect("a template");
        let bindings = Bindings::new(&[
            ("receiver", &receiver),
            ("kapacitor", &kapacitor),
            ("kapacitor-2", "127.0.0.1:2"),
            ("chronograf", &chronograf),
            ("influxdb", "127.0.0.1:8086"),
            ("data-dir", &folder.to_string_lossy()),
        ]);
        Replay {
            sandbox,
            address: kapacitor.parse().expect("an address"),
            chronograf: chronograf.parse().expect("an address"),
            first_conf,
            bindings,
            template_file,
            of_chronograf: matches!(&file[..2], "09" | "10" | "11"),
            hold: None,
        }
    }

    async fn exchange(&mut self, file: &str, exchange: &Exchange) -> Result<(), String> {
        let before = exchange.before.as_deref().unwrap_or_default();
        before::restart(self, before).await?;
        chronograf::restart(self, before);
        before::slow_webhook(self, before);
        before::influxdb(self, before).await;
        if before.contains("disabled tasks many-000") {
            let count = if before.starts_with("250") { 250 } else { 150 };
            before::many_tasks(self, count).await;
        }
        before::time(self, before).await;
        if before.starts_with("10 clients at once") {
            before::careless_clients(self).await;
        }
        self.sandbox.receiver().clear();
        let request = exchange.request.filled(&self.bindings);
        let request = chronograf::signed(self, request, before == "3 seconds later").await;
        let outcomes = if before::is_crowd(before) {
            before::crowd(self, &request, before).await
        } else {
            vec![self.send(&request).await]
        };
        let recorded = without_racers(file, &exchange.response);
        // Of a crowd's answers, one is recorded.
        let mut result = Err("no answer".to_owned());
        for outcome in &outcomes {
            let mut bindings = self.bindings.clone();
            result = bindings.answer(&recorded, &without_racers_found(file, outcome));
            if result.is_ok() {
                self.bindings = bindings;
                break;
            }
        }
        result?;
        if self.hold.is_none() {
            self.sandbox.settle().await;
        }
        match &exchange.received {
            Some(received) => self.bindings.received(received, &self.sandbox.receiver().posts()),
            None => Ok(()),
        }
    }

    /// Sends a request; one that the server leaves hanging, for good or until the webhook answers, is a timeout.
    async fn send(&self, request: &Recorded) -> Outcome {
        self.sandbox.clear_requests();
        tokio::select! {
            outcome = client::send(self.address_of(request), request) => outcome,
            _ = self.sandbox.wait_for_requests(|seen| {
                let hangs = |seen: &&sandbox::SeenRequest| match seen.outcome {
                    sandbox::Outcome::Hanging => true,
                    sandbox::Outcome::Waiting => self.hold.is_some(),
                    _ => false,
                };
                seen.iter().filter(hangs).any(|seen| seen.method == request.method && seen.path == request.path)
            }) => Outcome::Timeout,
        }
    }
}

impl Replay {
    /// Paths of Kapacitor's API go to Kapacitor, all others to Chronograf where the file is one of Chronograf's.
    fn address_of(&self, request: &Recorded) -> SocketAddr {
        if self.of_chronograf && !request.path.starts_with("/kapacitor/") {
            return self.chronograf;
        }
        self.address
    }
}

/// The version that the recorded Kapacitor said it was; the first ones were built without.
fn version(exchanges: &[Exchange]) -> String {
    let headers = exchanges.iter().filter_map(|exchange| exchange.response.get("headers"));
    let versions = headers.filter_map(|headers| headers.get("X-Kapacitor-Version")?.as_str());
    versions.map(str::to_owned).next().unwrap_or_default()
}

/// Which of the ten careless clients' tasks are left behind by the hang is chance, so they do not count.
fn without_racers(file: &str, response: &Map<String, Value>) -> Map<String, Value> {
    let mut response = response.clone();
    if file == "08-deadlock" {
        if let Some(tasks) = response
            .get_mut("body")
            .and_then(|body| body.get_mut("tasks"))
            .and_then(Value::as_array_mut)
        {
            tasks.retain(|task| !task["id"].as_str().is_some_and(|id| id.starts_with("c0")));
        }
    }
    response
}

fn without_racers_found(file: &str, outcome: &Outcome) -> Outcome {
    let Outcome::Answer { status, headers, body } = outcome else {
        return outcome.clone();
    };
    let Ok(body) = serde_json::from_slice::<Value>(body) else {
        return outcome.clone();
    };
    let response = Map::from_iter([("body".to_owned(), body)]);
    let body = without_racers(file, &response).remove("body").unwrap_or_default();
    Outcome::Answer {
        status: *status,
        headers: headers.clone(),
        body: body.to_string().into_bytes(),
    }
}
