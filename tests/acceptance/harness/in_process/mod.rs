//! A small Terraform inside of the test: it plans, applies, reads, imports and destroys with the provider's own resources,
//! without a process, and checks the provider's answers as Terraform does. A run takes milliseconds instead of a second.
//!
//! It knows what most tests need of the language and of the commands. Everything else is [`Unsupported`], which it finds out
//! before it does anything, and which fails the test: a test says itself that it is for the real terraform, which reads and
//! writes the same state file.

mod apart;
mod apply;
mod configuration;
mod graph;
mod language;
mod parse;
mod plan;
mod provider;
mod report;
mod shape;
mod state;
mod value;
mod walk;

pub(super) use self::apart::run as run_apart;
use self::configuration::Configuration;
use self::language::{unsupported, Parsed, Unsupported};
use self::plan::{Mode, Plan, Way};
use self::provider::shapes;
use self::report::Report;
use self::state::State;
use self::walk::Walk;
use serde::{Deserialize, Serialize};
use serde_json::{json, Value as Json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};
use tokio::runtime::Runtime;

/// The plans that a workspace keeps, by file name.
#[derive(Default)]
pub(super) struct Plans(Mutex<BTreeMap<String, Plan>>);

/// What came of a run.
struct Ended {
    code: i32,
    messages: Vec<Json>,
}

/// What a run told: its exit code, and what it printed.
#[derive(Serialize, Deserialize)]
pub(super) struct Told {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Plans {
    fn keep(&self, name: &str, plan: Plan) {
        let mut plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plans.insert(name.to_owned(), plan);
    }

    fn find(&self, name: &str) -> Option<Plan> {
        let plans = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        plans.get(name).cloned()
    }

    /// A kept plan as `terraform show -json` tells it.
    pub(super) fn show(&self, name: &str) -> Option<Json> {
        Some(self.find(name)?.to_json())
    }

    /// Forgets a plan, in whose place a file comes.
    pub(super) fn forget(&self, name: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
    }
}

/// What a command is asked for.
struct Options {
    command: String,
    way: Way,
    detailed: bool,
    out: Option<String>,
    positional: Vec<String>,
}

impl Options {
    fn read(arguments: &[&str]) -> Parsed<Self> {
        let Some((command, rest)) = arguments.split_first() else {
            return unsupported("no command");
        };
        let mut options = Options {
            command: (*command).to_owned(),
            way: Way {
                mode: Mode::Normal,
                refreshes: true,
                parallelism: 10,
            },
            detailed: false,
            out: None,
            positional: Vec::new(),
        };
        for argument in rest {
            match *argument {
                "-auto-approve" | "-input=false" | "-json" | "-no-color" => {}
                "-refresh=false" => options.way.refreshes = false,
                "-refresh-only" => options.way.mode = Mode::RefreshOnly,
                "-destroy" => options.way.mode = Mode::Destroy,
                "-detailed-exitcode" => options.detailed = true,
                flag if flag.starts_with('-') => match flag.split_once('=') {
                    Some(("-out", name)) => options.out = Some(name.to_owned()),
                    Some(("-parallelism", number)) => options.way.parallelism = number.parse().unwrap(),
                    _ => return unsupported(flag),
                },
                positional => options.positional.push(positional.to_owned()),
            }
        }
        Ok(options)
    }
}

/// Runs a command in this folder. What it does not know fails the test.
#[track_caller]
pub(super) fn told(folder: &Path, plans: &Plans, arguments: &[&str]) -> Told {
    match run(folder, plans, arguments) {
        Ok(ended) => ended.told(arguments),
        Err(Unsupported(what)) => {
            panic!("the tests' Terraform does not know this: {what}\nTeach it, or call `.real()` on the workspace.")
        }
    }
}

fn run(folder: &Path, plans: &Plans, arguments: &[&str]) -> Parsed<Ended> {
    let options = Options::read(arguments)?;
    let state_file = folder.join("terraform.tfstate");
    let state = State::read(&state_file)?;
    let kept = match (options.command.as_str(), options.positional.as_slice()) {
        ("apply", [name]) => Some(plans.find(name).map_or_else(|| unsupported("a plan in a file"), Ok)?),
        _ => None,
    };
    let source = match &kept {
        Some(plan) => plan.source.clone(),
        None => source(folder)?,
    };
    let config = Configuration::read(folder, &source)?;
    let is_known = |address: &String| {
        let kind = address.split('.').next().unwrap_or_default();
        shapes().resources.contains_key(kind) || shapes().data.contains_key(kind)
    };
    if !state.managed.keys().chain(state.data.keys()).all(is_known) {
        return unsupported("resources of other providers");
    }
    let run = Run {
        config: &config,
        state,
        state_file: &state_file,
        report: Report::default(),
    };
    runtime().block_on(run.command(options, kept, plans))
}

/// The only file of a configuration.
fn source(folder: &Path) -> Parsed<String> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if name.ends_with(".tf") || name.ends_with(".tf.json") || name.ends_with(".tfvars") {
            sources.push(path);
        }
    }
    match sources.as_slice() {
        [only] => Ok(fs::read_to_string(only).unwrap()),
        _ => unsupported("several files, or none"),
    }
}

