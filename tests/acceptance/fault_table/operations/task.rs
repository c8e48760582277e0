//! What becomes of tasks.

use super::{imported, nothing, operation, Operation, NOWHERE, REFRESH, TASK};
use crate::harness::{Resource, Server};

/// What an apply does to it.
pub(super) fn operations() -> Vec<Operation> {
    vec![
        operation("create the task", nothing, one_task),
        operation("create the task, disabled", nothing, |_| {
            a_task().set("enabled", "false").hcl()
        }),
        Operation {
            fails: true,
            ..operation("create a task that cannot start", nothing, a_dead_task)
        },
        operation("update the task", one_task, |_| {
            a_task()
                .set("vars", "{ crit = 97 }")
                .set("dbrps", "[\"telegraf.week\"]")
                .hcl()
        }),
        operation("take a var of the task away", one_task, |_| {
            a_task().without("vars").hcl()
        }),
        Operation {
            fails: true,
            ..operation("update the task to one that cannot start", one_task, a_dead_task)
        },
        operation("switch the task off", one_task, |_| {
            a_task().set("enabled", "false").hcl()
        }),
        Operation {
            run: REFRESH,
            ..operation("read the task", one_task, one_task)
        },
        operation("destroy the task", one_task, nothing),
        Operation {
            imports: true,
            ..operation("import the task", one_task, |_| imported(a_task(), TASK, "own"))
        },
    ]
}

fn a_task() -> Resource {
    let script = "var crit = 90\nvar hook string\nstream|from().measurement('cpu').groupBy('host')\
                  |alert().id('{{ .Group }}').crit(lambda: \"usage_user\" > crit).stateChangesOnly().post(hook)";
    Resource::new("squadcast_kapacitor_task", "own")
        .text("task_id", "own")
        .text("script", script)
        .set("dbrps", "[\"telegraf.autogen\"]")
        .set("vars", "{ crit = 95 }")
        .set("secrets", format!("{{ hook = \"{NOWHERE}/task\" }}"))
}

fn one_task(_: &Server) -> String {
    a_task().hcl()
}

/// A task that Kapacitor cannot start.
fn a_dead_task(_: &Server) -> String {
    let script = "stream|from()|alert().crit(lambda: TRUE).stateChangesOnly().post().endpoint('not-declared-anywhere')";
    a_task().text("script", script).without("vars").without("secrets").hcl()
}
