//! A folder of its own in which terraform runs, with the provider that was just built.

use super::in_process::{self, Plans};
use super::terraform::{binary, Run};
use super::transport::{provider_block, set, SOURCE};
use super::{Plan, Resource, Server, State};
use sandbox::StateServer;
use serde_json::{json, Value};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use tempfile::TempDir;

/// What terraform inherits of this process's environment; nothing else, so that no setting comes from outside.
const INHERITED: &[&str] = &["PATH", "TMPDIR", "TEMP", "TMP", "SystemRoot"];

/// What each plan is made with.
const PLAN: &[&str] = &["plan", "-input=false", "-detailed-exitcode", "-out=plan.tfplan"];

/// Where the stdout and the stderr of a started terraform go: into files, as nobody empties pipes meanwhile.
#[cfg(unix)]
const SPAWNED: [&str; 2] = ["spawned.stdout", "spawned.stderr"];

/// A folder with a configuration and its state, removed at the end of the test.
pub(crate) struct Workspace {
    folder: TempDir,
    /// Where terraform runs, inside of the folder.
    directory: PathBuf,
    provider: String,
    environment: BTreeMap<String, String>,
    /// Where the state is, if not in a file.
    state_server: Option<StateServer>,
    /// Whether the real terraform runs.
    real: bool,
    /// Whether the tests' own Terraform runs in a process of its own.
    apart: bool,
    plans: Plans,
}

impl Workspace {
    /// An empty workspace whose provider talks to the server.
    pub(crate) fn new(server: &Server) -> Self {
        Workspace::with_settings(server, "")
    }

    /// The same, with further lines in the provider's block.
    pub(crate) fn with_settings(server: &Server, settings: &str) -> Self {
        Workspace::with_provider(provider_block(server, settings))
    }

    /// A workspace whose configuration begins with these blocks.
    pub(crate) fn with_provider(provider: String) -> Self {
        let folder = tempfile::Builder::new().prefix("acceptance-").tempdir().unwrap();
        let plugins = folder.path().join("plugins");
        fs::create_dir(&plugins).unwrap();
        let built = Path::new(env!("CARGO_BIN_EXE_terraform-provider-squadcast"));
        let linked = plugins.join(built.file_name().unwrap());
        if fs::hard_link(built, &linked).is_err() {
            fs::copy(built, &linked).unwrap();
        }
        let plugins = super::quoted(&plugins.to_string_lossy());
        let overrides = format!(
            "provider_installation {{\n  dev_overrides {{\n    \"{SOURCE}\" = {plugins}\n  }}\n  direct {{}}\n}}\n"
        );
        fs::write(folder.path().join("cli.tfrc"), overrides).unwrap();
        Workspace {
            directory: folder.path().to_owned(),
            folder,
            provider,
            environment: BTreeMap::new(),
            state_server: None,
            real: in_process_is_off(),
            apart: false,
            plans: Plans::default(),
        }
    }

    /// The same workspace, in which the real terraform runs with the built provider: for what only that shows, for tests that
    /// end processes, and for what the tests' own Terraform does not know.
    pub(crate) fn real(mut self) -> Self {
        self.real = true;
        self
    }

    /// The same workspace, on a machine of its own: nothing of the process is shared with others.
    pub(crate) fn apart(mut self) -> Self {
        self.apart = true;
        self
    }

    /// The same workspace with these lines in the provider's block, in place of those before, from the next configuration on.
    pub(crate) fn configured(mut self, server: &Server, settings: &str) -> Self {
        self.provider = provider_block(server, settings);
        self
    }

    /// Sets an environment variable for the runs to come. They are runs of the real terraform, as a process has one
    /// environment and all tests are in the same.
    pub(crate) fn env(mut self, name: &str, value: &str) -> Self {
        self.real = true;
        self.environment.insert(name.to_owned(), value.to_owned());
        self
    }

