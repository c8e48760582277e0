//! A Terraform that is killed leaves no provider behind.
#![cfg(target_os = "linux")]

use crate::plugin::{binary, entries, Connection, Identity, Plugin, CLIENT_CERTIFICATE, MAGIC_COOKIE, PATIENCE};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;

/// A shell in Terraform's place, and the id of the provider that it has started and that has told where it listens.
fn terraform(folder: &Path) -> (Child, u32) {
    let provider = binary();
    let mut shell = Command::new("/bin/sh")
        .arg("-c")
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
    let stdout = BufReader::new(shell.stdout.take().unwrap());
    let lines: Vec<String> = stdout.lines().take(2).map(Result::unwrap).collect();
    assert!(lines.iter().any(|line| line.contains("|grpc|")), "{lines:?}");
    let id = lines.iter().find_map(|line| line.parse().ok());
    (shell, id.unwrap())
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

fn wait_for_the_end_of(process: u32) {
    let given_up = Instant::now() + PATIENCE;
    while runs(process) {
        assert!(Instant::now() < given_up, "the provider lives on");
        std::thread::yield_now();
    }
}

#[test]
fn the_provider_ends_when_terraform_is_killed() {
    for signal in ["KILL", "HUP", "QUIT"] {
        let folder = tempfile::tempdir().unwrap();
        let (mut terraform, provider) = terraform(folder.path());
        assert!(runs(provider));
        send(signal, terraform.id());
        terraform.wait().unwrap();
        wait_for_the_end_of(provider);
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
