//! The templates that this walk of Terraform is to write, by which their tasks are planned.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The scripts of templates that were planned and not written yet; clones share them.
#[derive(Clone, Default)]
pub(crate) struct PlannedTemplates(Arc<Mutex<HashMap<String, Option<String>>>>);

impl PlannedTemplates {
    /// Forgets everything, since a new walk begins.
    pub(crate) fn forget_all(&self) {
        self.lock().clear();
    }

    /// Notes that the template is to have this script; none if it is not known yet.
    pub(crate) fn note(&self, id: &str, script: Option<String>) {
        self.lock().insert(id.to_owned(), script);
    }

    /// Notes that the server has the template as it is to be.
    pub(crate) fn forget(&self, id: &str) {
        self.lock().remove(id);
    }

    /// What the template is to have; none if nothing of it is to change.
    pub(crate) fn script(&self, id: &str) -> Option<Option<String>> {
        self.lock().get(id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Option<String>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