    /// The same workspace, whose real terraform keeps the state in a server, as teams do. For tests with hundreds of resources:
    /// into a file it writes the whole state after each of them, which takes most of its time.
    pub(crate) fn with_state_server(mut self) -> Self {
        let state = StateServer::start().unwrap();
        let backend = format!(
            "terraform {{\n  backend \"http\" {{\n    address = {}\n  }}\n}}\n",
            super::quoted(state.url())
        );
        fs::write(self.path("backend.tf"), backend).unwrap();
        self.real = true;
        self.state_server = Some(state);
        // Before there is a provider, which Terraform would look for in its registry.
        self.run(&["init", "-input=false", "-no-color"]).succeeds();
        self
    }

    /// The same workspace, whose real terraform runs as the user of the tests' own: with that one's home and cache folder.
    pub(crate) fn of_this_user(mut self) -> Self {
        for name in ["HOME", "XDG_CACHE_HOME"] {
            if let Ok(value) = std::env::var(name) {
                self.environment.insert(name.to_owned(), value);
            }
        }
        self
    }

    /// Copies the content of a folder into the workspace, and runs the real terraform in this folder of the copy, since that
    /// is what people write for.
    pub(crate) fn copy(mut self, source: &Path, directory: &Path) -> Self {
        self.real = true;
        copy_content(source, self.folder.path());
        self.directory = self.folder.path().join(directory);
        self
    }

