//! `adopt` when something is in the way: nothing is left half-written, and the error says what to do.

use super::full_server::rules;
use super::{adopt, command, text};
use crate::harness::{block_on, Server};
use sandbox::{Fault, Kind, Options, SeenRequest};
use serde_json::json;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// All that a folder holds, sorted.
fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[track_caller]
fn fails(run: &Output, words: &[&str]) {
    let said = text(&run.stderr);
    assert_eq!(run.status.code(), Some(1), "{said}");
    for words in words {
        assert!(said.contains(words), "{words:?} is not in: {said}");
    }
}

#[test]
fn a_server_that_does_not_answer_leaves_no_file() {
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("new");
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
    command.args(["adopt", "--url", "http://127.0.0.1:9", "--max-retries", "0", "--out"]);
    let run = command.arg(&into).env_clear().output().unwrap();
    fails(&run, &["127.0.0.1:9", "reading the endpoints"]);
    assert!(!into.exists());
}

/// There is no configuration in which a setting could be.
#[test]
fn an_error_that_names_a_setting_names_its_option_and_its_variable() {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
    let run = command.args(["adopt", "--dry-run"]).env_clear().output().unwrap();
    let options = ["--url or KAPACITOR_URL", "--chronograf-url or CHRONOGRAF_URL"];
    fails(&run, &[&["`url`", "`chronograf`"], &options[..]].concat());
}

#[cfg(unix)]
#[test]
fn an_interrupt_ends_it_without_a_file() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("new");
    server.fails_with(Fault::new(Kind::Hang { acted: false }).on("GET", "*/config/httppost*"));
    server.insides().clear_requests();
    let mut command = command(&server, &into, &[]);
    let run = command.stderr(Stdio::piped()).spawn().unwrap();
    let asked = |requests: &[SeenRequest]| requests.iter().any(|request| request.path.contains("/config/httppost"));
    block_on(server.insides().wait_for_requests(asked));
    let sent = Command::new("kill").args(["-INT", &run.id().to_string()]).status();
    assert!(sent.unwrap().success());
    let run = run.wait_with_output().unwrap();
    server.recovers();
    assert_eq!(run.status.code(), Some(130), "{}", text(&run.stderr));
    assert!(text(&run.stderr).contains("nothing was written"));
    assert!(!into.exists());
}

#[test]
fn what_the_server_says_is_told_and_no_file_is_left() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let into = folder.path().join("new");
    let unauthorized = Kind::status(401, "no user \"me\"");
    for (path, kind, words) in [
        ("*/config/httppost*", unauthorized, "no user"),
        ("*/tasks*", Kind::status(500, "the disk is full"), "the disk is full"),
        ("*/alerts/topics*", Kind::Truncate, "topics"),
    ] {
        server.fails_with(Fault::new(kind).on("GET", path));
        let run = adopt(&server, &into, &["--max-retries", "0"]);
        server.recovers();
        fails(&run, &[words]);
        assert!(!into.exists(), "{words}");
    }
}

#[test]
fn a_topic_that_vanishes_meanwhile_has_no_handlers() {
    let Some(server) = Server::sandbox(Options::default(), "it injects faults") else {
        return;
    };
    let handler = json!({ "id": "it", "kind": "talk", "options": {} });
    for topic in ["here", "gone"] {
        let path = format!("/kapacitor/v1/alerts/topics/{topic}/handlers");
        server.api().send_ok("POST", &path, &handler);
    }
    server.fails_with(Fault::new(Kind::status(404, "unknown topic")).on("GET", "*/gone/handlers"));
    let folder = tempfile::tempdir().unwrap();
    let run = adopt(&server, folder.path(), &["--only", "handlers"]);
    server.recovers();
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert!(
        text(&run.stderr).contains("adopt: 1 topic handler, 0 left out"),
        "{}",
        text(&run.stderr)
    );
    let handlers = std::fs::read_to_string(folder.path().join("topic_handlers.tf")).unwrap();
    assert_eq!(handlers.matches("resource ").count(), 1, "{handlers}");
}

#[test]
fn a_folder_that_is_in_use_is_told_before_the_server_is_asked() {
    let Some(server) = Server::sandbox(Options::default(), "it counts requests") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("main.tf"), "mine").unwrap();
    server.insides().clear_requests();
    fails(&adopt(&server, folder.path(), &[]), &["main.tf", "--force"]);
    fails(&adopt(&server, &folder.path().join("main.tf"), &[]), &["main.tf"]);
    assert!(server.insides().requests().is_empty());
    assert_eq!(names(folder.path()), ["main.tf"]);
}

/// The same as a disk that is full: the limit of a file's size is reached within the largest one.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_folder_as_it_was() {
    let Some(server) = Server::sandbox(Options::default(), "a real one has other rules") else {
        return;
    };
    rules(&server);
    let folder = tempfile::tempdir().unwrap();
    let before = [".gitignore", "README.md", "imports.tf", "provider.tf", "rules.tf"];
    for name in before {
        std::fs::write(folder.path().join(name), name).unwrap();
    }
    let adopting = command(&server, folder.path(), &["--force"]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -f 64; trap '' XFSZ; exec \"$0\" \"$@\""]);
    limited
        .arg(adopting.get_program())
        .args(adopting.get_args())
        .env_clear();
    for (variable, value) in adopting.get_envs() {
        limited.env(variable, value.unwrap_or_default());
    }
    fails(
        &limited.output().unwrap(),
        &["rules.tf", "No file was written or changed"],
    );
    assert_eq!(names(folder.path()), before);
    for name in before {
        assert_eq!(std::fs::read_to_string(folder.path().join(name)).unwrap(), name);
    }
}

#[test]
fn nothing_is_said_if_it_is_to_be_quiet() {
    let server = Server::start();
    let folder = tempfile::tempdir().unwrap();
    let run = adopt(&server, folder.path(), &["--quiet", "--name", "no-such-object"]);
    assert!(run.status.success(), "{}", text(&run.stderr));
    assert_eq!(text(&run.stdout) + &text(&run.stderr), "");
    let run = adopt(&server, folder.path(), &["--force", "--name", "no-such-object"]);
    let said = text(&run.stderr);
    assert!(
        said.contains("adopt: reading the rules, tasks and templates\n"),
        "{said}"
    );
    assert!(!said.contains('\r'), "{said}");
}
