//! The data source that tells how often a rule would have fired.

use crate::harness::{block_on, quoted, rule, threshold, Resource, Server, Workspace, RULE};
use sandbox::{Fault, Kind, Options, Outcome, Replayed, SeenRequest};

use serde_json::{json, Value};
use std::time::Duration;

const DATA: &str = "data.squadcast_kapacitor_backtest.cpu";

/// What it finds. The whole holds `script` too, which is sensitive.
const FOUND: [&str; 8] = [
    "incidents",
    "posts",
    "max_posts_per_minute",
    "points",
    "noisiest_series",
    "longest_incident",
    "by_series",
    "events",
];

/// The hour in which the points of these tests lie.
const HOUR: &str = "start = \"2001-09-09T01:46:40Z\"\n  stop = \"2001-09-09T02:46:40Z\"\n";

/// Its first second.
const START: u64 = 1_000_000_000;

/// Host a is over 90 twice, for 5 and 2 minutes, and host b once, for one.
fn write_an_hour(server: &Server) {
    let mut lines = Vec::new();
    for minute in 0..60 {
        let a = if (10..15).contains(&minute) || (30..32).contains(&minute) {
            95
        } else {
            50
        };
        let b = if minute == 20 { 99 } else { 40 };
        let at = START + 60 * minute;
        lines.push(format!("cpu,cpu=cpu-total,host=a usage_user={a} {at}"));
        lines.push(format!("cpu,cpu=cpu-total,host=b usage_user={b} {at}"));
    }
    let (last, first) = lines.split_last().unwrap();
    let (point, _) = last.rsplit_once(' ').unwrap();
    let batch = format!("{}\n{point}", first.join("\n"));
    server.api().write(&batch, START + 60 * 59);
}

fn backtest(script: &str, more: &str) -> String {
    format!("data \"squadcast_kapacitor_backtest\" \"cpu\" {{\n  {script}\n  {HOUR}  {more}\n}}\n")
}

fn output(value: &str) -> String {
    format!("output \"found\" {{\n  value = {value}\n}}\n")
}

/// A rule, and a back-test of it. Terraform puts off a data source that refers to a resource which is still to be changed, but
/// not one that takes a value from elsewhere.
fn of_rule(rule: &Resource, more: &str) -> String {
    let script = format!("locals {{\n  script = {RULE}.tickscript\n}}\n");
    let found = FOUND.map(|name| format!("{name} = {DATA}.{name}"));
    let found = output(&format!("{{\n    {}\n  }}", found.join("\n    ")));
    format!(
        "{}{script}{}{found}",
        rule.hcl(),
        backtest("tickscript = local.script", more)
    )
}

fn found(workspace: &Workspace) -> Value {
    workspace.state().0["outputs"]["found"]["value"].clone()
}

/// Nothing of a back-test is on the server.
#[track_caller]
fn is_clean(server: &Server) {
    let topics = server
        .api()
        .get("/kapacitor/v1/alerts/topics?pattern=squadcast-backtest-*");
    assert_eq!(topics["topics"], json!([]));
    assert_eq!(server.insides().replayed(), Replayed::default());
    let tasks = server.api().tasks();
    let left = tasks
        .iter()
        .filter(|task| task["id"].as_str().unwrap().starts_with("squadcast-backtest-"));
    assert_eq!(left.count(), 0, "{tasks:#?}");
}

fn by_host(server: &Server) -> Resource {
    rule(server).set("group_by", "[\"host\"]")
}

