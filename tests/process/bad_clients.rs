//! Clients that are not Terraform, or do not keep to the protocol: each gets an error or a closed connection, and Terraform is
//! served all the same.

use crate::plugin::{binary, Connection, Identity, Plugin, CLIENT_CERTIFICATE, MAGIC_COOKIE};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

const SCHEMA: &str = "/tfplugin6.Provider/GetProviderSchema";
const READ: &str = "/tfplugin6.Provider/ReadResource";

/// gRPC's words for it.
const UNIMPLEMENTED: &str = "12";
const INTERNAL: &str = "13";
const OUT_OF_RANGE: &str = "11";

#[track_caller]
fn refused_at_start(variables: &[(&str, &str)], words: &str) {
    let output = binary()
        .env(MAGIC_COOKIE.0, MAGIC_COOKIE.1)
        .envs(variables.iter().copied())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(1));
    // Terraform shows its user this line.
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.contains(words), "{stdout:?}");
    assert_eq!(stdout.lines().count(), 1, "{stdout:?}");
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert!(stderr.contains(words), "{stderr:?}");
}

#[test]
fn without_a_certificate_nobody_is_served() {
    refused_at_start(&[], "TF_DISABLE_PLUGIN_TLS");
    refused_at_start(&[(CLIENT_CERTIFICATE, "no certificate")], "not a certificate");
}

#[test]
fn a_client_of_another_version_of_the_protocol_is_told_so() {
    let pem = Identity::new().pem;
    refused_at_start(
        &[(CLIENT_CERTIFICATE, &pem), ("PLUGIN_PROTOCOL_VERSIONS", "4,5")],
        "version 6",
    );
}

#[test]
fn a_folder_for_temporary_files_that_is_not_there_is_named() {
    let pem = Identity::new().pem;
    refused_at_start(
        &[(CLIENT_CERTIFICATE, &pem), ("TMPDIR", "/nowhere/at/all")],
        "/nowhere/at/all",
    );
}

#[tokio::test]
async fn only_terraforms_certificate_opens_a_connection() {
    let plugin = Plugin::start();
    for client in [None, Some(&Identity::new())] {
        if let Ok(connection) = Connection::open_as(client, &plugin).await {
            panic!("{:?}", connection.call(SCHEMA).await);
        }
    }
    if let Ok(connection) = Connection::open_in_clear(&plugin).await {
        panic!("{:?}", connection.call(SCHEMA).await);
    }
    let terraform = Connection::open(&plugin).await.unwrap();
    assert_eq!(terraform.call(SCHEMA).await.as_deref(), Ok("0"));
}

#[tokio::test]
async fn connections_that_stop_in_the_middle_stop_nobody_else() {
    let plugin = Plugin::start();
    let _silent = UnixStream::connect(plugin.socket()).unwrap();
    let mut talking = UnixStream::connect(plugin.socket()).unwrap();
    // The beginning of a handshake of TLS.
    talking.write_all(&[0x16, 0x03, 0x01, 0x02, 0x00, 0x01]).unwrap();
    let half = Connection::open(&plugin).await.unwrap();
    let _message = half.begin(READ).await;
    half.abort();
    let terraform = Connection::open(&plugin).await.unwrap();
    assert_eq!(terraform.call(SCHEMA).await.as_deref(), Ok("0"));
    // Nor do those that are still open keep the process from its end.
    let mut plugin = plugin;
    assert_eq!(
        terraform.call("/plugin.GRPCController/Shutdown").await.as_deref(),
        Ok("0")
    );
    terraform.close().await;
    assert_eq!(plugin.exit_code(), Some(0));
}

#[tokio::test]
async fn what_cannot_be_understood_is_an_error_of_that_call() {
    let plugin = Plugin::start();
    let terraform = Connection::open(&plugin).await.unwrap();
    let cases: [(&str, &[u8], &str); 7] = [
        ("/tfplugin6.Provider/NoSuchCall", &[0; 5], UNIMPLEMENTED),
        ("/tfplugin5.Provider/GetSchema", &[0; 5], UNIMPLEMENTED),
        ("/", &[0; 5], UNIMPLEMENTED),
        // Field 1 with a length that is not there.
        (READ, &[0, 0, 0, 0, 2, 0x0a, 0x7f], INTERNAL),
        // A message that is cut.
        (READ, &[0, 0, 0, 0, 9, 0x0a], INTERNAL),
        (READ, &[], INTERNAL),
        // A gigabyte is announced.
        (READ, &[0, 0x40, 0, 0, 0], OUT_OF_RANGE),
    ];
    for (method, message, status) in cases {
        let answer = terraform.send(method, message).await;
        assert_eq!(answer.as_deref(), Ok(status), "{method} {message:?}");
    }
    assert_eq!(terraform.call(SCHEMA).await.as_deref(), Ok("0"));
}

/// Whether another user of this machine finds something.
fn another_user_finds(path: &Path) -> bool {
    const SOMEBODY: u32 = 65_534;
    let mut look = Command::new("/bin/sh");
    look.args(["-c", "ls -d \"$0\" 2>/dev/null >&2"])
        .arg(path)
        .current_dir("/");
    look.uid(SOMEBODY).status().unwrap().success()
}

#[tokio::test]
async fn no_other_user_reaches_the_socket() {
    let plugin = Plugin::start();
    let socket = plugin.socket();
    let folder = socket.parent().unwrap();
    assert_eq!(folder.metadata().unwrap().mode() & 0o777, 0o700);
    if folder.metadata().unwrap().uid() != 0 {
        eprintln!("skipped: only root can act as another user");
        return;
    }
    let parent = folder.parent().unwrap();
    std::fs::set_permissions(parent, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    assert!(another_user_finds(folder), "the test's own folder hides it");
    assert!(!another_user_finds(&socket));
}
