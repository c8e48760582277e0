//! `adopt`: what a server holds becomes a configuration whose plan only imports, and nothing on the server changes.

use crate::harness::{Server, Workspace};
use sandbox::Options;
use serde_json::{json, Value};
use std::path::Path;
use std::process::{Command, Output};

/// How many requests adopting any number of rules may take.
const MOST_REQUESTS: usize = 40;

/// The binary with the server's way in its environment, and nothing else.
fn adopt(server: &Server, folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
    command
        .arg("adopt")
        .arg("--out")
        .arg(folder)
        .args(arguments)
        .env_clear();
    let (variable, url) = way(server);
    command.env(variable, url).output().unwrap()
}

fn way(server: &Server) -> (&'static str, String) {
    match server.chronograf_url() {
        Some(url) => ("CHRONOGRAF_URL", url),
        None => ("KAPACITOR_URL", server.kapacitor_url()),
    }
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// Every rule of the recordings that Chronograf accepted.
fn fill(server: &Server) -> usize {
    let recorded = [
        include_str!("../contract/rules/systematic.jsonl"),
        include_str!("../contract/rules/random.jsonl"),
    ];
    let records = recorded.iter().flat_map(|file| file.lines());
    let records = records.map(|line| serde_json::from_str::<Value>(line).unwrap());
    let accepted = records.filter(|record| record["create_status"] == 201);
    let count = accepted.enumerate().map(|(number, record)| {
        let query = &record["rule"]["query"];
        server.api().create_task(&json!({
            "id": format!("chronograf-v1-{number:04}"),
            "type": "stream",
            "dbrps": [{ "db": query["database"], "rp": query["retentionPolicy"] }],
            "script": record["created_tickscript"],
            "status": "disabled",
        }));
    });
    count.count()
}

#[test]
fn a_server_is_adopted_without_a_change() {
    let Some(server) = Server::sandbox(Options::default(), "it counts requests") else {
        return;
    };
    let rules = fill(&server);
    let before = server.snapshot();
    server.insides().clear_requests();
    let workspace = Workspace::with_provider(String::new()).env(way(&server).0, &way(&server).1);
    let run = adopt(&server, &workspace.path(""), &[]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let requests = server.insides().requests().len();
    assert!(requests <= MOST_REQUESTS, "{requests} requests");

    let readme = std::fs::read_to_string(workspace.path("README.md")).unwrap();
    let left_out = readme.lines().filter(|line| line.starts_with("- task `")).count();
    let plan = workspace.plan();
    let changes = plan.run.changes("planned_change");
    assert_eq!(changes.len(), rules - left_out + 1, "{}", plan.run);
    let others: Vec<_> = changes.iter().filter(|(_, action)| action != "import").collect();
    assert!(others.is_empty(), "{others:?}");
    workspace
        .run(&["apply", "-input=false", "-json", "plan.tfplan"])
        .succeeds();
    std::fs::remove_file(workspace.path("imports.tf")).unwrap();
    workspace.plan().is_empty();
    assert_eq!(server.snapshot(), before);

    let formatted = workspace.run(&["fmt", "-check", "-diff"]);
    assert_eq!(formatted.code, Some(0), "{formatted}");
}

#[test]
fn secrets_stand_in_one_file_and_nowhere_else() {
    let server = Server::start();
    let secret = "https://hook.example.com/2f7c140b6cb08a46";
    server.api().create_task(&json!({
        "id": "rule",
        "type": "stream",
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "script": script(secret),
        "status": "disabled",
    }));
    let folder = tempfile::tempdir().unwrap();
    let run = adopt(&server, folder.path(), &["--only", "rules", "--name", "adopted"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(!(text(&run.stdout) + &text(&run.stderr)).contains(secret));
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        let holds = std::fs::read_to_string(&path).unwrap().contains(secret);
        assert_eq!(holds, path.ends_with("secrets.auto.tfvars"), "{}", path.display());
    }
    let rules = std::fs::read_to_string(folder.path().join("rules.tf")).unwrap();
    assert!(rules.contains("= var.adopted_webhook_url\n"), "{rules}");

    let again = adopt(&server, folder.path(), &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("--force"), "{}", text(&again.stderr));
    server.api().delete_task("rule");
}

/// The script of a rule named "adopted" that posts to a URL.
fn script(url: &str) -> String {
    let rule = squadcast_kapacitor::rule::RuleSpec {
        name: "adopted".into(),
        database: "telegraf".into(),
        measurement: "cpu".into(),
        field: "usage_user".into(),
        trigger: "threshold".into(),
        operator: ">".into(),
        value: "90".into(),
        posts: squadcast_kapacitor::rule::Field::Known(vec![squadcast_kapacitor::rule::PostSpec {
            url: url.into(),
            ..Default::default()
        }]),
        ..Default::default()
    };
    squadcast_kapacitor::rule::Rule::try_from(rule).unwrap().to_tickscript()
}

#[test]
fn a_server_that_does_not_answer_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("new");
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
    command.args(["adopt", "--url", "http://127.0.0.1:9", "--max-retries", "0", "--out"]);
    let run = command.arg(&into).env_clear().output().unwrap();
    assert_eq!(run.status.code(), Some(1));
    assert!(text(&run.stderr).contains("127.0.0.1:9"), "{}", text(&run.stderr));
    assert!(!into.exists());
}
