//! Each attribute of a rule, defined once: the schema, the checks and the docs follow from these tables.

use super::{Aggregate, ChangeKind, Operator, RangeOperator, TriggerKind};

/// An attribute of a rule, or of one of its blocks.
#[derive(Debug, Clone, Copy)]
pub struct Attribute {
    /// Its name in Terraform.
    pub name: &'static str,
    /// Its type.
    pub kind: AttributeKind,
    /// Whether it has to be set, as far as that does not depend on the trigger.
    pub presence: Presence,
    /// Which triggers take it.
    pub need: fn(TriggerKind) -> Need,
    /// Whether its value is a secret.
    pub sensitive: bool,
    /// What it does, with its unit, in one sentence; [`Attribute::description`] adds what follows from the table.
    pub documentation: &'static str,
    /// The values that it takes with their meanings; empty where any will do.
    pub allowed: fn() -> Vec<(&'static str, &'static str)>,
}

/// The type of an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttributeKind {
    /// A text.
    Text,
    /// A number, written in digits; a text in Terraform's schema so that nothing of it is lost.
    Number,
    /// A number, a text, `TRUE` or `FALSE`; a text in Terraform's schema.
    Value,
    /// A TICKscript duration.
    Duration,
    /// True or false.
    Boolean,
    /// A list of texts.
    TextList,
    /// A map of texts.
    TextMap,
    /// A map of lists of texts.
    TextListMap,
    /// The URL of a webhook.
    Url,
    /// The name of an environment variable that holds the URL of a webhook.
    UrlVariable,
}

/// Whether an attribute has to be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// It has to be set.
    Required,
    /// It may be left out.
    Optional,
    /// It may be left out and then is this text.
    TextDefault(&'static str),
    /// It may be left out and then is this.
    BooleanDefault(bool),
}

/// Whether a trigger takes an attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// The trigger does not work without it.
    Required,
    /// The trigger takes it.
    Optional,
    /// The trigger has no use for it.
    Refused,
}

impl Attribute {
    /// The description for the schema and the docs: meaning, allowed values, default. What the values mean and which
    /// trigger needs the attribute is in tables of the docs page.
    pub fn description(&self) -> String {
        let mut sentences = vec![self.documentation.to_owned()];
        let allowed = (self.allowed)();
        if !allowed.is_empty() {
            let words: Vec<String> = allowed.iter().map(|(word, _)| format!("`{word}`")).collect();
            sentences.push(format!("One of {}.", words.join(", ")));
        }
        match self.presence {
            Presence::TextDefault("") => sentences.push("Default: empty.".to_owned()),
            Presence::TextDefault(default) => sentences.push(format!("Default: `{default}`.")),
            Presence::BooleanDefault(default) => sentences.push(format!("Default: `{default}`.")),
            Presence::Required | Presence::Optional => {}
        }
        sentences.join(" ")
    }
}

fn any_trigger(_: TriggerKind) -> Need {
    Need::Optional
}

fn all_but_deadman(kind: TriggerKind) -> Need {
    match kind {
        TriggerKind::Deadman => Need::Refused,
        _ => Need::Required,
    }
}

fn free() -> Vec<(&'static str, &'static str)> {
    Vec::new()
}

macro_rules! meanings {
    ($($kind:ident),+) => {
        || {
            let mut list = Vec::new();
            $(list.extend($kind::ALL.iter().map(|value| (value.name(), value.documentation())));)+
            list
        }
    };
}

/// The settings that most attributes share.
const PLAIN: Attribute = Attribute {
    name: "",
    kind: AttributeKind::Text,
    presence: Presence::Optional,
    need: any_trigger,
    sensitive: false,
    documentation: "",
    allowed: free,
};

