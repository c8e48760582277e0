//! `adopt`: what a server holds becomes a configuration whose plan only imports, and nothing on the server changes.

mod bad_input;
mod full_server;

use self::full_server::{all_handlers, all_templates, fill, options, HOOK, KEY, SECRETS};
use crate::harness::{Server, Workspace};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output};

/// How many requests adopting any number of rules may take.
const MOST_REQUESTS: usize = 40;

/// An id as Chronograf makes one up.
const RULE_ID: &str = "chronograf-v1-2f7c140b-6cb0-4a46-8a46-b6cb08a46b6c";

/// The binary with the server's way in its environment, and nothing else.
pub(crate) fn adopt(server: &Server, folder: &Path, arguments: &[&str]) -> Output {
    command(server, folder, arguments).output().unwrap()
}

fn command(server: &Server, folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
    command
        .arg("adopt")
        .arg("--out")
        .arg(folder)
        .args(arguments)
        .env_clear();
    let (variable, url) = way(server);
    command.env(variable, url);
    command
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

fn read(workspace: &Workspace, name: &str) -> String {
    std::fs::read_to_string(workspace.path(name)).unwrap()
}

/// A workspace with what adopting the server wrote.
#[track_caller]
fn adopted(server: &Server, arguments: &[&str]) -> (Workspace, Output) {
    let workspace = Workspace::with_provider(String::new())
        .env(way(server).0, &way(server).1)
        .with_state_server();
    // The folder holds what the harness needs.
    let run = adopt(server, &workspace.path(""), &[&["--force"], arguments].concat());
    assert!(run.status.success(), "{}", text(&run.stderr));
    (workspace, run)
}

/// Applies the plan that was made last.
fn apply(workspace: &Workspace) {
    workspace
        .run(&["apply", "-input=false", "-json", "plan.tfplan"])
        .succeeds();
    std::fs::remove_file(workspace.path("imports.tf")).unwrap();
}

#[test]
fn a_server_is_adopted_without_a_change() {
    let Some(server) = Server::sandbox(options(), "it counts requests") else {
        return;
    };
    let filled = fill(&server);
    let all = || (server.snapshot(), all_handlers(&server), all_templates(&server));
    let before = all();
    server.insides().clear_requests();
    let (workspace, run) = adopted(&server, &[]);
    let requests = server.insides().requests().len();
    assert!(requests <= MOST_REQUESTS, "{requests} requests");

    let readme = read(&workspace, "README.md");
    let left_out = readme.lines().filter(|line| line.starts_with("- task `"));
    assert_eq!(left_out.count(), 0, "{readme}");
    let plan = workspace.plan_of_many(&[]);
    let changes = plan.run.changes("planned_change");
    assert_eq!(changes.len(), filled.rules + filled.others, "{readme}");
    let others: Vec<_> = changes.iter().filter(|(_, action)| action != "import").collect();
    assert!(others.is_empty(), "{others:?}");
    apply(&workspace);
    workspace.plan_of_many(&[]).is_empty();
    assert_eq!(all(), before);

    let formatted = workspace.run(&["fmt", "-check", "-diff"]);
    assert_eq!(formatted.code, Some(0), "{formatted}");
    secrets_stand_in_one_file(&workspace, &run);
    let (again, _) = adopted(&server, &[]);
    for file in [
        "rules.tf",
        "tasks.tf",
        "templates.tf",
        "topic_handlers.tf",
        "secrets.auto.tfvars",
        "README.md",
    ] {
        assert_eq!(read(&again, file), read(&workspace, file), "{file} is another one");
    }
}

#[track_caller]
fn secrets_stand_in_one_file(workspace: &Workspace, run: &Output) {
    let said = text(&run.stdout) + &text(&run.stderr);
    let values = read(workspace, "secrets.auto.tfvars");
    for secret in SECRETS {
        assert!(!said.contains(secret), "{secret}: {said}");
        assert_eq!(
            values.matches(&format!("\"{secret}\"")).count(),
            1,
            "{secret}: {values}"
        );
        for entry in std::fs::read_dir(workspace.path("")).unwrap() {
            let path = entry.unwrap().path();
            let is_ours = path.extension().is_some_and(|end| end == "tf" || end == "md");
            let holds = is_ours && std::fs::read_to_string(&path).unwrap().contains(secret);
            assert!(!holds, "{secret} stands in {}", path.display());
        }
    }
    let tasks = read(workspace, "tasks.tf");
    for written in [
        "  script  = <<-EOT\n    // Formerly .post('${var.",
        "    var hook = '${var.webhook_url}'\n",
        "\"host\" == 'a$${b}%%{c}'",
        "hook  = nonsensitive(var.webhook_url)\n",
    ] {
        assert!(tasks.contains(written), "{written:?} is not in:\n{tasks}");
    }
    let handlers = read(workspace, "topic_handlers.tf");
    assert!(handlers.contains("= var.webhook_url\n"), "{handlers}");
    assert!(
        handlers.contains("endpoint = squadcast_kapacitor_endpoint.ops_0.name\n"),
        "{handlers}"
    );
    assert!(
        tasks.contains("template_id = squadcast_kapacitor_template.template_0.id\n"),
        "{tasks}"
    );
}

#[test]
fn rules_are_chosen_by_name_and_the_folder_is_left_alone() {
    let server = Server::start();
    create_rule(&server, &script(HOOK));
    let folder = tempfile::tempdir().unwrap();
    let run = adopt(&server, folder.path(), &["--only", "rules", "--name", "adopted"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let rules = std::fs::read_to_string(folder.path().join("rules.tf")).unwrap();
    assert!(rules.contains("= var.adopted_webhook_url\n"), "{rules}");
    assert_eq!(rules.matches("resource ").count(), 1, "{rules}");

    let again = adopt(&server, folder.path(), &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stderr).contains("--force"), "{}", text(&again.stderr));
    server.api().delete_task(RULE_ID);
}

/// A rule as an early Chronograf wrote it.
fn older_rule() -> String {
    let script = script(HOOK);
    let older = script.replace("lambda: isPresent(\"usage_user\")", "lambda: TRUE");
    assert_ne!(older, script);
    older
}

#[test]
fn rules_of_earlier_chronografs_become_tasks_or_rules_whose_plan_shows_the_change() {
    let Some(server) = Server::sandbox(Default::default(), "a real one has other rules") else {
        return;
    };
    create_rule(&server, &older_rule());
    let planned = |arguments: &[&str]| {
        let (workspace, _) = adopted(&server, arguments);
        let changes = workspace.plan().run.changes("planned_change");
        let changes: Vec<(String, String)> = changes
            .into_iter()
            .filter(|(address, _)| !address.contains("endpoint"))
            .collect();
        (changes, read(&workspace, "README.md"))
    };
    let one = |address: &str, action: &str| vec![(address.to_owned(), action.to_owned())];
    let (changes, _) = planned(&[]);
    assert_eq!(changes, one("squadcast_kapacitor_task.adopted", "import"));
    let (changes, readme) = planned(&["--upgrade-rules"]);
    assert_eq!(changes, one("squadcast_kapacitor_alert_rule.adopted", "update"));
    assert!(
        readme.contains("- `squadcast_kapacitor_alert_rule.adopted`\n") && readme.contains("1 to change"),
        "{readme}"
    );
}

#[test]
fn a_secret_that_nothing_says_is_one_stays_and_the_readme_says_where() {
    let server = Server::start();
    let message = "call https://me:planted-password@host/ now";
    create_rule(&server, &script(HOOK).replace("'it'", &format!("'{message}'")));
    let folder = tempfile::tempdir().unwrap();
    let run = adopt(&server, folder.path(), &["--only", "rules", "--name", "adopted"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    let readme = std::fs::read_to_string(folder.path().join("README.md")).unwrap();
    let line = "- `squadcast_kapacitor_alert_rule.adopted`: `message`\n";
    assert!(readme.contains(line), "{readme}");
    server.api().delete_task(RULE_ID);
}

#[test]
fn the_way_back_leaves_the_server_as_it_is() {
    let Some(server) = Server::sandbox(Default::default(), "a real one has other rules") else {
        return;
    };
    create_rule(&server, &script(HOOK).replace("'adopted'", "'cpu high'"));
    let before = server.snapshot();
    let (workspace, _) = adopted(&server, &[]);
    workspace.plan();
    apply(&workspace);
    std::fs::remove_file(workspace.path("rules.tf")).unwrap();
    let example = "examples/way_back/removed.tf";
    let example = Path::new(env!("CARGO_MANIFEST_DIR")).join(example);
    std::fs::copy(example, workspace.path("removed.tf")).unwrap();
    workspace
        .plan()
        .wants(&[("squadcast_kapacitor_alert_rule.cpu_high", "remove")]);
    workspace
        .run(&["apply", "-input=false", "-json", "plan.tfplan"])
        .succeeds();
    workspace.plan().is_empty();
    assert_eq!(server.snapshot(), before);
}

fn create_rule(server: &Server, script: &str) {
    server.api().create_task(&json!({
        "id": RULE_ID,
        "type": "stream",
        "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
        "script": script,
        "status": "disabled",
    }));
}

/// The script of a rule named "adopted" that posts to a URL.
fn script(url: &str) -> String {
    use squadcast_kapacitor::rule::{Field, PostSpec, Rule, RuleSpec};
    let rule = RuleSpec {
        name: "adopted".into(),
        database: "telegraf".into(),
        measurement: "cpu".into(),
        field: "usage_user".into(),
        trigger: "threshold".into(),
        operator: ">".into(),
        value: "90".into(),
        message: "it".into(),
        posts: Field::Known(vec![PostSpec {
            url: url.into(),
            sensitive_headers: Field::Known([("X-Key".to_owned(), KEY.into())].into()),
            ..Default::default()
        }]),
        ..Default::default()
    };
    Rule::try_from(rule).unwrap().to_tickscript()
}
