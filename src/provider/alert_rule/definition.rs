//! The attributes of `squadcast_kapacitor_alert_rule`: those of a rule, from the rule's own tables, and those of its task.

use crate::protocol::IdentityPart;
use crate::provider::attributes::{write_only_twin, Definition, Given, Kind};
use crate::rule;

/// What the resource is, for the schema and the docs page.
pub(crate) const DESCRIPTION: &str = "Manages an alert rule: a Kapacitor task whose TICKscript is, byte for byte, the one that \
    Chronograf's Alert Rule Builder stores for the same rule, so that the rule can be seen and edited there too.\n\n\
    A change is always made in place, and the alerts keep their state over it: an incident that is open is resolved when \
    the alert recovers. Where a change cannot keep it (another name, grouping, data source or kind of trigger) and the rule \
    is firing, the plan warns.";

/// What tells a rule from all others of its server.
pub(crate) const IDENTITY: &[IdentityPart] = &[IdentityPart {
    name: "task_id",
    description: "Id of the rule's Kapacitor task.",
}];

/// The attributes of the task, besides those of the rule.
fn task_attributes() -> Vec<Definition> {
    use Given::{Computed, Defaulted, Optional};
    vec![
        Definition::new("task_id", Kind::Text, Optional,
            "Id of the Kapacitor task, of letters, digits 0 to 9, `-`, `.` and `_`. Default: `chronograf-v1-` and a UUID made from the name (see [Names and alert ids](#names-and-alert-ids))."),
        Definition::new("enabled", Kind::Flag, Defaulted,
            "Whether the rule runs. Default: `true`."),
        Definition::new("resolve_on_destroy", Kind::Flag, Defaulted,
            "Whether Terraform itself posts the recoveries of open alerts that Kapacitor could no longer send (see [Changes of a rule that fires](#changes-of-a-rule-that-fires)). Default: `false`."),
        Definition::new("id", Kind::Text, Computed,
            "Id of the Kapacitor task."),
        Definition::new("tickscript", Kind::Text, Computed,
            "The TICKscript that Kapacitor has, with a short fingerprint, such as `hmac:1a2b3c4d`, in place of each text that may hold a secret (see [The script in a plan](#the-script-in-a-plan))."),
        Definition::new("dbrps", Kind::TextList, Computed,
            "The databases and retention policies that the task reads, each as `DATABASE.RETENTION_POLICY`."),
        Definition::new("vars", Kind::TextMap, Computed,
            "Values that somebody gave the task besides its script, texts as fingerprints; a rule has none, and an apply takes them away (see [The script in a plan](#the-script-in-a-plan))."),
        Definition::new("template_id", Kind::Text, Computed,
            "Id of the template that somebody made the task from; a rule has none, and an apply detaches it (see [The script in a plan](#the-script-in-a-plan))."),
        Definition::new("executing", Kind::Flag, Computed,
            "Whether Kapacitor executes the task."),
        Definition::new("error", Kind::Text, Computed,
            "Why Kapacitor does not execute the enabled task, in its own words; empty if nothing is wrong."),
    ]
}

/// The attributes.
pub(crate) fn attributes() -> Vec<Definition> {
    let of_the_rule = rule::ATTRIBUTES.iter().map(Definition::from);
    let post = Definition::new(
        "post",
        Kind::Objects(post_attributes()),
        Given::Optional,
        "The webhooks that get each alert as JSON, such as Squadcast's.",
    );
    let own = [post, super::handlers::definition::handlers()];
    of_the_rule.chain(task_attributes()).chain(own).collect()
}

/// The attributes of each webhook in `post`.
pub(crate) fn post_attributes() -> Vec<Definition> {
    rule::POST_ATTRIBUTES
        .iter()
        .map(Definition::from)
        .chain(write_only_twin!("url", Kind::Url))
        .chain(write_only_twin!("sensitive_headers", Kind::TextMap))
        .collect()
}
