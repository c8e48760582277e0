//! Each attribute of a rule, defined once: the schema, the checks and the docs follow from these tables.

use super::terms::keywords::quoted_list;
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
    /// What it does, with its unit, in whole sentences; [`Attribute::description`] adds what follows from the table.
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
    /// The full description, for the schema and the docs: meaning, allowed values, when it is needed, default.
    pub fn description(&self) -> String {
        let mut sentences = vec![self.documentation.to_owned()];
        let allowed = (self.allowed)();
        if !allowed.is_empty() {
            let listed: Vec<String> = allowed
                .iter()
                .map(|(word, meaning)| format!("`{word}`: {}", lower_first(meaning)))
                .collect();
            sentences.push(format!("Allowed values: {}.", listed.join("; ")));
        }
        sentences.extend(self.trigger_sentences());
        match self.presence {
            Presence::TextDefault("") => sentences.push("Default: empty.".to_owned()),
            Presence::TextDefault(default) => sentences.push(format!("Default: `{default}`.")),
            Presence::BooleanDefault(default) => sentences.push(format!("Default: `{default}`.")),
            Presence::Required | Presence::Optional => {}
        }
        sentences.join(" ")
    }

    fn trigger_sentences(&self) -> Vec<String> {
        let triggers = |need: Need| -> Vec<&'static str> {
            TriggerKind::ALL
                .iter()
                .filter(|kind| (self.need)(**kind) == need)
                .map(|kind| kind.name())
                .collect()
        };
        let mut sentences = Vec::new();
        let required = triggers(Need::Required);
        if !required.is_empty() && required.len() < TriggerKind::ALL.len() {
            sentences.push(format!("Required with the trigger {}.", quoted_list(&required)));
        }
        let refused = triggers(Need::Refused);
        if !refused.is_empty() {
            sentences.push(format!("Not allowed with the trigger {}.", quoted_list(&refused)));
        }
        sentences
    }
}

/// Turns a sentence into a clause of a list: small first letter, no full stop.
fn lower_first(sentence: &str) -> String {
    let sentence = sentence.trim_end_matches('.');
    let mut letters = sentence.chars();
    match letters.next() {
        Some(first) => first.to_lowercase().chain(letters).collect(),
        None => String::new(),
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

/// The attributes of a rule, without its blocks `post` and `handler`, in the order of the documentation.
pub const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name: "name",
        presence: Presence::Required,
        documentation: "The rule's name, which Chronograf shows and which is the alert's id (followed by the group where `group_by` is set). It is a template: `{{ … }}` is expanded.",
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
        documentation: "The retention policy that the data is written to. Kapacitor gives the rule only points of exactly this policy: if writers name none, that is the default one of the database, which `SHOW RETENTION POLICIES ON \"DATABASE\"` in InfluxDB marks, and not necessarily `autogen`. With another policy the rule runs and sees nothing.",
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
        documentation: "The field that the rule watches. Points without it do not count; with the trigger \"deadman\" it may be left out, and every point counts.",
        ..PLAIN
    },
    Attribute {
        name: "aggregate",
        need: |kind| match kind {
            TriggerKind::Deadman => Need::Refused,
            _ => Need::Optional,
        },
        documentation: "The function that makes one value of the points of the last `period`, every `every`. Without it each point is looked at by itself.",
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
        documentation: "With `aggregate`, the length of the window of points; with the trigger \"deadman\", how long no point may arrive. A TICKscript duration: a whole number and one of the units `u`, `ms`, `s`, `m`, `h`, `d`, `w`, such as `10m`. Required with `aggregate`, and not allowed without it unless the trigger is \"deadman\".",
        ..PLAIN
    },
    Attribute {
        name: "every",
        kind: AttributeKind::Duration,
        need: |kind| match kind {
            TriggerKind::Deadman => Need::Refused,
            _ => Need::Optional,
        },
        documentation: "How often `aggregate` is evaluated; a TICKscript duration such as `30s`. Required with `aggregate`, and not allowed without it.",
        ..PLAIN
    },
    Attribute {
        name: "group_by",
        kind: AttributeKind::TextList,
        documentation: "The tags to group by. Each combination of their values is an alert of its own, with an id and an incident of its own; without any, all series share one alert. `*` does not stand for all tags.",
        ..PLAIN
    },
    Attribute {
        name: "where",
        kind: AttributeKind::TextListMap,
        documentation: "Watch only series that have, for each tag named here, one of the values listed. The values are compared letter by letter: there are no regular expressions and no wildcards. Not together with `exclude`.",
        ..PLAIN
    },
    Attribute {
        name: "exclude",
        kind: AttributeKind::TextListMap,
        documentation: "Watch only series that have, for each tag named here, none of the values listed. Not together with `where`.",
        ..PLAIN
    },
    Attribute {
        name: "trigger",
        presence: Presence::Required,
        documentation: "What makes the rule critical.",
        allowed: meanings!(TriggerKind),
        ..PLAIN
    },
    Attribute {
        name: "operator",
        need: all_but_deadman,
        documentation: "How the value is compared. The triggers \"threshold\" and \"relative\" take the comparisons, \"range\" takes `inside` and `outside`.",
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
        documentation: "What is compared with, in the field's own unit; with `change = \"percent\"`, in per cent. A number; the trigger \"threshold\" also takes `true` and `false` for a boolean field, and any other text for a field that holds texts, with `==` and `!=` only. A text that reads as a number or a boolean, or begins like a number, stands in single quotation marks: `\"'10.0.0.1'\"`.",
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
        documentation: "How the change is measured.",
        allowed: meanings!(ChangeKind),
        ..PLAIN
    },
    Attribute {
        name: "shift",
        kind: AttributeKind::Duration,
        need: relative_only,
        documentation: "How far back the value is that the current one is compared with; a TICKscript duration such as `10m`.",
        ..PLAIN
    },
    Attribute {
        name: "message",
        presence: Presence::TextDefault(""),
        documentation: "The alert's message, a Go template such as `{{ .ID }} is {{ .Level }}`. Its names are `.ID`, `.Name`, `.TaskName`, `.Group`, `.Tags`, `.Fields`, `.Level`, `.Time`, `.Duration` and `.ServerInfo`; the value that the rule watches is `{{ index .Fields \"value\" }}`, whatever its field is called. A template that fails whenever it is executed is an error.",
        ..PLAIN
    },
    Attribute {
        name: "details",
        presence: Presence::TextDefault(""),
        documentation: "The alert's details, a Go template in HTML: the body of the mail of the handler `email`. Without it Kapacitor sends the alert's data as JSON. It has the names of `message`, `.Message`, and the functions `json` and `jsonCompact`.",
        ..PLAIN
    },
    Attribute {
        name: "state_changes_only",
        kind: AttributeKind::Boolean,
        presence: Presence::BooleanDefault(true),
        documentation: "Whether to alert only when the level changes. Otherwise each evaluation that is not OK alerts again, and each counts against Squadcast's rate limit.",
        ..PLAIN
    },
    Attribute {
        name: "no_recoveries",
        kind: AttributeKind::Boolean,
        presence: Presence::BooleanDefault(false),
        documentation: "Whether to send nothing when the level is OK again. Incidents in Squadcast then never resolve by themselves.",
        ..PLAIN
    },
    Attribute {
        name: "flapping",
        kind: AttributeKind::Boolean,
        presence: Presence::BooleanDefault(false),
        documentation: "Whether Kapacitor holds back alerts whose level changes too often, with the limits 0.0 and 0.0 that Chronograf writes. With these limits it holds back every alert and every recovery, so that the rule sends nothing, and a plan warns.",
        ..PLAIN
    },
];

