//! What workflows and compose.yaml run is what the README says, and is pinned.

use crate::project;
use regex::Regex;
use std::collections::BTreeSet;

const WORKFLOWS: &str = ".github/workflows";

/// All that a pattern's first group matches.
fn captured(pattern: &str, text: &str) -> BTreeSet<String> {
    let pattern = Regex::new(pattern).unwrap();
    pattern
        .captures_iter(text)
        .map(|capture| capture[1].to_owned())
        .collect()
}

/// The versions in the row of the README's table.
fn versions_of(what: &str) -> BTreeSet<String> {
    let table = project::section("README.md", "Versions");
    let row = table.lines().find(|line| line.starts_with(&format!("| {what} |")));
    captured(r"\b(\d+\.\d+\.\d+)\b", row.unwrap())
}

#[test]
fn the_workflow_runs_the_versions_of_the_readme() {
    let workflow = project::read(&format!("{WORKFLOWS}/ci.yml"));
    for (job, what) in [("terraform", "Terraform"), ("opentofu", "OpenTofu")] {
        let job = workflow.split(&format!("\n  {job}:\n")).nth(1).unwrap();
        let matrix = job.lines().find(|line| line.trim().starts_with("version:")).unwrap();
        assert_eq!(captured(r#""([^"]+)""#, matrix), versions_of(what), "{what}");
    }
}

#[test]
fn compose_starts_the_newest_versions_of_the_readme() {
    let images = captured(r"image: (\S+)", &project::read("compose.yaml"));
    for what in ["Kapacitor", "Chronograf"] {
        let newest = versions_of(what).into_iter().next_back().unwrap();
        let image = format!("{}:{newest}", what.to_lowercase());
        assert!(images.contains(&image), "{image} is not in {images:?}");
    }
    assert!(project::read("README.md").contains("InfluxDB 1.8") && images.contains("influxdb:1.8"));
}

#[test]
fn each_action_of_a_workflow_is_pinned_by_its_hash() {
    let pinned = Regex::new(r"^\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+$").unwrap();
    let mut actions = 0;
    for file in std::fs::read_dir(project::root().join(WORKFLOWS)).unwrap() {
        let file = file.unwrap().path();
        let text = std::fs::read_to_string(&file).unwrap();
        for action in text.lines().filter_map(|line| line.split_once("uses: ")) {
            assert!(pinned.is_match(action.1), "{}: {}", file.display(), action.1);
            actions += 1;
        }
    }
    assert_ne!(actions, 0, "no workflow uses an action");
}
