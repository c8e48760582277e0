//! What Kapacitor keeps in its database, and so what outlives a restart.

use crate::kapacitor::config::Override;
use crate::kapacitor::stored::task::Task;
use crate::kapacitor::stored::template::Template;
use crate::kapacitor::stored::user::StoredUser;
use crate::kapacitor::topics::{EventState, HandlerSpec};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

/// The whole database.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Database {
    /// Who the server is, since it was first started with this database. The real one keeps it in a file beside it.
    pub server_id: String,
    pub cluster_id: String,
    /// By id.
    pub tasks: BTreeMap<String, Task>,
    /// By id.
    pub templates: BTreeMap<String, Template>,
    /// The tasks that follow a template, by its id.
    pub associations: BTreeMap<String, BTreeSet<String>>,
    /// By section and element, e.g. `httppost/squadcast`.
    pub overrides: BTreeMap<String, Override>,
    /// By topic and handler id.
    pub handlers: BTreeMap<String, BTreeMap<String, HandlerSpec>>,
    /// By topic and event id; only events above OK are kept.
    pub events: BTreeMap<String, BTreeMap<String, EventState>>,
    /// By name.
    pub users: BTreeMap<String, StoredUser>,
}

impl Database {
    /// Reads the state file; one that does not exist yet is an empty database.
    pub fn load(path: &Path) -> io::Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(io::Error::from),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Database::default()),
            Err(error) => Err(error),
        }
    }

    /// Lets a task follow a template.
    pub fn associate(&mut self, template: &str, task: &str) {
        let tasks = self.associations.entry(template.to_owned()).or_default();
        tasks.insert(task.to_owned());
    }

    /// Lets a task follow a template no longer.
    pub fn dissociate(&mut self, template: &str, task: &str) {
        if let Some(tasks) = self.associations.get_mut(template) {
            tasks.remove(task);
        }
    }

    /// Writes the state file in one step, so that a killed sandbox leaves a whole one.
    pub fn save(&self, path: &Path) -> io::Result<()> {
        let mut unfinished = path.as_os_str().to_owned();
        unfinished.push(".new");
        std::fs::write(&unfinished, serde_json::to_vec_pretty(self)?)?;
        std::fs::rename(&unfinished, path)
    }
}