/// The attributes of the block `post`, which sends each alert as JSON to a webhook. It may be repeated.
pub const POST_ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name: "url",
        kind: AttributeKind::Url,
        sensitive: true,
        documentation: "The webhook's URL, `http` or `https`. With `endpoint` too, it serves while Kapacitor does not know the endpoint. One of `url`, `url_env` and `endpoint` is required; a block with none of them, as Terraform generates for an import, keeps the URL that the rule has.",
        ..PLAIN
    },
    Attribute {
        name: "url_env",
        kind: AttributeKind::UrlVariable,
        documentation: "The name of an environment variable that holds the URL where Terraform runs, instead of `url`: the URL then stands in no plan and no state, only a short fingerprint of it in `tickscript`. The variable has to be set for plan and apply alike.",
        ..PLAIN
    },
    Attribute {
        name: "endpoint",
        documentation: "The name of an `[[httppost]]` endpoint of Kapacitor, which holds the URL and the headers. With `url` too, alerts are delivered even while the endpoint is not live.",
        ..PLAIN
    },
    Attribute {
        name: "headers",
        kind: AttributeKind::TextMap,
        documentation: "Headers of the request, such as `Content-Type`. Kapacitor refuses the name `authenticate`.",
        ..PLAIN
    },
    Attribute {
        name: "sensitive_headers",
        kind: AttributeKind::TextMap,
        sensitive: true,
        documentation: "Headers of the request whose values are secret, such as `Authorization`. Left out, those that the rule has stay; `{}` removes them.",
        ..PLAIN
    },
];

/// The attributes of the block `handler`, which sends alerts elsewhere than to a webhook. It may be repeated.
pub const HANDLER_ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name: "kind",
        presence: Presence::Required,
        documentation: "The kind of handler, by Kapacitor's name.",
        allowed: || {
            super::handlers::KINDS
                .iter()
                .map(|kind| (kind.name, kind.documentation))
                .collect()
        },
        ..PLAIN
    },
    Attribute {
        name: "options",
        kind: AttributeKind::TextMap,
        documentation: "The options of that kind. Lists are separated by commas, or written with `jsonencode`.",
        ..PLAIN
    },
    Attribute {
        name: "secrets",
        kind: AttributeKind::TextMap,
        sensitive: true,
        documentation: "The options of that kind that are secret, such as tokens and keys. Left out, those that the rule has stay; `{}` removes them.",
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

/// What a text attribute is where it is left out.
pub(in crate::rule) fn default_text(name: &str) -> &'static str {
    match attribute(name).map(|attribute| attribute.presence) {
        Some(Presence::TextDefault(default)) => default,
        _ => "",
    }
}

/// What a boolean attribute is where it is left out.
pub(in crate::rule) fn default_flag(name: &str) -> bool {
    matches!(
        attribute(name).map(|attribute| attribute.presence),
        Some(Presence::BooleanDefault(true))
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_attribute_is_described_in_whole_sentences() {
        for attribute in ATTRIBUTES.iter().chain(POST_ATTRIBUTES).chain(HANDLER_ATTRIBUTES) {
            let description = attribute.description();
            assert!(description.len() > 20, "{} has no description", attribute.name);
            assert!(description.ends_with('.'), "{}: {description}", attribute.name);
        }
    }

    #[test]
    fn a_description_tells_when_the_attribute_is_needed() {
        let description = attribute("shift").unwrap().description();
        assert!(
            description.contains("Required with the trigger \"relative\"."),
            "{description}"
        );
        assert!(
            description.contains("Not allowed with the trigger \"threshold\", \"range\" and \"deadman\"."),
            "{description}"
        );
    }
}
