//! Each published example is applied as it stands, plans empty then, and is destroyed.

use crate::harness::{Server, Workspace};
use std::fs;
use std::path::{Path, PathBuf};

/// Each folder under examples/ that holds configuration.
fn folders() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let mut found = Vec::new();
    let mut open = vec![root];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        let paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
        if paths
            .iter()
            .any(|path| path.extension().is_some_and(|extension| extension == "tf"))
        {
            found.push(folder);
        }
        open.extend(paths.into_iter().filter(|path| path.is_dir()));
    }
    found.sort();
    found
}

/// The folder's configuration as one text, without the sub-folders.
fn configuration(folder: &Path) -> String {
    let mut files: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "tf"))
        .collect();
    files.sort();
    files
        .iter()
        .map(|file| fs::read_to_string(file).unwrap() + "\n")
        .collect()
}

#[test]
fn each_example_is_applied_plans_empty_and_is_destroyed() {
    let folders = folders();
    assert!(!folders.is_empty(), "there are no examples");
    for folder in folders {
        let server = Server::start();
        let before = server.snapshot();
        let configuration = configuration(&folder);
        let workspace = Workspace::for_example(&server, &configuration);
        println!("{}", folder.display());
        workspace.apply(&configuration).succeeds();
        workspace.plan().is_empty();
        workspace.destroy().succeeds();
        assert_eq!(server.snapshot(), before, "{}", folder.display());
    }
}
