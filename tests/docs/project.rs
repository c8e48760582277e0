//! The project's files, by their paths inside it.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder that the paths are relative to.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file that has to be there.
pub(crate) fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The text below a heading of the second level, up to the next one.
pub(crate) fn section(path: &str, heading: &str) -> String {
    let text = read(path);
    let below = text.split_once(&format!("\n## {heading}\n"));
    let (_, below) = below.unwrap_or_else(|| panic!("{path} has no section {heading}"));
    below.split("\n## ").next().unwrap_or_default().trim().to_owned()
}

/// Whether there is such a file.
pub(crate) fn exists(path: &str) -> bool {
    root().join(path).is_file()
}

/// All files below a folder, sorted, with `/` between the parts of their paths. What Terraform leaves behind in a folder
/// where somebody tried an example is passed over.
pub(crate) fn files_below(folder: &str) -> Vec<String> {
    let mut open = vec![root().join(folder)];
    let mut found = Vec::new();
    while let Some(folder) = open.pop() {
        for path in entries(&folder) {
            let hidden = path
                .file_name()
                .is_some_and(|name| name.to_string_lossy().starts_with('.'));
            match path.is_dir() {
                _ if hidden => {}
                true => open.push(path),
                false => found.push(inside_the_project(&path)),
            }
        }
    }
    found.sort();
    found
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn inside_the_project(path: &Path) -> String {
    let parts = path.strip_prefix(root()).unwrap().components();
    let parts: Vec<_> = parts
        .map(|part| part.as_os_str().to_string_lossy().into_owned())
        .collect();
    parts.join("/")
}
