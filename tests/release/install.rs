//! Terraform installs the release from a mirror on the disk and applies the quickstart, with nothing on the PATH.

use super::{named, platform, release, root, VERSION};
use sandbox::{Options, Sandbox};
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

const WEBHOOK: &str = "/v2/incidents/kapacitor/a-key";

struct Machine {
    folder: tempfile::TempDir,
    sandbox: Sandbox,
}

impl Machine {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for part in ["work", "mirror", "empty"] {
            fs::create_dir(folder.path().join(part)).unwrap();
        }
        fs::copy(
            root().join("examples/quickstart/main.tf"),
            folder.path().join("work/main.tf"),
        )
        .unwrap();
        let mirror = folder.path().join("mirror");
        let settings = format!("provider_installation {{\n  filesystem_mirror {{\n    path = {mirror:?}\n  }}\n}}\n");
        fs::write(folder.path().join("cli.tfrc"), settings).unwrap();
        Machine {
            folder,
            sandbox: Sandbox::start_blocking(Options::default()).unwrap(),
        }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn terraform(&self, arguments: &[&str]) -> Output {
        let binary = fs::canonicalize(sandbox::terraform_binary().unwrap()).unwrap();
        let url = format!("{}{WEBHOOK}", self.sandbox.receiver_url());
        Command::new(binary)
            .args(arguments)
            .current_dir(self.path("work"))
            .env_clear()
            .env("PATH", self.path("empty"))
            .env("HOME", self.folder.path())
            .env("TMPDIR", self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.path("cli.tfrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            .env("TF_VAR_kapacitor_url", self.sandbox.kapacitor_url())
            .env("TF_VAR_squadcast_webhook_url", url)
            .stdin(Stdio::null())
            .output()
            .unwrap()
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.terraform(arguments);
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(
            output.status.success(),
            "{arguments:?}: {said}{}",
            String::from_utf8_lossy(&output.stderr)
        );
        said
    }

    /// Lays the release where a mirror keeps it. Terraform and OpenTofu have registries of their own, so that each says
    /// itself what the provider's full name is.
    fn fill_the_mirror(&self) {
        let said = self.succeeds(&["providers"]);
        let name = said.split("provider[").nth(1).and_then(|rest| rest.split(']').next());
        let folder = self.path("mirror").join(name.unwrap());
        fs::create_dir_all(&folder).unwrap();
        let archive = named(&format!("{}.zip", platform()));
        fs::copy(release().join(&archive), Path::new(&folder).join(&archive)).unwrap();
    }
}

impl Machine {
    fn applies_the_quickstart(&self) {
        self.succeeds(&["init", "-input=false", "-no-color"]);
        let lock = fs::read_to_string(self.path("work/.terraform.lock.hcl")).unwrap();
        assert!(lock.contains(&format!("\"{VERSION}\"")), "{lock}");
        self.succeeds(&["apply", "-auto-approve", "-input=false", "-no-color"]);
        self.succeeds(&["plan", "-detailed-exitcode", "-input=false", "-no-color"]);
        let rule = self.succeeds(&["output", "-raw", "rule_id"]);
        assert!(rule.starts_with("chronograf-v1-"), "{rule}");
        self.succeeds(&["destroy", "-auto-approve", "-input=false", "-no-color"]);
    }
}

#[test]
fn terraform_installs_the_release_from_a_mirror_and_applies_the_quickstart() {
    let machine = Machine::new();
    machine.fill_the_mirror();
    machine.applies_the_quickstart();
}

/// As `make install` does; the settings for Terraform then name no mirror.
#[test]
fn terraform_finds_what_the_install_script_puts_into_the_home_folder() {
    let machine = Machine::new();
    fs::write(machine.path("cli.tfrc"), "").unwrap();
    let output = Command::new(root().join("scripts/install.sh"))
        .arg(env!("CARGO_BIN_EXE_terraform-provider-squadcast"))
        .env("HOME", machine.folder.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    machine.applies_the_quickstart();
}
