//! A Terraform workspace of a given size.

use crate::process::{peak_memory_during, PROVIDER};
use crate::server::Server;
use sandbox::StateServer;
use std::process::Command;
use std::time::Instant;

/// What the resources of a workspace are.
#[derive(Clone, Copy)]
pub(crate) enum Kind {
    /// Rules.
    Rules,
    /// Terraform's built-in resource, whose input holds the arguments of a rule.
    SameArguments,
    /// Terraform's built-in resource, whose input is a short text.
    ShortText,
}

/// How the resources are written down.
#[derive(Clone, Copy)]
pub(crate) enum Form {
    /// A block for each, as in most repositories.
    Blocks,
    /// One block with `count`.
    Count,
}

/// What a workspace holds.
#[derive(Clone, Copy)]
pub(crate) struct Content {
    /// What the resources are.
    pub(crate) kind: Kind,
    /// How they are written down.
    pub(crate) form: Form,
    /// How many there are.
    pub(crate) number: usize,
}

/// A workspace in a folder of its own, removed at the end, as its state is.
pub(crate) struct Workspace {
    folder: tempfile::TempDir,
    state: StateServer,
}

/// What a run of Terraform took.
pub(crate) struct Run {
    /// Wall time.
    pub(crate) seconds: f64,
    /// The provider's peak, in MiB, where it is known.
    pub(crate) provider_memory: Option<f64>,
}

impl Workspace {
    /// Writes the configuration.
    pub(crate) fn new(server: &Server, content: Content) -> Self {
        let folder = tempfile::tempdir().expect("a folder can be made");
        let binaries = PROVIDER.parent().expect("the binary is in a folder");
        let cli = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"squadcast-kapacitor/squadcast\" = {binaries:?}\n  }}\n  direct {{}}\n}}\n"
        );
        let state = StateServer::start().expect("a port of loopback is free");
        let workspace = Workspace { folder, state };
        workspace.write("cli.tfrc", &cli);
        workspace.write("backend.tf", &workspace.backend());
        // Before there is a provider, which Terraform would look for in its registry.
        workspace.terraform(&["init"]);
        workspace.write("main.tf", &configuration(server, content));
        workspace
    }

    fn backend(&self) -> String {
        let url = self.state.url();
        format!("terraform {{\n  backend \"http\" {{\n    address = {url:?}\n  }}\n}}\n")
    }

    fn write(&self, name: &str, text: &str) {
        std::fs::write(self.folder.path().join(name), text).expect("the folder can be written to");
    }

    /// Gives each rule another message.
    pub(crate) fn change(&self) {
        let path = self.folder.path().join("main.tf");
        let before = std::fs::read_to_string(path).expect("the configuration is there");
        self.write("main.tf", &before.replace("is {{ .Level }}", "is now {{ .Level }}"));
    }

    /// Applies the configuration.
    pub(crate) fn apply(&self) -> Run {
        self.terraform(&["apply", "-auto-approve"])
    }

    /// Plans; there is nothing to change.
    pub(crate) fn plan(&self) -> Run {
        self.terraform(&["plan", "-detailed-exitcode"])
    }

    /// Destroys all, so that a real server is left as it was.
    pub(crate) fn destroy(&self) -> Run {
        self.terraform(&["destroy", "-auto-approve"])
    }

    fn terraform(&self, arguments: &[&str]) -> Run {
        let mut command = Command::new(sandbox::terraform_binary().expect("it is needed"));
        command
            .args(arguments)
            .args(["-no-color", "-input=false"])
            .current_dir(self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("cli.tfrc"))
            .env("CHECKPOINT_DISABLE", "1")
            .env_remove("TF_LOG")
            .env_remove("KAPACITOR_URL");
        let started = Instant::now();
        let (output, provider_memory) = peak_memory_during(|| command.output().expect("terraform runs"));
        let seconds = started.elapsed().as_secs_f64();
        assert!(
            output.status.success(),
            "terraform {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        Run {
            seconds,
            provider_memory,
        }
    }
}

fn configuration(server: &Server, content: Content) -> String {
    let resources = match content.form {
        Form::Blocks => (0..content.number)
            .map(|index| resource(content.kind, &format!("bench{index}"), "", &index.to_string()))
            .collect(),
        Form::Count => {
            let count = format!("count = {}", content.number);
            resource(content.kind, "bench", &count, "${count.index}")
        }
    };
    match content.kind {
        Kind::Rules => format!("{WEBHOOK}{}{resources}", provider(server)),
        Kind::SameArguments => format!("{WEBHOOK}{resources}"),
        Kind::ShortText => resources,
    }
}

/// Where the alerts go: a secret with a token, as real webhooks have. The key of a new rule is made of its secrets, slowly where
/// somebody might guess them, and once for all rules that share a token.
const WEBHOOK: &str = r#"variable "webhook" {
  default   = "http://127.0.0.1:9/v2/incidents/kapacitor/0123456789abcdef0123456789abcdef"
  sensitive = true
}
"#;

fn provider(server: &Server) -> String {
    let url = server.url();
    format!(
        r#"terraform {{
  required_providers {{
    squadcast = {{
      source = "squadcast-kapacitor/squadcast"
    }}
  }}
}}
provider "squadcast" {{
  url = {url:?}
}}
"#
    )
}

fn resource(kind: Kind, label: &str, count: &str, index: &str) -> String {
    let arguments = format!(
        r#"name        = "bench {index}"
    database    = "telegraf"
    measurement = "cpu"
    field       = "usage_user"
    aggregate   = "mean"
    period      = "1m"
    every       = "30s"
    group_by    = ["host"]
    trigger     = "threshold"
    operator    = ">"
    value       = 90
    message     = "{{{{ .ID }}}} is {{{{ .Level }}}}""#
    );
    match kind {
        Kind::Rules => format!(
            r#"resource "squadcast_kapacitor_alert_rule" "{label}" {{
    {count}
    {arguments}
    post = [{{ url = var.webhook }}]
}}
"#
        ),
        Kind::SameArguments => format!(
            r#"resource "terraform_data" "{label}" {{
  {count}
  input = {{
    {arguments}
    post = [{{
      url = var.webhook
    }}]
  }}
}}
"#
        ),
        Kind::ShortText => format!(
            r#"resource "terraform_data" "{label}" {{
  {count}
  input = "bench {index}"
}}
"#
        ),
    }
}