#[test]
fn a_plan_knows_how_often_a_rule_that_does_not_exist_yet_would_have_fired() {
    let Some(server) = Server::sandbox(Options::default(), "it needs an InfluxDB") else {
        return;
    };
    write_an_hour(&server);
    let workspace = Workspace::new(&server).real();
    let check = format!(
        "check \"noise\" {{\n  assert {{\n    condition = {DATA}.incidents <= 2\n    error_message = \"It would have opened \
         ${{{DATA}.incidents}} incidents.\"\n  }}\n}}\n"
    );
    workspace.write(&format!("{}{check}", of_rule(&by_host(&server), "")));
    let plan = workspace.plan();
    let warnings = plan.run.warnings();
    let said = warnings
        .iter()
        .find(|warning| warning.summary == "Check block assertion failed");
    assert!(
        said.is_some_and(|said| said.detail.contains("opened 3 incidents")),
        "{warnings:#?}"
    );
    assert_eq!(server.posts(), Vec::new());
    is_clean(&server);
    workspace.apply_again().succeeds();
    let found = found(&workspace);
    assert_eq!(found["incidents"], 3);
    assert_eq!(found["posts"], 6);
    assert_eq!(found["max_posts_per_minute"], 1);
    assert_eq!(found["points"], 120);
    assert_eq!(found["noisiest_series"], "host=a");
    let longest = json!({ "series": "host=a", "start": "2001-09-09T01:56:40Z", "seconds": 300 });
    assert_eq!(found["longest_incident"], longest);
    assert_eq!(found["by_series"][1]["series"], "host=b");
    let first = json!({ "time": "2001-09-09T01:56:40Z", "seconds": 600, "series": "host=a", "alert": 1, "level": "CRITICAL", "value": 95 });
    assert_eq!(found["events"][0], first);
    assert_eq!(server.posts(), Vec::new());
    is_clean(&server);
}

/// Whoever reads a script may hide any text behind a fingerprint; what counts is not hidden.
#[test]
fn nothing_arrives_anywhere_while_a_rule_with_every_handler_is_tested() {
    let Some(server) = Server::sandbox(Options::default(), "it needs an InfluxDB") else {
        return;
    };
    write_an_hour(&server);
    let script = format!(
        "var data = stream|from().database('telegraf').retentionPolicy('autogen').measurement('cpu').groupBy('host')\n\
         var trigger = data|log()|httpPost('{url}')|alert().crit(lambda: \"usage_user\" > 90).stateChangesOnly()\
         .post('{url}').endpoint('squadcast').post().endpoint('squadcast').tcp('127.0.0.1:9').exec('/bin/false').log('/tmp/x')\
         .email('a@example.com').slack().channel('#x').topic('live').pagerDuty2().opsGenie2().victorOps().telegram().mqtt('t')\n\
         trigger|httpPost().endpoint('squadcast')\ntrigger|influxDBOut().database('x')\ntrigger|httpOut('o')",
        url = server.receiver_url("/posted")
    );
    let handler = json!({ "id": "h", "kind": "post", "options": { "url": server.receiver_url("/topic") } });
    server
        .api()
        .send_ok("POST", "/kapacitor/v1/alerts/topics/live/handlers", &handler);
    let workspace = Workspace::new(&server);
    let test = backtest(&format!("script = {}", quoted(&script)), "");
    workspace
        .apply(&format!("{test}{}", output(&format!("{DATA}.posts"))))
        .succeeds();
    assert_eq!(found(&workspace), 6);
    block_on(server.insides().settle());
    assert_eq!(server.posts(), Vec::new());
    is_clean(&server);
}

#[test]
fn what_cannot_be_tested_is_refused_before_the_server_is_asked() {
    let server = Server::start();
    let workspace = Workspace::new(&server);
    let from = "stream|from().database('telegraf').retentionPolicy('autogen')";
    let cases = [
        (
            format!("{from}|deadman(0.0, 10m)"),
            "line 1, column 63: |deadman: this goes by the server's clock",
        ),
        (
            format!("{from}@fn()|alert().crit(lambda: TRUE)"),
            "@fn: a user-defined function",
        ),
        (
            "stream|from()|alert().crit(lambda: TRUE)".to_owned(),
            "Set database and retention_policy",
        ),
    ];
    for (script, words) in cases {
        workspace.write(&backtest(&format!("script = {}", quoted(&script)), ""));
        let error = workspace.plan().run.fails_once();
        assert_eq!(error.summary, "The script cannot be back-tested");
        error.mentions(&[words]);
    }
}

