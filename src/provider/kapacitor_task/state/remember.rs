//! What is taken from a task to be remembered of it, and what a state takes back from that.

use super::model::KapacitorTaskState;
use super::private_state::PrivateState;
use super::write_only::WriteOnlySecrets;
use crate::kapacitor::models::Task;
use crate::provider::kapacitor_task::vars;
use crate::provider::ownership::OwnerMemory;
use crate::provider::values::{known_entries, text_map};
use crate::secret::Key;
use std::collections::BTreeMap;
use tf_provider::value::Value;

impl KapacitorTaskState {
    /// Takes over what only the configuration has.
    pub(crate) fn take_write_only(&mut self, config: &Self) {
        self.secrets_wo = config.secrets_wo.clone();
    }

    /// Takes over from the server's task what the configuration would have. Another version than the configuration's has the
    /// plan write what the server has otherwise.
    pub(crate) fn take_from_server(&mut self, task: &Task, private: &PrivateState) {
        let written = &private.write_only;
        if written.is_empty() {
            return;
        }
        let found = task.vars.iter().filter(|(name, _)| written.has(name));
        let found: BTreeMap<String, String> = found.map(|(name, var)| (name.clone(), vars::decode(var))).collect();
        self.secrets_wo.0 = text_map(found);
        if written.differ(&task.vars, private.fingerprint_key.as_ref()) {
            self.secrets_wo_version = Value::Null;
        }
    }
}

impl PrivateState {
    /// The same after the task was written.
    pub(crate) fn after_write(mut self, state: &KapacitorTaskState) -> Self {
        PrivateState {
            write_only: WriteOnlySecrets::written(state, &self.key()),
            owner: OwnerMemory::default(),
            ..self
        }
    }
}

impl WriteOnlySecrets {
    /// Those of a state that was just written.
    pub(crate) fn written(state: &KapacitorTaskState, key: &Key) -> Self {
        let given = known_entries(&state.secrets_wo.0);
        let vars = vars::encode(&state.program().unwrap_or_default(), &given).unwrap_or_default();
        WriteOnlySecrets::of(&vars, key)
    }
}