/// The attributes of a rule but `post` and `handlers`, in the order of the documentation.
pub const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name: "name",
        presence: Presence::Required,
        documentation: "The rule's name, which Chronograf shows and which is the alert's id, with `{{ … }}` expanded (see [Names and alert ids](#names-and-alert-ids)).",
        ..PLAIN
    },
    Attribute {
        name: "database",
        presence: Presence::Required,
        documentation: "The InfluxDB database that the data is written to.",
        ..PLAIN
    },
    Attribute {
        name: "retention_policy",
        presence: Presence::TextDefault("autogen"),
        documentation: "The retention policy that the data is written to: Kapacitor gives the rule only points of exactly this policy (see [Data](#data)).",
        ..PLAIN
    },
    Attribute {
        name: "measurement",
        presence: Presence::Required,
        documentation: "The measurement that the rule watches.",
        ..PLAIN
    },
    Attribute {
        name: "field",
        need: |kind| match kind {
            TriggerKind::Deadman => Need::Optional,
            _ => Need::Required,
        },
        documentation: "The field that the rule watches; points without it do not count.",
        ..PLAIN
    },
    Attribute {
        name: "aggregate",
        need: |kind| match kind {
            TriggerKind::Deadman => Need::Refused,
            _ => Need::Optional,
        },
        documentation: "The function that makes one value of the points of the last `period`, every `every`; without it each point counts by itself (see [Aggregates](#aggregates)).",
        allowed: meanings!(Aggregate),
        ..PLAIN
    },
    Attribute {
        name: "period",
        kind: AttributeKind::Duration,
        need: |kind| match kind {
            TriggerKind::Deadman => Need::Required,
            _ => Need::Optional,
        },
        documentation: "With `aggregate`, the length of the window of points; with the trigger `deadman`, how long no point may arrive; a [duration](#durations) such as `10m`.",
        ..PLAIN
    },
    Attribute {
        name: "every",
        kind: AttributeKind::Duration,
        need: |kind| match kind {
            TriggerKind::Deadman => Need::Refused,
            _ => Need::Optional,
        },
        documentation: "How often `aggregate` is evaluated; a [duration](#durations) such as `30s`.",
        ..PLAIN
    },
    Attribute {
        name: "group_by",
        kind: AttributeKind::TextList,
        documentation: "The tags to group by: each combination of their values is an alert, and so an incident, of its own (see [Data](#data)).",
        ..PLAIN
    },
    Attribute {
        name: "where",
        kind: AttributeKind::TextListMap,
        documentation: "Watch only series that have, for each tag named here, one of the values listed, letter by letter (see [Data](#data)).",
        ..PLAIN
    },
    Attribute {
        name: "exclude",
        kind: AttributeKind::TextListMap,
        documentation: "Watch only series that have, for each tag named here, none of the values listed, letter by letter; not together with `where`.",
        ..PLAIN
    },
    Attribute {
        name: "trigger",
        presence: Presence::Required,
        documentation: "What makes the rule critical (see [Triggers](#triggers)).",
        allowed: meanings!(TriggerKind),
        ..PLAIN
    },
    Attribute {
        name: "operator",
        need: all_but_deadman,
        documentation: "How the value is compared: the trigger `range` takes `inside` and `outside`, the others take the comparisons (see [Operators](#operators)).",
        allowed: meanings!(Operator, RangeOperator),
        ..PLAIN
    },
    Attribute {
        name: "value",
        kind: AttributeKind::Value,
        need: |kind| match kind {
            TriggerKind::Threshold | TriggerKind::Relative => Need::Required,
            TriggerKind::Range | TriggerKind::Deadman => Need::Refused,
        },
        documentation: "What the field is compared with, in the field's own unit, or in percent with `change = \"percent\"` (see [Values](#values)).",
        ..PLAIN
    },
    Attribute {
        name: "lower",
        kind: AttributeKind::Number,
        need: range_only,
        documentation: "The lower bound, in the field's own unit.",
        ..PLAIN
    },
    Attribute {
        name: "upper",
        kind: AttributeKind::Number,
        need: range_only,
        documentation: "The upper bound, in the field's own unit; not less than `lower`.",
        ..PLAIN
    },
    Attribute {
        name: "change",
        need: relative_only,
        documentation: "How the change is measured (see [Changes](#changes)).",
        allowed: meanings!(ChangeKind),
        ..PLAIN
    },
    Attribute {
        name: "shift",
        kind: AttributeKind::Duration,
        need: relative_only,
        documentation: "How far back the value is that the current one is compared with; a [duration](#durations) such as `10m`.",
        ..PLAIN
    },
    Attribute {
        name: "message",
        presence: Presence::TextDefault(""),
        documentation: "The alert's message, a Go template such as `{{ .ID }} is {{ .Level }}` (see [Templates](#templates)).",
        ..PLAIN
    },
    Attribute {
        name: "details",
        presence: Presence::TextDefault(""),
        documentation: "The alert's details, a Go template in HTML that is the mail's body with the handler `email` (see [Templates](#templates)).",
        ..PLAIN
    },
    Attribute {
        name: "state_changes_only",
        kind: AttributeKind::Boolean,
        presence: Presence::BooleanDefault(true),
        documentation: "Whether to alert only when the level changes; otherwise each evaluation that is not OK alerts again, and counts against Squadcast's rate limit.",
        ..PLAIN
    },
    Attribute {
        name: "no_recoveries",
        kind: AttributeKind::Boolean,
        presence: Presence::BooleanDefault(false),
        documentation: "Whether to send nothing when the level is OK again, so that incidents in Squadcast never resolve by themselves.",
        ..PLAIN
    },
    Attribute {
        name: "flapping",
        kind: AttributeKind::Boolean,
        presence: Presence::BooleanDefault(false),
        documentation: "Whether Kapacitor holds back alerts whose level changes too often, with Chronograf's limits 0.0 and 0.0, which hold back every alert, so that a plan warns.",
        ..PLAIN
    },
];

