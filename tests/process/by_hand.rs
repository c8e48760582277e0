//! Run by hand the binary says what it is, instead of waiting for a Terraform that does not come.

use std::process::{Command, Output, Stdio};

fn binary() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
    command.env_clear().stdin(Stdio::null());
    command
}

/// Runs the binary as a person does.
fn run(arguments: &[&str]) -> Output {
    binary().args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

fn version() -> String {
    format!("terraform-provider-squadcast {}", env!("CARGO_PKG_VERSION"))
}

fn introduces(said: &[u8]) {
    let said = text(said);
    assert!(said.starts_with(&version()), "{said}");
    for words in [
        "terraform init",
        "required_providers",
        "Kapacitor",
        "--version",
        "--help",
    ] {
        assert!(said.contains(words), "{words:?} is not in {said}");
    }
}

#[test]
fn version_is_one_line_on_stdout() {
    for argument in ["--version", "-V"] {
        let output = run(&[argument]);
        assert_eq!(output.status.code(), Some(0));
        assert_eq!(text(&output.stdout), format!("{}\n", version()));
        assert_eq!(text(&output.stderr), "");
    }
}

#[test]
fn help_is_on_stdout() {
    for argument in ["--help", "-h"] {
        let output = run(&[argument]);
        assert_eq!(output.status.code(), Some(0));
        introduces(&output.stdout);
        assert_eq!(text(&output.stderr), "");
    }
}

#[test]
fn without_terraform_it_introduces_itself_on_stderr_and_fails() {
    for arguments in [&[][..], &["--no-such-option"], &["serve"]] {
        let output = run(arguments);
        assert_eq!(output.status.code(), Some(1), "{arguments:?}");
        introduces(&output.stderr);
        assert_eq!(text(&output.stdout), "", "{arguments:?}");
    }
}

#[test]
fn another_cookie_is_not_terraforms() {
    let output = binary().env("TF_PLUGIN_MAGIC_COOKIE", "x").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
}

#[cfg(unix)]
#[test]
fn to_terraform_it_says_where_it_listens() {
    let plugin = crate::plugin::Plugin::start();
    let fields: Vec<&str> = plugin.handshake.trim_end().split('|').collect();
    let ["1", "6", "unix", socket, "grpc", certificate] = fields.as_slice() else {
        panic!("not a handshake of go-plugin: {}", plugin.handshake);
    };
    assert!(std::path::Path::new(socket).exists(), "it listens on {socket}");
    // go-plugin takes what is shorter for something else.
    assert!(certificate.len() > 50, "{certificate}");
}
