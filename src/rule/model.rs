//! A rule as a type. A [`Rule`] that exists was checked: it can be written as a TICKscript that means what it says.

use std::collections::BTreeMap;

use super::handlers::Handler;
use super::{Aggregate, ChangeKind, Duration, Number, Operator, RangeOperator, TriggerKind, Value};
use crate::tickscript::Program;

/// A Chronograf alert rule, checked, with the script that says the same.
///
/// Made from a [`RuleSpec`](super::RuleSpec) with `TryFrom`, or from a script with [`Rule::from_tickscript`].
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    pub(super) definition: Definition,
    /// The script as Kapacitor prints it.
    pub(super) script: String,
    /// The same script, read.
    pub(super) program: Program,
}

/// What a rule says.
#[derive(Debug, Clone, PartialEq)]
pub struct Definition {
    /// The rule's name, which Chronograf shows and which is the alert's id (with the group where there is one).
    pub name: String,
    /// The database that the data is written to.
    pub database: String,
    /// The retention policy that the data is written to.
    pub retention_policy: String,
    /// The measurement that is watched.
    pub measurement: String,
    /// The tags that make an alert of each of their combinations.
    pub group_by: Vec<String>,
    /// Which series are watched.
    pub tags: TagFilter,
    /// What makes the rule critical.
    pub trigger: Trigger,
    /// The alert's message, a template.
    pub message: String,
    /// The alert's details, a template. Empty for none: Chronograf does not tell the two apart.
    pub details: String,
    /// Whether to alert only when the level changes.
    pub state_changes_only: bool,
    /// Whether to send nothing when the level is OK again.
    pub no_recoveries: bool,
    /// Whether to hold back alerts that change their level too often.
    pub flapping: bool,
    /// The webhooks.
    pub posts: Vec<Post>,
    /// The other handlers, sorted by kind as Kapacitor prints them; handlers of one kind keep their order.
    pub handlers: Vec<Handler>,
}

/// Which series a rule watches, by their tags. No list of values is empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagFilter {
    /// All series.
    All,
    /// Only series that have, for each tag, one of the values. Never empty.
    Where(BTreeMap<String, Vec<String>>),
    /// Only series that have, for each tag, none of the values. Never empty.
    Exclude(BTreeMap<String, Vec<String>>),
}

/// What makes the rule critical.
#[derive(Debug, Clone, PartialEq)]
pub enum Trigger {
    /// The value compared with a fixed one.
    Threshold {
        /// The watched value.
        source: Source,
        /// How it is compared.
        operator: Operator,
        /// With what it is compared.
        value: Value,
    },
    /// The value compared with two bounds.
    Range {
        /// The watched value.
        source: Source,
        /// On which side it is critical.
        operator: RangeOperator,
        /// The lower bound.
        lower: Number,
        /// The upper bound, not less than the lower one.
        upper: Number,
    },
    /// The change of the value over time.
    Relative {
        /// The watched value.
        source: Source,
        /// How the change is measured.
        change: ChangeKind,
        /// How far back the past value is.
        shift: Duration,
        /// How the change is compared.
        operator: Operator,
        /// With what it is compared.
        value: Number,
    },
    /// No data at all.
    Deadman {
        /// The field that points must have to count; any point counts where there is none.
        field: Option<String>,
        /// How long no point may arrive.
        period: Duration,
    },
}

/// The value that a rule watches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The field that holds it.
    pub field: String,
    /// The function over a window of points; each point counts by itself where there is none.
    pub aggregate: Option<Aggregation>,
}

/// A function over a moving window of points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregation {
    /// The function.
    pub function: Aggregate,
    /// The length of the window.
    pub period: Duration,
    /// How often it is evaluated.
    pub every: Duration,
}

/// A webhook that gets each alert as JSON. It has a URL or an endpoint or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Post {
    /// The URL; with an endpoint too, it serves while Kapacitor does not know the endpoint.
    pub url: Option<String>,
    /// The name of an `[[httppost]]` endpoint of Kapacitor.
    pub endpoint: Option<String>,
    /// Headers of the request.
    pub headers: BTreeMap<String, String>,
}

/// A database and a retention policy that a task reads from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DatabaseRetentionPolicy {
    /// The database.
    pub database: String,
    /// The retention policy.
    pub retention_policy: String,
}

impl Trigger {
    /// Its kind, as the attribute `trigger` names it.
    pub fn kind(&self) -> TriggerKind {
        match self {
            Trigger::Threshold { .. } => TriggerKind::Threshold,
            Trigger::Range { .. } => TriggerKind::Range,
            Trigger::Relative { .. } => TriggerKind::Relative,
            Trigger::Deadman { .. } => TriggerKind::Deadman,
        }
    }

    /// The value that is watched; a deadman watches none.
    pub fn source(&self) -> Option<&Source> {
        match self {
            Trigger::Threshold { source, .. } | Trigger::Range { source, .. } | Trigger::Relative { source, .. } => {
                Some(source)
            }
            Trigger::Deadman { .. } => None,
        }
    }

    /// The field that points must have.
    pub fn field(&self) -> Option<&str> {
        match self {
            Trigger::Deadman { field, .. } => field.as_deref(),
            _ => self.source().map(|source| source.field.as_str()),
        }
    }
}

impl Rule {
    /// The rule's name.
    pub fn name(&self) -> &str {
        &self.definition.name
    }

    /// What the rule says, for reading only: changes go through [`RuleSpec`](super::RuleSpec).
    pub fn definition(&self) -> &Definition {
        &self.definition
    }

    /// The rule's TICKscript, byte for byte as Chronograf 1.11.4 stores it and as Kapacitor prints it.
    ///
    /// Where Chronograf would write a script that means something else, this one is right; where Chronograf has no word
    /// for a thing (the endpoint of a post), it is added.
    pub fn to_tickscript(&self) -> String {
        self.script.clone()
    }

    /// Whether a script is, byte for byte, the rule's own. One that is not may still say the same.
    pub fn is_written_as(&self, script: &str) -> bool {
        self.script == script
    }

    /// The type of the rule's task in Kapacitor.
    pub fn task_type(&self) -> &'static str {
        "stream"
    }

    /// What the rule's task reads from.
    pub fn dbrps(&self) -> Vec<DatabaseRetentionPolicy> {
        vec![DatabaseRetentionPolicy {
            database: self.definition.database.clone(),
            retention_policy: self.definition.retention_policy.clone(),
        }]
    }

    /// The name of the alert's node in the running task; its topic is `main:TASK:NODE`.
    ///
    /// Kapacitor numbers nodes as it makes them. A join counts once for each of its two parents, and a deadman makes three
    /// nodes before its alert (kapacitor's pipeline/join.go and pipeline/node.go).
    pub fn alert_node(&self) -> &'static str {
        let aggregated = self
            .definition
            .trigger
            .source()
            .is_some_and(|source| source.aggregate.is_some());
        match (&self.definition.trigger, aggregated) {
            (Trigger::Deadman { .. }, _) => "alert5",
            (Trigger::Relative { .. }, false) => "alert7",
            (Trigger::Relative { .. }, true) => "alert8",
            (_, false) => "alert3",
            (_, true) => "alert4",
        }
    }
}