/// The attributes of each webhook in `post`, to which each alert is sent as JSON.
pub const POST_ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name: "url",
        kind: AttributeKind::Url,
        sensitive: true,
        documentation: "The webhook's URL; with `endpoint` too, it is used while Kapacitor does not know the endpoint (see [Webhooks](#webhooks)).",
        ..PLAIN
    },
    Attribute {
        name: "url_env",
        kind: AttributeKind::UrlVariable,
        documentation: "The name of an environment variable that holds the URL where Terraform runs, so that it is in no plan and no state (see [Secrets](../guides/secrets.md)).",
        ..PLAIN
    },
    Attribute {
        name: "endpoint",
        documentation: "The name of an `[[httppost]]` endpoint of Kapacitor, which holds the URL and the headers (see [Webhooks](#webhooks)).",
        ..PLAIN
    },
    Attribute {
        name: "headers",
        kind: AttributeKind::TextMap,
        documentation: "Headers of the request, such as `Content-Type`; Kapacitor refuses the name `authenticate`.",
        ..PLAIN
    },
    Attribute {
        name: "sensitive_headers",
        kind: AttributeKind::TextMap,
        sensitive: true,
        documentation: "Headers of the request whose values are secret, such as `Authorization`; left out, those that the rule has stay, and `{}` removes them.",
        ..PLAIN
    },
];

fn range_only(kind: TriggerKind) -> Need {
    match kind {
        TriggerKind::Range => Need::Required,
        _ => Need::Refused,
    }
}

fn relative_only(kind: TriggerKind) -> Need {
    match kind {
        TriggerKind::Relative => Need::Required,
        _ => Need::Refused,
    }
}

/// The attribute of a rule by its name.
pub fn attribute(name: &str) -> Option<&'static Attribute> {
    ATTRIBUTES.iter().find(|attribute| attribute.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_is_described_in_whole_sentences() {
        for attribute in ATTRIBUTES.iter().chain(POST_ATTRIBUTES) {
            let description = attribute.description();
            assert!(description.len() > 20, "{} has no description", attribute.name);
            assert!(description.ends_with('.'), "{}: {description}", attribute.name);
        }
    }
}
