//! The attributes of `squadcast_kapacitor_alert_rule`: those of a rule, from the rule's own tables, and those of its task.

use crate::protocol::IdentityPart;
use crate::provider::attributes::{block, write_only_twin, BlockDefinition, Definition, Given, Kind};
use crate::rule;
use tf_provider::schema::Schema;

/// What the resource is, for the schema and the docs page.
pub const DESCRIPTION: &str = "Manages an alert rule: a Kapacitor task whose TICKscript is, byte for byte, the one that \
    Chronograf's Alert Rule Builder stores for the same rule, so that the rule can be seen and edited there too.\n\n\
    A change is always made in place, and the alerts keep their state over it: an incident that is open is resolved when \
    the alert recovers. Where a change cannot keep it (another name, grouping, data source or kind of trigger) and the rule \
    is firing, the plan warns.";

/// What tells a rule from all others of its server.
pub const IDENTITY: IdentityPart = IdentityPart {
    name: "task_id",
    description: "Id of the rule's Kapacitor task.",
};

/// The attributes of the task, besides those of the rule.
fn task_attributes() -> Vec<Definition> {
    use Given::{Computed, Defaulted, Optional};
    vec![
        Definition::new("task_id", Kind::Text, Optional,
            "Id of the Kapacitor task, made of letters (of any alphabet), digits 0 to 9, `-`, `.` and `_`. Default: `chronograf-v1-` and a UUID made from the name at creation (another one if a task of another rule has that), which stays when the name changes. Changing it renames the task, which loses the state of its alerts."),
        Definition::new("enabled", Kind::Flag, Defaulted,
            "Whether the rule runs. Default: `true`."),
        Definition::new("resolve_on_destroy", Kind::Flag, Defaulted,
            "Whether a destroy resolves what is open: the rule is stopped, and for each series that fires Terraform itself posts the recovery, which Kapacitor could no longer send, to the webhooks of the rule's `post` blocks before the rule goes: to the endpoint where it is live, else to the rule's own URL. Needs a way from where Terraform runs to the webhooks; of the provider's settings, `timeout` and `max_retries` apply. Where a webhook does not take a recovery, the destroy fails and the rule runs on. So does the destroy of a firing rule where only Kapacitor can post: to an endpoint with `basic_auth` or `alert_template`, or to a URL that is a template. What goes to other handlers is not resolved. A change of the rule after which Kapacitor has lost the state of open alerts (it does with `[alert] persist-topics = false` in kapacitor.conf) is followed by their recoveries in the same way; an alert whose value is still bad then opens anew. Default: `false`."),
        Definition::new("id", Kind::Text, Computed,
            "Id of the Kapacitor task."),
        Definition::new("tickscript", Kind::Text, Computed,
            "The TICKscript that Kapacitor has, with each text replaced by a short fingerprint, such as `hmac:1a2b3c4d`, since any of them may hold a secret. Shown are the names of databases, retention policies, measurements, fields and tags, and the values of tags. A difference here that no other attribute shows means that the script was edited by hand."),
        Definition::new("dbrps", Kind::TextList, Computed,
            "The databases and retention policies that the task reads, each as `DATABASE.RETENTION_POLICY`."),
        Definition::new("vars", Kind::TextMap, Computed,
            "Values that somebody gave the task besides its script, and that Kapacitor takes instead of the script's own `var` declarations; texts as fingerprints. A rule has none: where a plan shows some, an apply makes the task anew without them, in a way that keeps the state of its alerts."),
        Definition::new("template_id", Kind::Text, Computed,
            "Id of the template that the task is made from; empty for none. A rule has none: where a plan shows one, an apply makes the task anew with the rule's own script, in a way that keeps the state of its alerts."),
        Definition::new("executing", Kind::Flag, Computed,
            "Whether Kapacitor executes the task."),
        Definition::new("error", Kind::Text, Computed,
            "Why Kapacitor does not execute the enabled task, in its own words; empty if nothing is wrong."),
    ]
}

/// The attributes outside of blocks.
pub fn attributes() -> Vec<Definition> {
    let of_the_rule = rule::ATTRIBUTES.iter().map(Definition::from);
    of_the_rule.chain(task_attributes()).collect()
}

/// The blocks.
pub fn blocks() -> Vec<BlockDefinition> {
    vec![
        BlockDefinition {
            name: "post",
            repeated: true,
            description: "A webhook that gets each alert as JSON, such as Squadcast's.".into(),
            attributes: rule::POST_ATTRIBUTES
                .iter()
                .map(Definition::from)
                .chain(write_only_twin!("url", Kind::Url))
                .chain(write_only_twin!("sensitive_headers", Kind::TextMap))
                .collect(),
        },
        BlockDefinition {
            name: "handler",
            repeated: true,
            description: "Another place that alerts are sent to, by Kapacitor's own kind and option names.".into(),
            attributes: rule::HANDLER_ATTRIBUTES
                .iter()
                .map(Definition::from)
                .chain(write_only_twin!("secrets", Kind::TextMap))
                .collect(),
        },
    ]
}

/// The resource's schema.
pub fn schema() -> Schema {
    Schema {
        version: 0,
        block: block(DESCRIPTION, &attributes(), &blocks()),
    }
}
