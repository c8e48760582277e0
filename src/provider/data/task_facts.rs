//! What the data sources show of every task, a rule or not.

use crate::kapacitor::models::{Status, Task};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::task::fields::{dbrp_text, error_of, shown};
use crate::provider::values::{text_list, Flag, Text, TextList};
use crate::rule;
use crate::secret::{escaped, Key};
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;

/// How a task runs and where its alerts go, without the texts of its script.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs)]
pub(crate) struct TaskFacts {
    pub enabled: Flag,
    pub executing: Flag,
    pub error: Text,
    pub dbrps: TextList,
    pub handlers: TextList,
    pub endpoints: TextList,
    pub tickscript: Text,
}

/// The attributes.
pub(super) fn attributes() -> Vec<Definition> {
    let computed = |name, kind, description| Definition::new(name, kind, Given::Computed, description);
    vec![
        computed("enabled", Kind::Flag, "Whether the task is enabled."),
        computed("executing", Kind::Flag, "Whether Kapacitor executes the task."),
        computed(
            "error",
            Kind::Text,
            "Why Kapacitor does not execute the enabled task, in its own words; empty if nothing is wrong.",
        ),
        computed(
            "dbrps",
            Kind::TextList,
            "The databases and retention policies that the task reads, each as `DATABASE.RETENTION_POLICY`.",
        ),
        computed(
            "handlers",
            Kind::TextList,
            "The kinds of handlers that its alerts are sent to, such as `post`, in the order of the alphabet.",
        ),
        computed(
            "endpoints",
            Kind::TextList,
            "The endpoints that its alerts are posted to, as `.post().endpoint('NAME')` names them.",
        ),
        computed(
            "tickscript",
            Kind::Text,
            "The TICKscript, with each text replaced by a short fingerprint, such as `hmac:1a2b3c4d`, since any of them may hold \
             a secret. Shown are the names of databases, retention policies, measurements, fields and tags, and the values of \
             tags. The fingerprints follow from all secrets of what the data source lists, so that they differ from those of \
             a resource.",
        ),
    ]
}

impl TaskFacts {
    /// What is shown of a task.
    pub(super) fn of(task: &Task, key: &Key) -> Self {
        let handlers = rule::script_handlers(&task.script);
        TaskFacts {
            enabled: Value::Value(task.status == Status::Enabled),
            executing: Value::Value(task.executing),
            error: Value::Value(escaped(&error_of(task)).into_owned()),
            dbrps: text_list(task.dbrps.iter().map(dbrp_text).collect()),
            handlers: text_list(handlers.kinds),
            endpoints: text_list(handlers.endpoints),
            tickscript: Value::Value(shown(rule::redact_script(&task.script, key))),
        }
    }
}
