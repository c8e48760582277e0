//! The attributes of `squadcast_kapacitor_task`.

use crate::protocol::IdentityPart;
use crate::provider::attributes::{write_only_twin, Definition, Given, Kind};

/// What the resource is, for the schema and the docs page.
pub(crate) const DESCRIPTION: &str = "Manages a task: any TICKscript, stream or batch, or a template with its vars.\n\n\
    How a script is laid out makes no difference: it is compared as Kapacitor prints it. A change is made in place, and the \
    alerts keep their state over it unless it changes their node, id or grouping; if the task is firing then, the plan warns.";

/// What tells a task from all others of its server.
pub(crate) const IDENTITY: &[IdentityPart] = &[IdentityPart {
    name: "task_id",
    description: "Id of the Kapacitor task.",
}];

/// The attributes.
pub(crate) fn attributes() -> Vec<Definition> {
    use Given::{Computed, Defaulted, Optional, Required};
    let mut attributes = vec![
        Definition::new("task_id", Kind::Text, Required,
            "Id of the task, made of letters (of any alphabet), digits 0 to 9, `-`, `.` and `_`; another one renames the task, which loses the state of its alerts."),
        Definition::new("script", Kind::Script, Defaulted,
            "The TICKscript, such as `file(\"cpu.tick\")`, which is sensitive since any text of it may be a secret. Conflicts with `template_id`. Default: the script that an imported task has.").sensitive(),
        Definition::new("template_id", Kind::Text, Optional,
            "Id of the template that the task is made from. Conflicts with `script`."),
        Definition::new("dbrps", Kind::TextList, Defaulted,
            "The databases and retention policies that the task reads, each as `DATABASE.RETENTION_POLICY`, or as `\"my.db\".\"autogen\"` if a name has a dot. Default: what the script's own lines `dbrp` say."),
        Definition::new("vars", Kind::TextMap, Optional,
            "Values for vars that the script declares, read by the [types of their declarations](#vars)."),
        Definition::new("secrets", Kind::TextMap, Defaulted,
            "Values as in `vars` that are secret, such as a webhook's URL; `{}` takes them away. Default: the secrets that the task has.").sensitive(),
        Definition::new("enabled", Kind::Flag, Defaulted,
            "Whether the task runs. Default: `true`."),
        Definition::new("resolve_on_destroy", Kind::Flag, Defaulted,
            "Whether Terraform posts the recoveries of open alerts to the webhooks of the script's `.post(…)` before the task goes. Default: `false`."),
        Definition::new("id", Kind::Text, Computed,
            "Id of the task."),
        Definition::new("type", Kind::Text, Computed,
            "`stream` or `batch`, as the script says."),
        Definition::new("tickscript", Kind::Text, Computed,
            "The TICKscript as Kapacitor prints it, [with each text replaced by a fingerprint](#what-a-plan-shows)."),
        Definition::new("executing", Kind::Flag, Computed,
            "Whether Kapacitor executes the task."),
        Definition::new("error", Kind::Text, Computed,
            "Why Kapacitor does not execute the enabled task, in its own words; empty if nothing is wrong."),
    ];
    attributes.extend(write_only_twin!("secrets", Kind::TextMap));
    attributes
}
