//! A plan, and what it would change.

use super::{Run, Workspace};
use serde_json::Value;
use std::cell::OnceCell;

/// A plan that terraform made and kept in its workspace.
pub(crate) struct Plan<'a> {
    workspace: &'a Workspace,
    arguments: Vec<String>,
    pub run: Run,
    /// The plan as `terraform show` tells it, once somebody asks.
    content: OnceCell<Value>,
}

/// What a plan would do to one resource.
pub(crate) struct Change {
    pub before: Value,
    pub after: Value,
}

impl<'a> Plan<'a> {
    /// Has the workspace make the plan, with these arguments.
    pub(crate) fn new(workspace: &'a Workspace, arguments: &[&str]) -> Self {
        Plan {
            workspace,
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            run: workspace.run(arguments),
            content: OnceCell::new(),
        }
    }

    /// A plan that was made without `-json`, with what `terraform show` tells of it.
    pub(super) fn told(workspace: &'a Workspace, arguments: &[&str], run: Run, shown: Value) -> Self {
        Plan {
            workspace,
            arguments: arguments.iter().map(|argument| (*argument).to_owned()).collect(),
            run: run.with_changes(&shown),
            content: OnceCell::from(shown),
        }
    }

    /// Fails the test unless there is nothing to do, and nothing was found changed.
    #[track_caller]
    pub(crate) fn is_empty(&self) {
        let found = (self.run.changes("planned_change"), self.run.changes("resource_drift"));
        assert!(
            self.run.code == Some(0) && found == (Vec::new(), Vec::new()),
            "the plan is not empty: {found:?}\n{}\n{}",
            self.run,
            self.text(),
        );
    }

    /// Fails the test unless there is exactly this to do, as address and action.
    #[track_caller]
    pub(crate) fn wants(&self, changes: &[(&str, &str)]) -> &Self {
        let mut found = self.run.changes("planned_change");
        let mut wanted: Vec<(String, String)> = changes
            .iter()
            .map(|(address, action)| (address.to_string(), action.to_string()))
            .collect();
        found.sort();
        wanted.sort();
        assert!(
            found == wanted,
            "the plan wants {found:?} instead of {wanted:?}: {}",
            self.run
        );
        self
    }

    /// What would be done to a resource.
    #[track_caller]
    pub(crate) fn change(&self, address: &str) -> Change {
        let plan = self.content.get_or_init(|| self.workspace.shown_plan());
        let changes = plan["resource_changes"].as_array().cloned().unwrap_or_default();
        let change = changes
            .iter()
            .find(|change| change["address"] == address)
            .unwrap_or_else(|| panic!("{address} is not in the plan: {}", self.run));
        Change {
            before: change["change"]["before"].clone(),
            after: change["change"]["after"].clone(),
        }
    }

    /// The plan as a person reads it.
    pub(crate) fn text(&self) -> String {
        self.workspace.text_of_plan(&self.arguments)
    }
}

impl Change {
    /// The attributes that would be another, in the order of the alphabet.
    pub(crate) fn attributes(&self) -> Vec<String> {
        let (Some(before), Some(after)) = (self.before.as_object(), self.after.as_object()) else {
            return Vec::new();
        };
        let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
        names.sort();
        names.dedup();
        names.retain(|name| before.get(name) != after.get(name));
        names
    }
}
