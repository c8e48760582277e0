//! The structure of the source, held by tests: arrows between layers go one way, no files use each other in a circle, and
//! no file and no folder grows beyond what one finds one's way in. Code for tests alone is not looked at.

mod source_tree;

use self::source_tree::SourceTree;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What each folder of src/ may use besides itself.
const LAYERS: &[(&str, &[&str])] = &[
    ("secret", &[]),
    ("tickscript", &[]),
    ("template", &[]),
    ("webhook", &["secret", "template"]),
    ("backtest", &["tickscript"]),
    ("lock_files.rs", &[]),
    ("kapacitor", &["lock_files.rs", "secret", "webhook"]),
    ("rule", &["secret", "template", "tickscript", "webhook"]),
    ("protocol", &["secret"]),
    ("process", &["protocol", "secret"]),
    (
        "provider",
        &[
            "backtest",
            "kapacitor",
            "lock_files.rs",
            "protocol",
            "rule",
            "secret",
            "template",
            "tickscript",
            "webhook",
        ],
    ),
    (
        "cli",
        &["kapacitor", "process", "provider", "rule", "secret", "tickscript"],
    ),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn trees() -> [SourceTree; 2] {
    ["src/lib.rs", "sandbox/src/lib.rs"].map(|file| SourceTree::read(&root().join(file)))
}

/// A file as one names it in the project.
fn shown(file: &Path) -> String {
    file.strip_prefix(root()).unwrap_or(file).display().to_string()
}

/// The folder below src/ that a file is in.
fn layer(file: &Path) -> String {
    let below = file.strip_prefix(root().join("src")).unwrap_or(file);
    let first = below.components().next().expect("a file has a name");
    first.as_os_str().to_string_lossy().into_owned()
}

#[test]
fn arrows_between_layers_go_one_way() {
    let tree = SourceTree::read(&root().join("src/lib.rs"));
    let allowed: BTreeMap<&str, &[&str]> = LAYERS.iter().copied().collect();
    let mut wrong = Vec::new();
    for (file, used) in tree.arrows() {
        let Some(may_use) = allowed.get(layer(file).as_str()) else {
            continue;
        };
        let upwards = used
            .iter()
            .filter(|used| layer(used) != layer(file) && !may_use.contains(&layer(used).as_str()));
        wrong.extend(upwards.map(|used| format!("{} uses {}", shown(file), shown(used))));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The layers below know nothing of who calls them.
#[test]
fn lower_layers_speak_of_no_terraform() {
    let tree = SourceTree::read(&root().join("src/lib.rs"));
    let mut found = Vec::new();
    for (file, _) in tree.files() {
        if !["backtest", "kapacitor", "template", "tickscript", "webhook"].contains(&layer(file).as_str()) {
            continue;
        }
        let text = std::fs::read_to_string(file).expect("a source file can be read");
        let speaks = |line: &str| {
            ["Terraform", "state file", ".tf"]
                .iter()
                .any(|word| line.contains(word))
        };
        let lines = text.lines().enumerate().filter(|(_, line)| speaks(line));
        found.extend(lines.map(|(number, line)| format!("{}:{}: {line}", shown(file), number + 1)));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn no_files_use_each_other() {
    let circles: Vec<String> = trees().iter().flat_map(|tree| circles(&tree.arrows())).collect();
    assert!(circles.is_empty(), "{}", circles.join("\n\n"));
}

#[test]
fn no_file_has_more_than_400_lines_and_no_folder_more_than_12_files() {
    let mut too_large = Vec::new();
    let mut folders: BTreeMap<PathBuf, usize> = BTreeMap::new();
    for tree in trees() {
        for (file, lines) in tree.files() {
            if lines > 400 && !is_one_table(file) {
                too_large.push(format!("{}: {lines} lines", shown(file)));
            }
            *folders.entry(file.with_file_name("")).or_default() += 1;
        }
    }
    let full = folders.iter().filter(|(_, files)| **files > 12);
    too_large.extend(full.map(|(folder, files)| format!("{}: {files} files", shown(folder))));
    assert!(too_large.is_empty(), "{}", too_large.join("\n"));
}

/// Files that are one table, which is easier to read whole.
fn is_one_table(file: &Path) -> bool {
    [
        "src/rule/handlers/table.rs",
        "src/rule/attributes.rs",
        "src/protocol/messages.rs",
    ]
    .iter()
    .any(|table| file.ends_with(table))
}

/// Groups of files from each of which arrows lead to each other one.
fn circles(arrows: &BTreeMap<&Path, BTreeSet<&Path>>) -> Vec<String> {
    let reached: BTreeMap<&Path, BTreeSet<&Path>> =
        arrows.keys().map(|file| (*file, reachable(arrows, file))).collect();
    let mut seen = BTreeSet::new();
    let mut circles = Vec::new();
    for (file, to) in &reached {
        let circle: BTreeSet<&Path> = to
            .iter()
            .copied()
            .filter(|other| reached[other].contains(file))
            .collect();
        if !circle.contains(file) || !seen.insert(circle.clone()) {
            continue;
        }
        let within = circle.iter().flat_map(|from| {
            let to = arrows[from].iter().filter(|to| circle.contains(*to));
            to.map(|to| format!("{} uses {}", shown(from), shown(to)))
        });
        circles.push(within.collect::<Vec<_>>().join("\n"));
    }
    circles
}

fn reachable<'a>(arrows: &BTreeMap<&'a Path, BTreeSet<&'a Path>>, from: &Path) -> BTreeSet<&'a Path> {
    let mut reached = BTreeSet::new();
    let mut open: Vec<&Path> = arrows[from].iter().copied().collect();
    while let Some(file) = open.pop() {
        if reached.insert(file) {
            open.extend(&arrows[file]);
        }
    }
    reached
}
