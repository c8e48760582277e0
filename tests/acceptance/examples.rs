//! Each published example is applied as it stands, plans empty then, and is destroyed.

use crate::harness::{has, provider_block, Feature, Server, Workspace};
use sandbox::{Options, Sandbox};
use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the examples of handlers.
pub(crate) const HANDLERS: &str = "resources/squadcast_kapacitor_alert_rule/handlers";

/// How an object is imported, beside the example that creates it.
const IMPORT_BY_IDENTITY: &str = "import-by-identity.tf";

/// What is no example of its own, or needs more than this provider, and why.
const LEFT_OUT: &[(&str, &str)] = &[
    ("modules/service_alerts", "service_alerts applies it"),
    ("modules/squadcast_alert", "module_usage applies it"),
    (
        "way_back",
        "it is of an object that is there already; adopt's tests apply it",
    ),
    ("hcp_terraform", "it needs an account; another test validates it"),
    (
        "with_squadcast_provider",
        "it needs Squadcast's own provider and an account",
    ),
];

fn examples() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples")
}

/// Each folder under examples/ that holds configuration, relative to it.
fn folders() -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(examples().join(&folder)).unwrap();
        let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        if paths.iter().any(|path| is_configuration(path)) {
            found.push(folder.clone());
        }
        let folders = paths.into_iter().filter(|path| path.is_dir());
        open.extend(folders.map(|path| folder.join(path.file_name().unwrap())));
    }
    found.sort();
    found
}

fn is_configuration(path: &Path) -> bool {
    let is_import = path.ends_with(IMPORT_BY_IDENTITY);
    path.extension().is_some_and(|extension| extension == "tf") && !is_import
}

/// All of the folder's configuration, without the folders in it.
fn configuration(folder: &Path) -> String {
    let files = fs::read_dir(examples().join(folder)).unwrap();
    let files = files
        .map(|entry| entry.unwrap().path())
        .filter(|path| is_configuration(path));
    files.map(|file| fs::read_to_string(file).unwrap() + "\n").collect()
}

/// The names of the variables that a configuration declares.
fn variables(configuration: &str) -> Vec<&str> {
    let declared = configuration
        .lines()
        .filter_map(|line| line.strip_prefix("variable \""));
    declared.filter_map(|rest| rest.split('"').next()).collect()
}

#[test]
fn each_example_is_applied_plans_empty_and_is_destroyed() {
    let folders = folders();
    assert!(!folders.is_empty(), "there are no examples");
    for folder in folders {
        let left_out = LEFT_OUT.iter().find(|(name, _)| Path::new(name) == folder);
        match left_out {
            Some((_, why)) => println!("{}: left out, because {why}", folder.display()),
            None if folder.starts_with("write_only") && !has(Feature::WriteOnly) => {}
            None if folder.starts_with("functions") && !has(Feature::Functions) => {}
            None if folder.starts_with("actions") && !has(Feature::Actions) => {}
            None if needs_influxdb(&folder) && Server::start().is_real() => {
                println!(
                    "{}: left out, because this Kapacitor may have no InfluxDB",
                    folder.display()
                );
            }
            None => is_applied(&folder),
        }
    }
}

/// Whether an example makes Kapacitor ask its InfluxDB.
fn needs_influxdb(folder: &Path) -> bool {
    configuration(folder).contains("data \"squadcast_kapacitor_backtest\"")
}

fn is_applied(folder: &Path) {
    let server = Server::start();
    let before = server.snapshot();
    // Two processes that start and stop tasks at the same time can hang a server, so a second alias gets one of its own.
    let staging = Sandbox::start_blocking(Options::default()).unwrap();
    let workspace = copy_of_example(&server, &folder.to_string_lossy());
    let workspace = workspace.env("TF_VAR_staging_url", &staging.kapacitor_url());
    workspace.apply_again().succeeds();
    workspace.plan().is_empty();
    workspace.destroy().succeeds();
    assert_eq!(server.snapshot(), before, "{}", folder.display());
    println!("{}: applied", folder.display());
}

/// HCP Terraform is only asked at `terraform init`, which a provider that was just built does not need.
#[test]
fn the_example_for_hcp_terraform_is_valid() {
    let server = Server::start();
    let workspace = Workspace::new(&server).copy(&examples(), Path::new("hcp_terraform"));
    workspace.run(&["validate", "-no-color"]).succeeds();
}

#[test]
fn the_tests_of_an_example_pass_with_servers_and_with_a_mock() {
    let server = Server::start();
    let before = server.snapshot();
    let staging = Sandbox::start_blocking(Options::default()).unwrap();
    let workspace = copy_of_example(&server, "service_alerts").env("TF_VAR_staging_url", &staging.kapacitor_url());
    let run = workspace.run(&["test", "-no-color"]).succeeds();
    assert!(run.stdout.contains("4 passed, 0 failed"), "{run}");
    assert_eq!(server.snapshot(), before);
}

/// A workspace with a copy of an example, ready to be applied: its variables are set, and what it leaves to its user is
/// there.
pub(crate) fn copy_of_example(server: &Server, folder: &str) -> Workspace {
    let configuration = configuration(Path::new(folder));
    let mut workspace = Workspace::new(server).copy(&examples(), Path::new(folder));
    for name in variables(&configuration) {
        let value = match name {
            "kapacitor_url" | "production_url" => server.kapacitor_url(),
            _ => server.receiver_url(&format!("/{name}")),
        };
        workspace = workspace.env(&format!("TF_VAR_{name}"), &value);
    }
    workspace = workspace.env("SQUADCAST_WEBHOOK_URL", &server.receiver_url("/from_the_environment"));
    if !configuration.contains("required_providers") {
        let provider = provider_block(server, "");
        fs::write(workspace.path("provider_of_the_test.tf"), provider).unwrap();
    }
    if configuration.contains("module \"") {
        workspace.run(&["get"]).succeeds();
    }
    // It is of an object that is there already, and needs Terraform 1.12.
    let _ = fs::remove_file(workspace.path(IMPORT_BY_IDENTITY));
    if server.is_real() && folder == HANDLERS {
        println!("kafka.tf: left out, because a real server refuses a Kafka cluster that it does not know");
        fs::remove_file(workspace.path("kafka.tf")).unwrap();
    }
    workspace
}
