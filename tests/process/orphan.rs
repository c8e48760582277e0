//! A Terraform that is killed leaves no provider behind.
#![cfg(target_os = "linux")]

use crate::plugin::{binary, entries, Connection, Identity, Plugin, CLIENT_CERTIFICATE, MAGIC_COOKIE, PATIENCE};
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;

/// A shell in Terraform's place, the id of the provider that it has started and that has told where it listens, and what both
/// write to.
fn terraform(folder: &Path) -> (Child, u32, BufReader<ChildStdout>) {
    let provider = binary();
    // Who starts the tests may ignore signals, as nohup does, and hands that on.
    let mut shell = Command::new("/usr/bin/env")
        .args(["--default-signal", "/bin/sh", "-c"])
        .arg(r#""$0" & echo $!; wait"#)
        .arg(provider.get_program())
        .env_clear()
        .env(MAGIC_COOKIE.0, MAGIC_COOKIE.1)
        .env(CLIENT_CERTIFICATE, Identity::new().pem)
        .env("TMPDIR", folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut stdout = BufReader::new(shell.stdout.take().unwrap());
    let lines: Vec<String> = stdout.by_ref().lines().take(2).map(Result::unwrap).collect();
    assert!(lines.iter().any(|line| line.contains("|grpc|")), "{lines:?}");
    let id = lines.iter().find_map(|line| line.parse().ok());
    (shell, id.unwrap(), stdout)
}

fn send(signal: &str, process: u32) {
    let status = Command::new("kill").args(["-s", signal, &process.to_string()]).status();
    assert!(status.unwrap().success());
}

/// Whether a process runs; one that nobody has waited for does not.
fn runs(process: u32) -> bool {
    let Ok(stat) = std::fs::read_to_string(format!("/proc/{process}/stat")) else {
        return false;
    };
    let state = stat.rsplit_once(") ").and_then(|(_, rest)| rest.chars().next());
    !matches!(state, Some('Z' | 'X') | None)
}

/// Waits until nobody is left who could write there.
fn wait_for_the_end_of(mut stdout: BufReader<ChildStdout>) {
    let (ended, end) = mpsc::channel();
    std::thread::spawn(move || ended.send(stdout.read_to_end(&mut Vec::new()).is_ok()));
    assert_eq!(end.recv_timeout(PATIENCE), Ok(true), "the provider lives on");
}

#[test]
fn the_provider_ends_when_terraform_is_killed() {
    for signal in ["KILL", "HUP", "QUIT"] {
        let folder = tempfile::tempdir().unwrap();
        let (mut terraform, provider, stdout) = terraform(folder.path());
        assert!(runs(provider));
        send(signal, terraform.id());
        terraform.wait().unwrap();
        wait_for_the_end_of(stdout);
        assert_eq!(entries(folder.path()), 0, "it left its socket behind");
    }
}

#[tokio::test]
async fn the_provider_lives_through_signals_that_reach_the_whole_terminal() {
    let plugin = Plugin::start();
    let terraform = Connection::open(&plugin).await.unwrap();
    for signal in ["INT", "HUP", "QUIT"] {
        send(signal, plugin.id());
        let answer = terraform.call("/tfplugin6.Provider/GetProviderSchema").await;
        assert_eq!(answer.as_deref(), Ok("0"), "after {signal}");
    }
}
