//! The list of a server's rules, for `terraform query`.

use super::definition::IDENTITY;
use super::import::imported;
use super::model::AlertRuleState;
use crate::kapacitor::models::{ListTasks, Status, Task};
use crate::protocol::{ListResource, Listed, Wanted};
use crate::provider::attributes::{block, Definition, Given, Kind};
use crate::provider::connection::Connection;
use crate::provider::diagnostics::server_error;
use crate::provider::values::{known, Text};
use crate::provider::wildcard;
use crate::rule::{HandlerKind, Rule};
use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use tf_provider::schema::Schema;
use tf_provider::value::Value;
use tf_provider::{AttributePath, Diagnostics};

/// What the list is, for the schema and the docs page.
pub const DESCRIPTION: &str =
    "Lists the rules of a Kapacitor: all tasks whose script a rule can say, whoever made them. A \
    task of another kind is left out.";

/// The handler that is not a kind of its own block.
const POST: &str = "post";

const STATUSES: [(&str, Status); 2] = [("enabled", Status::Enabled), ("disabled", Status::Disabled)];

/// The attributes of the block `config`.
pub fn attributes() -> Vec<Definition> {
    let optional = |name, description| Definition::new(name, Kind::Text, Given::Optional, description);
    vec![
        optional(
            "name",
            "Only rules of this name, in which `*` stands for any text: `cpu*`.",
        ),
        optional("database", "Only rules that read this database."),
        optional("status", "Only rules of this status: `enabled` or `disabled`."),
        optional(
            "handler",
            "Only rules that send to this handler: `post`, or a kind of the block `handler`, such as `slack`.",
        ),
    ]
}

/// The list.
pub struct AlertRuleList {
    connection: Connection,
}

impl AlertRuleList {
    /// The list, which uses the provider's connection.
    pub fn new(connection: Connection) -> Self {
        AlertRuleList { connection }
    }
}

/// The block `config`: which rules are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Config {
    pub name: Text,
    pub database: Text,
    pub status: Text,
    pub handler: Text,
}

impl Config {
    fn check(&self, diags: &mut Diagnostics) {
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

    fn wants(&self, task: &Task, rule: &Rule) -> bool {
        let holds = |wanted: &Text, holds: &dyn Fn(&str) -> bool| known(wanted).is_none_or(holds);
        let definition = rule.definition();
        let sends_to = |handler: &str| match handler {
            POST => !definition.posts.is_empty(),
            kind => definition.handlers.iter().any(|handler| handler.kind().name == kind),
        };
        holds(&self.name, &|pattern| wildcard::matches(pattern, &definition.name))
            && holds(&self.database, &|database| {
                task.dbrps.iter().any(|dbrp| dbrp.db == database)
            })
            && holds(&self.status, &|status| status_named(status) == Some(task.status))
            && holds(&self.handler, &sends_to)
    }
}

fn status_named(word: &str) -> Option<Status> {
    let (_, status) = STATUSES.into_iter().find(|(name, _)| *name == word)?;
    Some(status)
}

/// The rule that a task is; none if it is something else.
fn rule_of(task: &Task) -> Option<Rule> {
    if !task.template_id.is_empty() {
        return None;
    }
    Rule::from_tickscript(&task.script).ok()
}

#[async_trait]
impl ListResource for AlertRuleList {
    type Config<'a> = Value<Config>;
    type State = AlertRuleState;

    fn schema(&self) -> Schema {
        Schema {
            version: 0,
            block: block(DESCRIPTION, &attributes(), &[]),
        }
    }

    async fn validate<'a>(&self, diags: &mut Diagnostics, config: Value<Config>) {
        config.unwrap_or_default().check(diags);
    }

    async fn list<'a>(
        &self,
        diags: &mut Diagnostics,
        config: Value<Config>,
        limit: usize,
        wanted: Wanted,
    ) -> Vec<Listed<AlertRuleState>> {
        let config = config.unwrap_or_default();
        config.check(diags);
        let Some(client) = self.connection.required(diags).filter(|_| diags.errors.is_empty()) else {
            return Vec::new();
        };
        let tasks = client.tasks().list(&ListTasks::default()).await;
        self.connection.warn_of_choice(diags);
        let tasks = match tasks {
            Ok(tasks) => tasks,
            Err(error) => {
                server_error(diags, "listing the rules", AttributePath::root(), &error);
                return Vec::new();
            }
        };
        let rules = tasks.into_iter().filter_map(|task| Some((rule_of(&task)?, task)));
        let mut rules: Vec<_> = rules.filter(|(rule, task)| config.wants(task, rule)).collect();
        rules.sort_by(|(one, _), (other, _)| one.name().cmp(other.name()));
        rules.truncate(limit);
        let listed = rules.into_iter().map(|(rule, task)| Listed {
            identity: IDENTITY.alone(&task.id),
            display_name: rule.name().to_owned(),
            state: match wanted {
                Wanted::Identity => None,
                Wanted::State => imported(diags, &task).map(|(state, _)| state),
            },
        });
        listed.collect()
    }
}
