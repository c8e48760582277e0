//! What becomes of templates, and of the tasks that are made from them.

use super::{imported, nothing, operation, Operation, NOWHERE, OUTSIDE, REFRESH, TASK, TEMPLATE};
use crate::fault_table::TEMPLATES;
use crate::harness::{join, Resource, Server};
use serde_json::{json, Value};

/// What an apply does to it.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("create the template", nothing, template_alone),
        operation("create the template and its task", nothing, template_and_task),
        operation("update the template", template_alone, |_| changed().hcl()),
        operation("update the template, and its task with it", template_and_task, |_| {
            join(&[changed(), a_task()])
        }),
        Operation {
            fails: true,
            ..operation(
                "update the template to one with which its task cannot start",
                template_and_task,
                |_| {
                    join(&[
                        with_script(&script("90.0", ".post()\n        .endpoint('nowhere')")),
                        a_task(),
                    ])
                },
            )
        },
        Operation {
            disturbed: |server| {
                let path = format!("{TEMPLATES}/tpl");
                server.api().send_ok("DELETE", &path, &Value::Null);
                let again = json!({ "id": "tpl", "script": script("1.0", &posting()) });
                server.api().send_ok("POST", TEMPLATES, &again);
            },
            ..operation(
                "update the template of whose task Kapacitor has lost track",
                template_and_task,
                |_| join(&[changed(), a_task()]),
            )
        },
        operation("give the template of a task another id", template_and_task, |_| {
            join(&[a_template().text("template_id", "moved"), a_task()])
        }),
        operation(
            "give the task another template",
            |_| join(&[a_template(), second(), a_task()]),
            |_| {
                let moved = a_task().set("template_id", "squadcast_kapacitor_template.second.id");
                join(&[a_template(), second(), moved])
            },
        ),
        Operation {
            run: REFRESH,
            ..operation("read the template and its task", template_and_task, template_and_task)
        },
        operation("destroy the template", template_alone, nothing),
        operation("destroy the template and its task", template_and_task, nothing),
        Operation {
            disturbed: |server| {
                server.api().create_task(&json!({
                    "id": OUTSIDE,
                    "template-id": "tpl",
                    "dbrps": [{ "db": "telegraf", "rp": "autogen" }],
                    "status": "enabled",
                }));
            },
            fails: true,
            ..operation("destroy the template of somebody else's task", template_alone, nothing)
        },
        Operation {
            imports: true,
            ..operation("import the template", template_alone, |_| {
                imported(a_template(), TEMPLATE, "tpl")
            })
        },
        Operation {
            imports: true,
            ..operation("import the task of a template", template_and_task, |_| {
                let template = imported(a_template(), TEMPLATE, "tpl");
                template + &imported(a_task(), TASK, "own")
            })
        },
    ]
}

/// As Kapacitor prints it, since what a state has of it after a fault may be what was read, and not what was written.
fn script(crit: &str, posts: &str) -> String {
    format!(
        "var crit = {crit}\n\nstream\n    |from()\n        .measurement('cpu')\n        .groupBy('host')\n    |alert()\n        \
         .id('{{{{ .Group }}}}')\n        .crit(lambda: \"usage_user\" > crit)\n        .stateChangesOnly()\n        {posts}\n"
    )
}

fn posting() -> String {
    format!(".post('{NOWHERE}/template')")
}

fn with_script(script: &str) -> Resource {
    Resource::new("squadcast_kapacitor_template", "it")
        .text("template_id", "tpl")
        .text("script", script)
}

fn a_template() -> Resource {
    with_script(&script("90.0", &posting()))
}

fn changed() -> Resource {
    with_script(&script("95.0", &posting()))
}

fn second() -> Resource {
    with_script(&script("80.0", &posting()))
        .labelled("second")
        .text("template_id", "second")
}

fn a_task() -> Resource {
    Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", "own")
        .set("template_id", "squadcast_kapacitor_template.it.id")
        .set("dbrps", "[\"telegraf.autogen\"]")
}

fn template_alone(_: &Server) -> String {
    a_template().hcl()
}

fn template_and_task(_: &Server) -> String {
    join(&[a_template(), a_task()])
}
