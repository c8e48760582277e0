//! The attributes of `squadcast_kapacitor_template`.

use crate::protocol::IdentityPart;
use crate::provider::attributes::{write_only_twin, Definition, Given, Kind};

/// What the resource is, for the schema and the docs page.
pub(crate) const DESCRIPTION: &str = "Manages a template: a TICKscript that any number of tasks are made from, each with its own vars.\n\n\
    How a script is laid out makes no difference: it is compared as Kapacitor prints it. A change is made in place, and \
    Kapacitor gives it to all tasks of the template, which it stops and starts one by one; if one of them cannot start, the \
    template and all its tasks are put back. The alerts keep their state over it unless it changes their node, id or grouping; \
    if a task is firing then, the plan warns.";

/// What tells a template from all others of its server.
pub(crate) const IDENTITY: &[IdentityPart] = &[IdentityPart {
    name: "template_id",
    description: "Id of the Kapacitor template.",
}];

/// The attributes.
pub(crate) fn attributes() -> Vec<Definition> {
    use Given::{Computed, Defaulted, Required};
    let mut all = vec![
        Definition::new("template_id", Kind::Text, Required,
            "Id of the template, made of letters (of any alphabet), digits 0 to 9, `-`, `.` and `_`; another one renames the template, and its tasks go with it."),
        Definition::new("script", Kind::Script, Defaulted,
            "The TICKscript, such as `file(\"cpu.tick\")`, which is sensitive since any text of it may be a secret. Default: the script that an imported template has.").sensitive(),
    ];
    all.extend(write_only_twin!("script", Kind::Script));
    all.extend([
        Definition::new("id", Kind::Text, Computed,
            "Id of the template, for the `template_id` of a task."),
        Definition::new("type", Kind::Text, Computed,
            "`stream` or `batch`, as the script says."),
        Definition::new("tickscript", Kind::Text, Computed,
            "The TICKscript as Kapacitor prints it, [with each text replaced by a fingerprint](kapacitor_task.md#what-a-plan-shows)."),
        Definition::new("vars", Kind::TextMap, Computed,
            "The types of the vars that the script declares, by name."),
        Definition::new("required_vars", Kind::TextList, Computed,
            "Those of them that the script declares without a value, so that each task must have one."),
        Definition::new("outdated_tasks", Kind::TextList, Computed,
            "Ids of the tasks that are made from the template and do [not have its script](#tasks-that-do-not-follow); an apply gives it to them."),
    ]);
    all
}