/// One command.
struct Run<'a> {
    config: &'a Configuration,
    state: State,
    state_file: &'a Path,
    report: Report,
}

impl Run<'_> {
    async fn command(mut self, options: Options, kept: Option<Plan>, plans: &Plans) -> Parsed<Ended> {
        let way = options.way;
        match (options.command.as_str(), options.positional.as_slice()) {
            ("validate", []) => {
                plan::validate(self.config, way.parallelism, &mut self.report).await;
            }
            ("plan", []) => {
                let plan = self.plan(way).await;
                return Ok(self.planned(plan, &options, plans));
            }
            ("apply" | "destroy", []) => {
                let mode = match options.command.as_str() {
                    "destroy" => Mode::Destroy,
                    _ => way.mode,
                };
                if let Some(plan) = self.plan(Way { mode, ..way }).await {
                    self.apply(&plan, way.parallelism).await;
                }
            }
            ("apply", [_]) => self.apply(&kept.expect("the plan was found"), way.parallelism).await,
            ("import", [address, id]) => self.import(address, id).await?,
            (command, _) => return unsupported(command),
        }
        Ok(self.ended(0))
    }

    fn ended(self, code: i32) -> Ended {
        Ended {
            code: if self.report.failed { 1 } else { code },
            messages: self.report.messages,
        }
    }

    async fn plan(&mut self, way: Way) -> Option<Plan> {
        if !plan::validate(self.config, way.parallelism, &mut self.report).await {
            return None;
        }
        // What the check warned of, the plan says again.
        self.report.messages.clear();
        plan::plan(self.config, &self.state, way, &mut self.report).await
    }

    fn planned(self, plan: Option<Plan>, options: &Options, plans: &Plans) -> Ended {
        let Some(plan) = plan else {
            return self.ended(1);
        };
        let code = if options.detailed && !plan.is_empty() { 2 } else { 0 };
        if let Some(name) = &options.out {
            plans.keep(name, plan);
        }
        self.ended(code)
    }

    async fn apply(&mut self, plan: &Plan, parallelism: usize) {
        let mut state = if plan.is_refresh_only {
            plan.state.clone()
        } else {
            apply::apply(self.config, plan, parallelism, &mut self.report).await
        };
        state.write(self.state_file);
    }

    async fn import(&mut self, address: &str, id: &str) -> Parsed<()> {
        let is_free = !self.state.managed.contains_key(address);
        let Some(node) = self.config.node(address).filter(|node| is_free && !node.is_data) else {
            return unsupported("an import that Terraform refuses");
        };
        let walk = Walk::new(self.config, &mut self.report);
        if !walk.configured().await {
            return Ok(());
        }
        if let Some(mut instance) = walk.imported(address, id).await {
            instance.dependencies = node.dependencies.clone();
            self.state.managed.insert(address.to_owned(), instance);
            self.state.write(self.state_file);
        }
        Ok(())
    }
}

impl Ended {
    fn told(&self, arguments: &[&str]) -> Told {
        let (stdout, stderr) = self.output(arguments);
        Told {
            code: self.code,
            stdout,
            stderr,
        }
    }

    /// What terraform prints, with and without `-json`.
    fn output(&self, arguments: &[&str]) -> (String, String) {
        if arguments.first() == Some(&"validate") {
            let diagnostics = self.messages.iter().map(|message| &message["diagnostic"]);
            let valid = self.code == 0;
            let whole = json!({ "valid": valid, "diagnostics": diagnostics.collect::<Vec<_>>() });
            return (format!("{whole:#}\n"), String::new());
        }
        if arguments.contains(&"-json") {
            let lines = self.messages.iter().map(|message| format!("{message}\n"));
            return (lines.collect(), String::new());
        }
        let (mut stdout, mut stderr) = (String::new(), String::new());
        for diagnostic in self.messages.iter().map(|message| &message["diagnostic"]) {
            let text = |name: &str| diagnostic[name].as_str().unwrap_or_default();
            let (out, title) = match text("severity") {
                "error" => (&mut stderr, "Error"),
                "warning" => (&mut stdout, "Warning"),
                _ => continue,
            };
            out.push_str(&format!("{title}: {}\n\n{}\n\n", text("summary"), text("detail")));
        }
        (stdout, stderr)
    }
}

/// What the provider's tasks run on, whichever test started them.
fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| Runtime::new().unwrap())
}
