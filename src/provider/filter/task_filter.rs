//! Which tasks a list is to have: for `terraform query` and for data sources.

use crate::kapacitor::models::{Status, Task};
use crate::provider::attributes::{Definition, Given, Kind};
use crate::provider::filter::wildcard;
use crate::provider::values::{known, Flag, Text};
use crate::rule::HandlerKind;
use serde::{Deserialize, Serialize};
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// The handler that is not a kind of its own.
const POST: &str = "post";

const STATUSES: [(&str, Status); 2] = [("enabled", Status::Enabled), ("disabled", Status::Disabled)];

/// The attributes by which tasks, called `what`, are chosen. `name` says what the attribute of that name is compared with.
pub(crate) fn attributes(what: &str, name: &str) -> Vec<Definition> {
    let optional = |attribute, kind, description| Definition::new(attribute, kind, Given::Optional, description);
    vec![
        optional(
            "name",
            Kind::Text,
            format!("Only {what} of this {name}, in which `*` stands for any text: `cpu*`."),
        ),
        optional("database", Kind::Text, format!("Only {what} that read this database.")),
        optional(
            "status",
            Kind::Text,
            format!("Only {what} of this status: `enabled` or `disabled`."),
        ),
        optional(
            "handler",
            Kind::Text,
            format!("Only {what} that send to this kind of handler: `post`, or another one, such as `slack`."),
        ),
        optional(
            "executing",
            Kind::Flag,
            format!("Only {what} that Kapacitor executes (`true`) or does not execute (`false`)."),
        ),
    ]
}

/// What a configuration asks for; what is null lets everything through.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub(crate) struct TaskFilter {
    pub name: Text,
    pub database: Text,
    pub status: Text,
    pub handler: Text,
    pub executing: Flag,
}

impl TaskFilter {
    /// Reports words that do not exist.
    pub(crate) fn check(&self, diags: &mut Diagnostics) {
        let mut refuse = |attribute: &'static str, detail: String| {
            diags.error("Invalid attribute value", detail, AttributePath::new(attribute));
        };
        if let Some(status) = known(&self.status).filter(|status| status_named(status).is_none()) {
            let words = STATUSES.map(|(word, _)| format!("{word:?}"));
            refuse(
                "status",
                format!("There is no status {status:?}: write {}.", words.join(" or ")),
            );
        }
        if let Some(handler) = known(&self.handler).filter(|handler| *handler != POST) {
            if let Err(problem) = HandlerKind::named(handler) {
                refuse("handler", format!("{problem} Or write {POST:?} for webhooks."));
            }
        }
    }

    /// Whether a task with one of these names, which sends to these kinds of handlers, is asked for.
    pub(crate) fn wants(&self, names: &[&str], task: &Task, handlers: &[String]) -> bool {
        let holds = |wanted: &Text, holds: &dyn Fn(&str) -> bool| known(wanted).is_none_or(holds);
        let is_executing = match self.executing {
            Value::Value(executing) => task.executing == executing,
            _ => true,
        };
        is_executing
            && holds(&self.name, &|pattern| {
                names.iter().any(|name| wildcard::matches(pattern, name))
            })
            && holds(&self.database, &|database| {
                task.dbrps.iter().any(|dbrp| dbrp.db == database)
            })
            && holds(&self.status, &|status| status_named(status) == Some(task.status))
            && holds(&self.handler, &|wanted| {
                handlers.iter().any(|handler| handler == wanted)
            })
    }
}

fn status_named(word: &str) -> Option<Status> {
    let (_, status) = STATUSES.into_iter().find(|(name, _)| *name == word)?;
    Some(status)
}