#[test]
fn what_kapacitor_cannot_record_is_told_in_its_words_and_leaves_nothing() {
    let Some(server) = Server::sandbox(Options::default(), "it needs an InfluxDB") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let script = "stream|from().database('nope').retentionPolicy('autogen')|alert().crit(lambda: TRUE)";
    let test = |more| backtest(&format!("script = {}", quoted(script)), more);
    let fails = |configuration: String, summary: &str, words: &[&str]| {
        workspace.write(&configuration);
        let error = workspace.plan().run.fails_once();
        assert_eq!(error.summary, summary, "{error:#?}");
        error.mentions(words);
        is_clean(&server);
    };
    let recording = "Kapacitor could not record the data";
    fails(test(""), recording, &["database not found: nope"]);
    fails(
        test("cluster = \"other\""),
        recording,
        &["no such InfluxDB config other"],
    );
    write_an_hour(&server);
    let rule = by_host(&server);
    fails(
        of_rule(&rule, "max_points = 100"),
        "There are too many points for a back-test",
        &["120 points"],
    );
    let batch = "batch|query('SELECT 1').period(1m).every(1m)|alert().crit(lambda: TRUE)";
    let batch = backtest(
        &format!("script = {}", quoted(batch)),
        "database = \"telegraf\"\n  retention_policy = \"autogen\"",
    );
    fails(batch, recording, &["the queries of batch tasks"]);
    server.insides().set_influxdb_down(true);
    fails(of_rule(&rule, ""), recording, &["connection refused"]);
}

#[test]
fn a_replay_that_takes_too_long_is_given_up_and_leaves_nothing() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let running = json!({ "id": "x", "status": "running" }).to_string();
    server.fails_with(
        Fault::new(Kind::Answer {
            status: 200,
            headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
            body: running,
            acted: true,
        })
        .on("GET", "/kapacitor/v1/replays/*"),
    );
    workspace.write(&of_rule(&by_host(&server), "timeout = \"1s\""));
    let error = workspace.plan().run.fails_once();
    assert_eq!(error.summary, "The back-test took too long");
    server.recovers();
    is_clean(&server);
}

#[test]
fn a_server_that_is_down_is_the_data_sources_error() {
    let Some(server) = Server::sandbox(Options::default(), "it stops the server") else {
        return;
    };
    let workspace = Workspace::with_settings(&server, "max_retries = 0");
    workspace.write(&backtest(
        "script = \"stream|from().database('a').retentionPolicy('b')|alert().crit(lambda: TRUE)\"",
        "",
    ));
    server.fails_with(Fault::new(Kind::Refuse));
    let error = workspace.plan().run.fails_once();
    error.mentions(&["back-testing the script"]);
}

#[test]
fn many_rules_share_a_recording_and_few_are_replayed_at_a_time() {
    let Some(server) = Server::sandbox(Options::default(), "it counts requests") else {
        return;
    };
    write_an_hour(&server);
    let workspace = Workspace::new(&server).real();
    let rules = by_host(&server)
        .set("for_each", "toset([for n in range(40) : tostring(n + 60)])")
        .set("name", "\"over ${each.key}\"")
        .set("value", "each.key");
    let scripts = format!("locals {{\n  scripts = {{ for name, rule in {RULE} : name => rule.tickscript }}\n}}\n");
    let test = backtest("for_each = local.scripts\n  tickscript = each.value", "");
    workspace.write(&format!("{}{scripts}{test}", rules.hcl()));
    server.insides().clear_requests();
    let plan = workspace.plan();
    assert!(plan.run.errors().is_empty(), "{}", plan.run);
    let requests = server.insides().requests();
    let count = |method: &str, path: &str| {
        let path = format!("/kapacitor/v1/{path}");
        requests
            .iter()
            .filter(|seen| seen.method == method && seen.path == path)
            .count()
    };
    assert_eq!(count("POST", "replays"), 40 + 1);
    assert_eq!(
        count("POST", "recordings/query"),
        2,
        "one counts the points, one records them"
    );
    is_clean(&server);
}

