//! A release as the Terraform Registry takes it and Terraform installs it: names, checksums, manifest, and the quickstart
//! from a mirror on the disk, with nothing else on the machine.
//!
//! `RELEASE_FOLDER` names the release (`make release-dry-run`). Without it the program that was just built is packed the
//! same way, so that all but the static linking is looked at.

mod archive;
mod install;

use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

const NAME: &str = "terraform-provider-squadcast";
const VERSION: &str = env!("CARGO_PKG_VERSION");
const PLATFORMS: [&str; 5] = [
    "linux_amd64",
    "linux_arm64",
    "darwin_amd64",
    "darwin_arm64",
    "windows_amd64",
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The name of a file of the release.
fn named(end: &str) -> String {
    format!("{NAME}_{VERSION}_{end}")
}

/// The folder with the release.
fn release() -> &'static Path {
    static RELEASE: OnceLock<PathBuf> = OnceLock::new();
    RELEASE.get_or_init(|| match std::env::var_os("RELEASE_FOLDER") {
        Some(folder) => folder.into(),
        None => packed_from_this_build(),
    })
}

fn is_made_for_release() -> bool {
    std::env::var_os("RELEASE_FOLDER").is_some()
}

fn packed_from_this_build() -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release");
    let _ = fs::remove_dir_all(&folder);
    let script = |arguments: &[&str]| {
        let output = Command::new(root().join("scripts/release.sh"))
            .args(arguments)
            .env("RELEASE_FOLDER", &folder)
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    };
    script(&["pack", &platform(), env!("CARGO_BIN_EXE_terraform-provider-squadcast")]);
    script(&["finish"]);
    folder
}

/// This machine's platform, in Terraform's words.
fn platform() -> String {
    let system = std::env::consts::OS.replace("macos", "darwin");
    let processor = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    format!("{system}_{processor}")
}

fn files() -> Vec<String> {
    let entries = fs::read_dir(release()).unwrap();
    let mut names: Vec<String> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

fn archives() -> Vec<String> {
    files().into_iter().filter(|name| name.ends_with(".zip")).collect()
}

#[test]
fn every_file_has_a_name_that_the_registry_knows() {
    let mut known: Vec<String> = PLATFORMS
        .iter()
        .map(|platform| named(&format!("{platform}.zip")))
        .collect();
    let required = ["manifest.json", "SHA256SUMS"].map(named);
    known.extend(required.clone());
    known.push(named("SHA256SUMS.sig"));
    let files = files();
    for file in &files {
        assert!(known.contains(file), "{file} is no name that the Registry knows");
    }
    for file in required {
        assert!(files.contains(&file), "{file} is missing in {files:?}");
    }
    assert!(!archives().is_empty(), "there is no archive in {files:?}");
    if is_made_for_release() {
        let signature = named("SHA256SUMS.sig");
        let amd64 = named("linux_amd64.zip");
        let here = named(&format!("{}.zip", platform()));
        assert!(files.contains(&here), "{here} is missing in {files:?}");
        assert!(
            platform() != "linux_amd64" || files.contains(&amd64),
            "the Registry requires {amd64}"
        );
        if !files.contains(&signature) {
            println!("{signature} is not there yet: the release is not signed");
        }
    }
}

#[test]
fn the_checksums_are_those_of_all_archives_and_the_manifest() {
    let text = fs::read_to_string(release().join(named("SHA256SUMS"))).unwrap();
    let mut listed = Vec::new();
    for line in text.lines() {
        let (sum, file) = line.split_once("  ").unwrap();
        let content = fs::read(release().join(file)).unwrap();
        let actual: String = Sha256::digest(content)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        assert_eq!(sum, actual, "{file}");
        listed.push(file.to_owned());
    }
    let mut wanted = archives();
    wanted.push(named("manifest.json"));
    listed.sort();
    wanted.sort();
    assert_eq!(listed, wanted);
}

#[test]
fn the_manifest_names_the_protocol_that_the_provider_serves() {
    let text = fs::read_to_string(release().join(named("manifest.json"))).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(
        manifest,
        serde_json::json!({"version": 1, "metadata": {"protocol_versions": ["6.0"]}})
    );
}