    /// A file in the folder where terraform runs.
    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }

    /// Puts this configuration, after the provider's blocks, in place of the one before.
    pub(crate) fn write(&self, hcl: &str) {
        fs::write(self.path("main.tf"), format!("{}\n{hcl}", self.provider)).unwrap();
    }

    /// Applies a configuration.
    pub(crate) fn apply(&self, hcl: &str) -> Run {
        self.write(hcl);
        self.apply_again()
    }

    /// Applies a configuration that consists of one resource.
    pub(crate) fn apply_resource(&self, resource: &Resource) -> Run {
        self.apply(&resource.hcl())
    }

    /// Applies the configuration that is there.
    pub(crate) fn apply_again(&self) -> Run {
        self.run(&["apply", "-auto-approve", "-input=false", "-json"])
    }

    /// Plans the configuration that is there.
    pub(crate) fn plan(&self) -> Plan<'_> {
        self.plan_with(&[])
    }

    /// The same with further arguments.
    pub(crate) fn plan_with(&self, arguments: &[&str]) -> Plan<'_> {
        Plan::new(self, &[PLAN, &["-json"], arguments].concat())
    }

    /// Plans hundreds of resources that are warned of. With `-json` Terraform would read the whole file anew for each warning, so
    /// that here the kept plan tells the changes.
    pub(crate) fn plan_of_many(&self, arguments: &[&str]) -> Plan<'_> {
        let arguments = [PLAN, &["-no-color"], arguments].concat();
        let run = self.run_really(&arguments);
        let failed = !matches!(run.code, Some(0 | 2));
        let shown = if failed { Value::Null } else { self.shown_plan() };
        Plan::told(self, &arguments, run, shown)
    }

    /// Checks a configuration without a server, and returns the run, whose errors tell what is wrong.
    pub(crate) fn validate(&self, hcl: &str) -> Run {
        self.write(hcl);
        self.run(&["validate", "-json"])
    }

    pub(crate) fn destroy(&self) -> Run {
        self.run(&["destroy", "-auto-approve", "-input=false", "-json"])
    }

    pub(crate) fn import(&self, address: &str, id: &str) -> Run {
        self.run(&["import", "-input=false", "-no-color", address, id])
    }

    /// The state, empty where there is none yet.
    pub(crate) fn state(&self) -> State {
        assert!(self.state_server.is_none(), "the state is not in a file");
        let content = fs::read_to_string(self.path("terraform.tfstate")).unwrap_or_default();
        State(serde_json::from_str::<Value>(&content).unwrap_or(json!({})))
    }

    /// Loses the state, as when the machine that ran terraform is gone.
    pub(crate) fn forget_state(&self) {
        let _ = fs::remove_file(self.path("terraform.tfstate"));
        let _ = fs::remove_file(self.path("terraform.tfstate.backup"));
    }

    /// Runs terraform to its end: the tests' own, or the real one where the test says so.
    #[track_caller]
    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        if self.real {
            return self.run_really(arguments);
        }
        let told = if self.apart {
            let process = self.process(&std::env::current_exe().unwrap());
            in_process::run_apart(process, &self.directory, arguments)
        } else {
            in_process::told(&self.directory, &self.plans, arguments)
        };
        let command = format!("terraform in process: {}", arguments.join(" "));
        Run::told(command, Some(told.code), told.stdout, told.stderr)
    }

    fn run_really(&self, arguments: &[&str]) -> Run {
        for argument in arguments {
            if let Some(name) = argument.strip_prefix("-out=") {
                self.plans.forget(name);
            }
        }
        Run::of(&mut self.command(arguments))
    }

    /// The kept plan as `terraform show -json` tells it.
    pub(crate) fn shown_plan(&self) -> Value {
        self.plans.show("plan.tfplan").unwrap_or_else(|| {
            let shown = self.run_really(&["show", "-json", "plan.tfplan"]).succeeds();
            serde_json::from_str(&shown.stdout).unwrap()
        })
    }

    /// The plan that these arguments make, as a person reads it.
    pub(crate) fn text_of_plan(&self, arguments: &[String]) -> String {
        if !self.path("plan.tfplan").exists() || self.plans.show("plan.tfplan").is_some() {
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            self.run_really(&arguments);
        }
        let shown = self.run_really(&["show", "-no-color", "plan.tfplan"]);
        // Where the plan failed there is none, and a test that fails for that should say so.
        shown.stdout + &shown.stderr
    }

    /// Starts terraform in a process group of its own, together with the provider that it starts.
    #[cfg(unix)]
    pub(crate) fn spawn(&self, arguments: &[&str]) -> Child {
        use std::os::unix::process::CommandExt;
        self.command(arguments)
            .process_group(0)
            .stdout(fs::File::create(self.folder.path().join(SPAWNED[0])).unwrap())
            .stderr(fs::File::create(self.folder.path().join(SPAWNED[1])).unwrap())
            .spawn()
            .unwrap()
    }

    /// Waits for a started terraform to end, and returns what it said.
    #[cfg(unix)]
    pub(crate) fn ended(&self, mut terraform: Child) -> Run {
        let status = terraform.wait().unwrap();
        let [stdout, stderr] = SPAWNED.map(|name| fs::read(self.folder.path().join(name)).unwrap());
        let output = Output { status, stdout, stderr };
        Run::from_output("terraform, in a process group of its own".to_owned(), &output)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.process(binary());
        command.args(arguments);
        command
    }

    /// A process in the workspace's folder and environment.
    fn process(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.directory).env_clear();
        for name in INHERITED {
            if let Some(value) = std::env::var_os(name) {
                command.env(name, value);
            }
        }
        command
            .env("HOME", self.folder.path())
            .env("TF_CLI_CONFIG_FILE", self.folder.path().join("cli.tfrc"))
            .env("TF_IN_AUTOMATION", "1")
            .env("CHECKPOINT_DISABLE", "1")
            // A quarter of its time was the collection of garbage, which few runs have enough of to matter.
            .env("GOGC", "off")
            .env("GOMEMLIMIT", "512MiB")
            // The framework would append backtraces to diagnostics; `Run` refuses them.
            .env("RUST_BACKTRACE", "1")
            // A provider that a test kills leaves its lease; the next one should not wait long for its end.
            .env("SQUADCAST_KAPACITOR_LEASE_DURATION", "4")
            .envs(&self.environment)
            .stdin(Stdio::null());
        command
    }
}

/// Whether the real terraform is to run everything: TERRAFORM=real asks for that, and so does a real server, whose variables
/// of the environment mean something to the provider, too.
fn in_process_is_off() -> bool {
    set("TERRAFORM").as_deref() == Some("real")
        || ["KAPACITOR_URL", "CHRONOGRAF_URL"]
            .iter()
            .any(|name| set(name).is_some())
}

fn copy_content(source: &Path, target: &Path) {
    for entry in fs::read_dir(source).unwrap() {
        let from = entry.unwrap().path();
        let to = target.join(from.file_name().unwrap());
        if from.is_dir() {
            fs::create_dir_all(&to).unwrap();
            copy_content(&from, &to);
        } else {
            fs::copy(&from, &to).unwrap();
        }
    }
}