/// A rule whose script holds a text that counts.
#[test]
fn a_text_that_counts_has_to_be_shown() {
    let Some(server) = Server::sandbox(Options::default(), "it needs an InfluxDB") else {
        return;
    };
    let workspace = Workspace::new(&server);
    let rule = threshold("state", &server.receiver_url("/rule"))
        .text("operator", "==")
        .text("value", "down");
    workspace.write(&of_rule(&rule, ""));
    let error = workspace.plan().run.fails_once();
    error.mentions(&["hidden behind a fingerprint", "Set script"]);
}

/// As when the machine loses its power: neither Terraform nor the provider gets to do anything more.
#[cfg(target_os = "linux")]
#[test]
fn what_a_run_that_was_killed_has_left_goes_with_the_next_one() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    write_an_hour(&server);
    // Only the real one can be killed; whoever comes next clears up.
    let [killed, workspace] = [Workspace::new(&server).of_this_user(), Workspace::new(&server)];
    for workspace in [&killed, &workspace] {
        workspace.write(&of_rule(&by_host(&server), ""));
    }
    let before = server.snapshot();
    workspace.plan();
    let requests = server.insides().requests().len();
    assert!(requests > 10, "{requests}");
    for struck in 0..requests {
        server.insides().clear_requests();
        server.fails_with(Fault::new(Kind::Hang { acted: true }).after(struck).times(1));
        let mut terraform = killed.spawn(&["plan", "-input=false", "-json"]);
        let hangs = |seen: &[SeenRequest]| seen.iter().any(|seen| seen.outcome == Outcome::Hanging);
        // Looks of a wait are as many as they happen to be, so that the last requests may not come.
        let reached = loop {
            let hanging = server.insides().wait_for_requests(hangs);
            let seen = block_on(async { tokio::time::timeout(Duration::from_millis(50), hanging).await.is_ok() });
            if seen || terraform.try_wait().unwrap().is_some() {
                break seen;
            }
        };
        let group = format!("-{}", terraform.id());
        let _ = std::process::Command::new("kill")
            .args(["-KILL", "--", &group])
            .status();
        let _ = terraform.wait();
        server.recovers();
        let next = workspace.plan();
        assert!(next.run.errors().is_empty(), "killed at request {struck}: {}", next.run);
        is_clean(&server);
        assert_eq!(
            server.snapshot(),
            before,
            "killed at request {struck}, reached: {reached}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_long_replay_keeps_nobody_from_writing() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    write_an_hour(&server);
    let running = Kind::Answer {
        status: 200,
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: json!({ "id": "x", "status": "running" }).to_string(),
        acted: true,
    };
    server.fails_with(Fault::new(running).on("GET", "/kapacitor/v1/replays/*"));
    let testing = Workspace::new(&server).real();
    testing.write(&of_rule(&by_host(&server), "timeout = \"10m\""));
    let mut plan = testing.spawn(&["plan", "-input=false", "-json"]);
    let looks = |seen: &[SeenRequest]| seen.iter().any(|seen| seen.path.starts_with("/kapacitor/v1/replays/"));
    block_on(server.insides().wait_for_requests(looks));
    let writing = Workspace::new(&server);
    writing.apply_resource(&rule(&server)).succeeds();
    assert!(
        plan.try_wait().unwrap().is_none(),
        "the back-test has ended before the other's apply"
    );
    server.insides().faults().clear();
    testing.ended(plan).succeeds();
}

#[test]
fn a_test_of_terraform_can_ask_for_a_back_test() {
    let Some(server) = Server::sandbox(Options::default(), "it needs an InfluxDB") else {
        return;
    };
    write_an_hour(&server);
    let workspace = Workspace::new(&server).real();
    workspace.write(&of_rule(&by_host(&server), ""));
    let test = format!(
        "run \"noise\" {{\n  command = plan\n  assert {{\n    condition     = {DATA}.incidents == 3\n    \
         error_message = \"It is ${{{DATA}.incidents}}.\"\n  }}\n}}\n"
    );
    std::fs::write(workspace.path("noise.tftest.hcl"), test).unwrap();
    let run = workspace.run(&["test", "-no-color"]).succeeds();
    assert!(run.stdout.contains("1 passed, 0 failed"), "{run}");
    is_clean(&server);
}
